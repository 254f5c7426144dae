# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Closes of a connection in a capture: how each end went, and what that says of its path.

What the wire shows for certain excludes paths. What it only makes likely (how soon an answer came,
who spoke last) puts those that fit into an order: a *guess* is an observation, and the guesses of a
close stand likeliest first.

Source: net/ipv4/tcp_ipv4.c, tcp_v4_send_reset: a RST that answers a segment with an ACK has no ACK
itself; net/ipv4/tcp_output.c, tcp_send_active_reset: one that is sent by itself has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from app.lab.capture.connections import Connection, Event, after

How = Literal["fin", "reset", "answer", "none"]
#: What comes this soon after a FIN may have met close() itself, in seconds, where an answer to the
#: SYN came as soon: over loopback it does.
SOON_S: Final = 0.0001
#: Within this time a program that was asleep goes on, on a busy machine too.
AT_ONCE_S: Final = 0.01
_ACTIVE: Final = frozenset({"abort"})
_CHILD: Final = frozenset({"child"})
_ANSWER_DATA: Final = frozenset({"answers-data"})
_ANSWER_ACK: Final = frozenset({"answers-ack"})
_ANSWERS: Final = _ANSWER_DATA | _ANSWER_ACK


@dataclass(frozen=True, slots=True)
class Guess:
    """What a path would have to show: answers to the core's questions, and how its RSTs came."""

    answers: tuple[tuple[str, frozenset[str]], ...]
    #: None where there need not be any.
    resets: frozenset[str] | None = None
    #: Whether a FIN may have waited behind unsent data, and never have left.
    may_wait: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """How one end went. `end` is its number."""

    end: int
    how: How
    #: When its FIN or RST was sent, in seconds; None for `none`.
    at: float | None
    #: By likelihood; within one class they are what the wire cannot tell apart at all.
    guesses: tuple[tuple[Guess, ...], ...]
    #: The questions that the wire has answered for certain.
    answered: frozenset[str]
    #: Sequence numbers of this end that the other did not acknowledge, the FIN included.
    unacked: int
    #: Bytes that this end had received; None where the beginning was not captured.
    received: int | None


def closes_of(connection: Connection) -> tuple[Close, ...]:
    """Of each end that went, the one that ended the connection first.

    None where the file has no end of it, or where the connection was refused: nothing was closed.
    """
    found: list[Close] = []
    if not connection.has_ended or connection.refused_by is not None:
        return ()
    for end in (0, 1):
        close = _Reading(connection, end).close()
        if close is not None:
            found.append(close)
    # Who resets by itself ends it; else who was the first to send a FIN, or a RST.
    order = {"reset": 0, "answer": 1, "fin": 1, "none": 2}
    return tuple(sorted(found, key=lambda one: (order[one.how], one.at or 0.0)))


Answers = dict[str, str | frozenset[str]]


