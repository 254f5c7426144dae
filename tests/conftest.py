# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What all tests share: what is left out without a tool, the real server, the real browser.

A test that asks for `live_server` gets the address of the program in a process of its own; one that
asks for `open_page` or `page` gets a tab in Chromium, and is marked `browser` by that. A tab that
logs an error, throws an exception or calls another host fails its test.
"""

import asyncio
import atexit
import fcntl
import gc
import inspect
import math
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NoReturn, TypeAlias
from urllib.parse import urlsplit

import fastapi.dependencies.models
import httpx2
import hypothesis
import pytest
import yaml
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, sync_playwright

import app.web.site
from app.paths import CONTENT
from app.walkthrough.atlas.store import AtlasStore, cache_folder
from app.walkthrough.load import load_walkthrough
from app.walkthrough.records import Walkthrough
from tools.chromium import find_chromium

REPOSITORY = Path(__file__).resolve().parent.parent
#: How many blocks the shipped walkthrough has; which they are, tests/walkthrough says.
BLOCKS = len(list((CONTENT / "tcp_close" / "blocks").glob("*.en.md")))
IN_CI = os.environ.get("CI") == "true"
LEFT_OUT = "LEFT OUT: "

#: What Chromium does without in each window that a test opens. Of several lists the last counts, so
#: behind the first line stands what Playwright turns off by itself.
_WITHOUT = (
    # The pages of its own address bar: two renderers that cost more than a page of ours.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
    *("AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync"),
    *("DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades"),
    *("LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints"),
    *("PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning"),
)

OpenPage: TypeAlias = Callable[..., Page]
"""`open_page(path="/", **options)`: a new tab there; the options are those of `new_context`."""

# Rooms that a test starts without saying where are not to be found among the user's own.
_ROOMS = tempfile.mkdtemp(prefix="rooms-")
for name in [name for name in os.environ if name.startswith("WALKTHROUGH_")]:
    del os.environ[name]
os.environ["WALKTHROUGH_DATA"] = _ROOMS
# Nor do tests see the kernels that somebody has imported here.
os.environ["WALKTHROUGH_EDITIONS"] = f"{_ROOMS}/editions"
atexit.register(shutil.rmtree, _ROOMS, ignore_errors=True)

# A fixed seed in CI: there a failure has to come from the change.
# The limit on time is pytest's, on the whole test.
hypothesis.settings.register_profile("suite", deadline=None, derandomize=IN_CI, print_blob=True)
hypothesis.settings.load_profile("suite")


# ---- left out, and said so ----


def leave_out(why: str) -> NoReturn:
    """Skips the test with a reason that the summary repeats; with CI=true it fails."""
    if IN_CI:
        pytest.fail(LEFT_OUT + why)
    pytest.skip(LEFT_OUT + why)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests that need a browser, so that `-m "not browser"` leaves them alone.

    Those that take long begin first.
    """
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for each reason why tests were left out."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.getreports("skipped"):
        reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else ""
        if LEFT_OUT in reason:
            reason = reason.partition(LEFT_OUT)[2]
            reasons[reason] = reasons.get(reason, 0) + 1
    for reason, tests in reasons.items():
        terminalreporter.write_line(f"{LEFT_OUT}{reason} (tests: {tests})", red=True, bold=True)


def pytest_collection_finish() -> None:
    """Modules and tests stay: the collector need not look at them, nor as often as by default.

    That takes a tenth of what tests without a browser cost the processor.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


# ---- tests that are coroutines ----


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs a test that is a coroutine in an event loop of its own."""
    test = pyfuncitem.obj
    if not inspect.iscoroutinefunction(test):
        return None
    asyncio.run(
        test(**{name: pyfuncitem.funcargs[name] for name in inspect.signature(test).parameters})
    )
    return True


