# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Page states: every kind of page in every state that matters, for the contact sheets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_WALK: Final = "/tcp_close?state=CLOSE_WAIT&recv=300-fin"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """One state of a page: `address`, then `clicks` (selectors), `keys`, until `awaited` is there.

    `fills` are fields and what is typed into them before the clicks. `is_wide_only` says that a
    phone never shows it, `status` what the server answers.
    """

    name: str
    address: str
    fills: tuple[tuple[str, str], ...] = ()
    clicks: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    awaited: str | None = None
    is_wide_only: bool = False
    status: int = 200


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
    PageState(name="live", address="/live"),
    PageState(name="live-wrong-code", address="/live/AAAAAA", status=404),
)
