# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The rail's lit path is the trace's: worked out here from the API and from the drawing itself."""

import re
from collections import defaultdict
from itertools import pairwise
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from app.csource.tracks import rail_of
from app.walkthrough.records import Walkthrough
from app.web.study.rail import drawn as drawn_pieces
from tests.browser.conftest import Trace, TraceOf
from tests.browser.reading import evaluated
from tests.conftest import OpenPage, shipped

SCENARIOS: Final = (
    "",
    "recv=300-fin",
    "linger=0",
    "state=LISTEN&accept_queue=3",
    "state=CLOSE",
    "state=FIN_WAIT2",
    "state=FIN_WAIT2&fin_timeout=120&orphans=1",
    "linger2=-1&backlog=ack",
    "backlog=rst",
    "recv=300&repair=1",
    "netns=dying",
    "state=SYN_RECV&recv=300&fastopen=1",
)

#: The first row of each stretch, in which all is that happens on the rail; `since` is the step from
#: which on a track is lit.
_RAIL: Final = """() => [...document.querySelectorAll(".stretch")].map((stretch) => {
    const line = stretch.querySelector(".line");
    const tracks = [...stretch.querySelectorAll(".rail path")];
    // What only runs on begins at the bottom of the first row.
    const rows = (d) => d.split(/(?=M)/).filter((part) => !/^M\\d+ 20V/.test(part));
    return {
        line: Number(line.dataset.line),
        path: line.dataset.path,
        station: !!line.querySelector(".fork"),
        lane: Number(line.className.match(/at-(\\d+)/)?.[1] ?? -1),
        taken: line.querySelector(".way[data-taken]")?.dataset.way ?? null,
        tracks: rows(tracks[0]?.getAttribute("d") ?? ""),
        lit: tracks.slice(1).flatMap((track) => rows(track.getAttribute("d")).map((d) => ({
            d, since: Number(track.dataset.at ?? 0), ahead: track.dataset.when === "out",
        }))),
    };
})"""

_MIDDLE: Final = 10


def drawn(page: Page) -> list[dict[str, Any]]:
    """The rail row by row."""
    rows: list[dict[str, Any]] = evaluated(page, _RAIL)
    return rows


