# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a reader sees of the study page, as data; and the few things that a reader does.

The page is looked at through what is meant to last: ids, roles and data attributes. An address is
that of the running program, also where the page is one of the export.
"""

import json
import re
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as TimedOut

from app.web.export.links import place_of

Shown: TypeAlias = dict[str, Any]
"""What `shown` returns: plain data, equal if and only if the reader sees the same."""

#: What a machine can see of a page that looks wrong: a function, see there.
LOOK: Final = Path(__file__).with_name("looks.js").read_text(encoding="utf-8")

#: In the order of the buttons.
MOVES: Final = ("first", "back", "forward", "last", "decision")

_SHOWN: Final = """() => {
    dispatchEvent(new Event("unfold"));
    const text = (node) => (node?.textContent ?? "").replace(/\\s+/g, " ").trim();
    const all = (selector, root = document) => [...root.querySelectorAll(selector)];
    // What has its place but is not reached yet is nothing to a reader.
    const seen = (selector, root) => all(selector, root).filter(
        (node) => node.checkVisibility({ visibilityProperty: true }));
    const way = (link) => link.getAttribute("href") && link.href;
    return {
        address: location.pathname + location.search + location.hash,
        title: document.title,
        step: text(document.querySelector(".player .where .at")),
        why: text(document.querySelector(".player .why")),
        buttons: Object.fromEntries(all(".player .button[data-go]").map(
            (button) => [button.dataset.go, way(button)])),
        lines: all(".line").map((line) => ({
            number: line.dataset.line,
            path: line.dataset.path,
            when: line.dataset.when ?? "",
            focus: line.classList.contains("is-focus"),
            taken: all(".way[data-taken]", line).map((link) => link.dataset.way),
            reason: seen(".reason > *", line).map(text).join(" "),
            effects: seen(".text > .effects > .effect", line).map(
                (effect) => [effect.dataset.kind, effect.dataset.name, text(effect)]),
        })),
        blocks: all(".block.is-current").map((block) => block.id),
        missed: all(".block.is-missed").map((block) => block.id),
        rail: all(".stretch .rail, .rail-map").map((rail) => all("path", rail).map((track) => [
            track.getAttribute("class"), track.getAttribute("d"), track.dataset.at,
            track.dataset.when,
        ])),
        listed: all("#steps > li").map((item) => [
            item.dataset.n, item.dataset.line, item.getAttribute("aria-current"), text(item)]),
        outcome: text(document.querySelector(".head .sentences")),
        preset: all(".presets a[aria-current]").map(text),
    };
}"""

_FIELDS: Final = """() => Object.fromEntries(
    [...new FormData(document.querySelector("socket-form form"))])"""

_IN_VIEW: Final = """(selector) => {
    const places = [...document.querySelectorAll(selector)];
    if (!places.length) return `nothing matches ${selector}`;
    const { left, top, width, height } = places[0].getBoundingClientRect();
    const y = top + Math.min(height, 20) / 2;
    if (top < 0 || y > innerHeight) return `at ${Math.round(top)} of ${innerHeight}`;
    // Nothing may lie on top of it: neither the bar nor the player.
    const found = [0.05, 0.3, 0.5, 0.9].map(
        (part) => document.elementFromPoint(left + width * part, y));
    return found.some((element) => places[0].contains(element)) ? "" :
        `covered by ${found[2]?.outerHTML.slice(0, 80)}`;
}"""


def evaluated(page: Page, function: str) -> Any:
    """What a function without arguments returns in the page; what is undefined is None.

    It travels as one text: Playwright takes each part of a value on its own, which makes thousands
    of parts twenty times as expensive.
    """
    text = f"() => JSON.stringify(({function})(), (_, value) => value === undefined ? null : value)"
    return json.loads(page.evaluate(text))


def shown(page: Page) -> Shown:
    """Everything on the page that depends on scenario, step and place."""
    state: Shown = evaluated(page, _SHOWN)
    assert len(state["lines"]) == 171
    state["address"] = meaning(state["address"])
    return state


#: The folder of the export, a language in it, and what is asked for.
_IN_EXPORT: Final = re.compile(
    r"/some/prefix(/zh)?(/[^?#]*?)/?(?:\?([^#]*))?(?:#(L\d+-L\d+))?(#.*)?"
)


def meaning(place: str) -> str:
    """Path and query as the running program has them; the export's folders are put back."""
    match = _IN_EXPORT.fullmatch(place)
    if match is None:
        return place.partition("#")[0]
    folder, path, query, lines, _ = match.groups()
    parts = [part for part in (query, "lang=zh" if folder else "") if part]
    return path + (f"/{lines}" if lines else "") + (f"?{'&'.join(parts)}" if parts else "")


def fields(page: Page) -> dict[str, str]:
    """What the form would send."""
    values: dict[str, str] = page.evaluate(_FIELDS)
    return values


def lines_with(page: Page, selector: str) -> list[int]:
    """The numbers of the lines that match a selector such as `[data-path='on']`."""
    numbers: list[int] = page.evaluate(
        "(s) => [...document.querySelectorAll(s)].map((line) => Number(line.dataset.line))",
        f".line{selector}",
    )
    return numbers


def assert_in_view(page: Page, selector: str) -> None:
    """Waits until the first match is inside the window, covered by neither the bar nor the player.

    Chromium scrolls to the focused line with the frame after the one in which it was loaded.
    """
    try:
        page.wait_for_function(f"(selector) => ({_IN_VIEW})(selector) === ''", arg=selector)
    except TimedOut:
        pytest.fail(f"{selector} {page.evaluate(_IN_VIEW, selector)}")


def address(page: Page) -> str:
    """Path and query."""
    parts = urlsplit(page.url)
    return meaning(parts._replace(scheme="", netloc="").geturl())


def expect_address(page: Page, wanted: str) -> None:
    """Waits for it; what belongs to the address is shown in the same moment."""
    parts = urlsplit(page.url)
    there = f"/some/prefix/{place_of(wanted)}"
    same = f"({re.escape(wanted)}|{re.escape(there)})"
    expect(page).to_have_url(re.compile(f"^{re.escape(f'{parts.scheme}://{parts.netloc}')}{same}$"))
    expect(page.locator("walk-through[aria-busy]")).to_have_count(0)


def noted(page: Page) -> None:
    """Waits for the script that notes what was seen and solved, which comes with the world's."""
    expect(page.locator("walk-world:defined")).to_have_count(1)


def keep_what_is_said(page: Page) -> None:
    """Lets "Copied" stand, which a button says for two seconds only: a busy machine misses it."""
    page.evaluate(
        """() => {
            const later = window.setTimeout;
            window.setTimeout = (run, ms, ...more) => ms === 2000 ? 0 : later(run, ms, ...more);
        }"""
    )


def mark(page: Page) -> None:
    """Leaves a mark in the window, which a reload would wipe out."""
    page.evaluate("window.readerWasHere = true")


def assert_not_reloaded(page: Page) -> None:
    assert page.evaluate("window.readerWasHere === true"), "the page was loaded anew"


def move(page: Page, name: str) -> None:
    """Clicks a button of the player; the step is shown when this returns."""
    page.locator(f".player [data-go='{name}']").click()


def first_move(page: Page) -> None:
    """As the reader's first move: what is folded away becomes part of the page (theme.js)."""
    page.evaluate("dispatchEvent(new Event('unfold'))")


def step_count(page: Page) -> int:
    """How many steps the path has."""
    first_move(page)
    return page.locator("#steps > li").count()
