# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Every state of `make pictures`, looked at by a machine: what it can see that is wrong."""

from __future__ import annotations

from typing import Any, Final

import pytest
from playwright.sync_api import Page

from app.i18n import language
from tests.browser.reading import LOOK
from tests.conftest import OpenPage
from tools.page_states import PAGE_STATES, PageState, bring

#: In each of them every state that it can be in.
_WINDOWS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("en", {"viewport": {"width": 1440, "height": 900}, "locale": "en"}),
    (
        "zh",
        {
            "viewport": {"width": 390, "height": 844},
            "locale": "zh-CN",
            "color_scheme": "dark",
        },
    ),
    ("zh", {"viewport": {"width": 1024, "height": 768}, "locale": "zh-CN"}),
)
#: What is the same word in both languages, a name, or an object of the kernel.
_SAME: Final = frozenset({"true", "false", "API", "JSON", "Linux", "socket"})


def untranslated(code: str) -> list[str]:
    """The interface's texts in English that this language has another form of."""
    texts = language(code).translations.texts
    return [text for text, own in texts.items() if own != text and text not in _SAME]


def looks(page: Page, host: str, state: PageState, code: str) -> list[str]:
    """What looks wrong in a state."""
    bring(page, host, state)
    found: list[str] = page.evaluate(LOOK, untranslated(code))
    return [f"{state.name}: {item}" for item in found]


def in_window(state: PageState, width: int) -> bool:
    """The narrow wall is for what only a wall shows."""
    if width == 1024:
        return state.is_wide_only
    return width >= 1000 or not state.is_wide_only


@pytest.mark.long
@pytest.mark.parametrize(("code", "window"), _WINDOWS, ids=["desk", "phone", "wall"])
def test_no_state_of_a_page_looks_wrong(
    open_page: OpenPage, live_server: str, code: str, window: dict[str, Any]
) -> None:
    page = open_page("/", reduced_motion="reduce", **window)
    found = []
    for state in PAGE_STATES:
        if in_window(state, window["viewport"]["width"]):
            found += looks(page, live_server, state, code)
    assert found == []


_WRONG: Final = (
    ("<p style='font-family: initial'>words</p>", "no face"),
    ("<svg width='90' height='30'><text y='20' fill='#000'>words</text></svg>", "no colour"),
    ("<p style='color: #aaa; background: #fff'>words</p>", "contrast"),
    ("<div><p>one</p><p style='margin-top: -1.75em'>other</p></div>", "text over text"),
    ("<div style='inline-size: 40px; overflow: hidden; white-space: nowrap'>cutwords</div>", "cut"),
    ("<svg width='30' height='30'><text y='20' fill='#111'>cut_close()</text></svg>", "cut by"),
    ("<div style='inline-size: 200vw'>words</div>", "wider than the window"),
    ("<p>Search</p>", "untranslated"),
    ("<p>it is not so</p>", "untranslated"),
)


def test_what_looks_wrong_is_seen(open_page: OpenPage) -> None:
    # What is put in here comes through no door of the program.
    page = open_page("/live?lang=zh", bypass_csp=True)
    texts = untranslated("zh")
    assert page.evaluate(LOOK, texts) == []
    for html, seen in _WRONG:
        page.evaluate(
            "html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", html
        )
        found = page.evaluate(LOOK, texts)
        assert [item for item in found if item.startswith(seen)], (html, found)
        page.evaluate("document.querySelector('main').lastElementChild.remove()")
    assert page.evaluate(LOOK, texts) == []