def ends(d: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where a track of a row begins and ends."""
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", d)]
    x, y = numbers[:2]
    if "V" in d:
        return (x, y), (x, numbers[2])
    return (x, y), (numbers[-2], numbers[-1])


def touches(d: str, x: float) -> bool:
    """Whether a track comes to the middle of the row in a lane."""
    (start_x, start_y), (end_x, end_y) = ends(d)
    if start_x == end_x == x:
        return min(start_y, end_y) <= _MIDDLE <= max(start_y, end_y)
    return (x, _MIDDLE) in ((start_x, start_y), (end_x, end_y))


def origins(trace: Trace, decisions: list[str], upto: int | None = None) -> set[str]:
    """What the trace passes, in the words of `data-by`."""
    passed = {"e"}
    for step in trace["steps"][:upto]:
        if step["decision"] is None:
            passed.add(f"s{step['line']}")
        else:
            number = decisions.index(step["decision"])
            passed.add(f"b{number}{'t' if step['taken'] else 'f'}")
    return passed


@pytest.fixture(scope="session")
def text() -> Walkthrough:
    """The source that is run."""
    return shipped()


def expected(text: Walkthrough, trace: Trace, upto: int | None = None) -> dict[int, set[str]]:
    """By row, the tracks that the trace passes up to a step, as the rail of the text has them."""
    passed = origins(trace, [decision.id for decision in text.decisions], upto)
    program = text.edition.program
    return {
        row: {track.d for track in drawn_pieces(pieces) if track.origins & passed}
        for row, pieces in rail_of(program.function, program.decisions).pieces.items()
    }


@pytest.mark.parametrize("query", SCENARIOS)
def test_the_lit_tracks_are_those_that_the_trace_passes(
    open_page: OpenPage, trace_of: TraceOf, text: Walkthrough, query: str
) -> None:
    page = open_page(f"/tcp_close?{query}")
    trace = trace_of(query)
    wanted = expected(text, trace)
    for row in drawn(page):
        assert {track["d"] for track in row["lit"]} == wanted.get(row["line"], set()), row["line"]
        assert {track["d"] for track in row["lit"]} <= set(row["tracks"])
        assert not any(track["ahead"] for track in row["lit"])

    # The same from the drawing alone: a lit track comes to a stop exactly where the trace went.
    ran = set(trace["lines"])
    verdicts: dict[int, set[bool]] = defaultdict(set)
    last: dict[int, bool] = {}
    for decision in trace["decisions"]:
        verdicts[decision["line"]].add(decision["taken"])
        last[decision["line"]] = decision["taken"]
    starts = {step["line"] for step in trace["steps"]}
    rows = drawn(page)
    # Where the trace went something happens on the rail.
    assert starts <= {row["line"] for row in rows}
    for row in rows:
        line = row["line"]
        lit = [track["d"] for track in row["lit"]]
        x = row["lane"] * 10 + 5
        if row["station"] or (row["lane"] >= 0 and line in starts):
            assert any(touches(d, x) for d in lit) == (line in ran), line
        if row["station"]:
            way = str(last[line]).lower() if line in last else None
            assert row["taken"] == way, line
            leaving = {
                ends(d)[1] for d in lit if ends(d)[0] == (x, _MIDDLE) and ends(d)[1][1] > _MIDDLE
            }
            # To the right into the body, straight on past it.
            assert (x + 10 in {end[0] for end in leaving}) == (True in verdicts[line]), line
            assert (x in {end[0] for end in leaving}) == (False in verdicts[line]), line


@pytest.mark.parametrize("query", ["recv=300-fin", "state=FIN_WAIT2"])
def test_while_stepping_the_rest_of_the_path_is_ahead(
    open_page: OpenPage, trace_of: TraceOf, text: Walkthrough, query: str
) -> None:
    page = open_page(f"/tcp_close?{query}")
    trace = trace_of(query)
    whole = expected(text, trace)
    for upto in range(1, len(trace["steps"]) + 1):
        page.locator(".player [data-go='forward']").click()
        passed = expected(text, trace, upto)
        for row in drawn(page):
            line = row["line"]
            lit = {track["d"] for track in row["lit"] if not track["ahead"]}
            assert lit == passed.get(line, set()), (upto, line)
            assert {track["d"] for track in row["lit"]} == whole.get(line, set())
            # What is lit is drawn last, on top.
            since = [track["since"] for track in row["lit"]]
            assert since == sorted(since, reverse=True)


def test_the_path_is_whole_from_the_entry_to_the_end(open_page: OpenPage) -> None:
    """What is lit at the bottom of a stretch goes on at the top of the next one."""
    page = open_page("/tcp_close?state=CLOSE_WAIT&recv=300-fin")
    rows = drawn(page)
    lit = [[end for track in row["lit"] for end in ends(track["d"])] for row in rows]
    drawn_on = [n for n, points in enumerate(lit) if points]
    path = lit[drawn_on[0] : drawn_on[-1] + 1]
    for above, below in pairwise(path):
        assert {x for x, y in above if y == 20} == {x for x, y in below if y == 0}
    # From one track to one track.
    assert len({x for x, y in path[0] if y == 0}) == len({x for x, y in path[-1] if y == 20}) == 1


def test_a_station_leads_to_a_socket_that_goes_the_other_way(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300")
    unread = page.locator("#L47 .station")
    href = unread.get_attribute("href") or ""
    assert href.startswith("/tcp_close/unread/false")
    unread.click()
    page.wait_for_url("**/tcp_close/unread/false")
    expect(page.locator("#L47 .way[data-taken]")).to_have_attribute("data-way", "false")


def test_a_station_where_the_path_did_not_come_leads_there(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?state=LISTEN")
    page.locator("#L47 .station").click()
    page.wait_for_url("**/tcp_close/unread/*")
    expect(page.locator("#L47")).to_have_attribute("data-path", "on")
