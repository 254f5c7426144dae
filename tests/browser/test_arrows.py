# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""On a narrow screen `sk->sk_state` stays on one line, and nothing is wider than the screen."""

import pytest

from tests.conftest import OpenPage

_BROKEN = """() => {
    for (const details of document.querySelectorAll(".more, .steps, .folded")) details.open = true;
    const found = [];
    for (const code of document.querySelectorAll("code")) {
        if (!code.checkVisibility({ visibilityProperty: true })) continue;
        const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
        const letters = [];
        while (walker.nextNode()) {
            const node = walker.currentNode;
            for (let at = 0; at < node.length; at++) letters.push([node, at]);
        }
        const text = letters.map(([node, at]) => node.data[at]).join("");
        for (const match of text.matchAll(/\\w+->\\w+|\\)->\\w+/g)) {
            const rows = new Set();
            for (let n = match.index; n < match.index + match[0].length; n++) {
                const range = document.createRange();
                range.setStart(...letters[n]);
                range.setEnd(letters[n][0], letters[n][1] + 1);
                rows.add(Math.round(range.getBoundingClientRect().bottom));
            }
            if (rows.size > 1) found.push(match[0]);
        }
    }
    return found;
}"""


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("address", ["/tcp_close", "/tcp_close/symptoms", "/tcp_close/present"])
def test_what_an_arrow_joins_stays_together(open_page: OpenPage, address: str, width: int) -> None:
    page = open_page(address)
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate(_BROKEN) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
