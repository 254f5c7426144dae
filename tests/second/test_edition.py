# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The edition without a server knows no function either: both walkthroughs, under a prefix."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PREFIX, file_server, tabs_of_edition
from tests.conftest import OpenPage
from tests.second.conftest import NAME

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def edition_of_both(
    both: Path, tmp_path_factory: pytest.TempPathFactory, atlas_on_disk: None
) -> Iterator[str]:
    """The address of the export on a plain file server, without a slash at its end."""
    root = tmp_path_factory.mktemp("edition")
    folder = root / PREFIX.strip("/")
    command = [
        sys.executable,
        "-m",
        "app",
        "--content",
        str(both),
        "export",
        "--quiet",
        str(folder),
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    with file_server(root) as host:
        yield host + PREFIX


@pytest.fixture
def open_both(browser: Browser, edition_of_both: str) -> Iterator[OpenPage]:
    """Tabs of the edition of both."""
    with tabs_of_edition(browser, edition_of_both) as open_page:
        yield open_page


def outcome(page: Page) -> str:
    """What becomes of the socket, in words."""
    return page.locator(".outcome").first.inner_text()


def test_from_the_library_through_both_functions(open_both: OpenPage) -> None:
    page = open_both("/")
    for name in ("tcp_close", NAME):
        page.goto("/")
        entry = page.locator("article.entry", has_text=f"{name}()")
        entry.get_by_role("link", name="Read the code").click()
        page.wait_for_url(f"**{PREFIX}/{name}/")
        expect(page.locator("header.bar .brand").nth(1)).to_have_text(f"{name}()")


def test_the_same_socket_goes_another_way_in_each(open_both: OpenPage) -> None:
    """No file has this socket, so the browser decides it, by the atlas of its own function."""
    query = "?state=CLOSE_WAIT&recv=311-fin"
    one, other = open_both(f"/tcp_close{query}"), open_both(f"/{NAME}{query}")
    assert "The socket is destroyed." in outcome(one)
    assert "stays with its program" in outcome(other)
    for page in (one, other):
        assert "RST" in outcome(page)
    other.locator(".player [data-go='decision']").first.click()
    other.wait_for_url(f"**/{NAME}/{query}&step=3")
    expect(other.locator(".line[data-when='now']")).to_have_attribute("data-line", "8")


def test_each_has_its_own_atlas_challenges_and_slides(open_both: OpenPage) -> None:
    page = open_both(f"/{NAME}/atlas?fate=kept")
    kept = page.locator("tbody tr:visible")
    expect(kept.first).to_be_visible()
    assert kept.count() > 10
    page.goto("/tcp_close/atlas?fate=kept")
    expect(page.locator("tbody tr:visible")).to_have_count(0)
    for view in ("compare", "symptoms", "challenges", "present", "lab"):
        for name in ("tcp_close", NAME):
            page.goto(f"/{name}/{view}?lang=zh")
            assert f"{name}()" in page.title()
