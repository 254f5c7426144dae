# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""axe finds nothing in the states that a page gets into while somebody uses it.

Each state is looked at in one combination of theme, language and width, so that every pair of
these occurs for each kind of page; the colours are looked at in the other theme as well, where
contrast is measured by looks.js: axe takes seconds for the thousands of words of the study page.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Final, TypeAlias

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import COLOURS, findings
from tests.browser.reading import LOOK, expect_address, first_move, move
from tests.conftest import OpenPage

Doing: TypeAlias = Callable[[Page], None]

STUDY: Final = "/tcp_close?state=CLOSE_WAIT&recv=300-fin"
HEIGHTS: Final = {1440: 900, 1024: 768, 390: 800, 320: 640}
NUMBERS: Final = "TcpExtTCPAbortOnClose 2700 0.0\nFIN-WAIT-1 0 1 10.0.0.5:443 203.0.113.9:51124\n"


def look(page: Page) -> None:
    expect(page.locator("main")).to_be_visible()


def everything_open(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    card(page)


def after_reading(page: Page) -> None:
    """What scripts have changed: another socket, steps, a problem in the form."""
    page.get_by_role("radio", name="FIN_WAIT2").check()
    expect_address(page, "/tcp_close?state=FIN_WAIT2")
    move(page, "last")
    page.locator("#field-recv").fill("30x")
    expect(page.locator(".problems")).to_be_visible()


def dock(page: Page) -> None:
    first_move(page)
    expect(page.locator("walk-world:defined")).to_be_attached()
    if not page.locator(".w-panel").is_visible():
        page.locator(".world > summary").click()
    expect(page.locator(".w-panel")).to_be_visible()


def challenge(page: Page) -> None:
    expect(page.locator("section.challenge")).to_be_visible()


def search(page: Page) -> None:
    page.locator("[data-search]").click()
    page.locator("#search-words").fill("orphan")
    expect(page.locator(".search-results li")).not_to_have_count(0)


def search_in_vain(page: Page) -> None:
    page.locator("[data-search]").click()
    page.locator("#search-words").fill("zzz")
    expect(page.locator(".search-count")).not_to_be_empty()


def keys(page: Page) -> None:
    page.locator(".player [data-go='forward']").focus()
    page.keyboard.press("?")
    expect(page.locator("dialog.keys")).to_be_visible()


def card(page: Page) -> None:
    page.locator("#L86 a.fn").click()
    expect(page.locator("[popover]:popover-open")).to_be_visible()


def term(page: Page) -> None:
    page.locator("#L8 a.fn").first.click()
    expect(page.locator("[popover]:popover-open")).to_be_visible()


def notes(page: Page) -> None:
    page.locator("#drain h2").scroll_into_view_if_needed()
    page.locator("#drain [data-bookmark]").click()
    page.locator("#drain [data-note]").click()
    page.locator("#drain textarea").fill("Ask about nginx.")
    expect(page.locator(".notebook .entries li")).to_have_count(1)


def predict(page: Page) -> None:
    page.locator("[data-predict]").click()
    expect(page.locator(".predict")).to_be_visible()
    page.locator(".player [data-go='decision']").click()
    expect(page.locator(".predict [data-answer='true']")).to_be_visible()


def predicted(page: Page) -> None:
    predict(page)
    page.locator(".predict [data-answer='true']").click()
    expect(page.locator(".predict[data-result='wrong']")).to_be_visible()


def pasted(page: Page) -> None:
    page.locator("#host-text").fill(NUMBERS)
    expect(page.locator(".said")).not_to_be_empty()


def nonsense(page: Page) -> None:
    page.locator("#host-text").fill("lorem ipsum")
    expect(page.locator(".said[data-tone='trouble']")).not_to_be_empty()


#: What a state opened: the rest of its page is looked at in the states that open nothing.
OPENED: Final[dict[Doing, str]] = {
    dock: "walk-world",
    challenge: "section.challenge",
    search: "dialog.search",
    search_in_vain: "dialog.search",
    keys: "dialog.keys",
    card: "[popover]:popover-open",
    term: "[popover]:popover-open",
    notes: ".notebook, #drain",
    predict: ".player, .line[data-asked]",
    predicted: ".player",
    nonsense: "host-numbers",
}

#: A name, the address, what is done there, theme, language, width.
STATES: Final[tuple[tuple[str, str, Doing, str, str, int], ...]] = (
    ("whole path, everything open", "/tcp_close", everything_open, "light", "zh", 1024),
    ("after reading", "/tcp_close", after_reading, "light", "en", 1440),
    ("mid-step", "/tcp_close?linger=5&wait=fin-ack&step=20", look, "dark", "en", 390),
    ("a reset, its last step", f"{STUDY}&step=42", look, "dark", "zh", 1440),
    ("a function's card", STUDY, card, "light", "zh", 390),
    ("a term's card", STUDY, term, "dark", "en", 1024),
    ("a branch", "/tcp_close/unread/true", look, "light", "zh", 390),
    ("the dock", "/tcp_close?linger=5&wait=fin-ack&step=13", dock, "light", "en", 1440),
    (
        *("the dock, phone", "/tcp_close?state=FIN_WAIT2&fin_timeout=90&step=13", dock),
        *("dark", "zh", 390),
    ),
    ("search", STUDY, search, "light", "en", 390),
    ("search in vain", STUDY, search_in_vain, "dark", "zh", 1024),
    ("keys", STUDY, keys, "dark", "zh", 1440),
    ("notes", STUDY, notes, "dark", "zh", 390),
    ("notes, desk", STUDY, notes, "light", "en", 1440),
    ("a question", STUDY, predict, "light", "en", 1024),
    ("a question, phone", STUDY, predict, "dark", "zh", 390),
    ("an answer", STUDY, predicted, "dark", "en", 1440),
    ("an answer, phone", STUDY, predicted, "light", "zh", 390),
    ("a challenge", "/tcp_close?challenge=forty-seconds", challenge, "light", "en", 390),
    (
        *("a challenge solved", "/tcp_close?recv=300&challenge=leave-unread", challenge),
        *("dark", "zh", 1024),
    ),
    ("challenges", "/tcp_close/challenges", look, "light", "zh", 1440),
    ("history, phone", "/tcp_close/history", look, "dark", "en", 390),
    ("challenges, phone", "/tcp_close/challenges", look, "dark", "en", 390),
    ("atlas", "/tcp_close/atlas?branch=unread/true", look, "light", "en", 1440),
    ("atlas, phone", "/tcp_close/atlas?branch=unread/true", look, "dark", "zh", 390),
    ("which", "/tcp_close/which?sent=rst&counter=TCPAbortOnData", look, "dark", "zh", 1440),
    ("which, phone", "/tcp_close/which?sent=rst&counter=TCPAbortOnData", look, "light", "en", 390),
    ("a symptom, desk", "/tcp_close/symptoms/too-many-orphans", look, "light", "en", 1440),
    ("a symptom", "/tcp_close/symptoms/fin-wait2", look, "dark", "zh", 390),
    ("numbers", "/tcp_close/symptoms", pasted, "dark", "en", 1024),
    ("nonsense", "/tcp_close/symptoms", nonsense, "light", "zh", 390),
    ("library", "/", look, "light", "en", 1024),
    ("library, phone", "/", look, "dark", "zh", 390),
    ("api", "/api", look, "light", "zh", 1024),
    ("api, phone", "/api", look, "dark", "en", 390),
    ("404", "/tcp_close/nowhere", look, "dark", "zh", 1440),
    ("422", "/tcp_close?stat=1&lingr=3", look, "light", "en", 390),
)


@pytest.mark.parametrize(
    ("path", "doing", "theme", "language", "width"),
    [state[1:] for state in STATES],
    ids=[state[0].replace(" ", "-") for state in STATES],
)
def test_axe_finds_nothing(
    open_page: OpenPage, path: str, doing: Doing, theme: str, language: str, width: int
) -> None:
    page = open_page(
        path,
        viewport={"width": width, "height": HEIGHTS[width]},
        color_scheme=theme,
        locale={"en": "en", "zh": "zh-CN"}[language],
    )
    doing(page)
    opened = OPENED.get(doing)
    assert findings(page, within=opened) == []
    page.emulate_media(color_scheme="dark" if theme == "light" else "light")
    assert [look for look in page.evaluate(LOOK, []) if look.startswith("contrast")] == []
    assert findings(page, ("link-in-text-block",), within=opened) == []


def test_axe_finds_what_is_wrong(open_page: OpenPage) -> None:
    """The proof of every test that says that it finds nothing."""
    page = open_page("/")
    page.evaluate(
        """() => {
            document.querySelector("main").append(document.createElement("img"));
            document.querySelector("h1").style.color = "light-dark(#ddd, #333)";
        }"""
    )
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        image, heading = sorted(findings(page), reverse=True)
        assert image.startswith("image-alt: ['img'] <img> Fix any of the following:")
        assert heading.startswith("color-contrast: ['h1']")
        assert [one.partition(":")[0] for one in findings(page, COLOURS)] == ["color-contrast"]
    assert len(findings(page, within="h1")) == 1


# What axe cannot see


@pytest.mark.parametrize("path", [STUDY, "/tcp_close/symptoms", "/tcp_close/challenges", "/"])
def test_at_320_pixels_and_with_more_room_in_the_text_nothing_runs_over(
    open_page: OpenPage, path: str
) -> None:
    """WCAG 1.4.10 and 1.4.12: no scrolling sideways, whatever the spacing."""
    page = open_page(path, viewport={"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
                word-spacing: 0.16em !important; } p { margin-block-end: 2em !important; }`);
            document.adoptedStyleSheets = [sheet];
        }"""
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("path", ["/tcp_close/symptoms", "/tcp_close/challenges", "/"])
def test_what_has_the_focus_is_in_view_and_marked(
    open_page: OpenPage, path: str, width: int
) -> None:
    """WCAG 2.4.7 and 2.4.11, for the first fifty stops of the tab key."""
    page = open_page(path, viewport={"width": width, "height": 700})
    seen = set()
    for _ in range(50):
        page.keyboard.press("Tab")
        at = page.evaluate(
            """() => {
                const it = document.activeElement;
                if (it === document.body) return null;
                // Its first line, where it has several.
                const [{ left, top, width, height }] = it.getClientRects();
                const y = Math.min(Math.max(top + Math.min(height, 20) / 2, 1), innerHeight - 1);
                const shown = [0.05, 0.3, 0.5].some((part) =>
                    it.contains(document.elementFromPoint(left + width * part, y)));
                const style = getComputedStyle(it);
                const marked = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
                return { name: it.outerHTML.slice(0, 90), shown, marked };
            }"""
        )
        if at is None:
            break
        assert at["shown"], at["name"]
        assert at["marked"], at["name"]
        seen.add(at["name"])
    assert len(seen) > 5


def test_with_forced_colours_what_was_chosen_and_mastered_can_still_be_told(
    open_page: OpenPage,
) -> None:
    page = open_page(STUDY, forced_colors="active")
    predict(page)
    answers = page.locator(".predict [data-answer]:visible")
    expect(answers).to_have_count(2)
    for button in answers.all():
        assert button.evaluate("(b) => getComputedStyle(b).borderTopWidth") != "0px"


def test_landmarks_and_headings_give_the_page_its_outline(open_page: OpenPage) -> None:
    page = open_page("/tcp_close?recv=300")
    for role in ("banner", "main"):
        expect(page.get_by_role(role)).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("complementary", name="The socket")).to_be_visible()
    expect(page.get_by_role("region", name="Steps")).to_be_visible()
    levels = page.get_by_role("heading").evaluate_all("hs => hs.map((h) => Number(h.tagName[1]))")
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_colour_is_not_the_only_sign(open_page: OpenPage) -> None:
    """The way taken, the state chosen and the current step are told in text or by attributes."""
    page = open_page("/tcp_close?recv=300&step=7")
    taken = page.locator(".way[data-taken]").first
    arrow = taken.evaluate("way => getComputedStyle(way, '::before').content")
    assert "→" in arrow
    expect(page.locator("#steps > li[aria-current='step']")).to_have_count(1)
    for field in page.locator(".field:has(.mark)").all():
        expect(field.locator(".mark")).to_have_text(
            "looked at" if field.get_attribute("data-read") is not None else "not looked at"
        )
