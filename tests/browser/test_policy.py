# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Text becomes markup through two doors, of which one is for what a page keeps back.

That the pages themselves go on is what the other tests of the browser show: a refusal is an error
in the console, and fails them.
"""

import re
from contextlib import closing

from playwright.sync_api import Browser

from app.paths import STATIC

#: What makes markup or scripts of texts.
SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|DOMParser|createContextualFragment|srcdoc"
    r"|document\.write|new (?:Shared)?Worker|serviceWorker\.register\((?!scriptAddress)|\beval\("
)

REFUSED = """() => [
    () => (document.createElement("div").innerHTML = "<b>"),
    () => document.body.insertAdjacentHTML("beforeend", "<b>"),
    () => new DOMParser().parseFromString("<b>", "text/html"),
    () => document.createRange().createContextualFragment("<b>"),
    () => (document.createElement("script").src = "data:,"),
    () => trustedTypes.createPolicy("another", {}),
].map((attempt) => {
    try { attempt(); return "done"; } catch (error) { return error.name; }
})"""


PATHS = ("/", "/tcp_close", "/tcp_close/present", "/embed/tcp_close/unread/true", "/nowhere")


def test_no_other_script_makes_markup(browser: Browser, live_server: str) -> None:
    assert tried(browser, *(live_server + path for path in PATHS)) == ["TypeError"] * 6 * len(PATHS)


def test_none_does_in_the_export(browser: Browser, export_host: str) -> None:
    assert tried(browser, f"{export_host}/tcp_close/") == ["TypeError"] * 6


def tried(browser: Browser, *addresses: str) -> list[str]:
    """What came of each attempt. In a tab of its own: each is told as an error in the console."""
    found = []
    with closing(browser.new_context()) as context:
        page = context.new_page()
        for address in addresses:
            page.goto(address)
            found += page.evaluate(REFUSED)
    return found


def test_two_files_have_all_that_makes_markup() -> None:
    found = [
        f"{path.relative_to(STATIC)}: {match[0]}"
        for path in sorted((STATIC / "js").rglob("*.js"))
        if path.name not in ("markup.js", "theme.js")
        for match in SINKS.finditer(path.read_text())
    ]
    assert not found
