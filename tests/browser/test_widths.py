# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""No page is wider than its window, from a small phone to a wide screen (WCAG 1.4.10)."""

import pytest

from tests.conftest import OpenPage

#: CSS pixels; between the layouts' own bounds too, where a window at double zoom is.
WIDTHS = (320, 390, 600, 641, 768, 900, 961, 1280)
PAGES = (
    "/",
    "/tcp_close?recv=300&step=12",
    "/tcp_close?challenge=close-second",
    "/tcp_close/atlas?branch=unread/true",
    "/tcp_close/compare",
    "/tcp_close/compare?a=&b=recv%3D300",
    "/tcp_close/symptoms",
    "/tcp_close/which?sent=rst&counter=TCPAbortOnData",
    "/tcp_close/challenges",
    "/tcp_close/history",
    "/tcp_close/lab?recv=300",
    "/tcp_close/present",
    "/copy/tcp_close/unread/true",
    "/embed/tcp_close/unread/true",
    "/live",
    "/api",
    "/changes",
    "/nowhere",
    "/tcp_close?state=NOWHERE",
)


@pytest.mark.parametrize(("has_scripts", "language"), [(True, "en"), (False, "zh")])
def test_no_page_is_wider_than_its_window(
    open_page: OpenPage, has_scripts: bool, language: str
) -> None:
    page = open_page(java_script_enabled=has_scripts, reduced_motion="reduce")
    too_wide = []
    for address in PAGES:
        joint = "&" if "?" in address else "?"
        page.goto(address + (f"{joint}lang=zh" if language == "zh" else ""))
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            needed = page.evaluate("document.documentElement.scrollWidth")
            if needed > width:
                too_wide.append(f"{address} at {width} px needs {needed}")
    assert too_wide == []
