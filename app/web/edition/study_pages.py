# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The parts of the study page that depend on the path, cut out of what the program renders.

Links that repeat the page's own scenario lose it (`?step=4`), since the browser puts in the
reader's; the others stand behind `~/`, for the edition's root.
"""

from __future__ import annotations

import re
from html import unescape

from app.web.edition.links import relative

#: What stands in front of a place in packed parts.
ROOT = "~/"
#: Parts that follow each other in a page, from the first mark up to the second.
_MAIN = ('<div class="head" data-swap="head">', '<details class="section helpers" id="helpers"')
_PLAYER = ('<section class="player" data-swap="player"', '<dialog class="search"')
_BETWEEN = "\n<!-- player -->\n"

_OWN = re.compile(r'(<a class="(?:goto|button|whole)"[^>]*?href=")([^"]*)(")')
_SHARE = re.compile(r'(<p class="links">.*?<a href=")([^"]*)(")')
_STATE = re.compile(r'(<a class="state"[^>]*?href=")([^"]*)(")')
_PRESENT = re.compile(r'(<a href="[^"?]*/present)[^"]*(")')
_STEP = re.compile(r"[?&]step=([0-9]+)")
_STATE_KEY = re.compile(r"[?&]state=(\w+)")


def _between(html: str, marks: tuple[str, str]) -> str:
    start = html.index(marks[0])
    return html[start : html.index(marks[1], start)]


def parts_of(html: str, default_state: str, lang: str) -> str:
    """Head, code, steps and player of a page, ready to be packed."""
    text = _between(html, _MAIN).rstrip() + _BETWEEN + _between(html, _PLAYER).rstrip()

    def own(match: re.Match[str]) -> str:
        step = _STEP.search(unescape(match[2]))
        return f"{match[1]}?{f'step={step[1]}' if step else ''}{match[3]}"

    def state(match: re.Match[str]) -> str:
        found = _STATE_KEY.search(unescape(match[2]))
        return f"{match[1]}?state={found[1] if found else default_state}{match[3]}"

    text = _PRESENT.sub(r"\1\2", _STATE.sub(state, _SHARE.sub(own, _OWN.sub(own, text))))
    return relative(text, ROOT, lang)


#: What the first frame of the whole page waits for is not in a shortened one.
_EXPECTED = re.compile(r'<link rel="expect"[^>]*>\n?')
#: The panel that this button opens is not there either.
_TO_SOCKET = re.compile(r'<button type="button" class="[^"]*to-socket".*?</button>\s*', re.DOTALL)
#: The player is not there either.
_TO_PLAYER = re.compile(r'<a class="skip" href="#player">.*?</a>\s*')
#: Names in the code and in the commentary open cards, which are on the whole page.
_CARD = re.compile(r'(?<=href=")#(?=fn-|term-)')
_BLOCK = re.compile(
    r'<section class="block.*?</section>\n(?=<section class="block|</div>)', re.DOTALL
)


def cards_at(text: str, home: str) -> str:
    """A text whose names open the cards of the whole page."""
    return _CARD.sub(f"{home}#", text)


def shortened(html: str, whole: str, home: str) -> str:
    """The page of a place with only what is there: a script puts the rest in, `whole` leads to it.

    `home` is the address of the whole page. What stays are the outcome, the blocks that the place
    is in, and the way to the whole page.
    """
    start, end = html.index("<walk-through"), html.index("</walk-through>")
    opening = html[start : html.index(">", start) + 1]
    head = _EXPECTED.sub("", html[:start].replace('data-page="study"', 'data-page="place"', 1))
    head = _TO_PLAYER.sub("", head)
    main = _between(html, _MAIN)
    steps = main.find('<details class="section steps"')
    main = main[: steps if steps >= 0 else len(main)]

    def keep(match: re.Match[str]) -> str:
        text = match[0]
        return text if "is-focus" in text or "is-current" in text[:60] else ""

    blocks = main.index('<div class="blocks')
    main = _TO_SOCKET.sub("", main[:blocks]) + _BLOCK.sub(keep, main[blocks:])
    main = cards_at(main, home)
    return (
        f'{head}{opening}\n<main id="main" tabindex="-1">\n{main}\n{whole}\n</main>\n{html[end:]}'
    )
