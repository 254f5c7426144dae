# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Inputs: one record for each thing that a reader can choose, with all that is known of it.

The form, its hints, what is tried for "why not", the lab's sysctls, the atlas, OpenAPI, the
command line and the tests read these records; nothing about an input stands in a table of its own
but what it is called: that is content, `content/words/inputs.yaml`.
A new kind of input is a class here, and one in `app.walkthrough.atlas.space`.
"""

from __future__ import annotations

import dataclasses
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from app.errors import Phrase, nearest

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sysctl:
    """A sysctl of net.ipv4 that an input stands for."""

    name: str
    factor: int = 1  # how many units of the sysctl one unit of the input is


@dataclass(frozen=True, slots=True, kw_only=True)
class Input(ABC):
    """One input. Values are parsed ones: words, integers, None for off, tuples of items."""

    #: As a reader writes it in an address.
    key: str
    #: As the kernel spells it.
    field: str
    default: Any
    #: The values that matter to the kernel, in the order in which "why not" and tests try them.
    tried: Sequence[Any]
    #: Whether "why not" tries it before the others: what a program's own code does to a decision
    #: tells more than another state of the connection.
    is_tried_first: bool = False
    #: What the lab sets for it; None where a recipe does what there is to do.
    sysctl: Sysctl | None = None
    #: Whether the lab leaves out every other value than the default, so as to hurt nobody.
    is_out_of_lab: bool = False

    @property
    @abstractmethod
    def allowed(self) -> str:
        """What is accepted, in a few English words."""

    @abstractmethod
    def parse(self, text: str) -> Any:
        """The value that the text means. Raises Refused."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """The JSON schema of the text, for OpenAPI and the form."""

    def flat(self, value: Any) -> int | str:
        """The value as JSON and query strings have it."""
        return value if isinstance(value, int) else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceInput(Input):
    """One of a few words; `others` are words that are refused with a code of their own."""

    tried: tuple[str, ...]
    others: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def choices(self) -> tuple[str, ...]:
        """The words: all of them are tried."""
        return self.tried

    @property
    def allowed(self) -> str:
        return ", ".join(self.choices)

    def parse(self, text: str) -> str:
        if text in self.choices:
            return text
        bare = text.removeprefix("TCP_")
        if bare in self.others:
            raise Refused(self.others[bare])
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


_RANGE: Final = Phrase("{low} to {high}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberInput(Input):
    """An integer from `low` to `high`, both included; `range` says so with its unit."""

    default: int = 0
    low: int = 0
    high: int
    range: Phrase = _RANGE

    @property
    def allowed(self) -> str:
        return self.range.but(low=self.low, high=self.high)

    @property
    def is_flag(self) -> bool:
        """Whether it only says yes or no."""
        return (self.low, self.high) == (0, 1)

    def parse(self, text: str) -> int:
        return _integer(text, self.low, self.high)

    def schema(self) -> dict[str, Any]:
        return {
            "type": "integer",
            "minimum": self.low,
            "maximum": self.high,
            "default": self.default,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LingerInput(Input):
    """SO_LINGER: `off`, or l_linger in seconds. The parsed value of `off` is None."""

    low: int
    high: int

    @property
    def allowed(self) -> str:
        return Phrase("off, or {low} to {high} seconds", low=self.low, high=self.high)

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
    """Items joined by `-`; `none` for no item. `item` is a regular expression for one."""

    __slots__ = ()
    item: ClassVar[str]

    def items(self, text: str) -> list[str]:
        if text == "none":
            return []
        # Counted before they are split, so that a long text costs nothing.
        if text.count("-") >= MAX_ITEMS:
            raise Refused("too-many")
        return text.split("-")

    def schema(self) -> dict[str, Any]:
        pattern = rf"^(none|{self.item}(-{self.item}){{0,{MAX_ITEMS - 1}}})$"
        return {"type": "string", "pattern": pattern, "default": "none"}

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
    item = rf"({_pattern_up_to(MAX_SEGMENT_BYTES)}(fin)?|fin)"

    @property
    def allowed(self) -> str:
        return Phrase(
            "segments: bytes from 1 to {high} (300), fin, or both (200fin), joined by -, "
            "at most {count}; or none",
            high=MAX_SEGMENT_BYTES,
            count=MAX_ITEMS,
        )

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


class EventsInput(ListInput):
    """What the peer sends: `ack`, `fin`, `data`, `rst`, joined by `-`."""

    __slots__ = ()
    item = f"({'|'.join(EVENTS)})"

    @property
    def allowed(self) -> str:
        return Phrase(
            "{events}, joined by -, at most {count}; or none",
            events=", ".join(EVENTS),
            count=MAX_ITEMS,
        )

    def parse(self, text: str) -> tuple[str, ...]:
        items = tuple(self.items(text))
        for item in items:
            if item not in EVENTS:
                raise Refused("not-an-event", nearest(item, EVENTS))
        return items


_INT_MAX: Final = (1 << 31) - 1
#: The most seconds that still fit an int in jiffies, as the kernel stores these times.
_SECONDS_MAX: Final = _INT_MAX // 1000
_SECONDS: Final = Phrase("{low} to {high} seconds")
_EACH_EVENT: Final = ((), *((event,) for event in EVENTS))


def flag(
    key: str,
    field: str,
    *,
    default: int = 0,
    is_out_of_lab: bool = False,
) -> NumberInput:
    """An input that says yes or no."""
    return NumberInput(
        key=key,
        field=field,
        default=default,
        tried=(default, 1 - default),
        high=1,
        range=Phrase("0 or 1"),
        is_out_of_lab=is_out_of_lab,
    )


INPUTS: Final[Mapping[str, Input]] = {
    item.key: item
    for item in (
        ChoiceInput(
            key="state",
            field="sk->sk_state",
            default="ESTABLISHED",
            tried=STATES,
            others=dict.fromkeys(MINI_SOCKETS, "mini-socket"),
        ),
        SegmentsInput(
            key="recv",
            field="sk->sk_receive_queue",
            default=(),
            tried=((Segment(300, False),), (Segment(0, True),), ()),
            is_tried_first=True,
        ),
        NumberInput(key="copied", field="tp->copied_seq", tried=(0, 300), high=MAX_SEGMENT_BYTES),
        NumberInput(key="accept_queue", field="icsk_accept_queue", tried=(0, 1), high=64),
        flag("pending", "tp->snd_nxt != tp->write_seq"),
        flag("repair", "tp->repair"),
        LingerInput(
            key="linger",
            field="sk->sk_lingertime",
            default=None,
            tried=(None, 0, 5),
            low=-_INT_MAX - 1,
            high=_INT_MAX,
        ),
        flag("exiting", "current->flags & PF_EXITING"),
        NumberInput(
            key="linger2",
            field="tp->linger2",
            tried=(0, -1, 61, 120),
            low=-_SECONDS_MAX,
            high=_SECONDS_MAX,
            range=_SECONDS,
        ),
        NumberInput(
            key="fin_timeout",
            field="sysctl_tcp_fin_timeout",
            default=60,
            tried=(60, 120),
            high=_SECONDS_MAX,
            range=_SECONDS,
            sysctl=Sysctl(name="tcp_fin_timeout"),
        ),
        NumberInput(
            key="tw_timeout",
            field="sysctl_tcp_tw_timeout",
            default=60,
            tried=(60, 10),
            high=_SECONDS_MAX,
            range=_SECONDS,
            sysctl=Sysctl(name="tcp_tw_timeout"),
        ),
        NumberInput(
            key="rto",
            field="icsk_rto",
            default=200,
            tried=(200, 20_000),
            low=1,
            high=120_000,
            range=Phrase("{low} to {high} ms (TCP_RTO_MAX)"),
        ),
        EventsInput(key="wait", field="sk_stream_wait_close", default=(), tried=_EACH_EVENT),
        EventsInput(key="backlog", field="sk->sk_backlog", default=(), tried=_EACH_EVENT),
        flag("orphans", "tcp_too_many_orphans", is_out_of_lab=True),
        flag("memory", "tcp_out_of_memory", is_out_of_lab=True),
        ChoiceInput(
            key="netns",
            field="check_net",
            default="alive",
            tried=("alive", "dying"),
            is_out_of_lab=True,
        ),
        flag("fastopen", "tp->fastopen_rsk"),
        ChoiceInput(
            key="owner",
            field="sk->sk_net_refcnt",
            default="user",
            tried=("user", "kernel"),
            is_out_of_lab=True,
        ),
    )
}