# ---- what a run makes once ----


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that `make` fills, for all processes of a run; it is there as a whole or not at all.

    A process that needs it while another one makes it waits.
    """
    base = factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = base / name
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            part = base / f"{name}.part"
            shutil.rmtree(part, ignore_errors=True)
            make(part)
            part.rename(folder)
    return folder


# ---- tables beside tests ----


def table(test: str, name: str) -> list[tuple[str, Any]]:
    """The entries of a file in YAML in the folder of a test, whose `__file__` is given."""
    text = Path(test).with_name(name).read_text(encoding="utf-8")
    return list(yaml.safe_load(text).items())


# ---- the shipped content ----


@cache
def shipped() -> Walkthrough:
    """The walkthrough of tcp_close(), read once a process: nothing of it ever changes."""
    return load_walkthrough(CONTENT / "tcp_close")


@cache
def _as_served() -> Walkthrough:
    return load_walkthrough(CONTENT / "tcp_close", is_checked=True)


def _read_once(folder: Path, *, is_checked: bool) -> Walkthrough:
    if folder == CONTENT / "tcp_close":
        return _as_served()
    return load_walkthrough(folder, is_checked=is_checked)


# It is four fifths of what each of the hundreds of programs in a process of tests takes to begin.
app.web.site.load_walkthrough = _read_once  # type: ignore[assignment, attr-defined]


@pytest.fixture(scope="session")
def tcp_close() -> Walkthrough:
    """The same."""
    return shipped()


@pytest.fixture(scope="session")
def atlas_on_disk() -> None:
    """The atlas is in the user's cache before a program is asked for it, so no test waits for it.

    It is kept by what it is made of, so it never is another one's.
    """
    AtlasStore(cache_folder()).get(shipped().edition, shipped().function)


@pytest.fixture(scope="module", autouse=True)
def apps_are_let_go() -> Iterator[None]:
    """FastAPI remembers of 4096 callables how they are called, and by that a program that is over.

    A process of tests makes hundreds of programs, each with the pages that it keeps.
    """
    yield
    for one in list(vars(fastapi.dependencies.models).values()):
        if hasattr(one, "cache_clear"):
            one.cache_clear()


# ---- the real server ----


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory, atlas_on_disk: None) -> Iterator[str]:
    """The address, without a slash at its end, of the real program on a free port.

    A traceback in the server's log fails the session: nothing that it is asked may break it.
    """
    log = tmp_path_factory.mktemp("server") / "log.txt"
    # The listening socket is handed over: nobody else can take the port, and the first request
    # waits for the start by itself.
    with socket.create_server(("127.0.0.1", 0)) as listening, log.open("wb") as output:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "uvicorn", "--factory", "app.web.app:create_app"),
                *("--fd", str(listening.fileno()), "--log-level", "warning"),
            ],
            cwd=REPOSITORY,
            # All tests come from one address, and start more rooms than a stranger may.
            env=os.environ | {"WALKTHROUGH_STARTS_BURST": "1000"},
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=[listening.fileno()],
        )
    try:
        try:
            httpx2.get(address + "/", timeout=300, trust_env=False)
        except httpx2.TransportError as problem:
            pytest.fail(f"the program does not answer ({problem}); its log:\n{log.read_text()}")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=300)
    assert "Traceback" not in log.read_text(), log.read_text()


# ---- the real browser ----


def effort(work: Callable[[], object]) -> float:
    """The processor time that some work takes, with that of a loop of 10,000 turns as the unit.

    So the speed of the machine drops out. Of five tries of both the best counts.
    """

    def loop() -> int:
        return sum(n * n for n in range(10_000))

    best = [math.inf, math.inf]
    for _ in range(5):
        for which, one in enumerate((work, loop)):
            start = time.process_time()
            one()
            best[which] = min(best[which], time.process_time() - start)
    return best[0] / best[1]


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The path of a Chromium; without one the test is left out."""
    return find_chromium() or leave_out(
        "no Chromium here, so the pages were not looked at in a browser"
    )


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Browser]:
    """One Chromium for the session, without what a browser does by itself in the background."""
    flags = [
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        f"--disable-features={','.join(_WITHOUT)}",
    ]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")  # Chromium refuses to start for root otherwise
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def loop_of_the_browser(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hides Playwright's event loop from tests without a browser, which may have one of their own.

    It goes on for the whole session, in the main thread; `asyncio.run` refuses to be called there.
    """
    running = asyncio._get_running_loop()
    if running is None or "browser" in request.fixturenames:
        yield
        return
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(running)


class Tab:
    """A tab in a context of its own, and what went wrong in it."""

    def __init__(self, browser: Browser, host: str, options: dict[str, Any]) -> None:
        self.host = host
        self.problems: list[str] = []
        context = browser.new_context(base_url=host, **options)
        # What takes its time is waited for; what never comes is found before the test's own limit.
        context.set_default_timeout(300_000)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.problems.append(f"exception: {error.error}"))
        context.on("request", self._on_request)
        context.on("response", self._on_response)
        self.context = context
        self.page = context.new_page()

    def _on_console(self, message: ConsoleMessage) -> None:
        # The status is looked at below, where a page can be told from what it loads.
        if message.type == "error" and "responded with a status of" not in message.text:
            self.problems.append(f"console: {message.text}")

    def _on_response(self, response: Response) -> None:
        # A page may be meant to be an error page, and a form may ask what is wrong with what was
        # typed; what a page loads has to be there.
        asked = response.request.resource_type == "fetch" and response.status == 422
        if response.status >= 400 and not asked and not response.request.is_navigation_request():
            self.problems.append(f"answered with {response.status}: {response.url}")

    def _on_request(self, request: Request) -> None:
        is_web = urlsplit(request.url).scheme in {"http", "https"}
        if is_web and not request.url.startswith(self.host + "/"):
            self.problems.append(f"another host was called: {request.url}")


@contextmanager
def tabs(browser: Browser, host: str) -> Iterator[OpenPage]:
    """A function that opens tabs of a host, whose address has no slash at its end.

    Unless told otherwise a tab is 1440 by 900, in English, light, and without motion. None sees
    what another one stores. A tab that has a problem fails the test.
    """
    used: list[Tab] = []

    def open_page(path: str = "/", **options: Any) -> Page:
        options = {
            "viewport": {"width": 1440, "height": 900},
            "locale": "en",
            "color_scheme": "light",
            "reduced_motion": "reduce",
        } | options
        used.append(Tab(browser, host, options))
        Page.goto(used[-1].page, path)
        return used[-1].page

    yield open_page
    for tab in used:
        tab.context.close()
    problems = [problem for tab in used for problem in tab.problems]
    assert not problems, "\n".join(problems)


@pytest.fixture
def open_page(browser: Browser, live_server: str) -> Iterator[OpenPage]:
    """A function that opens tabs: `open_page("/tcp_close", java_script_enabled=False)`."""
    with tabs(browser, live_server) as open_page:
        yield open_page


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A tab at the start page."""
    return open_page()
