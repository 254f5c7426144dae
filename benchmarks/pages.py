# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""How many pages a second, beside a bare route that returns the same bytes."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.client import Round, ask
from benchmarks.figures import Budget, Figure
from benchmarks.servers import PROGRAM, Answer, Server, running

PART = "pages"
PATH = "/tcp_close"
_CONNECTIONS = 8


def measure(*, is_quick: bool = False) -> list[Figure]:
    """The warm page against the bare route, and the cold page."""
    rounds, requests, colds = (2, 20, 3) if is_quick else (15, 1500, 30)
    with running(*PROGRAM) as program, tempfile.TemporaryDirectory() as folder:
        page = program.get(PATH)
        _write(Path(folder), page)
        with running("-m", "benchmarks.bare", folder) as bare:
            _expect_same(page, bare.get(PATH))
            for server in (program, bare):
                ask(server.port, PATH, requests=requests, connections=_CONNECTIONS)
            pairs, costs = _take_turns(program, bare, rounds, requests)
        cold = [_cold_seconds(program, number) for number in range(colds)]
    ours, theirs = zip(*pairs, strict=True)
    figures = [
        Figure(
            PART,
            "warm page, share of the bare route's pages/s",
            round(statistics.median(a.per_second / b.per_second for a, b in pairs), 3),
            "",
            Budget(0.9, is_floor=True),
        ),
        Figure(PART, "warm page", round(_median_rate(ours)), "pages/s"),
        Figure(PART, "bare route, same bytes", round(_median_rate(theirs)), "pages/s"),
    ]
    if costs is not None:
        for name, seconds in zip(("warm page", "bare route"), costs, strict=True):
            each = seconds / (rounds * requests) * 1e6
            figures.append(Figure(PART, f"{name}, processor time each", each, "µs"))
    busiest = max(one.client_share for one in (*ours, *theirs)) * 100
    figures.append(Figure(PART, "client busy, at most", round(busiest), "%"))
    figures.append(Figure(PART, "cold page, median", statistics.median(cold) * 1000, "ms"))
    return figures


def _take_turns(
    program: Server, bare: Server, rounds: int, requests: int
) -> tuple[list[tuple[Round, Round]], tuple[float, float] | None]:
    """The rounds as (program, bare), and the processor seconds that each server used for them."""
    before = program.processor_seconds(), bare.processor_seconds()
    pairs = []
    for number in range(rounds):
        # Who goes first changes too.
        order = (program, bare) if number % 2 == 0 else (bare, program)
        done = {
            server.port: ask(server.port, PATH, requests=requests, connections=_CONNECTIONS)
            for server in order
        }
        pairs.append((done[program.port], done[bare.port]))
    after = program.processor_seconds(), bare.processor_seconds()
    if before[0] is None or before[1] is None or after[0] is None or after[1] is None:
        return pairs, None
    return pairs, (after[0] - before[0], after[1] - before[1])


def _median_rate(rounds: tuple[Round, ...]) -> float:
    return statistics.median(one.per_second for one in rounds)


def _cold_seconds(program: Server, number: int) -> float:
    start = time.perf_counter()
    program.get(f"{PATH}?rto={201 + number}")
    return time.perf_counter() - start


def _write(folder: Path, page: Answer) -> None:
    (folder / "body").write_bytes(page.body)
    headers = {name: value for name, value in page.headers.items() if name != "date"}
    (folder / "headers.json").write_text(json.dumps(headers))


def _expect_same(ours: Answer, theirs: Answer) -> None:
    same_headers = {**ours.headers, "date": ""} == {**theirs.headers, "date": ""}
    if not same_headers or ours.body != theirs.body:
        raise RuntimeError("the bare route does not return what the program returns")
