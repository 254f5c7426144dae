# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page of all paths, without scripts: table, filter, order, picture, bad input."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from starlette.testclient import TestClient

from app.kernel.scenario import parse_scenario
from app.walkthrough.atlas.records import Atlas
from app.walkthrough.atlas.store import RETRY_S, AtlasStore, make_apart
from app.web.app import create_app
from tests.conftest import shipped
from tests.web.conftest import ReadPage

PAGE = "/tcp_close/atlas"


def rows(found: Any) -> list[Any]:
    return [row for table in found.all("tbody") for row in table.all("tr")]


def test_each_path_is_a_row_and_a_link_to_its_scenario(page: ReadPage, client: TestClient) -> None:
    total = client.get(f"/api{PAGE}").json()["total"]
    found = rows(page(PAGE))
    assert len(found) == total
    for row in found[::10]:
        assert row.one("a")["href"].startswith("/tcp_close")
        assert client.get(row.one("a")["href"]).status_code == 200


def test_the_paths_are_grouped_by_outcome_and_say_what_is_bounded(page: ReadPage) -> None:
    found = page(PAGE)
    groups = [e["id"] for e in found.all("h2") if (e.get("id") or "").startswith("fate-")]
    assert groups == ["fate-destroyed", "fate-timewait", "fate-orphan"]
    assert "at most 2 segments" in found.one("ul", class_="a-covers").text
    assert "of the kernel’s text" in found.one("ul", class_="a-covers").text
    assert "never comes to" in page(f"{PAGE}?branch=gone/true").one("main").text


def test_a_filter_leaves_the_same_paths_as_the_api(page: ReadPage, client: TestClient) -> None:
    for query in ("branch=unread/true", "fate=orphan&segment=FIN", "counter=TCPAbortOnLinger"):
        total = client.get(f"/api{PAGE}?{query}").json()["total"]
        assert 0 < total == len(rows(page(f"{PAGE}?{query}")))


def test_a_branch_is_explained_by_its_exact_condition(page: ReadPage) -> None:
    focus = page(f"{PAGE}?branch=unread/true").one("section", class_="a-focus").text
    assert "data is unread, and not repair" in focus


def test_few_cases_are_on_the_pages_as_a_whole(page: ReadPage, client: TestClient) -> None:
    for branch in ("in-fin-wait2/true", "linger2-negative/true"):
        cases = client.get(f"/api{PAGE}/{branch}").json()["conditions"]
        focus = page(f"{PAGE}?branch={branch}").one("section", class_="a-focus")
        shown = page(f"/tcp_close/{branch}").one("section", class_="branch")
        assert 1 < len(cases) <= 6
        for section in (focus, shown):
            assert "exactly when" in section.text
            assert len(section.all("ul")[0].all("li")) == len(cases)


def test_of_many_cases_is_said_what_is_always_so_and_the_decisions_that_lead_there(
    page: ReadPage, client: TestClient
) -> None:
    answer = client.get(f"/api{PAGE}/gone/true").json()
    assert len(answer["conditions"]) > 6
    for address, name in (
        (f"{PAGE}?branch=gone/true", "a-focus"),
        ("/tcp_close/gone/true", "branch"),
    ):
        section = page(address).one("section", class_=name)
        assert "exactly" not in section.text
        assert "only when state is not SYN_SENT" in section.text
        way = [a.text for a in section.one("p", class_="b-way").all("a")]
        assert way[0] == "listening/false"
        assert way[-1] == "needs-fin/true"
    assert answer["text"].startswith("only when")
    assert "always" in answer
    # Nothing is so in all of them that anybody could read.
    text = page("/tcp_close/gone/false").one("section", class_="branch").text
    assert "88 of 97 paths take it" in text
    assert "when" not in text


def test_the_simplest_scenario_is_the_one_that_the_page_shows(page: ReadPage) -> None:
    """The atlas' own witness is as simple, but another one."""
    found = page("/tcp_close/needs-fin/false")
    chosen = [e["value"] for e in found.all("input", name="state") if e.get("checked") is not None]
    witness = found.one("section", class_="branch").one("p", class_="b-ways").all("a")[0]
    assert witness["href"] == f"/tcp_close/needs-fin/false?state={chosen[0]}"


def test_each_way_to_a_branch_takes_it_in_the_loop_too(page: ReadPage) -> None:
    """A path's own scenario says nothing of the drain loop, which is no part of a path."""
    walkthrough = shipped()
    for decision in walkthrough.decisions:
        for taken in (True, False):
            place = f"{decision.id}/{str(taken).lower()}"
            ways = page(f"/tcp_close/{place}").one("section", class_="branch").one(class_="b-ways")
            queries = [urlsplit(a["href"]).query for a in ways.all("a")]
            assert len(queries) > 1, place
            assert len(set(queries)) == len(queries), place
            for query in queries:
                trace = walkthrough.trace(parse_scenario(parse_qsl(query)))
                assert (decision.id, taken) in trace.branches, (place, query)


def test_a_line_names_the_branch_that_every_path_to_it_takes(page: ReadPage) -> None:
    """Each line of the branch does; one that several branches lead to names none."""
    for line in (124, 126):
        text = page(f"/tcp_close/L{line}").one("section", class_="branch").text
        assert "Every path that comes here takes this branch" in text
        assert "linger2-negative/true" in text
        assert "4 of 97 paths" in text
    for line in (7, 92, 104, 166):
        assert not page(f"/tcp_close/L{line}").all("section", class_="branch")


