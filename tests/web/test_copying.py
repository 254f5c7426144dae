# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Texts to copy: at every place, of 72 columns for mail, with a link that leads back.

The golden texts are tests/web/mail/*.txt: the address in the first line, then the text. With
UPDATE_MAIL=1 they are written anew; read the difference.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from app.web.app import create_app
from app.web.settings import Settings
from app.web.wrapping import COLUMNS, ascii_of, columns, cut, wrap
from tests.conftest import BLOCKS, IN_CI, shipped
from tests.web.conftest import ReadPage
from tests.web.reading import document

#: 20 characters.
HOST = "kernel.tcp-close.dev"
PUBLIC = f"https://{HOST}"
GOLDEN = sorted((Path(__file__).parent / "mail").glob("*.txt"))


@pytest.fixture(scope="module")
def public() -> Iterator[TestClient]:
    app = create_app(settings=replace(Settings.from_environment(), public_url=PUBLIC))
    with TestClient(app, follow_redirects=False, headers={"accept-language": "en"}) as client:
        yield client


def texts_of(client: TestClient, address: str) -> dict[str, str]:
    """The texts of a page by their form, as they are copied."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:500]
    found = re.findall(
        r'<section class="copy-text" data-form="(\w+)".*?<textarea[^>]*>(.*?)</textarea>',
        answer.text,
        re.DOTALL,
    )
    return {form: unescape(text) for form, text in found}


def test_without_style_sheets_a_field_is_as_wide_as_a_mail(page: ReadPage) -> None:
    fields = page("/copy/tcp_close/unread/true").all("textarea")
    assert {field["cols"] for field in fields} == {str(COLUMNS)}


@pytest.mark.parametrize("path", GOLDEN, ids=[path.stem for path in GOLDEN])
def test_the_text_for_mail_is_the_golden_one(public: TestClient, path: Path) -> None:
    address, _, wanted = path.read_text(encoding="utf-8").partition("\n\n")
    text = texts_of(public, address)["mail"]
    if os.environ.get("UPDATE_MAIL") and not IN_CI:
        path.write_text(f"{address}\n\n{text}", encoding="utf-8")
    else:
        assert text == wanted


@pytest.mark.parametrize("code", ["en", "zh"])
def test_a_text_for_mail_has_72_columns_and_the_link_on_a_line_of_its_own(
    public: TestClient, code: str
) -> None:
    walkthrough = shipped()
    places = [f"/{block.id}" for block in walkthrough.blocks]
    places += [f"/{item.id}/{way}" for item in walkthrough.decisions for way in ("true", "false")]
    places += ["", "?state=CLOSE_WAIT&recv=300-fin", "/L23-L30", "/L24", "?recv=300&step=20"]
    for place in places[::2] if code == "zh" else places:
        address = f"/copy/tcp_close{place}{'&' if '?' in place else '?'}lang={code}"
        texts = texts_of(public, address)
        *lines, last = texts["mail"].rstrip("\n").split("\n")
        assert last == texts["link"]
        assert last.startswith(f"{PUBLIC}/tcp_close")
        assert lines[-1] == ""
        assert max(map(columns, lines)) <= COLUMNS, address
        assert not [line for line in lines if line != line.rstrip()]
        if code == "en":
            assert texts["mail"].isascii()
        assert texts["link"] in texts["markdown"]


def test_what_is_copied_leads_to_what_was_copied(public: TestClient) -> None:
    for place in ("/unread/true", "/unread/true?recv=1", "/drain", "/L42-L48", "?step=3&recv=300"):
        link = texts_of(public, f"/copy/tcp_close{place}")["link"].removeprefix(PUBLIC)
        assert link == f"/tcp_close{place}".replace("?step=3&recv=300", "?recv=300&step=3")
        assert public.get(link).status_code == 200


def test_a_link_says_no_more_than_it_has_to(public: TestClient) -> None:
    # The witness of the place goes without saying.
    link = texts_of(public, "/copy/tcp_close/unread/true?recv=300")["link"]
    assert link == f"{PUBLIC}/tcp_close/unread/true"
    # The default scenario is another one there, so it is said.
    link = texts_of(public, "/copy/tcp_close/unread/true?state=ESTABLISHED")["link"]
    assert link == f"{PUBLIC}/tcp_close/unread/true?state=ESTABLISHED"


def test_links_to_situations_fit_into_a_line_of_mail(public: TestClient) -> None:
    presets = shipped().presets
    for preset in presets:
        query = preset.scenario.query()
        link = texts_of(public, f"/copy/tcp_close?{query}" if query else "/copy/tcp_close")["link"]
        assert len(link) <= COLUMNS
        assert re.fullmatch(r"[\w:/.?&=,-]+", link), "nothing in it needs percent-encoding"
        answer = public.get(link.removeprefix(PUBLIC))
        if answer.status_code == 301:
            assert answer.headers["location"] == f"/tcp_close?{query}"


def test_a_situation_that_is_not_there_is_told_the_nearest(public: TestClient) -> None:
    answer = public.get("/tcp_close/as/linger-61")
    assert answer.status_code == 404
    assert "linger2-61" in answer.text


def test_every_block_and_what_is_in_focus_can_be_copied(page: ReadPage) -> None:
    study = page("/tcp_close/unread/true?recv=5&lang=zh")
    copies = [urlsplit(link["href"]) for link in study.all("a") if "data-copy" in link.attributes]
    paths = [copy.path for copy in copies]
    assert len({path for path in paths if path.count("/") == 3}) == BLOCKS
    assert "/copy/tcp_close/unread/true" in paths
    assert all("lang=zh" in copy.query for copy in copies)
    for copy in copies[::5]:
        page(f"{copy.path}?{copy.query}")


def test_an_old_place_is_redirected(public: TestClient) -> None:
    answer = public.get("/copy/tcp_close/L48-L42?recv=1")
    assert answer.status_code == 301
    assert answer.headers["location"] == "/copy/tcp_close/L42-L48?recv=1"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/copy/tcp_close/nothing", 404),
        ("/copy/nothing", 404),
        ("/copy/tcp_close?recv=x", 422),
        ("/copy/tcp_close?step=999", 422),
        ("/copy/tcp_close?x=1", 422),
    ],
)
def test_a_bad_address_is_told_so(public: TestClient, address: str, status: int) -> None:
    answer = public.get(address)
    assert answer.status_code == status
    assert document(answer).one("ul", id="problems").text


def test_without_a_public_address_the_readers_own_is_used_and_not_kept(client: TestClient) -> None:
    for host in ("a.example", "b.example:8000"):
        answer = client.get("/copy/tcp_close/unread/true", headers={"host": host})
        assert f"http://{host}/tcp_close/unread/true" in answer.text
        assert answer.headers["cache-control"] == "no-store"
    evil = client.get("/copy/tcp_close", headers={"host": '"><script>'})
    assert "<script>" not in evil.text.replace("<script ", "")


# The parts


def test_english_is_written_in_ascii() -> None:
    assert ascii_of("“a” ‘b’ … – → × ≥ café") == "\"a\" 'b' ... - -> x >= cafe"


def test_chinese_is_broken_between_characters_and_before_no_full_stop() -> None:
    assert wrap("连接被复位。完", 10, columns) == ["连接被复", "位。完"]
    assert wrap("发出 FIN_WAIT2 了", 6, columns) == ["发出", "FIN_WAIT2", "了"]
    assert wrap("a  b\nc", 3, columns) == ["a b", "c"]


def test_a_text_is_cut_at_a_word() -> None:
    assert cut("one two three", 9, len) == "one two…"
    assert cut("onetwothree", 5, len) == "onet…"
    assert cut("one", 3, len) == "one"


# The text alone


def plain(client: TestClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:500]
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "Accept-Language" in answer.headers["vary"]
    return answer.text


@pytest.mark.parametrize(
    "place", ["", "/drain", "/L42-L48", "?recv=300&step=3", "?recv=300&lang=zh"]
)
def test_the_text_for_mail_has_an_address_of_its_own(public: TestClient, place: str) -> None:
    path, _, query = place.partition("?")
    address = f"/copy/tcp_close{path}"
    alone = plain(public, f"{address}.txt?{query}")
    assert alone == texts_of(public, f"{address}?{query}")["mail"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_of_a_branch_it_says_when_it_is_taken_and_the_simplest_scenario(
    public: TestClient, lang: str
) -> None:
    text = plain(public, f"/copy/tcp_close/unread/true.txt?lang={lang}")
    assert max(map(columns, text.splitlines())) <= COLUMNS
    assert text.isascii() == (lang == "en")
    folded = " ".join(text.split())
    assert "47 | } else if (data_was_unread) {" in folded
    assert "paths take it, exactly when" in folded or "条走它，当且仅当" in folded
    assert "recv=300." in folded or "recv=300。" in folded
    assert text.splitlines()[-1].startswith(f"{PUBLIC}/tcp_close/unread/true")
    both = plain(public, f"/copy/tcp_close/unread.txt?lang={lang}")
    assert "unread/true" in both
    assert "unread/false" in both


def test_the_page_leads_to_its_text(public: TestClient) -> None:
    for address in ("/copy/tcp_close?recv=300", "/copy/tcp_close/unread/true?lang=zh"):
        page = document(public.get(address))
        [link] = [a["href"] for a in page.all("a") if ".txt" in a["href"]]
        assert link == address.replace("?", ".txt?", 1)
        plain(public, link)


def test_the_text_of_an_old_or_unknown_place(public: TestClient) -> None:
    answer = public.get("/copy/tcp_close/L48-L42.txt?recv=1")
    assert answer.status_code == 301
    assert answer.headers["location"] == "/copy/tcp_close/L42-L48.txt?recv=1"
    answer = public.get("/copy/tcp_close/nothing.txt")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("decision", "way"),
    [
        ("keeps-socket", "false"),
        ("linger2-negative", "false"),
        ("in-fin-wait2", "true"),
        ("gone", "true"),
    ],
)
def test_a_mail_says_of_a_branch_what_its_page_says_and_no_more_than_one_reads(
    public: TestClient, page: ReadPage, decision: str, way: str, lang: str
) -> None:
    """The same simplest scenario; of many cases two, and where the rest is."""
    place = f"{decision}/{way}"
    text = plain(public, f"/copy/tcp_close/{place}.txt?lang={lang}")
    assert len(text.splitlines()) < 50
    [shown] = page(f"/tcp_close/{place}?lang={lang}").all("section", **{"aria-label": place})
    witness = shown.one("p", class_="b-ways").all("a")[0].text
    assert f"{witness}." in text or f"{witness}。" in text
    cases = [item.text for item in shown.all("li")]
    said = re.findall(r"^- (.*)$", text, re.MULTILINE)
    assert len(said) == min(len(cases), 3)
    if len(cases) > 2:
        assert said[-1].startswith((f"{len(cases) - 2} more", f"另有 {len(cases) - 2} 种"))


@pytest.mark.parametrize("place", ["unread/true", "keeps-socket/false", "L128-L138", "time-wait"])
def test_what_is_quoted_is_indented_as_it_stands_and_what_is_skipped_is_marked(
    public: TestClient, place: str
) -> None:
    source = shipped().edition.source
    before = None
    for row in texts_of(public, f"/copy/tcp_close/{place}")["mail"].splitlines():
        number, bar, text = row.partition(" | " if " | " in row else " |")
        if not bar:
            continue
        if not number.strip():
            before = None if text.strip() == "..." else before
            continue
        line = source.line(int(number)).expandtabs(4).rstrip()
        assert line.startswith(text)
        assert before is None or int(number) == before + 1, row
        before = int(number)
