# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What travels of a style sheet is to a browser what stands in the repository."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from app.paths import STATIC
from app.web.http.assets import travelling

SHEETS: Final = sorted(path.name for path in (STATIC / "css").glob("*.css"))

#: What a rule may use that another sets further out; the tokens are the page's own.
_SET_ELSEWHERE: Final = {
    "17px": "rail lane tab row thumb wall type fit indent dock dock-height handle widest below",
    "3": "lanes at in columns rows scale share",
    "rgb(1, 2, 3)": "a a-soft b b-soft",
}

#: The layers in their order, and every rule as the browser understood it: where it stands, one
#: selector, and what an element gets of it. Neighbours with the same selectors are one rule.
_UNDERSTOOD: Final = r"""([text, setElsewhere]) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    const element = document.body.appendChild(document.createElement("i"));
    for (const [value, names] of Object.entries(setElsewhere))
        for (const name of names.split(" ")) document.body.style.setProperty(`--${name}`, value);
    const computed = getComputedStyle(element);
    const missing = new Set();
    // A custom property is a text; as a colour, a font or a length it has one way to be written.
    const own = (name) => {
        const value = element.style.getPropertyValue(name);
        const kind = ["color", "font-family", "width"].find((it) => CSS.supports(it, value));
        if (!kind) return value.replace(/\s+/g, "");
        element.style.setProperty(kind, value);
        return element.style.getPropertyValue(kind);
    };
    const given = (declarations) => {
        element.style.cssText = "";
        for (const [name] of declarations.matchAll(/var\((--[\w-]+)/g))
            if (!computed.getPropertyValue(name.slice(4))) missing.add(name.slice(4));
        element.style.cssText = declarations;
        return [...element.style].sort().map((name) => `${name}: ` + (
            // `background: none` is sent as `0 0`: a position of 0px, which is the one of 0%.
            name.startsWith("--") ? own(name)
                : computed.getPropertyValue(name).replace(/^0%$/, "0px")
        ) + element.style.getPropertyPriority(name)).join("; ");
    };
    const layers = [];
    const rules = [];
    const walk = (list, place) => {
        for (const rule of list) {
            const last = rules.at(-1);
            if (rule instanceof CSSLayerStatementRule) layers.push(...rule.nameList);
            else if (rule instanceof CSSStyleRule && !rule.cssRules.length) {
                const { selectorText: selectors, style: { cssText } } = rule;
                if (last?.place === place && last.selectors === selectors) last.text += cssText;
                else rules.push({ place, selectors, text: cssText });
            } else if (rule.cssRules && !(rule instanceof CSSPageRule)) {
                if (rule instanceof CSSLayerBlockRule) layers.push(rule.name);
                walk(rule.cssRules, place + rule.cssText.slice(0, rule.cssText.indexOf("{")));
            } else rules.push({ place, selectors: "", whole: rule.cssText });
        }
    };
    walk(sheet.cssRules, "");
    const apart = (selectors) => {
        const parts = [""];
        let depth = 0;
        for (const sign of selectors) {
            depth += "([".includes(sign) - ")]".includes(sign);
            if (sign === "," && !depth) parts.push("");
            else parts[parts.length - 1] += sign;
        }
        return parts.map((part) => part.trim());
    };
    const told = rules.flatMap(({ place, selectors, text, whole }) => apart(selectors).map(
        (selector) => `${place}${selector} { ${whole ?? given(text)} }`));
    if (missing.size) throw Error(`no value to try: ${[...missing]}`);
    return [[...new Set(layers)].join(", "), ...told];
}"""


def written(path: Path) -> str:
    """The text of a sheet with those that it imports in their places."""
    return re.sub(
        r'@import "([^"]+)";', lambda match: written(path.parent / match[1]), path.read_text()
    )


def understood(page: Page, text: str) -> list[str]:
    rules: list[Any] = page.evaluate(_UNDERSTOOD, [text, _SET_ELSEWHERE])
    return rules


@pytest.mark.parametrize("name", SHEETS)
def test_a_browser_reads_the_same_in_what_travels(page: Page, name: str) -> None:
    path = STATIC / "css" / name
    sent = understood(page, travelling(path).decode())
    assert sent == understood(page, written(path))
    assert len(sent) > 5


def test_another_rule_is_read_as_another(page: Page) -> None:
    """The proof of the test above."""
    texts = (
        "@layer b, a; @layer a { .field :is(i, b) { border: 1px solid var(--rule) } }",
        "@layer b, a; @layer a { .field:is(i, b) { border: 1px solid var(--rule) } }",
        "@layer b, a; @layer a { .field :is(i, b) { border: 1px solid var(--ink) } }",
        "@layer b, a; @layer a { .field :is(i, b) { border: 2px solid var(--rule) } }",
        "@layer a { .field :is(i, b) { border: 1px solid var(--rule) } } @layer b;",
        "@layer b, a; .field :is(i, b) { border: 1px solid var(--rule) }",
        "@layer b, a; @layer a { .field :is(i, b) { border: 1px solid var(--rule); --x: 1 } }",
    )
    assert len({str(understood(page, text)) for text in texts}) == len(texts)
