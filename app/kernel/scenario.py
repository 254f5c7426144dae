# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Scenarios: the flat inputs, their values and bounds, reading and writing them, their caveats.

A scenario is the same words everywhere: query string, API, command line, presets.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.errors import InputProblem, Phrase, ReaderError, nearest

#: More segments or events than this in one list are refused.
MAX_ITEMS: Final = 64
#: The largest window that TCP can offer is just under 2**30 bytes (RFC 7323, 2.3).
MAX_SEGMENT_BYTES: Final = 1 << 30

STATES: Final = (
    "ESTABLISHED",
    "SYN_SENT",
    "SYN_RECV",
    "FIN_WAIT1",
    "FIN_WAIT2",
    "CLOSE",
    "CLOSE_WAIT",
    "LAST_ACK",
    "LISTEN",
    "CLOSING",
)
MINI_SOCKETS: Final = ("TIME_WAIT", "NEW_SYN_RECV")
EVENTS: Final = ("ack", "fin", "data", "rst")


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment on the receive queue: so many bytes of data, with the peer's FIN or without."""

    bytes: int
    fin: bool

    def __str__(self) -> str:
        return (str(self.bytes) if self.bytes else "") + ("fin" if self.fin else "")


class Refused(Exception):
    """A value that an input does not accept: a stable code and the nearest good value."""

    def __init__(self, code: str, near: str | None = None) -> None:
        self.code = code
        self.nearest = near
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Input(ABC):
    """One input: `key` as a reader writes it, `field` as the kernel does.

    `allowed` says in a few English words what is accepted; `default` is a parsed value.
    """

    key: str
    field: str
    default: Any
    allowed: str

    @abstractmethod
    def parse(self, text: str) -> Any:
        """The value that the text means. Raises Refused."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """The JSON schema of the text, for OpenAPI."""

    def flat(self, value: Any) -> int | str:
        """The value as JSON and query strings have it."""
        return value if isinstance(value, int) else str(value)


@dataclass(frozen=True, slots=True)
class ChoiceInput(Input):
    """One of a few words."""

    choices: tuple[str, ...]

    def parse(self, text: str) -> str:
        if text in self.choices:
            return text
        bare = text.removeprefix("TCP_")
        if self.key == "state" and bare in MINI_SOCKETS:
            raise Refused("mini-socket")
        raise Refused("not-allowed", nearest(bare, self.choices))

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.choices), "default": self.default}


_INTEGER: Final = re.compile(r"-?[0-9]+", re.ASCII)


def _integer(text: str, low: int, high: int) -> int:
    if not _INTEGER.fullmatch(text):
        raise Refused("not-a-number")
    # Long digit strings are refused unread: int() takes quadratic time on them.
    if len(text) > 20 or not low <= int(text) <= high:
        raise Refused("out-of-range")
    return int(text)


@dataclass(frozen=True, slots=True)
class NumberInput(Input):
    """An integer from `low` to `high`, both included."""

    low: int
    high: int

    def parse(self, text: str) -> int:
        return _integer(text, self.low, self.high)

    def schema(self) -> dict[str, Any]:
        return {
            "type": "integer",
            "minimum": self.low,
            "maximum": self.high,
            "default": self.default,
        }


@dataclass(frozen=True, slots=True)
class LingerInput(Input):
    """SO_LINGER: `off`, or l_linger in seconds. The parsed value of `off` is None."""

    low: int
    high: int

    def parse(self, text: str) -> int | None:
        if text == "off":
            return None
        try:
            return _integer(text, self.low, self.high)
        except Refused as refused:
            if refused.code == "not-a-number":
                raise Refused("not-allowed", nearest(text, ["off"])) from None
            raise

    def schema(self) -> dict[str, Any]:
        return {
            "oneOf": [
                {"type": "string", "enum": ["off"]},
                {"type": "integer", "minimum": self.low, "maximum": self.high},
            ],
            "default": "off",
        }

    def flat(self, value: int | None) -> int | str:
        return "off" if value is None else value


class ListInput(Input):
    """Items joined by `-`; `none` for no item."""

    __slots__ = ()

    def items(self, text: str) -> list[str]:
        if text == "none":
            return []
        # Counted before they are split, so that a long text costs nothing.
        if text.count("-") >= MAX_ITEMS:
            raise Refused("too-many")
        return text.split("-")

    def flat(self, value: tuple[Any, ...]) -> str:
        return "-".join(str(item) for item in value) or "none"


def _pattern_up_to(limit: int) -> str:
    """A regular expression for the numbers from 1 to `limit`, written without leading zeros."""
    digits = str(limit)
    choices = [f"[1-9][0-9]{{0,{len(digits) - 2}}}", digits]
    for position, digit in enumerate(digits):
        lowest = 1 if position == 0 else 0
        if int(digit) > lowest:
            rest = len(digits) - position - 1
            choices.append(f"{digits[:position]}[{lowest}-{int(digit) - 1}][0-9]{{{rest}}}")
    return f"({'|'.join(choices)})"


_SEGMENT: Final = re.compile(r"([0-9]{1,12})?(fin)?", re.ASCII)


class SegmentsInput(ListInput):
    """The receive queue: `300`, `fin`, `200fin`, joined by `-`."""

    __slots__ = ()

    def parse(self, text: str) -> tuple[Segment, ...]:
        return tuple(self.segment(item) for item in self.items(text))

    def segment(self, text: str) -> Segment:
        match = _SEGMENT.fullmatch(text)
        if match is None or not text:
            raise Refused("not-a-segment", nearest(text, ["fin", "none"]))
        digits, fin = match.groups()
        count = int(digits) if digits is not None else 0
        if digits is not None and not 1 <= count <= MAX_SEGMENT_BYTES:
            raise Refused("out-of-range")
        return Segment(count, fin is not None)

    def schema(self) -> dict[str, Any]:
        one = rf"({_pattern_up_to(MAX_SEGMENT_BYTES)}(fin)?|fin)"
        return {
            "type": "string",
            "pattern": rf"^(none|{one}(-{one}){{0,{MAX_ITEMS - 1}}})$",
            "default": "none",
        }


class EventsInput(ListInput):
    """What the peer sends: `ack`, `fin`, `data`, `rst`, joined by `-`."""

    __slots__ = ()

    def parse(self, text: str) -> tuple[str, ...]:
        items = tuple(self.items(text))
        for item in items:
            if item not in EVENTS:
                raise Refused("not-an-event", nearest(item, EVENTS))
        return items

    def schema(self) -> dict[str, Any]:
        one = f"({'|'.join(EVENTS)})"
        return {
            "type": "string",
            "pattern": rf"^(none|{one}(-{one}){{0,{MAX_ITEMS - 1}}})$",
            "default": "none",
        }


def _flag(key: str, field: str) -> NumberInput:
    return NumberInput(key, field, 0, Phrase("0 or 1"), 0, 1)


_INT_MAX: Final = (1 << 31) - 1
#: The most seconds that still fit an int in jiffies, as the kernel stores these times.
_SECONDS_MAX: Final = _INT_MAX // 1000
_EVENT_LIST: Final = Phrase(
    "{events}, joined by -, at most {count}; or none", events=", ".join(EVENTS), count=MAX_ITEMS
)


def _seconds(low: int) -> Phrase:
    return Phrase("{low} to {high} seconds", low=low, high=_SECONDS_MAX)


INPUTS: Final[Mapping[str, Input]] = {
    item.key: item
    for item in (
        ChoiceInput("state", "sk->sk_state", "ESTABLISHED", ", ".join(STATES), STATES),
        SegmentsInput(
            "recv",
            "sk->sk_receive_queue",
            (),
            Phrase(
                "segments: bytes from 1 to {high} (300), fin, or both (200fin), joined by -, "
                "at most {count}; or none",
                high=MAX_SEGMENT_BYTES,
                count=MAX_ITEMS,
            ),
        ),
        NumberInput(
            "accept_queue", "icsk_accept_queue", 0, Phrase("{low} to {high}", low=0, high=64), 0, 64
        ),
        _flag("pending", "tp->snd_nxt != tp->write_seq"),
        _flag("repair", "tp->repair"),
        LingerInput(
            "linger",
            "sk->sk_lingertime",
            None,
            Phrase("off, or {low} to {high} seconds", low=-_INT_MAX - 1, high=_INT_MAX),
            -_INT_MAX - 1,
            _INT_MAX,
        ),
        _flag("exiting", "current->flags & PF_EXITING"),
        NumberInput(
            "linger2",
            "tp->linger2",
            0,
            _seconds(-_SECONDS_MAX),
            -_SECONDS_MAX,
            _SECONDS_MAX,
        ),
        NumberInput(
            "fin_timeout",
            "sysctl_tcp_fin_timeout",
            60,
            _seconds(0),
            0,
            _SECONDS_MAX,
        ),
        NumberInput(
            "tw_timeout",
            "sysctl_tcp_tw_timeout",
            60,
            _seconds(0),
            0,
            _SECONDS_MAX,
        ),
        NumberInput(
            "rto",
            "icsk_rto",
            200,
            Phrase("{low} to {high} ms (TCP_RTO_MAX)", low=1, high=120_000),
            1,
            120_000,
        ),
        EventsInput("wait", "sk_stream_wait_close", (), _EVENT_LIST),
        EventsInput("backlog", "sk->sk_backlog", (), _EVENT_LIST),
        _flag("orphans", "tcp_too_many_orphans"),
        _flag("memory", "tcp_out_of_memory"),
        ChoiceInput("netns", "check_net", "alive", "alive, dying", ("alive", "dying")),
        _flag("fastopen", "tp->fastopen_rsk"),
    )
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """A chosen socket state and its surroundings.

    `values` has every key of `INPUTS`, parsed: words, integers, None for linger off, tuples of
    `Segment` or of event words.
    """

    values: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def __hash__(self) -> int:
        return hash(tuple(self.values[key] for key in INPUTS))

    def flat(self) -> dict[str, int | str]:
        """Every input in the words of a query string, defaults included."""
        return {key: item.flat(self.values[key]) for key, item in INPUTS.items()}

    def changed(self) -> dict[str, int | str]:
        """Only the inputs that differ from their default, in the order of `INPUTS`."""
        return {
            key: item.flat(self.values[key])
            for key, item in INPUTS.items()
            if self.values[key] != item.default
        }

    def query(self) -> str:
        """The shortest query string; nothing in it needs percent-encoding."""
        return "&".join(f"{key}={value}" for key, value in self.changed().items())

    def but(self, **changes: Any) -> Scenario:
        """The same scenario with some parsed values changed."""
        return Scenario({**self.values, **changes})


DEFAULT: Final = Scenario({key: item.default for key, item in INPUTS.items()})


def parse_scenario(pairs: Iterable[tuple[str, str]]) -> Scenario:
    """The scenario that `key=value` pairs mean; an empty value means the default.

    Raises ReaderError with every problem: unknown key, key given twice, value not allowed.
    """
    values = dict(DEFAULT.values)
    problems: list[InputProblem] = []
    seen: set[str] = set()
    for key, text in pairs:
        item = INPUTS.get(key)
        if item is None:
            problems.append(
                InputProblem("unknown-key", key, text, ", ".join(INPUTS), nearest(key, INPUTS))
            )
            continue
        if key in seen:
            problems.append(InputProblem("given-twice", key, text, Phrase("each key once")))
            continue
        seen.add(key)
        if not text:
            continue
        try:
            values[key] = item.parse(text)
        except Refused as refused:
            problems.append(InputProblem(refused.code, key, text, item.allowed, refused.nearest))
    if problems:
        raise ReaderError(problems)
    return Scenario(values)


def caveats_of(scenario: Scenario) -> tuple[str, ...]:
    """Stable codes of why no real kernel can be in this scenario; empty where one can.

    Source: the receive path of Linux 4.19 (net/ipv4/tcp_input.c): tcp_fin leaves ESTABLISHED,
    SYN_RECV, FIN_WAIT1 and FIN_WAIT2 in the same breath in which a FIN is queued, and a FIN
    that is queued leaves the queue after all data before it; the FIN of this end, and so its ACK,
    comes after all of its data.
    """
    state = scenario["state"]
    recv: tuple[Segment, ...] = scenario["recv"]
    found = []
    if recv and state in {"LISTEN", "SYN_SENT"}:
        found.append("data-before-connection")
    elif any(s.fin for s in recv) and state in {
        "ESTABLISHED",
        "SYN_RECV",
        "FIN_WAIT1",
        "FIN_WAIT2",
    }:
        found.append("fin-without-transition")
    elif recv and state in {"CLOSE_WAIT", "CLOSING", "LAST_ACK"} and not any(s.fin for s in recv):
        found.append("data-without-fin")
    if any(s.fin for s in recv[:-1]):
        found.append("data-after-fin")
    if sum(s.bytes for s in recv) > MAX_SEGMENT_BYTES:
        found.append("beyond-window")
    if scenario["repair"] and state == "LISTEN":
        found.append("repair-on-listen")
    if scenario["accept_queue"] and state != "LISTEN":
        found.append("children-without-listener")
    if scenario["fastopen"] and state not in {"SYN_RECV", "FIN_WAIT1"}:
        found.append("fastopen-elsewhere")
    if scenario["pending"] and state in {"LISTEN", "FIN_WAIT2"}:
        found.append("pending-elsewhere")
    if scenario["pending"] and "ack" in (*scenario["wait"], *scenario["backlog"]):
        found.append("ack-before-fin")
    return tuple(found)
