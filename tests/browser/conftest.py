# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The program's own JSON, with which the browser is compared; and the export, under a prefix."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import httpx2
import pytest
from playwright.sync_api import Browser, Page, Response, expect

from app.web.export.links import place_of
from tests.conftest import REPOSITORY, OpenPage, once, tabs
from tests.second.conftest import copy_both

# As patient as the tabs: on a busy machine an answer takes its time.
expect.set_options(timeout=120_000)

Trace: TypeAlias = dict[str, Any]
TraceOf: TypeAlias = Callable[[str], Trace]
"""`trace_of("state=FIN_WAIT2")`: the answer of the API."""


@pytest.fixture(scope="session")
def trace_of(live_server: str) -> TraceOf:
    @cache
    def trace_of(query: str) -> Trace:
        answer = httpx2.get(
            f"{live_server}/api/tcp_close/trace?{query}", trust_env=False, timeout=300
        )
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


# ---- the export ----

PREFIX = "/some/prefix"


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory, atlas_on_disk: None) -> Path:
    """The folder that `walkthrough export` wrote, of both walkthroughs."""

    def make(part: Path) -> None:
        content = copy_both(tmp_path_factory.mktemp("both"))
        folder = part / PREFIX.strip("/")
        folder.parent.mkdir(parents=True)
        run = subprocess.run(
            [sys.executable, "-m", "app", "--content", content, "export", "--quiet", folder],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr

    return once(tmp_path_factory, "export", make) / PREFIX.strip("/")


@pytest.fixture(scope="session")
def export_host(exported: Path) -> Iterator[str]:
    """The address of the export on a plain file server, without a slash at its end."""
    root = Path(str(exported).removesuffix(PREFIX))
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
        yield f"http://127.0.0.1:{said[1]}{PREFIX}"
    finally:
        server.terminate()
        server.wait(timeout=300)
        if server.stdout is not None:
            server.stdout.close()


@pytest.fixture
def open_export(browser: Browser, export_host: str) -> Iterator[OpenPage]:
    """A function that opens tabs of the export; nothing outside of its prefix is asked for.

    What it takes, and a tab's `goto`, are addresses of the program.
    """

    def there(address: str) -> str:
        return f"{export_host}/{place_of(address)}" if address.startswith("/") else address

    def ready(page: Page, has_scripts: bool) -> None:
        """What the address asks for is put together after the file has been loaded."""
        page.locator("html:not([data-pending])").wait_for(state="attached")
        # Only then the program begins; a form would not hear what is typed before.
        if has_scripts and page.locator("walk-through").count():
            page.locator("walk-through:defined").wait_for(state="attached")

    with tabs(browser, export_host) as opened:

        def open_there(path: str = "/", **options: Any) -> Page:
            # Else each tab would keep the whole export; that is for the tests that are about it.
            page = opened(there(path), **{"service_workers": "block"} | options)
            has_scripts = options.get("java_script_enabled", True)

            def go_there(address: str, **more: Any) -> Response | None:
                answer = Page.goto(page, there(address), **more)
                ready(page, has_scripts)
                return answer

            page.goto = go_there  # type: ignore[method-assign, assignment]
            ready(page, has_scripts)
            return page

        yield open_there
