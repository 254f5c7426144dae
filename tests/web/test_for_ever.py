# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Links are for ever: what was given out means the same; what moved or went says where to.

tests/permalinks.txt has a link a line, then the decisions on its path by line and the outcome. A
line is added when links of a new kind are given out, and never changed: if this test fails, the
change is wrong, not the file. With ADD_PERMALINKS=1 what is missing in a line is filled in.
"""

import os
import re
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import yaml
from starlette.testclient import TestClient

from app.kernel.life.engine import live
from app.paths import CONTENT
from app.walkthrough.records import Walkthrough
from app.web.app import create_app
from app.web.query import read_query
from app.web.study.places import Focus, Moved, find_place, witness_of
from tests.conftest import IN_CI, REPOSITORY
from tests.web.reading import document

FILE = REPOSITORY / "tests" / "permalinks.txt"
LINKS = [line for line in FILE.read_text().splitlines() if line and not line.startswith("#")]


def meaning(tcp_close: Walkthrough, address: str) -> str:
    """The decisions that a link shows, what becomes of the socket, what is marked.

    With conditions of the life also until when that lasts, and what ends it.
    """
    parts = urlsplit(address)
    _, _, place = parts.path.removeprefix("/").partition("/")
    query = read_query(parts.query, tcp_close)
    scenario = query.scenario
    focus: Focus | None = None
    if place.startswith("as/"):
        scenario, place = tcp_close.presets_by_id[place.removeprefix("as/")].scenario, ""
    if place:
        found = find_place(tcp_close, place)
        if isinstance(found, Moved):
            found = find_place(tcp_close, found.place)
        assert isinstance(found, Focus)
        focus = found
        if not query.has_scenario:
            scenario = witness_of(tcp_close, focus)
    trace = tcp_close.trace(scenario, query.variant)
    ways = [
        f"{step.site.span.line}{'+' if step.taken else '-'}"
        for step in trace.steps
        if step.site.decision is not None and step.taken is not None
    ]
    end = trace.outcome
    marked = f"L{focus.start}-L{focus.end}" if focus else "-"
    sent = ", ".join(end.segments) or "none"
    line = trace.steps[query.step - 1].site.span.line if query.step else "-"
    left = f"{sent}; {end.state}; {end.fate}"
    if query.conditions.changed():
        life = live(trace, query.conditions)
        left += f"; until {life.ends_us} us, {life.ended_by}"
    return f"{' '.join(ways)} | {left} | {marked} | {line}"


def test_a_link_that_was_given_out_means_what_it_meant(tcp_close: Walkthrough) -> None:
    changed, filled = [], []
    for line in LINKS:
        address, _, known = line.partition(" | ")
        now = meaning(tcp_close, address)
        filled.append(f"{address} | {now}")
        if known and known != now:
            changed.append(f"{address}\n  was {known}\n  is  {now}")
    assert not changed, "\n".join(changed)
    if os.environ.get("ADD_PERMALINKS") and not IN_CI:
        head = [line for line in FILE.read_text().splitlines() if line.startswith("#")]
        FILE.write_text("\n".join([*head, "", *filled]) + "\n")
    else:
        assert not [line for line in LINKS if " | " not in line], "ADD_PERMALINKS=1"


@pytest.mark.parametrize("line", LINKS[::16])
def test_the_page_shows_what_the_link_means(client: TestClient, line: str) -> None:
    address, ways, _ = line.split(" | ")[:3]
    answer = client.get(address, follow_redirects=True)
    assert answer.status_code == 200
    steps = document(answer).one("ol", id="steps").all("li")
    shown = [
        f"{step['data-line']}{'+' if step['data-verdict'] == 'true' else '-'}"
        for step in steps
        if step.get("data-verdict")
    ]
    assert " ".join(shown) == ways


def test_there_is_a_link_of_every_kind() -> None:
    places = {line.partition(" | ")[0] for line in LINKS}
    assert len([place for place in places if place.endswith(("/true", "/false"))]) == 34
    assert any(re.search(r"/L\d+-L\d+$", place) for place in places)
    assert any("step=" in place for place in places)
    assert any("/as/" in place for place in places)
    assert len(LINKS) >= 100


# Moved and gone


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The program with content in which a block was renamed and another is no more."""
    folder = tmp_path_factory.mktemp("content") / "tcp_close"
    shutil.copytree(CONTENT / "tcp_close", folder)
    main = folder / "walkthrough.yaml"
    text = main.read_text()
    text = text.replace("  - id: drain\n", "  - id: drain\n    aliases: [receive-queue]\n", 1)
    main.write_text(text)
    gone = [{"id": "old-loop", "replaced_by": ["drain", "queued"], "text": {}}]
    gone[0]["text"] = {"en": "The loop has two places now.", "zh": "循环现在有两处。"}
    (folder / "gone.yaml").write_text(yaml.safe_dump(gone, allow_unicode=True))
    with TestClient(create_app(folder.parent), follow_redirects=False) as client:
        yield client


def test_an_old_name_is_redirected_for_ever(later: TestClient) -> None:
    for part in ("", "/copy", "/embed"):
        answer = later.get(f"{part}/tcp_close/receive-queue?recv=300")
        assert answer.status_code == 301
        assert answer.headers["location"] == f"{part}/tcp_close/drain?recv=300"
    card = later.get("/card/tcp_close/receive-queue.png?lang=zh")
    assert card.headers["location"] == "/card/tcp_close/drain.png?lang=zh"


def test_a_place_that_is_gone_shows_what_replaced_it(later: TestClient) -> None:
    for lang, text in (("en", "The loop has two places now."), ("zh", "循环现在有两处。")):
        answer = later.get(f"/tcp_close/old-loop/true?lang={lang}")
        assert answer.status_code == 410
        page = document(answer).one("main")
        assert text in page.text
        links = [link["href"] for link in page.all("a")]
        assert f"/tcp_close/drain?lang={lang}" in links
        assert f"/tcp_close/queued?lang={lang}" in links
    assert later.get("/card/tcp_close/old-loop.png").status_code == 410
    assert later.get("/tcp_close/older-loop").status_code == 404
