# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A stage: one plan, carried out from the first socket to the last look."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, Final

from app.errors import LabError
from app.lab import plan as acts
from app.lab.bystanders import hold, leave_orphan, meet
from app.lab.conduct import LATE_S, Conducted
from app.lab.namespace import OURS, PEERS, set_metrics, set_sysctls
from app.lab.observe.counters import change, read_counters
from app.lab.observe.segments import Capture, ends, notation
from app.lab.observe.sockets import SocketSeen, list_sockets
from app.lab.observe.tracepoints import Tracepoints
from app.lab.plan import Plan
from app.lab.program import Program
from app.lab.raw_peer import PATIENCE_S, RawPeer, SlowHost
from app.lab.segments import FIN, RST, SACK_PERMITTED, Wire
from app.lab.socket_peer import SocketPeer

#: After close(): what is on its way on this machine arrives within microseconds.
SETTLE_S: Final = 0.03
#: A close() that has not returned after this, and is not meant to sleep so long, sleeps on.
NOTICE_S: Final = 1.0
#: What is left of a socket is looked at when its timer has run out and, since the kernel's wheel
#: of timers may turn it later (by an eighth at most), as often again as this part of its time.
_LOOK_PART: Final = 0.01
_LOOK_S: Final = (0.004, 0.25)
#: A look takes no longer than this.
_CLEAR_S: Final = 0.01
#: What is sent in this part of the time that our FIN takes is there before the FIN is.
_WELL_BEFORE: Final = 0.8
_LOOPBACK: Final = "127.0.0.1"

