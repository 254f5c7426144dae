# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Page states: every kind of page in every state that matters, to be looked at and to be tested."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from playwright.sync_api import Page

_WALK: Final = "/tcp_close?state=CLOSE_WAIT&recv=300-fin"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """One state of a page: `address`, then `clicks` (selectors), `keys`, until `awaited` is there.

    `fills` are fields and what is typed into them before the clicks. `is_wide_only` says that a
    phone never shows it, `status` what the server answers. Where `room` has commands a room is
    started and told them first, and those of `then` when the page is there; `{room}` in the address
    is its code, `{key}` its presenter's part.
    """

    name: str
    address: str
    fills: tuple[tuple[str, str], ...] = ()
    clicks: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    awaited: str | None = None
    is_wide_only: bool = False
    status: int = 200
    room: tuple[dict[str, Any], ...] = ()
    then: tuple[dict[str, Any], ...] = ()


_SHOWN: Final = {"do": "show", "block": "unread-data", "query": "state=CLOSE_WAIT&recv=300-fin"}
_ASKED: Final = ({**_SHOWN, "step": 19}, {"do": "ask", "decision": "unread"})
_REVEALED: Final = ({"do": "close"}, {"do": "reveal"})
_CHOICE: Final = ({"do": "ask", "question": "sixty-one"},)
_WALL: Final = "/tcp_close/present#room={room}&key={key}"

#: A name is what its picture is called; the order is that of the sheets.
PAGE_STATES: Final = (
    PageState(name="front", address="/"),
    PageState(name="study", address="/tcp_close"),
    PageState(name="study-step", address=f"{_WALK}&step=20"),
    PageState(name="study-all-steps", address=f"{_WALK}#steps"),
    PageState(name="study-decision", address="/tcp_close/keeps-socket"),
    PageState(name="study-branch", address="/tcp_close/keeps-socket/false"),
    PageState(name="study-lines", address="/tcp_close/L42-L48"),
    PageState(name="study-heaviest", address=f"/tcp_close?recv={'-'.join(['300'] * 64)}&linger=5"),
    PageState(name="study-variant", address="/tcp_close?recv=300-fin&variant=article"),
    PageState(
        name="study-predict",
        address="/tcp_close?recv=300&step=3",
        clicks=("[data-predict]", "[data-go=decision]"),
    ),
    PageState(name="study-search", address="/tcp_close", keys=("/", "r", "e", "s", "e", "t")),
    PageState(name="study-keys", address="/tcp_close", keys=("?",)),
    PageState(name="study-refused", address="/tcp_close?state=TIME_WAIT&lingr=3", status=422),
    PageState(name="not-found", address="/tcp_close/no-such-place", status=404),
    PageState(name="atlas", address="/tcp_close/atlas"),
    PageState(name="atlas-branch", address="/tcp_close/atlas?branch=needs-fin/true"),
    PageState(name="compare", address="/tcp_close/compare"),
    PageState(name="compare-two", address="/tcp_close/compare?a=recv:300&b=default"),
    PageState(name="life", address="/tcp_close/life?pending=1&peer=shut-window&step=6"),
    PageState(name="life-silent", address="/tcp_close/life?peer=silent"),
    PageState(name="life-many", address="/tcp_close/life/many?rate=2000&silent=20&targets=3"),
    PageState(name="symptoms", address="/tcp_close/symptoms"),
    PageState(
        name="symptoms-pasted",
        address="/tcp_close/symptoms",
        fills=(("textarea", "TcpExtTCPAbortOnClose 5123 0.0\nTcpExtTCPAbortOnData 88 0.0\n"),),
        awaited=".leads a",
    ),
    PageState(name="symptom", address="/tcp_close/symptoms/closed-window-orphans"),
    PageState(name="challenges", address="/tcp_close/challenges"),
    PageState(name="challenge", address="/tcp_close?challenge=three-guests"),
    PageState(name="lab", address="/tcp_close/lab?recv=300"),
    PageState(name="copy", address="/copy/tcp_close/unread/true"),
    PageState(name="embed", address="/embed/tcp_close/unread/true"),
    PageState(name="changes", address="/changes"),
    PageState(name="api", address="/api"),
    PageState(name="slides", address="/tcp_close/present", is_wide_only=True),
    PageState(
        name="slides-unread",
        address="/tcp_close/present?state=CLOSE_WAIT&recv=300-fin#unread-data",
        is_wide_only=True,
    ),
    PageState(name="slides-tall", address="/tcp_close/present#fin", is_wide_only=True),
    PageState(name="notes", address="/tcp_close/present/notes#drain", is_wide_only=True),
    PageState(name="wall-vote", address=_WALL, room=_ASKED, awaited=".q-text", is_wide_only=True),
    PageState(
        name="wall-revealed",
        address=_WALL,
        room=_ASKED,
        then=_REVEALED,
        awaited=".q-votes",
        is_wide_only=True,
    ),
    PageState(name="live-vote", address="/live/{room}", room=_ASKED, awaited=".is-live .q-option"),
    PageState(
        name="live-revealed",
        address="/live/{room}",
        room=_ASKED,
        then=_REVEALED,
        awaited=".is-live .q-count",
    ),
    PageState(name="live-choice", address="/live/{room}", room=_CHOICE, awaited=".q-option"),
    PageState(name="search", address="/tcp_close/search?q=connection+reset+by+peer"),
    PageState(name="search-empty", address="/tcp_close/search?q=zzzz"),
    PageState(name="live", address="/live"),
    PageState(name="live-wrong-code", address="/live/AAAAAA", status=404),
)


