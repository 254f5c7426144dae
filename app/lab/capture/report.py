# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Reports of a capture: the JSON and the sentences of `walkthrough capture`."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal

from typing_extensions import TypedDict

from app.i18n import Language, marked
from app.lab.capture.closes import Close, Guess, How, closes_of
from app.lab.capture.connections import Connection
from app.lab.capture.fitting import Entry, Fit, Fitting
from app.walkthrough.atlas.report import branch_name
from app.walkthrough.pairs import edition_key
from app.walkthrough.records import Edition, Walkthrough
from app.walkthrough.which.words import WhichWords

_SAYS: Final[dict[tuple[How, bool], str]] = {
    ("fin", True): marked("{end} sends a FIN."),
    ("answer", True): marked("{end} sends a FIN, and answers what comes later with a RST."),
    ("answer", False): marked("{end} had gone without a FIN: it answers with a RST."),
    ("reset", True): marked("{end} sends a FIN, and then a RST of its own."),
    ("reset", False): marked("{end} sends a RST of its own."),
    ("none", False): marked("{end} sends neither a FIN nor a RST: the other end has reset it."),
}


class EntryReport(TypedDict):
    """Paths that are the same on the wire, likeliest and simplest first.

    `link` leads to a scenario of the first, as the wire shows it. `look` is what to look at on this
    end's host to tell them apart, null where there is one path, or no question does.
    """

    paths: list[str]
    link: str
    look: str | None


class CloseReport(TypedDict):
    """How one end went, and which paths fit that, the likeliest entry first.

    `at` is in seconds since 1970, null where it sent nothing. `unacked` are sequence numbers that
    the other end did not acknowledge, the FIN included; `received` bytes that this end had got,
    null where the beginning was not captured: no more can have been unread.
    """

    end: str
    how: How
    at: float | None
    unacked: int
    received: int | None
    entries: list[EntryReport]
    branches: list[str]
    says: str


class ConnectionReport(TypedDict):
    """A connection: the end that ended it first (`closer`), how, and what fits either end.

    `how` is `fin`, `reset` (of its own), `answer` (a RST that answers a segment), `refused` (a RST
    that answers the SYN) or `none`; of the last two nothing was closed, so no path fits. `at` is
    the time of the first FIN or RST in seconds since 1970, null where there is none.
    """

    ends: list[str]
    closer: str | None
    how: How | Literal["refused"]
    at: float | None
    paths: list[str]
    branches: list[str]
    says: str
    closes: list[CloseReport]


class CaptureWords:
    """Makes the reports in one language."""

    def __init__(
        self, walkthrough: Walkthrough, edition: Edition, fitting: Fitting, language: Language
    ) -> None:
        self.walkthrough, self.edition = walkthrough, edition
        self.fitting, self.language = fitting, language
        self._told = lru_cache(maxsize=512)(self._tell)
        self.words = WhichWords(language, walkthrough.call)
        self._ = language.gettext

    def connection(self, connection: Connection) -> ConnectionReport:
        key = connection.key
        ends = [_address(*key[:2]), _address(*key[2:])]
        closes = [self._close(connection, close, ends) for close in closes_of(connection)]
        first = closes[0] if closes else None
        refused = connection.refused_by
        return {
            "ends": ends,
            "closer": first["end"] if first is not None and first["how"] != "none" else None,
            "how": first["how"] if first is not None else "none" if refused is None else "refused",
            "at": connection.events[0].at if connection.events else None,
            "paths": list(
                dict.fromkeys(
                    path for one in closes for entry in one["entries"] for path in entry["paths"]
                )
            ),
            "branches": list(dict.fromkeys(name for one in closes for name in one["branches"])),
            "says": self.language.space.join(close["says"] for close in closes)
            or self._unclosed(None if refused is None else ends[refused]),
            "closes": closes,
        }

    def _unclosed(self, refused: str | None) -> str:
        """What there is to say where no socket was closed."""
        if refused is None:
            return self._("No end is seen: it was open, or was closed without a FIN or a RST.")
        text = self._("{end} refuses it: nobody listens there, or a firewall answers so.")
        return text.format(end=refused)

    def _close(self, connection: Connection, close: Close, ends: list[str]) -> CloseReport:
        fit, entries, branches = self._told(close.guesses, close.answered)
        return {
            "end": ends[close.end],
            "how": close.how,
            "at": close.at,
            "unacked": close.unacked,
            "received": close.received,
            "entries": entries,
            "branches": branches,
            "says": self.language.space.join(self._says(connection, close, fit, ends[close.end])),
        }

    def _tell(
        self, guesses: tuple[tuple[Guess, ...], ...], answered: frozenset[str]
    ) -> tuple[Fit, list[EntryReport], list[str]]:
        fit = self.fitting.find(guesses, answered)
        branches = [branch_name(branch) for branch in fit.branches]
        return fit, [self._entry(entry) for entry in fit.entries], branches

    def _entry(self, entry: Entry) -> EntryReport:
        parts = [entry.scenario.query()]
        if self.edition.id is not None:
            parts.append(f"{edition_key(self.edition.id)}={self.edition.id}")
        query = "&".join(filter(None, parts))
        return {
            "paths": [path.id for path in entry.paths],
            "link": f"/{self.walkthrough.id}" + (f"?{query}" if query else ""),
            "look": None if entry.question is None else self.words.question(entry.question),
        }

    def _says(self, connection: Connection, close: Close, fit: Fit, end: str) -> Iterator[str]:
        events = connection.events
        has_fin = any(event.end == close.end and event.kind == "fin" for event in events)
        yield self._(_SAYS[close.how, has_fin]).format(end=end)
        if close.unacked and close.how != "none":
            text = self.language.ngettext(
                "One sequence number of it was not acknowledged.",
                "{count} sequence numbers of it were not acknowledged.",
                close.unacked,
            )
            yield text.format(count=close.unacked)
        if close.how == "reset" and close.received is not None:
            if not close.received:
                yield self._("It had received nothing, so nothing was unread.")
            else:
                text = self.language.ngettext(
                    "It had received one byte: no more can have been unread.",
                    "It had received {count} bytes: no more can have been unread.",
                    close.received,
                )
                yield text.format(count=close.received)
        if fit.branches and fit.branches[0][1]:
            name, _taken = fit.branches[0]
            decision = self.edition.decisions_by_id[name]
            yield (
                self._("Likeliest: line {line}, {title}").format(
                    line=decision.line, title=self.language.pick(decision.title)
                )
                + f"{self.language.space}true."
            )


def _address(address: bytes, port: int) -> str:
    if len(address) == 4:
        return f"{socket.inet_ntop(socket.AF_INET, address)}:{port}"
    return f"[{socket.inet_ntop(socket.AF_INET6, address)}]:{port}"
