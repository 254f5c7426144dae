# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Ratios of this program's cost to another revision's, both built and measured in turns."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from benchmarks.fairness import HEAVIEST
from benchmarks.figures import Budget, Figure
from benchmarks.servers import HERE, Program, Server, environment, running
from benchmarks.steps import walking
from tools.chromium import find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PART = "against"
#: A renderer that used no more than this in a pause has nothing left to do.
_REST_SECONDS, _PAUSE_SECONDS = 0.006, 0.5
_BUILDS = HERE.root / "build" / "against"


@dataclass(frozen=True, slots=True)
class _Pair:
    """What each of the two needed, in the order of the rounds."""

    ours: Sequence[float]
    theirs: Sequence[float]

    def figure(self, name: str, limit: float, unit: str) -> list[Figure]:
        """The ratio of the medians, and the medians."""
        ours, theirs = statistics.median(self.ours), statistics.median(self.theirs)
        return [
            Figure(PART, f"{name}: ratio", round(ours / theirs, 3), "", Budget(limit)),
            Figure(PART, f"{name}: here", ours, unit),
            Figure(PART, f"{name}: there", theirs, unit),
        ]


def measure(revision: str, *, is_quick: bool = False) -> list[Figure]:
    """All ratios to a revision of this repository, which is built first.

    Both start as they do from the second time on: modules are compiled, and the templates where
    they are kept, by a start of each that is not counted.
    Raises subprocess.CalledProcessError where the revision cannot be checked out or installed.
    """
    there = _build(revision)
    rounds = 2 if is_quick else 9
    _in_turns(1, there, _start_seconds)
    figures = _in_turns(rounds, there, _start_seconds).figure("start to first page", 0.6, "s")
    atlas_rounds = 1 if is_quick else 3
    figures += _in_turns(atlas_rounds, there, _atlas_seconds).figure("atlas, cold", 0.35, "s")
    with _server(HERE) as ours, _server(there) as theirs:
        servers = {HERE: ours, there: theirs}
        numbers = count(1)
        for name, path in (
            ("a page never asked for before", "/tcp_close?linger={}"),
            ("the heaviest page", HEAVIEST + "{}"),
        ):

            def cold(program: Program, path: str = path) -> float:
                return _page_milliseconds(servers[program], path, numbers)

            figures += _in_turns(rounds, there, cold).figure(name, 0.25, "ms")
        figures += _in_browser(servers, there, rounds)
    return figures


def _build(revision: str) -> Program:
    """The revision's own files and packages, made by its own set-up, once."""
    root = str(HERE.root)
    found = subprocess.run(
        ["git", "-C", root, "rev-parse", "--verify", f"{revision}^{{commit}}"],
        check=True,
        capture_output=True,
        text=True,
    )
    folder = _BUILDS / found.stdout.strip()
    if not (folder / ".venv" / ".runtime").exists():
        folder.mkdir(parents=True, exist_ok=True)
        files = subprocess.run(
            ["git", "-C", root, "archive", folder.name], check=True, capture_output=True
        )
        subprocess.run(["tar", "-x", "-C", folder], input=files.stdout, check=True)
        subprocess.run(["sh", "tools/setup.sh", "runtime"], cwd=folder, check=True)
    return Program(root=folder, python=folder / ".venv" / "bin" / "python")


def _in_turns(rounds: int, there: Program, cost: Callable[[Program], float]) -> _Pair:
    ours: list[float] = []
    theirs: list[float] = []
    for number in range(rounds):
        # Who goes first changes too.
        for program in (HERE, there) if number % 2 == 0 else (there, HERE):
            (ours if program == HERE else theirs).append(cost(program))
    return _Pair(ours, theirs)


@contextmanager
def _server(program: Program) -> Iterator[Server]:
    with running("-m", "app", "serve", "--port", "0", program=program) as server:
        server.get("/tcp_close")
        server.get("/tcp_close?lang=zh")
        yield server


def _used(server: Server) -> float:
    seconds = server.processor_seconds()
    if seconds is None:
        raise RuntimeError("processor time is read from /proc, which is not there")
    return seconds


def _start_seconds(program: Program) -> float:
    with running("-m", "app", "serve", "--port", "0", program=program) as server:
        server.get("/tcp_close")
        return _used(server)


def _atlas_seconds(program: Program) -> float:
    """Processor time of `walkthrough atlas` with a cache folder that is empty, modules compiled."""
    with tempfile.TemporaryDirectory() as cache:
        before = os.times()
        subprocess.run(
            [program.python, "-P", "-m", "app", "atlas", "tcp_close", "--json"],
            cwd=program.root,
            env=environment(program, XDG_CACHE_HOME=cache, XDG_STATE_HOME=cache),
            check=True,
            stdout=subprocess.DEVNULL,
        )
        after = os.times()
    return (
        after.children_user - before.children_user + after.children_system - before.children_system
    )


def _page_milliseconds(server: Server, path: str, numbers: Iterator[int]) -> float:
    """Processor time of a page, the mean of so many that the clock's 10 ms do not matter."""
    pages = 40
    before = _used(server)
    for _ in range(pages):
        server.get(path.format(next(numbers)))
    return (_used(server) - before) / pages * 1000


def _in_browser(servers: dict[Program, Server], there: Program, rounds: int) -> list[Figure]:
    """Loading the study page, its elements, and a step; nothing where there is no Chromium."""
    chromium = find_chromium()
    if chromium is None:
        return []
    from playwright.sync_api import sync_playwright

    flags = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)

        def load(program: Program) -> float:
            return _load_seconds(browser, servers[program].port)

        def step(program: Program) -> float:
            path = "/tcp_close?linger=5&wait=fin-ack&recv=fin"
            with walking(browser, servers[program].port, path) as walk:
                return walk()

        def elements(program: Program) -> float:
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{servers[program].port}/tcp_close", wait_until="load")
            found: int = page.evaluate("document.querySelectorAll('*').length")
            page.close()
            return found

        figures = _in_turns(rounds, there, load).figure("the page loaded by Chromium", 0.5, "s")
        figures += _in_turns(rounds, there, step).figure("a step", 0.4, "ms")
        figures.append(Figure(PART, "elements here", elements(HERE), "", Budget(3000)))
        figures.append(Figure(PART, "elements there", elements(there), ""))
        browser.close()
    return figures


def _load_seconds(browser: Browser, port: int) -> float:
    """Processor time of the renderer's process until it rests, without a move."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    chrome = context.new_cdp_session(page)
    chrome.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(f"http://127.0.0.1:{port}/tcp_close")
    used, before = 0.0, -1.0
    # On a busy machine scripts may pause for longer than a network counts as idle.
    while used - before > _REST_SECONDS:
        time.sleep(_PAUSE_SECONDS)
        metrics = chrome.send("Performance.getMetrics")["metrics"]
        before, used = used, next(one["value"] for one in metrics if one["name"] == "ProcessTime")
    context.close()
    return used