#: Each turn waits for something that a script asks for when nothing else is to be done.
_SETTLED: Final = """async () => {
    const arrived = () => performance.getEntriesByType("resource").length;
    for (let before = -1; before !== arrived(); ) {
        before = arrived();
        await new Promise((done) => setTimeout(done, 50));
        await new Promise((done) => requestIdleCallback(done, { timeout: 1000 }));
    }
}"""


def settle(page: Page) -> None:
    """Waits until nothing more is loaded: half a second sooner than Playwright's `networkidle`.

    What reacts to a click may come later still, on a busy machine.
    """
    page.evaluate(_SETTLED)


def bring(page: Page, host: str, state: PageState) -> None:
    """Brings a page into a state."""
    room = Room(host, state.room) if state.room else None
    known = {"room": room.code, "key": room.key} if room else {}
    page.goto(f"{host}{state.address.format(**known)}")
    if state.clicks or state.keys or state.fills:
        page.wait_for_load_state("networkidle")
    elif room is None:
        settle(page)
    for selector, text in state.fills:
        page.locator(selector).first.fill(text)
    for selector in state.clicks:
        page.locator(selector).first.click(timeout=5000)
    for key in state.keys:
        page.keyboard.press(key)
    if room and state.then:
        # What was revealed before one came is past.
        page.locator(".q-text:visible").wait_for()
        room.tell(state.then)
    if state.awaited is not None:
        page.locator(f"{state.awaited}:visible").first.wait_for()


class Room:
    """A room that was told commands; `key` is the part of a link that presents in it."""

    def __init__(self, host: str, commands: tuple[dict[str, Any], ...]) -> None:
        started = _post(f"{host}/live", {"walkthrough": "tcp_close"})
        self.code, self._key = started["room"], started["key"]
        self._commands = f"{host}/live/{self.code}/commands"
        self.key = f"{self._key}&presenter={started['presenter']}"
        self.tell(commands)

    def tell(self, commands: tuple[dict[str, Any], ...]) -> None:
        """Does what a presenter does."""
        for command in commands:
            _post(self._commands, command, self._key)


def _post(address: str, body: dict[str, Any], key: str = "") -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    asked = Request(address, json.dumps(body).encode(), headers)  # noqa: S310 - our own server
    while True:
        try:
            with urlopen(asked, timeout=20) as answer:  # noqa: S310 - our own server
                found: dict[str, Any] = json.load(answer)
                return found
        except HTTPError as error:
            # So many rooms a minute for one address: there are more states than that.
            if error.code != 429:
                raise
            time.sleep(int(error.headers["Retry-After"]))
