# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Connections of a capture: what each end had sent and received when FINs and RSTs came.

Sequence numbers are compared modulo 2**32. A connection that began before the capture has no first
numbers: then what it received is known from the first segment that was seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from app.lab.capture.packets import Segment
from app.lab.segments import ACK, FIN, RST, SYN

#: Connections that are remembered at once; then the one that was quiet the longest is let go.
MOST: Final = 50_000
#: Events after the first FIN or RST that are kept of one connection.
MOST_EVENTS: Final = 24
#: Resets of one server that are no further apart, in seconds, are of one close().
TOGETHER_S: Final = 0.1
_MASK: Final = (1 << 32) - 1
_HALF: Final = 1 << 31

Key = tuple[bytes, int, bytes, int]


def after(a: int, b: int) -> bool:
    """Whether sequence number `a` comes after `b`."""
    return 0 < (a - b) & _MASK < _HALF


@dataclass(slots=True)
class End:
    """One end: what it has sent (`next`), and what it has acknowledged of the other (`acked`)."""

    #: Its first sequence number; None where the SYN was not seen.
    first: int | None = None
    #: Whether its SYN was an answer to one: it was the server.
    is_server: bool = False
    next: int | None = None
    acked: int | None = None
    #: The sequence number after its FIN.
    fin: int | None = None
    is_fin_acked: bool = False
    #: When its SYN was sent, and after how many seconds the other's ACK of it was seen.
    syn_at: float | None = None
    trip: float | None = None
    #: Whether it has said last that it has no room for data.
    is_full: bool = False
    #: When it last sent data.
    data_at: float | None = None
    #: Bytes of data that it has sent, those sent again not counted.
    sent: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that came after, or was, the first FIN or RST.

    `kind` is `fin`, `abort` (a RST with ACK), `answer` (a RST without), `data` (new), `ack` (of the
    other's FIN). `acked` is what the end had acknowledged then, this segment included.
    """

    at: float
    end: int
    kind: str
    acked: int | None
    #: What the other end had acknowledged by then.
    peer_acked: int | None
    seq: int


@dataclass(slots=True)
class Group:
    """Connections of one server that it reset at the same time, before it had sent any data."""

    last_at: float = 0.0
    count: int = 1


@dataclass(slots=True)
class Connection:
    """Both ends by number: 0 is the one that sent first."""

    key: Key
    ends: tuple[End, End] = field(default_factory=lambda: (End(), End()))
    last_at: float = 0.0
    events: list[Event] = field(default_factory=list)
    #: Whether the end of each number has sent anything.
    heard: list[bool] = field(default_factory=lambda: [False, False])
    group: Group = field(default_factory=Group)

    @property
    def has_ended(self) -> bool:
        """Whether a FIN or a RST was seen."""
        return bool(self.events)

    @property
    def refused_by(self) -> int | None:
        """The end that answered the other's SYN with a RST: it has no socket for it."""
        way = self.events[0].end if self.events else 0
        this, peer = self.ends[way], self.ends[1 - way]
        is_rst = bool(self.events) and self.events[0].kind in {"abort", "answer"}
        # The other end has acknowledged nothing, so no SYN of this one has come to it either.
        never = this.first is None and peer.first is not None and peer.acked is None
        return way if is_rst and never else None

    def add(self, at: float, way: int, segment: Segment) -> None:
        """Take one segment, sent by the end of this number."""
        sender, other = self.ends[way], self.ends[1 - way]
        flags, size, seq = segment.flags, segment.size, segment.seq
        self.last_at = at
        self.heard[way] = True
        if flags & SYN and sender.first is None:
            sender.first = seq
            sender.is_server = bool(flags & ACK)
            sender.syn_at = at
        end = (seq + size + bool(flags & SYN) + bool(flags & FIN)) & _MASK
        if flags & RST:
            is_abort = bool(flags & ACK)
            if is_abort and (sender.acked is None or after(segment.ack, sender.acked)):
                sender.acked = segment.ack
            self._note(at, way, "abort" if is_abort else "answer", seq)
            return
        sender.is_full = not segment.window
        if flags & ACK and other.syn_at is not None and other.trip is None:
            other.trip = at - other.syn_at
        if flags & ACK and (sender.acked is None or after(segment.ack, sender.acked)):
            sender.acked = segment.ack
            if (
                other.fin is not None
                and not other.is_fin_acked
                and not after(other.fin, segment.ack)
            ):
                other.is_fin_acked = True
                self._note(at, way, "ack", seq)
        known, data_end = sender.next, (end - bool(flags & FIN)) & _MASK
        if size and (known is None or after(data_end, known)):
            sender.sent += size if known is None else min(size, (data_end - known) & _MASK)
            sender.data_at = at
            if self.events:
                self._note(at, way, "data", seq)
        if known is None or after(end, known):
            sender.next = end
        if flags & FIN and sender.fin is None:
            sender.fin = end
            self._note(at, way, "fin", seq)

    def _note(self, at: float, way: int, kind: str, seq: int) -> None:
        known = self.events[-1:]
        # A capture of all interfaces has a segment as often as it was on one.
        if known and (known[0].end, known[0].kind, known[0].seq) == (way, kind, seq):
            return
        if len(self.events) < MOST_EVENTS:
            self.events.append(
                Event(
                    at=at,
                    end=way,
                    kind=kind,
                    acked=self.ends[way].acked,
                    peer_acked=self.ends[1 - way].acked,
                    seq=seq,
                )
            )


@dataclass(slots=True)
class Table:
    """Connections by their addresses; `let_go` counts those that had to go before they ended."""

    most: int = MOST
    let_go: int = 0
    _groups: dict[tuple[bytes, int], Group] = field(default_factory=dict)

    def connections(self, segments: Iterable[tuple[float, Segment]]) -> Iterator[Connection]:
        """Every connection, when nothing more is to come of it."""
        open_: dict[Key, Connection] = {}
        for at, segment in segments:
            source, target, source_port, target_port = segment[:4]
            key = (source, source_port, target, target_port)
            way = 0
            found = open_.get(key)
            if found is None:
                back = (target, target_port, source, source_port)
                found = open_.get(back)
                if found is not None:
                    key, way = back, 1
            if (
                found is not None
                and segment.flags & (SYN | ACK) == SYN
                and self._is_next(found, way, segment)
            ):
                # The same addresses again: another connection.
                del open_[key]
                yield found
                key, way, found = (source, source_port, target, target_port), 0, None
            if found is None:
                if len(open_) >= self.most:
                    yield from self._make_room(open_)
                found = open_[key] = Connection(key=key)
            is_first = not found.events
            found.add(at, way, segment)
            if is_first and segment.flags & (RST | ACK) == RST | ACK and not found.ends[way].sent:
                self._join(found, (segment.source, segment.source_port), at)
        yield from open_.values()

    def _join(self, found: Connection, server: tuple[bytes, int], at: float) -> None:
        """A reset of this server: of the same close as the last one, or the first of another."""
        group = self._groups.get(server)
        if group is None or at - group.last_at > TOGETHER_S:
            if len(self._groups) >= self.most:
                self._groups.clear()
            group = self._groups[server] = Group(count=0)
        group.count += 1
        group.last_at = at
        found.group = group

    @staticmethod
    def _is_next(found: Connection, way: int, segment: Segment) -> bool:
        """Whether a SYN begins another connection, and is not the same one sent again."""
        first = found.ends[way].first
        return first != segment.seq and (found.has_ended or first is not None)

    def _make_room(self, open_: dict[Key, Connection]) -> Iterator[Connection]:
        """Lets a tenth go, those that were quiet the longest."""
        quiet = sorted(open_.values(), key=lambda one: (not one.has_ended, one.last_at))
        for one in quiet[: max(1, self.most // 10)]:
            del open_[one.key]
            self.let_go += not one.has_ended
            yield one
