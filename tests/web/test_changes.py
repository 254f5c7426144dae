# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Corrections as a page and a feed; how a place is cited; where mistakes are reported."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from app.errors import ContentError
from app.paths import CONTENT
from app.walkthrough.load import load_walkthrough
from app.web.app import create_app
from app.web.reading.feedback import Feedback
from app.web.settings import Settings
from tests.conftest import BLOCKS, shipped
from tests.web.conftest import ReadPage
from tests.web.reading import document

PUBLIC = "https://kernel.example"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def public() -> Iterator[TestClient]:
    settings = replace(
        Settings.from_environment(),
        public_url=PUBLIC,
        feedback="https://code.example/owner/name",
    )
    with TestClient(create_app(settings=settings), headers={"accept-language": "en"}) as client:
        yield client


def test_each_change_is_on_the_page_and_leads_to_its_block(page: ReadPage) -> None:
    changes = shipped().changes
    assert changes
    for lang in ("en", "zh"):
        shown = page(f"/changes?lang={lang}").one("main")
        for change in changes:
            item = shown.one("li", id=f"tcp_close-{change.id}")
            assert change.text[lang] in item.text
            assert item.one("time")["datetime"] == change.date.isoformat()
            for link, block in zip(item.all("a"), change.blocks, strict=True):
                assert link["href"] == f"/tcp_close/{block}?lang={lang}"
                page(link["href"])


def test_the_feed_has_what_a_reader_of_feeds_needs(public: TestClient) -> None:
    found = document(public.get("/changes")).one("link", type="application/atom+xml")["href"]
    answer = public.get(found)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.content)
    assert feed.findtext(f"{ATOM}id", "").startswith(PUBLIC)
    entries = feed.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(ids) == len(set(ids)) >= 2
    for name in ("title", "updated", "content"):
        assert all(entry.findtext(f"{ATOM}{name}") for entry in entries)
    dates = [entry.findtext(f"{ATOM}updated", "") for entry in entries]
    assert dates == sorted(dates, reverse=True)
    assert feed.findtext(f"{ATOM}updated") == dates[0]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", date) for date in dates)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[fin-wait2]", "[fin-wait]", "block fin-wait is unknown"),
        ("id: epipe-on-write", "id: bsd-comment", "stands twice"),
        ("date: 2026-11-22", "date: 2026-11-21", "the newest change comes first"),
        ("date: 2026-11-22", "date: yesterday", "date"),
    ],
)
def test_a_mistake_among_the_changes_is_found(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    folder = tmp_path / "tcp_close"
    shutil.copytree(CONTENT / "tcp_close", folder)
    file = folder / "changes.yaml"
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(ContentError, match=says) as caught:
        load_walkthrough(folder)
    assert "changes.yaml" in str(caught.value)


def test_a_place_is_cited_with_file_lines_and_revision(public: TestClient) -> None:
    newest = shipped().changes[0].date.isoformat()
    for lang, kernel in (
        ("en", "Alibaba cloud kernel, based on 4.19"),
        ("zh", "阿里云内核，基于 4.19"),
    ):
        page = document(public.get(f"/copy/tcp_close/unread-data?lang={lang}"))
        text = page.one("section", data_form="cite").one("textarea").text
        for part in ("tcp_close()", "net/ipv4/tcp.c", "47", "51", kernel, newest, PUBLIC):
            assert part in text
        links = [a["href"] for a in page.one("section", class_="copy-mainline").all("a")]
        assert [urlsplit(link).netloc for link in links] == ["elixir.bootlin.com", "git.kernel.org"]
        assert all("#:~:text=" in link and "v4.20" in link for link in links)


def test_mistakes_are_reported_where_the_setting_says(
    public: TestClient, client: TestClient
) -> None:
    links = document(public.get("/tcp_close")).all("p", class_="mistake")
    assert len(links) == BLOCKS
    address = urlsplit(links[2].one("a")["href"])
    assert address.netloc + address.path == "code.example/owner/name/issues/new"
    asked = parse_qs(address.query)
    assert asked["title"] == ["tcp_close(), drain: "]
    assert f"{PUBLIC}/tcp_close/drain?lang=en" in asked["body"][0]
    assert not document(client.get("/tcp_close")).all("p", class_="mistake")


@pytest.mark.parametrize("target", ["owner/name", "javascript:alert(1)", "https://x/{evil}"])
def test_a_setting_that_is_no_address_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match="--feedback"):
        Feedback(target)