class _Reading:
    """One end of a connection, read."""

    def __init__(self, connection: Connection, end: int) -> None:
        self.connection, self.end = connection, end
        #: How many connections of this server were reset at the same time.
        self.siblings = connection.group.count
        self.this, self.peer = connection.ends[end], connection.ends[1 - end]
        events = connection.events
        self.fin = next((e for e in events if e.end == end and e.kind == "fin"), None)
        self.rst = next((e for e in events if e.end == end and e.kind in {"abort", "answer"}), None)
        self.peers = [event for event in events if event.end != end]
        self.has_no_data = self.peer.first is not None and not self.peer.sent
        trip = self.this.trip
        self.soon = SOON_S if trip is None or trip <= SOON_S else 0.0
        self.during = self._during()
        rst = self.rst
        #: Data is held back by what is still under way, or by a peer without room for it.
        self.may_wait = self.fin is None and (
            rst is None
            or rst.peer_acked is None
            or after(rst.seq, rst.peer_acked)
            or self.peer.is_full
        )

    def _guess(
        self, resets: frozenset[str] | None = None, /, **answers: str | frozenset[str]
    ) -> Guess:
        answers.setdefault("during", self.during)
        return Guess(
            tuple(
                (key, frozenset({answer}) if isinstance(answer, str) else answer)
                for key, answer in answers.items()
            ),
            resets,
            self.may_wait,
        )

    def _during(self) -> frozenset[str]:
        """What of the peer may have come while close() was at work: nothing that was not sent."""
        came = {event.kind for event in self.peers}
        own = self.fin or self.rst
        found = {"none"}
        if came & {"abort", "answer"}:
            found.add("rst")
        if own is None:
            return frozenset({*found, "ack", "fin", "both", "data"})
        if self.this.is_fin_acked or self._is_young(own):
            found.add("ack")
        if not self._came(own):
            if "fin" in came:
                found |= {"fin", "both"} if "ack" in found else {"fin"}
            if "data" in came or (self.peer.data_at or 0.0) >= own.at - AT_ONCE_S:
                found.add("data")
        return frozenset(found)

    def close(self) -> Close | None:
        how, guesses = self._guesses()
        if not guesses:
            return None
        first = self.fin or self.rst
        peer, this = self.peer, self.this
        unacked = 0
        if this.next is not None and peer.acked is not None and after(this.next, peer.acked):
            unacked = (this.next - peer.acked) & 0xFFFFFFFF
        received = None
        if peer.first is not None and this.acked is not None:
            fin = peer.fin is not None and not after(peer.fin, this.acked)
            received = max((this.acked - peer.first - 1 - fin) & 0xFFFFFFFF, 0)
        return Close(
            end=self.end,
            how=how,
            at=first.at if first is not None else None,
            guesses=tuple(map(tuple, guesses)),
            # Of the state the wire leaves open only what shutdown() has done.
            answered=frozenset({"sent", "before", "peer", "during"}),
            unacked=unacked,
            received=received if received is None or received < 1 << 31 else None,
        )

    def _guesses(self) -> tuple[How, list[list[Guess]]]:
        if self.fin is not None and (self.rst is None or self.rst.at >= self.fin.at):
            if self.rst is None:
                return "fin", self._fins()
            if self.rst.kind == "answer":
                return "answer", self._answers(self.fin, self.rst)
            return "reset", self._late_resets(self.fin, self.rst)
        if self.rst is not None:
            if self.rst.kind == "abort":
                return "reset", self._resets(self.rst)
            return "answer", self._silent(self.rst)
        if any(event.kind in {"abort", "answer"} for event in self.peers):
            # It was over before this end closed it, or this end had nothing more to say.
            return "none", [[self._guess(before="CLOSE")], *self._silent(None)]
        return "none", []

    # What is known of the state

    def _came(self, event: Event) -> bool:
        """Whether this end had received the peer's FIN by then."""
        fin = self.peer.fin
        return fin is not None and event.acked is not None and not after(fin, event.acked)

    def _open(self, event: Event) -> list[Answers]:
        """The states from which an event of this end may come, likelier ones first."""
        if self._came(event):
            return [{"before": "CLOSE_WAIT"}]
        usual: list[Answers] = [{"before": "ESTABLISHED"}, {"before": "SYN_RECV"}]
        if self._is_young(event):
            # A program has the socket before the handshake has ended by Fast Open alone.
            return [{"before": "SYN_RECV", "fastopen": "yes"}, *usual[::-1]]
        return usual[: 1 if self.this.first is not None or event.peer_acked is not None else 2]

    def _is_young(self, event: Event) -> bool:
        """Whether this end is a server whose SYN was not acknowledged by then."""
        first, acked = self.this.first, event.peer_acked
        return (
            self.this.is_server and first is not None and (acked is None or not after(acked, first))
        )

    def _half(self, fin: Event, until: Event | None = None) -> frozenset[str]:
        """The states in which a later close() finds a socket whose FIN was sent by shutdown()."""
        if self._came(fin):
            return frozenset({"LAST_ACK", "CLOSE"})
        states = {"FIN_WAIT1", "CLOSE"}
        for event in self.peers:
            if event.at < fin.at or (until is not None and event.at > until.at):
                continue
            if event.kind == "ack":
                states.add("FIN_WAIT2")
            if event.kind == "fin":
                states.add("CLOSING")
        return frozenset(states)

    def _soon(self, fin: Event) -> str:
        """What of the peer may have met close() itself."""
        came = {event.kind for event in self.peers if fin.at <= event.at <= fin.at + self.soon} | (
            {"fin"} if self._crossed(fin) else set()
        )
        if came & {"abort", "answer"}:
            return "rst"
        if "data" in came:
            return "data"
        return "both" if {"ack", "fin"} <= came else next(iter(sorted(came)), "none")

    def _crossed(self, fin: Event) -> bool:
        """Whether the peer's FIN was on its way when this end sent its own."""
        return any(e.kind == "fin" and fin.at - SOON_S <= e.at <= fin.at for e in self.peers) and (
            not self._came(fin)
        )

    # How it went: classes of guesses that the wire does not tell apart, likelier ones first

    def _later(self, fin: Event) -> str:
        """What of the peer may have ended a close() that lingers."""
        came = [event.kind for event in self.peers if event.at > fin.at + self.soon]
        if "ack" in came[:2] and "fin" in came[:2]:
            return "both" if came[0] == "fin" else "ack"
        return {"abort": "rst", "answer": "rst"}.get(came[0], came[0]) if came else "none"

    def _fins(self) -> list[list[Guess]]:
        """A FIN, and nothing else of this end."""
        fin = self.fin
        assert fin is not None
        likely, *others = self._open(fin)
        alike = [
            self._guess(sent="fin", **likely, during=self._soon(fin), netns="alive"),
            self._guess(sent="fin", **likely, during=self._later(fin), linger="seconds"),
            self._guess(sent="none", before=self._half(fin)),
        ]
        return [alike, [self._guess(sent="fin", **states) for states in (likely, *others)]]

    def _answers(self, fin: Event, rst: Event) -> list[list[Guess]]:
        """A FIN, and later the answer to what the peer sent on."""
        cause = [event for event in self.peers if event.at <= rst.at][-1:]
        is_data = any(event.kind == "data" for event in cause)
        resets = _ANSWER_DATA if is_data else _ANSWERS
        inside = [self._guess(resets, sent="fin-rst", **states) for states in self._open(fin)]
        half = self._guess(resets, sent="rst", before=self._half(fin, rst))
        alike, others = self._fins()
        if cause and cause[0].at <= fin.at + self.soon:
            return [[*inside[:1], half], alike, [*inside[1:], *others]]
        sleeping = [
            self._guess(resets, sent="fin-rst", **states, blocked="yes")
            for states in self._open(fin)[:1]
        ]
        return [[*alike, *sleeping], [*inside, half, *others]]

    def _late_resets(self, fin: Event, rst: Event) -> list[list[Guess]]:
        """A FIN, and then a RST by itself."""
        acked = next((e for e in self.peers if e.kind == "ack" and e.at <= rst.at), None)
        inside = [self._guess(_ACTIVE, sent="fin-rst", **states) for states in self._open(fin)]
        half = self._half(fin, rst) - {"CLOSE"} - ({"FIN_WAIT1"} if acked is not None else set())
        negative = self._guess(_ACTIVE, sent="rst", before=half, counter="TCPAbortOnLinger")
        unlike = [guess for part in self._aborts({"before": half}) for guess in part]
        # Not to be told apart: a close() that slept until the ACK, and one after a shutdown().
        alike = [negative, *inside] if acked is not None else inside
        if rst.at - (acked or fin).at <= AT_ONCE_S:
            alike = [*inside, *alike]
        # An orphan that is too many is reset by its timer.
        return [alike, unlike, *self._fins()]

    def _aborts(self, states: Answers) -> list[list[Guess]]:
        """A RST by itself, from these states."""
        unread = self._guess(_ACTIVE, sent="rst", counter="TCPAbortOnClose", unread="yes", **states)
        linger = self._guess(_ACTIVE, sent="rst", counter="TCPAbortOnData", **states)
        known: Answers = {"unread": "no"} if self.has_no_data else {}
        rest = [self._guess(_ACTIVE, sent="rst", **states, **known)]
        if self.has_no_data:
            return [[linger], rest]
        if self.this.data_at is None or (self.peer.data_at or 0.0) > self.this.data_at:
            return [[unread, linger], rest]
        return [[linger, unread], rest]

    def _resets(self, rst: Event) -> list[list[Guess]]:
        """A RST by itself, and no FIN."""
        child = [
            self._guess(_CHILD, before="LISTEN", sent="several" if self.siblings > 1 else "rst")
        ]
        is_child = self.this.is_server and not self.this.sent
        held_back = {"LAST_ACK", "CLOSING"} if self._came(rst) else {"FIN_WAIT1"}
        found = [part for states in self._open(rst) for part in self._aborts(states)]
        if self.may_wait:
            found += self._aborts({"before": frozenset(held_back)})
        if is_child and self.siblings > 1:
            return [child, *found]
        return [*found, child] if is_child or self.this.first is None else found

    def _silent(self, rst: Event | None) -> list[list[Guess]]:
        """Neither a FIN nor a RST by itself: at most the answer of an end that had gone."""
        fin, acked = self.peer.fin, self.this.acked
        came = fin is not None and acked is not None and not after(fin, acked)
        states = frozenset({"CLOSE_WAIT"} if came else {"ESTABLISHED", "SYN_RECV"})
        found = [[self._guess(sent="none", before=states, repair="yes")]]
        if rst is not None:
            found.append([self._guess(_ANSWERS, sent="rst", before=states)])
        return [*found, [self._guess(sent="none", before=states)]]
