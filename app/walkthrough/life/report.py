# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Report of a life: the JSON of the API and of the command line. Times are ms since the return."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NotRequired

# Not from typing: pydantic reads that one from Python 3.12 on.
from typing_extensions import TypedDict

from app.kernel.life.records import EndName, Event, Life, Sent
from app.kernel.life.rules import RULES
from app.kernel.life.shorten import shorten
from app.walkthrough.life.ss_writer import ss_line
from app.walkthrough.life.words import LifeWords

_Kind = Literal["state", "segment", "timer", "counter", "gone"]


class LifeEventReport(TypedDict):
    """Something that happens at one end; of one moment, in the order in which it follows.

    `rule` is the kernel's, `text` what it says, `source` the functions that it is from. Of a
    `segment` `name` are its flags, `is_sent` whether this end sends it, `is_again` whether it
    did before, `arrives_ms` when it is at the other end, null where it never is; of a `state` or of
    what is `gone` `name` is the state; of a `timer` `name` is that of ss, `what` becomes of it, and
    `due_ms` until when; of a `counter` `count` is by how much it rises.
    """

    at_ms: float
    end: EndName
    rule: str
    text: str
    source: str
    kind: _Kind
    name: str
    is_sent: NotRequired[bool]
    is_again: NotRequired[bool]
    bytes: NotRequired[int]
    arrives_ms: NotRequired[float | None]
    what: NotRequired[Literal["armed", "fired", "cancelled"]]
    due_ms: NotRequired[float | None]
    count: NotRequired[int]


class StatesReport(TypedDict):
    """What there is at both ends from a time on; null for nothing."""

    at_ms: float
    this: str | None
    peer: str | None


class SocketsReport(TypedDict):
    """What holds at both ends from a time on.

    `this` and `peer` are lines of `ss -tano`, empty for nothing; the rest is about this end.
    """

    at_ms: float
    this: str
    peer: str
    holds: Literal["process", "orphan", "mini", "nothing"]
    is_orphan: bool
    bind: Literal["free", "reuse", "taken"]


class ShorterReport(TypedDict):
    """A change that shortens it: an input of the query, and when it ends then."""

    change: dict[str, int | str]
    ends_ms: float | None
    text: str


class LifeReport(TypedDict):
    """What becomes of a socket, and of its peer, after the call has returned.

    `scenario` has the inputs and the conditions, defaults filled in. `ends_ms` is when this end
    holds nothing any more, null where nothing ends it; `ended_by` the rule that ends it; `says` is
    both in a sentence. `is_cut`: there are more events than are told.
    """

    scenario: dict[str, int | str]
    url: str
    says: str
    ends_ms: float | None
    ended_by: str
    is_cut: bool
    notes: list[str]
    events: list[LifeEventReport]
    states: list[StatesReport]
    sockets: list[SocketsReport]
    shorten: list[ShorterReport]


def report_life(life: Life, words: LifeWords, url: str) -> LifeReport:
    """The whole life."""
    moments = [(0, life.this, life.peer), *((e.at_us, e.this, e.peer) for e in life.events)]
    return {
        "scenario": {**life.scenario.flat(), **life.conditions.flat()},
        "url": url,
        "says": words.says(life),
        "ends_ms": _ms(life.ends_us),
        "ended_by": life.ended_by,
        "is_cut": life.is_cut,
        "notes": words.notes(life),
        "events": [item for n, e in enumerate(life.events) for item in _items(life, n, e, words)],
        "states": [
            {"at_ms": at / 1000, "this": this.state, "peer": peer.state}
            for n, (at, this, peer) in enumerate(moments)
            if not n
            or moments[n - 1][1].state != this.state
            or moments[n - 1][2].state != peer.state
        ],
        "sockets": [
            {
                "at_ms": at / 1000,
                "this": ss_line(this, at),
                "peer": ss_line(peer, at, is_peer=True),
                "holds": this.holds,
                "is_orphan": this.is_orphan,
                "bind": this.bind,
            }
            for at, this, peer in moments
        ],
        "shorten": [
            {
                "change": {item.item.key: item.item.flat(item.value)},
                "ends_ms": _ms(item.life.ends_us),
                "text": words.shorter(item),
            }
            for item in shorten(life, words.walkthrough.trace)
        ],
    }


def _items(life: Life, index: int, event: Event, words: LifeWords) -> Iterator[LifeEventReport]:
    """An event, one thing after the other."""

    def item(kind: _Kind, name: str) -> LifeEventReport:
        return {
            "at_ms": event.at_us / 1000,
            "end": event.end,
            "rule": event.rule,
            "text": words.rule(event.rule),
            "source": RULES[event.rule],
            "kind": kind,
            "name": name,
        }

    def segment(sent: Sent, *, is_sent: bool) -> LifeEventReport:
        found = item("segment", sent.flags)
        found["is_sent"], found["is_again"] = is_sent, sent.is_again
        found["bytes"], found["arrives_ms"] = sent.bytes, _ms(sent.arrives_us)
        return found

    if event.received is not None:
        yield segment(event.received, is_sent=False)
    for change in event.timers:
        timer = item("timer", change.name)
        timer["what"], timer["due_ms"] = change.what, _ms(change.due_us)
        yield timer
    for name, count in event.counters.items():
        counter = item("counter", name)
        counter["count"] = count
        yield counter
    for sent in event.sent:
        yield segment(sent, is_sent=True)
    before = life.events[index - 1] if index else life
    was, now = (one.this if event.end == "this" else one.peer for one in (before, event))
    if now.holds == "nothing" != was.holds:
        yield item("gone", was.state or "")
    elif (was.state, was.holds) != (now.state, now.holds):
        yield item("state", now.state or "")


def _ms(us: int | None) -> float | None:
    return None if us is None else us / 1000