#: Microseconds since close() was called, a kind, a text.
Moment = tuple[int, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What the kernel did when the socket was closed. None where it could not be seen.

    `segments` are FIN and RST of our side, in order; `counters` what was counted; `left` is the
    state of the socket that is still there, None where there is none; its `timer` in sock_diag's
    words with `timer_ms` as it was at close(); `transitions` are pairs of states,
    `reset_reasons` the kernel's own names; `errno` is close()'s error, None without one;
    `wire` is every segment of both sides, from the handshake on, as packetdrill writes them;
    `sleep` is how close() slept for SO_LINGER: `none`, `woken`, or `whole-time`; `moments` are in
    the order in which they were (microseconds since close() was called, `segment`, `state` or
    `returned`, the segment or the two states). `life` is, where the plan follows it, what came from
    close() on until nothing was left: `segment`; `state`, the two states, or `lost` where the
    kernel could not tell them all; `left` with state and timer (or `nothing`); `timer`, whenever
    one was armed, with its kind, what was left of it (ms) and the count that `ss` prints. `counted`
    is what was counted until then.
    """

    segments: tuple[str, ...] | None
    counters: Mapping[str, int]
    left: str | None
    timer: str | None
    timer_ms: int | None
    transitions: tuple[tuple[str, str], ...] | None
    reset_reasons: tuple[str, ...] | None
    errno: str | None
    sleep: str
    wire: tuple[str, ...] | None = None
    moments: tuple[Moment, ...] | None = None
    life: tuple[Moment, ...] | None = None
    counted: Mapping[str, int] | None = None


class Stage:
    """Performs a plan. `is_own` says whether the network namespace belongs to the lab alone.

    `limits` are the open files of those that the plan meets.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        is_own: bool,
        tracepoints: Tracepoints | None,
        limits: Mapping[str, IO[str]],
    ) -> None:
        self._plan = plan
        self._limits = limits
        self._metrics: dict[str, int] = {}
        #: Held until the end, or they would be closed.
        self._bystanders: list[socket.socket] = []
        self._tracepoints = tracepoints
        self._by_hand = is_own and plan.peer == "hand"
        self._capture = Capture() if is_own else None
        ours = OURS if is_own else _LOOPBACK
        # Ports differ between stages that run at once: tracepoints know no namespaces.
        self._peer_port = 20000 + os.getpid() % 20000
        port = 40000 + os.getpid() % 20000 if is_own else 0
        self._address = ours
        peer = (PEERS if self._by_hand else ours, self._peer_port)
        self._program = Program(ours, port, peer)
        self._port = port
        self._peers: list[RawPeer | SocketPeer] = []
        self._slow: SlowHost | None = None
        #: By how much the round trip, and with it the timeout after it, was longer than planned.
        self.late_ms = 0

    def perform(self, say: Callable[[str], None] = lambda word: None) -> Observation:
        """Bring the socket there, close it, look. Raises LabError.

        `say` hears `arrived` when the socket is in its state, and `closed` when it was closed.
        """
        try:
            for act in self._plan.acts:
                self._do(act)
            self._check_arrival()
            say("arrived")
            return self._close(say)
        finally:
            self._program.kill()

    # Getting there

    def _do(self, act: acts.Act) -> None:
        match act:
            case acts.Handshake():
                peer = self._new_peer(act.number)
                peer.handshake(act.window)
            case acts.FastOpen():
                self._hand(0).fast_open(act.bytes, act.window)
            case acts.CrossingSyn():
                peer = self._peers[0]
                assert isinstance(peer, RawPeer)
                peer.crossing_syn()
            case acts.PeerSends(again=True):
                peer = self._peer
                assert isinstance(peer, RawPeer)
                peer.send(act.bytes, fin=act.fin, again=True)
            case acts.PeerSends():
                self._peer.send(act.bytes, fin=act.fin)
            case acts.PeerAcknowledges():
                self._peer.acknowledge_fin()
            case acts.PeerResets():
                self._peer.reset()
            case acts.PeerVanishes():
                peer = self._peer
                assert isinstance(peer, SocketPeer)
                peer.vanish()
            case acts.PeerHoldsBack():
                peer = self._peer
                assert isinstance(peer, SocketPeer)
                peer.hold_back(act.bytes)
            case acts.RouteMetric():
                self._metrics[act.name] = act.value
                for address in (self._address, PEERS) if self._by_hand else (self._address,):
                    set_metrics(address, self._metrics)
            case acts.Orphan():
                self._bystanders += leave_orphan(self._address)
            case acts.Hold():
                self._bystanders += hold(self._address, act)
            case acts.Limit():
                meet(self._limits, act)
            case acts.Sysctl():
                set_sysctls({act.name: act.value})
            case acts.Connect():
                self._await_connection()
                self._program.do(act)
                self._learn_port()
            case _:
                self._program.do(act)
                if isinstance(act, acts.Listen):
                    self._learn_port()
        if isinstance(act, acts.PeerSends | acts.PeerResets):
            self._settle()

    @property
    def _peer(self) -> RawPeer | SocketPeer:
        return self._peers[0]

    def _new_peer(self, number: int) -> RawPeer | SocketPeer:
        if self._by_hand:
            return self._hand(number)
        deaf = self._plan.peer == "hand"
        neighbour = SocketPeer(self._address, self._port, can_be_deaf=deaf)
        self._peers.append(neighbour)
        return neighbour

    def _hand(self, number: int) -> RawPeer:
        if not self._by_hand or self._capture is None:
            raise LabError("privilege", "a peer by hand takes a network namespace of the lab's own")
        hand = RawPeer(self._capture, self._peer_port + number, self._port)
        if self._plan.conduct is not None:
            hand.rtt_s = self._plan.conduct.rtt_ms / 1000
            if self._plan.conduct.sack:
                hand.options += SACK_PERMITTED
        self._peers.append(hand)
        return hand

    def _await_connection(self) -> None:
        """A peer at the address that the program is about to connect to; it stays silent."""
        if self._by_hand:
            self._hand(0)
        else:
            neighbour = SocketPeer(self._address, 0, can_be_deaf=True)
            neighbour.stay_silent(self._peer_port)
            self._peers.append(neighbour)

    def _learn_port(self) -> None:
        self._port = int(self._program.look()["port"])

    def _settle(self, time_s: float = 0.002) -> None:
        time.sleep(time_s)
        if self._capture is not None:
            self._capture.pump()

    def _check_arrival(self) -> None:
        """The socket is where the scenario wants it; else the recipe, not the kernel, is wrong."""
        scenario = self._plan.scenario
        wanted: dict[str, Any] = {"state": scenario["state"]}
        if scenario["state"] not in {"LISTEN", "SYN_SENT", "SYN_RECV"}:
            # The kernel does not say, before the handshake is over.
            queued = sum(segment.bytes for segment in scenario["recv"])
            wanted["unread"] = queued - scenario["copied"]
        deadline = time.monotonic() + 1
        while True:
            seen = self._program.look()
            found = {key: seen.get(key) for key in wanted}
            unsent = scenario["pending"] and "unread" in wanted
            if found == wanted and (not unsent or seen.get("unsent")):
                self._check_round_trip(int(seen["rto_ms"]))
                return
            if time.monotonic() > deadline:
                is_put_off = wanted["state"] == "FIN_WAIT1" and found["state"] == "SYN_RECV"
                code = "put-off" if is_put_off else "arrival"
                raise LabError(code, f"the socket is in {found}, not in {wanted}")
            time.sleep(0.005)

    def _check_round_trip(self, rto_ms: int) -> None:
        """A peer with a conduct was as far away as that says, and not further for a busy machine.

        Raises LabError.
        """
        rto = self._plan.scenario["rto"]
        if self._plan.conduct is not None and self._plan.recipe == "connected":
            self.late_ms = rto_ms - rto
            if self.late_ms > LATE_S * 1000 / 2 and self.late_ms > rto * 0.05:
                raise LabError("peer-late", f"{self.late_ms} ms")

    # The close, and what it did

    def _close(self, say: Callable[[str], None]) -> Observation:
        plan = self._plan
        if plan.inside:
            _part(self._program.pid)
            self._slow = SlowHost()
        self._settle()
        ended_before = len(self._ends())
        seen_before = 0 if self._capture is None else len(self._capture.seen)
        if self._tracepoints is not None:
            self._tracepoints.start(self._port, is_listener=plan.scenario["state"] == "LISTEN")
        own_before = self._neighbours_counts()
        before = read_counters()
        started, closed, errno, sleep = self._end()
        for act in plan.later:
            self._do(act)
        say("closed")
        if plan.conduct is None:
            self._settle(SETTLE_S)
        after = read_counters()
        left = self._what_is_left()
        looked = time.monotonic()
        transitions, reasons = (
            self._tracepoints.take() if self._tracepoints is not None else (None, None)
        )
        times_ns = self._tracepoints.times_ns if self._tracepoints is not None else ()
        if plan.opens_window and left is not None and plan.conduct is None:
            # What was sent to a socket that is gone would be answered by a RST.
            for peer in self._peers:
                if isinstance(peer, RawPeer):
                    peer.open_window()
        life = self._follow(started, closed, seen_before) if plan.follow_s else None
        segments = None
        if self._capture is not None:
            segments = tuple(self._ends()[ended_before:])
        moments = self._moments(started, closed, seen_before)
        if moments is not None:
            moments = sorted([*moments, *_states(started, transitions, times_ns)])
        if life is not None:
            life = sorted([*life, *_states(started, transitions, times_ns)])
        counted = Counter(change(before, after))
        for peer in self._peers:
            if isinstance(peer, SocketPeer):
                peer.note_reset()
        counted.subtract(self._neighbours_counts())
        counted.update(own_before)
        return Observation(
            segments=segments,
            counters={name: count for name, count in sorted(counted.items()) if count},
            left=left.state if left else None,
            timer=left.timer if left else None,
            timer_ms=_at(left, looked - closed),
            transitions=transitions,
            reset_reasons=reasons,
            errno=errno,
            sleep=sleep,
            wire=self._wire(),
            moments=None if moments is None else tuple(moments),
            life=None if life is None else tuple(life),
            counted=None if life is None else change(before, read_counters()),
        )

    def _follow(self, started: float, closed: float, seen_before: int) -> list[Moment]:
        """The rest of the socket's life, while the peer does what its conduct says."""
        plan, capture = self._plan, self._capture
        peers: list[Conducted] = []
        heard = 0
        if capture is not None and plan.conduct is not None:
            # What is on its way when close() returns: our FIN, or the RST that close() has sent.
            capture.pump()
            heard = len(capture.seen)
            resets = [wire for wire in capture.seen[seen_before:] if wire.flags & RST]
            for hand in self._peers:
                if isinstance(hand, RawPeer):
                    peers.append(Conducted(hand, plan.conduct, closed))
                    known = [] if resets and not plan.inside else hand.unanswered()
                    for wire in (*known, *resets):
                        peers[-1].hear(wire, closed)
        found: list[Moment] = []
        told = ""
        runs_out: float | None = None
        look_s = _LOOK_S[1]
        while (now := time.monotonic()) < started + plan.follow_s:
            if capture is not None:
                capture.pump()
                for wire, when in zip(capture.seen[heard:], self._when(heard), strict=True):
                    for peer in peers:
                        peer.hear(wire, when)
                heard = len(capture.seen)
            for peer in peers:
                peer.go_on(now)
            before = time.monotonic()
            left = self._what_is_left()
            now = time.monotonic()
            microseconds = round((now - started) * 1e6)
            if self._tracepoints is not None:
                # Now, since its memory fills with what others on this machine do.
                states = self._tracepoints.take()[0]
                found += _states(started, states, self._tracepoints.times_ns)
                if states is None:
                    found.append((microseconds, "lost", ""))
            what = "nothing" if left is None else f"{left.state} {left.timer}"
            if what != told:
                found.append((microseconds, "left", what))
                told, runs_out = what, None
            due = [peer.next for peer in peers if peer.next is not None]
            if left is None:
                if not due:
                    break
            elif left.expires_ms:
                expires = now + left.expires_ms / 1000
                is_new = runs_out is None or abs(expires - runs_out) > _LOOK_S[0] * 2
                # Of what was told to a process that had to wait, nobody knows when it was.
                if is_new and now - before < _CLEAR_S:
                    text = f"{left.timer} {left.expires_ms} {left.retries}"
                    found.append((microseconds, "timer", text))
                    look_s = min(max(left.expires_ms * _LOOK_PART / 1000, _LOOK_S[0]), _LOOK_S[1])
                    runs_out = expires
                due.append(max(expires, now) + _LOOK_S[0])
            else:
                due.append(now + look_s)
            wait_s = min(max(min(due) - now, 0), started + plan.follow_s - now)
            if wait_s > 1:
                # select() may be late by a part of its time (fs/select.c, __estimate_accuracy).
                wait_s *= 0.99
            if capture is None:
                time.sleep(min(wait_s, _LOOK_S[1]))
            elif capture.pump(wait_s):
                # Let what was sent come to the end of its way.
                time.sleep(0.001)
        self._settle(SETTLE_S)
        return sorted([*found, *self._sent(started, seen_before)])

    def _wire(self) -> tuple[str, ...] | None:
        """Every segment once, in order."""
        if self._capture is None:
            return None
        return tuple(dict.fromkeys(notation(self._capture.seen, self._port)))

    def _moments(self, started: float, closed: float, seen_before: int) -> list[Moment] | None:
        """The segments since `started`, and when close() returned; by the monotonic clock.

        Raises LabError where an answer that belongs inside of close() came too late.
        """
        if self._capture is None:
            return None
        found = self._sent(started, seen_before)
        returned = round((closed - started) * 1e6)
        if self._plan.scenario["backlog"]:
            wanted = len(self._plan.inside) or 1
            answers = [at for at, _, text in found if text.startswith("<")][:wanted]
            until = returned
            if self._slow is not None:
                gone_out = min((at for at, _, text in found if text.startswith("> F")), default=0)
                until = min(until, gone_out + round(self._slow.way_s * _WELL_BEFORE * 1e6))
            if len(answers) < wanted or answers[-1] > until:
                raise LabError("late", "the peer's answer came after close() had let go")
        return [*found, (returned, "returned", "")]

    def _sent(self, started: float, seen_before: int) -> list[Moment]:
        """The segments that came later than so many, by the monotonic clock."""
        if self._capture is None:
            return []
        wires = self._capture.seen
        texts = notation(wires, self._port)[seen_before:]
        return [
            (round((when - started) * 1e6), "segment", text)
            for wire, when, text in zip(
                wires[seen_before:], self._when(seen_before), texts, strict=True
            )
            # Not what bystanders send.
            if self._port in (wire.source_port, wire.target_port)
        ]

    def _when(self, seen_before: int) -> list[float]:
        """When the segments that came later than so many were sent, by the monotonic clock."""
        if self._capture is None:
            return []
        # Packets have the time of the system's clock. Of several looks at both clocks, the one
        # with the least between them is the best.
        ahead = max(time.time_ns() - time.monotonic_ns() for _ in range(5))
        return [(when - ahead) / 1e9 for when in self._capture.times_ns[seen_before:]]

    def _end(self) -> tuple[float, float, str | None, str]:
        """Close the socket: from when to when that took, its error, and how it slept."""
        plan = self._plan
        if plan.ending == "kill":
            started = time.monotonic()
            self._program.kill()
            return started, time.monotonic(), None, "none"
        with _hurry(plan.inside):
            started = self._program.start_closing()
            if plan.inside and self._capture is not None:
                self._capture.wait_for(self._is_our_fin, PATIENCE_S)
                for event in plan.inside:
                    self._send(event)
        slept = self._program.sleeps_in_close(NOTICE_S)
        if slept:
            self._go_on(plan.during)
        returned = self._program.wait_closed((plan.sleeps_s or 0) + NOTICE_S)
        if returned is None:
            # It would sleep on: SIGKILL ends the sleep, and close() goes on.
            self._program.kill()
            return started, time.monotonic(), None, "whole-time"
        closed, errno = returned
        if not slept:
            return started, closed, errno, "none"
        whole = plan.sleeps_s and closed - started >= plan.sleeps_s * 0.95
        return started, closed, errno, "whole-time" if whole else "woken"

    def _ends(self) -> list[str]:
        """The FINs and RSTs of our side since the beginning."""
        if self._capture is None:
            return []
        self._capture.pump()
        return ends(wire for wire in self._capture.seen if wire.source_port == self._port)

    def _neighbours_counts(self) -> Counter[str]:
        """What ordinary peers have counted for themselves up to now."""
        return sum(
            (peer.own for peer in self._peers if isinstance(peer, SocketPeer)), Counter[str]()
        )

    def _go_on(self, events: tuple[str, ...]) -> None:
        """What the peer sends while close() sleeps; it stops where close() has returned."""
        for event in events:
            if not self._program.sleeps_in_close(NOTICE_S):
                return
            self._send(event)
            self._settle(0.01)

    def _send(self, event: str) -> None:
        match event:
            case "ack":
                self._peer.acknowledge_fin()
            case "fin":
                self._peer.send(0, fin=True)
            case "data":
                self._peer.send(1, fin=False)
            case "rst":
                self._peer.reset()

    def _is_our_fin(self, wire: Wire) -> bool:
        return wire.source_port == self._port and bool(wire.flags & FIN)

    def _what_is_left(self) -> SocketSeen | None:
        """The program's socket, if the kernel still has it; not its listener, not the peer."""
        for seen in list_sockets(self._port):
            if seen.port == self._port and (seen.state != "LISTEN" or not self._peers):
                return seen
        return None


def _part(program: int) -> None:
    """Give the program one processor, and the peer, which is this process, another.

    Raises LabError.
    """
    first, *others = sorted(os.sched_getaffinity(0))
    if not others:
        raise LabError("one-processor", "there is one processor only")
    os.sched_setaffinity(program, {first})
    os.sched_setaffinity(0, {others[0]})


@contextlib.contextmanager
def _hurry(needs_to: object) -> Iterator[None]:
    """Before whatever else runs on this processor, where that is allowed."""
    if needs_to:
        with contextlib.suppress(PermissionError):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    yield
    if needs_to:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def _states(
    started: float, transitions: tuple[tuple[str, str], ...] | None, times_ns: tuple[int, ...]
) -> list[Moment]:
    """The changes of state that tracepoints told, as moments."""
    return [
        (round(when / 1e3 - started * 1e6), "state", f"{old} > {new}")
        for when, (old, new) in zip(times_ns, transitions or (), strict=True)
    ]


def _at(left: SocketSeen | None, ago_s: float) -> int | None:
    """What was left of the timer `ago_s` seconds before it was looked at, in ms."""
    if left is None or not left.expires_ms:
        return None
    return left.expires_ms + round(ago_s * 1000)
