# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the browser is compared with: the program's own JSON. And the edition without a server.

A test with the mark `both_editions` opens its tabs twice: from the running program, and from the
edition, which a plain file server has under a prefix. An address is that of the program.
"""

import fcntl
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import httpx2
import pytest
from playwright.sync_api import Browser, Page, Response, expect

from app.web.edition.links import place_of
from tests.conftest import REPOSITORY, OpenPage, tabs

# As patient as the tabs: on a busy machine an answer takes its time.
expect.set_options(timeout=100_000)

Trace: TypeAlias = dict[str, Any]
TraceOf: TypeAlias = Callable[[str], Trace]
"""`trace_of("state=FIN_WAIT2")`: the answer of the API."""


@pytest.fixture(scope="session")
def trace_of(live_server: str) -> TraceOf:
    @cache
    def trace_of(query: str) -> Trace:
        answer = httpx2.get(f"{live_server}/api/tcp_close/trace?{query}", trust_env=False)
        assert answer.status_code == 200, answer.text
        trace: Trace = answer.json()
        return trace

    return trace_of


@pytest.fixture(scope="session")
def facts(live_server: str) -> dict[str, Any]:
    """`/api/tcp_close`: lines, blocks, decisions, presets."""
    answer = httpx2.get(f"{live_server}/api/tcp_close", trust_env=False)
    known: dict[str, Any] = answer.json()
    return known


# ---- the edition without a server ----

PREFIX = "/some/prefix"


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory, atlas_on_disk: None) -> Path:
    """The folder that `walkthrough export` wrote: once for all processes of a run."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = base / "edition" / PREFIX.strip("/")
    with (base / "edition.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # An export is there as a whole or not at all.
        if not folder.exists():
            command = [sys.executable, "-m", "app.cli", "export", "--quiet", str(folder)]
            run = subprocess.run(
                command, cwd=REPOSITORY, capture_output=True, text=True, check=False
            )
            assert run.returncode == 0, run.stderr
    return folder


@pytest.fixture(scope="session")
def edition(exported: Path) -> Iterator[str]:
    """The address of the edition on a plain file server, without a slash at its end."""
    with file_server(Path(str(exported).removesuffix(PREFIX))) as host:
        yield host + PREFIX


@contextmanager
def file_server(root: Path) -> Iterator[str]:
    """The address of a plain file server that has a folder, without a slash at its end."""
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    server = subprocess.Popen(
        [*command, "--directory", str(root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        said = re.search(r" port (\d+) ", server.stdout.readline())
        assert said is not None
        yield f"http://127.0.0.1:{said[1]}"
    finally:
        server.terminate()
        server.wait(timeout=60)
        if server.stdout is not None:
            server.stdout.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first test of the edition has to wait for the export."""
    for item in items:
        names = getattr(item, "fixturenames", ())
        if item.get_closest_marker("both_editions") or "exported" in names:
            item.add_marker(pytest.mark.timeout(400))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Both editions for a test that is marked so."""
    if metafunc.definition.get_closest_marker("both_editions"):
        metafunc.parametrize("open_page", ["server", "edition"], indirect=True)


@pytest.fixture
def open_page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[OpenPage]:
    """A function that opens tabs of the running program, or of the edition."""
    if getattr(request, "param", "server") == "server":
        with tabs(browser, request.getfixturevalue("live_server")) as opened:
            yield opened
        return
    with tabs_of_edition(browser, request.getfixturevalue("edition")) as opened:
        yield opened


@pytest.fixture
def open_edition(browser: Browser, edition: str) -> Iterator[OpenPage]:
    """A function that opens tabs of the edition; nothing outside of its prefix is asked for."""
    with tabs_of_edition(browser, edition) as opened:
        yield opened


@contextmanager
def tabs_of_edition(browser: Browser, edition: str) -> Iterator[OpenPage]:
    """As `tabs`, for addresses of the program, which are also what a tab's `goto` takes."""

    def there(address: str) -> str:
        return edition + "/" + place_of(address) if address.startswith("/") else address

    def ready(page: Page, has_scripts: bool) -> None:
        """What the address asks for is put together after the file has been loaded."""
        page.locator("html:not([data-pending])").wait_for(state="attached")
        # Only then the program begins; a form would not hear what is typed before.
        if has_scripts and page.locator("walk-through").count():
            page.locator("walk-through:defined").wait_for(state="attached")

    with tabs(browser, edition) as opened:

        def open_there(path: str = "/", **options: Any) -> Page:
            page = opened(there(path), **options)
            has_scripts = options.get("java_script_enabled", True)
            go = page.goto

            def go_there(address: str, **more: Any) -> Response | None:
                answer = go(there(address), **more)
                ready(page, has_scripts)
                return answer

            page.goto = go_there  # type: ignore[method-assign, assignment]
            ready(page, has_scripts)
            return page

        yield open_there
