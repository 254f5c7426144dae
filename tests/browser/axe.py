# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What axe finds on a page: WCAG 2.2 AA and its best practice. All tests ask it here."""

import json
from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
#: The rules that a theme can break.
COLOURS: Final = ("color-contrast", "link-in-text-block")

#: What lies under the bar or the player just now is not covered for good: axe looks at a page where
#: they do not follow the window.
_STILL: Final = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(".bar, .player { position: static !important; }");
    document.adoptedStyleSheets = [sheet];
}"""

#: Of what is right only the first node is described, and none of it leaves the page: to tell of
#: thousands of nodes, and to hand them over, takes longer than to look at them.
_RUN: Final = """async ([within, only]) => JSON.stringify((await axe.run(
    within ?? document, { runOnly: only, resultTypes: ["violations"] })).violations)"""


def findings(
    page: Page, rules: tuple[str, ...] | None = None, *, within: str | None = None
) -> list[str]:
    """What axe finds, each with its rule, the first places and the reason; `within` a selector."""
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    page.evaluate(_STILL)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    violations: list[dict[str, Any]] = json.loads(page.evaluate(_RUN, [within, only]))
    return [
        f"{violation['id']}: {node['target']} {node['html'][:160]} {node['failureSummary']}"
        for violation in violations
        for node in violation["nodes"][:4]
    ]
