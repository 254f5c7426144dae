# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Many lives at once: what closing so many connections a second leaves lying about.

Little's law: so many begin a second, each stays so long, so rate times time are there. The times
are those of the lives; nothing is random.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from app.errors import Phrase
from app.kernel.caveats import caveats_of
from app.kernel.inputs import MAX_SEGMENT_BYTES, NumberInput
from app.kernel.life.conditions import PEERS, Conditions
from app.kernel.life.engine import live
from app.kernel.life.records import Holds, Life
from app.kernel.scenario import Scenario, Values
from app.walkthrough.records import Edition

#: The peer of all connections that no other share has.
REST: Final = "closes"
#: Peers that matter to unsent data only.
_SHUT: Final = ("shut-window", "shut-window-gone")
#: Of so many a share is given.
OF: Final = 1000

#: Sizes of slab objects: /proc/slabinfo of Linux 6.18, x86-64: TCP, tw_sock_TCP.
SOCKET_BYTES: Final = 2368
MINI_BYTES: Final = 256
#: What a queued FIN is charged with (skmem w832 of `ss -m`, Linux 6.18), and a page, the unit of
#: tcp_mem: net/ipv4/tcp_output.c, sk_forced_mem_schedule; net/core/sock.c, __sk_mem_schedule.
QUEUED_BYTES: Final = 832
PAGE: Final = 4096
#: net/ipv4/tcp.c, tcp_init: a slot of the table of connections for each 128 KiB of memory, a power
#: of two, at most 2^19; tcp_max_orphans and tcp_max_tw_buckets are half of it.
_SLOT: Final = 128 * 1024
_MOST_SLOTS: Final = 512 * 1024
#: net.ipv4.ip_local_port_range, 32768 to 60999: net/ipv4/af_inet.c, inet_init_net.
PORTS: Final = 28_232

_COUNT: Final = Phrase("{low} to {high}")
_ROOM: Final = 1 << 31


def _number(key: str, *, high: int, low: int = 0, default: int = 0) -> NumberInput:
    return NumberInput(
        key=key, field="", default=default, tried=(default,), low=low, high=high, range=_COUNT
    )


CROWD: Final = {
    item.key: item
    for item in (
        _number("rate", high=1_000_000, low=1, default=100),
        *(_number(peer, high=OF) for peer in PEERS if peer != REST),
        _number("ram", high=4096, low=1, default=16),
        _number("queued", high=MAX_SEGMENT_BYTES),
        _number("targets", high=1_000_000),
        *(_number(key, high=_ROOM) for key in ("tcp_max_orphans", "tcp_max_tw_buckets", "tcp_mem")),
    )
}