def test_an_order_sorts_within_the_groups(page: ReadPage) -> None:
    for key, cell in (("segments", "sends"), ("state", "state"), ("counters", "counters")):
        for table in page(f"{PAGE}?sort={key}").all("tbody"):
            cells = [row.one("td", class_=cell).text for row in table.all("tr")]
            assert len(set(cells)) == sum(
                a != b for a, b in zip([None, *cells], cells, strict=False)
            )


def test_the_picture_has_the_number_of_paths_on_each_edge(page: ReadPage) -> None:
    found = page(PAGE)
    picture = found.one("svg", class_="atlas-map")
    arcs = [a for a in picture.all("a") if a.get("aria-label")]
    ends = [arc["aria-label"].rpartition(": ")[2].split()[0] for arc in arcs]
    counts = [1 if end == "one" else int(end) for end in ends]
    starts = [n for n, arc in zip(counts, arcs, strict=True) if "listening/" in arc["aria-label"]]
    assert sum(starts) == len(rows(found))
    # The numbers lie above all arcs.
    sums = picture.one("g", class_="sums").all("text")
    assert [int(text.text) for text in sums] == counts


def test_decisions_are_named_by_their_questions(page: ReadPage) -> None:
    found = page(f"{PAGE}?lang=zh")
    assert "47 有未读数据吗？" in found.one("svg", class_="atlas-map").text
    branches = found.one("select", name="branch").all("option")
    assert ("unread/true", "47 有未读数据吗？true") in [(o["value"], o.text) for o in branches]


def test_what_most_people_look_for_is_a_link_with_its_number(page: ReadPage) -> None:
    links = page(PAGE).one("p", class_="a-begin").all("a")
    assert len(links) > 5
    for link in links:
        count = int(link.text.rpartition("(")[2].rstrip(")"))
        assert 0 < count == len(rows(page(link["href"]))), link.text


def test_the_form_answers_with_the_short_address(client: TestClient) -> None:
    sent = (
        f"{PAGE}?form=1&lang=zh&branch=unread%2Ftrue&fate=&state=&segment=&counter=&sort=decisions"
    )
    answer = client.get(sent)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{PAGE}?branch=unread/true&lang=zh"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("brunch=unread/true", "branch"),
        ("branch=unread/maybe", "unread/true"),
        ("sort=size", "witness"),
        ("fate=lost", "destroyed"),
    ],
)
def test_what_is_not_allowed_is_told_with_what_is(page: ReadPage, query: str, told: str) -> None:
    assert told in page(f"{PAGE}?{query}", 422).one("main").text


def test_a_linked_branch_says_when_it_is_taken_and_how_else_to_get_there(page: ReadPage) -> None:
    found = page("/tcp_close/unread/true").one("section", class_="branch")
    assert "6 of 97 paths take it" in found.text
    assert "data is unread, and not repair" in found.text
    links = [a["href"] for a in found.all("a")]
    assert links[:2] == [f"{PAGE}?branch=unread/true", "/tcp_close/unread/true?recv=300"]
    assert len(links) > 3


def test_a_linked_decision_says_it_of_both_ways(page: ReadPage) -> None:
    found = page("/tcp_close/oom").all("section", class_="branch")
    assert [section["aria-label"] for section in found] == ["oom/true", "oom/false"]


def test_a_branch_without_a_scenario_shows_its_witness(page: ReadPage) -> None:
    # No preset is as simple as this one.
    found = page("/tcp_close/in-repair/true")
    assert [e.get("value") for e in found.all("input") if e.get("name") == "recv"] == [""]


def test_a_page_without_the_atlas_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting: Future[Atlas] = Future()
    monkeypatch.setattr("app.web.reading.pages._TIMEOUT_S", 0.01)
    monkeypatch.setattr("app.web.atlas.view.TIMEOUT_S", 0.01)
    monkeypatch.setattr(AtlasStore, "ask", lambda *_: waiting)
    with TestClient(create_app()) as client:
        answer = client.get("/tcp_close/unread/true")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert "still being worked out" in answer.text
        answer = client.get(PAGE)
        assert answer.status_code == 503
        assert answer.headers["refresh"] == answer.headers["retry-after"]


@contextlib.contextmanager
def killed(times: int) -> Iterator[None]:
    """So many of the processes that make an atlas for this one are killed as they begin."""
    over = threading.Event()

    def kill() -> None:
        known: set[int] = set()
        children = Path(f"/proc/{os.getpid()}/task")
        while len(known) < times and not over.is_set():
            for task in children.iterdir():
                with contextlib.suppress(OSError):
                    for pid in map(int, (task / "children").read_text().split()):
                        command = Path(f"/proc/{pid}/cmdline").read_bytes()
                        if pid not in known and b"app.walkthrough.atlas" in command:
                            known.add(pid)
                            os.kill(pid, signal.SIGKILL)
            time.sleep(0.005)  # another process's start has nothing to wait on

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        over.set()
        killer.join()


def test_one_that_was_killed_is_made_again_and_till_then_readers_are_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = create_app()
    app.state.site.atlases = AtlasStore(None, make_apart)
    page, api = PAGE, f"/api{PAGE}"
    with TestClient(app, headers={"accept-language": "en"}) as client:
        for address, kind in ((page, "text/html"), (api, "application/problem+json")):
            caplog.clear()
            with killed(2):
                failed = client.get(address, headers={"accept": "text/html,*/*;q=0.8"})
            assert (failed.status_code, failed.headers["retry-after"]) == (503, str(RETRY_S))
            assert failed.headers["content-type"].startswith(kind)
            assert "All paths could not be found just now" in failed.text
            told = [r for r in caplog.records if r.levelname == "ERROR"]
            assert len(told) == 1
            assert told[0].exc_info is None
        with killed(1):
            assert client.get(api).status_code == 200