class Crowd(Values):
    """How many close, of whom, and on what host."""

    __slots__ = ()
    inputs = CROWD

    def asked(self) -> int:
        """What the shares add up to, as they are given: more than `OF` are parts of their sum."""
        return sum(self[peer] for peer in PEERS if peer != REST)

    def shares(self) -> dict[str, float]:
        """The share of each peer's behaviour; where they are more than all, parts of them."""
        counts = {peer: self[peer] for peer in PEERS if peer != REST and self[peer]}
        rest = OF - self.asked()
        if rest > 0:
            counts = {REST: rest, **counts}
        whole = sum(counts.values())
        return {peer: count / whole for peer, count in counts.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The connections of one kind of peer."""

    peer: str
    #: Of all connections, at most 1.
    part: float
    life: Life
    #: Whether its data waits though that of the others does not: a window has to hold something.
    is_filled: bool
    #: Seconds as an orphan and as a mini-socket; None where nothing ends that.
    orphan_s: float | None
    mini_s: float | None
    #: Pages of tcp_mem times seconds.
    page_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit, and how much of it is used in the steady state; None where that grows for ever."""

    name: str
    limit: int
    #: Whether the host's memory says so, and nobody else.
    is_default: bool
    used: float | None
    #: How many connections closed a second reach it; None where none do.
    rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """The steady state; None where it is never reached, since something stays for ever."""

    crowd: Crowd
    shares: tuple[Share, ...]
    orphans: float | None
    minis: float | None
    bytes: float | None
    limits: tuple[Limit, ...]

    @property
    def first(self) -> Limit | None:
        """The limit that is met first while the rate rises; None where nothing comes near one."""
        known = [limit for limit in self.limits if limit.rate is not None]
        return min(known, key=lambda limit: limit.rate or 0.0, default=None)


def steady(edition: Edition, scenario: Scenario, conditions: Conditions, crowd: Crowd) -> Steady:
    """What there is at any time of sockets that a text closes."""
    filled = scenario.but(pending=1)
    if caveats_of(filled):
        filled = scenario
    lives = {
        peer: live(edition.trace(filled if peer in _SHUT else scenario), conditions.but(peer=peer))
        for peer in crowd.shares()
    }
    shares = tuple(
        _share(peer, part, lives[peer], crowd["queued"], is_filled=lives[peer].scenario != scenario)
        for peer, part in crowd.shares().items()
    )

    def each(of: Callable[[Share], float | None]) -> float | None:
        """Of one connection on average."""
        times = [(of(share), share.part) for share in shares]
        if any(time is None for time, _ in times):
            return None
        return sum((time or 0.0) * part for time, part in times)

    orphan, mini, page = (each(of) for of in (_orphan_s, _mini_s, _page_s))
    rate = crowd["rate"]
    orphans, minis = (None if time is None else rate * time for time in (orphan, mini))
    queued = None if orphans is None else orphans * (SOCKET_BYTES + QUEUED_BYTES + crowd["queued"])
    return Steady(
        crowd=crowd,
        shares=shares,
        orphans=orphans,
        minis=minis,
        bytes=None if queued is None or minis is None else queued + minis * MINI_BYTES,
        limits=tuple(_limits(crowd, orphan, mini, page)),
    )


def _orphan_s(share: Share) -> float | None:
    return share.orphan_s


def _mini_s(share: Share) -> float | None:
    return share.mini_s


def _page_s(share: Share) -> float | None:
    return share.page_s


def _share(peer: str, part: float, life: Life, queued: int, *, is_filled: bool) -> Share:
    pages = -(-(QUEUED_BYTES + queued) // PAGE)
    return Share(
        peer=peer,
        part=part,
        life=life,
        is_filled=is_filled,
        orphan_s=_time(life, "orphan"),
        mini_s=_time(life, "mini"),
        page_s=_time(life, "orphan", has_queue=True, factor=pages),
    )


def _time(life: Life, holds: Holds, *, has_queue: bool = False, factor: int = 1) -> float | None:
    """Seconds for which this end is so; None where nothing ends it."""
    moments = [(0, life.this), *((event.at_us, event.this) for event in life.events)]
    total = 0
    for (start, held), (end, _) in zip(
        moments, [*moments[1:], (life.ends_us, life.this)], strict=True
    ):
        if held.holds != holds or (has_queue and not held.send_q):
            continue
        if end is None:
            return None
        total += max(0, end - start)
    return total * factor / 1e6


def _limits(
    crowd: Crowd, orphan: float | None, mini: float | None, page: float | None
) -> Iterator[Limit]:
    memory = crowd["ram"] << 30
    slots = min(1 << (memory // _SLOT - 1).bit_length(), _MOST_SLOTS)
    # net/ipv4/tcp.c, tcp_init_mem: the last of the three numbers, 3/32 of the memory.
    pages = memory // PAGE // 16 // 4 * 3 * 2
    both = None if orphan is None or mini is None else orphan + mini
    rows = [
        ("tcp_max_orphans", slots // 2, orphan),
        ("tcp_max_tw_buckets", slots // 2, mini),
        ("tcp_mem", pages, page),
    ]
    for name, usual, time in rows:
        yield _limit(crowd, name, crowd[name] or usual, time, is_default=not crowd[name])
    if crowd["targets"]:
        yield _limit(crowd, "ip_local_port_range", PORTS * crowd["targets"], both, is_default=True)


def _limit(crowd: Crowd, name: str, limit: int, time: float | None, *, is_default: bool) -> Limit:
    return Limit(
        name=name,
        limit=limit,
        is_default=is_default,
        used=None if time is None else crowd["rate"] * time,
        rate=0.0 if time is None else (limit / time if time else None),
    )
