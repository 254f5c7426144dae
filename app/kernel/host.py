# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The world of one call: the socket, its locks and references, the host's counters and limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app.kernel.features import Features
from app.kernel.scenario import Scenario
from app.kernel.socket import Door, ReceiveQueue, SkBuff, Sock
from app.machine.environment import Environment
from app.machine.program import Program
from app.machine.trace import Recorder, shown
from app.machine.values import Record, RuleBroken


@dataclass(frozen=True)
class Kernel(Environment):
    """What surrounds a text: the functions that it may call, and how the model of them behaves."""

    features: Features = field(default_factory=Features)
    #: The functions of the same file that are executed when they are called.
    neighbours: Mapping[str, Program] = field(default_factory=dict)
    #: What the reasons of resets are called, by the number that the text's names have here.
    reset_reasons: Mapping[int, str] = field(default_factory=dict)


class Locks:
    """The three things that tcp_close holds: socket ownership, the spinlock, bottom halves off.

    Each change is recorded; a change that would hang or corrupt a kernel raises RuleBroken.
    """

    __slots__ = ("_recorder", "bottom_halves_off", "is_owned", "is_spinlocked")

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.is_owned = False
        self.is_spinlocked = False
        self.bottom_halves_off = 0

    def own(self) -> None:
        """lock_sock: this task owns the socket, incoming segments go to the backlog."""
        if self.is_owned:
            raise RuleBroken("lock_sock on a socket that this task owns: it would sleep for ever")
        self.is_owned = True
        self._recorder.effect("lock", "socket", "free", "owned")

    def disown(self) -> None:
        """release_sock."""
        if not self.is_owned:
            raise RuleBroken("release_sock on a socket that nobody owns")
        self.is_owned = False
        self._recorder.effect("lock", "socket", "owned", "free")

    def spin(self) -> None:
        """Take sk_lock.slock."""
        if self.is_spinlocked:
            raise RuleBroken("the socket's spinlock is taken twice: the CPU would spin for ever")
        self.is_spinlocked = True
        self._recorder.effect("lock", "spinlock", "free", "held")

    def unspin(self) -> None:
        """Drop sk_lock.slock."""
        if not self.is_spinlocked:
            raise RuleBroken("the socket's spinlock is dropped but not held")
        self.is_spinlocked = False
        self._recorder.effect("lock", "spinlock", "held", "free")

    def disable_bottom_halves(self) -> None:
        """No softirq, and so no incoming segment, on this CPU."""
        self._recorder.effect(
            "lock", "bottom-halves", self.bottom_halves_off, self.bottom_halves_off + 1
        )
        self.bottom_halves_off += 1

    def enable_bottom_halves(self) -> None:
        """The opposite; calls nest."""
        if not self.bottom_halves_off:
            raise RuleBroken("bottom halves are enabled but were not disabled")
        self._recorder.effect(
            "lock", "bottom-halves", self.bottom_halves_off, self.bottom_halves_off - 1
        )
        self.bottom_halves_off -= 1

    @property
    def are_free(self) -> bool:
        """Whether nothing is held any more."""
        return not (self.is_owned or self.is_spinlocked or self.bottom_halves_off)


class World:
    """Everything that a modelled function can look at or change.

    `counters` and `gauges` hold changes since the call began; `timers` the time left in ms;
    `segments` what this end sent (FIN and RST only, in order); `references` is sk_refcnt, which
    is 1 while the socket lives; `orphans` the change of the host's orphan count; `timewait` the
    sub-state of the mini-socket that took over, or None; `reasons` are those that the text gave
    for its resets.
    """

    def __init__(self, scenario: Scenario, recorder: Recorder, kernel: Kernel) -> None:
        self.recorder = recorder
        self.kernel = kernel
        self.door = Door(scenario, recorder)
        self.sk = Sock(self.door, kernel)
        self.locks = Locks(recorder)
        self.counters: Counter[str] = Counter()
        self.gauges: Counter[str] = Counter()
        self.timers: dict[str, int] = {}
        self.segments: list[Literal["FIN", "RST"]] = []
        self.reasons: list[str] = []
        self.references = 1
        self.orphans = 0
        self.is_destroyed = False
        self.is_backlog_done = False
        self.timewait: Literal["FIN_WAIT2", "TIME_WAIT"] | None = None

    def call(self, name: str, *arguments: Any) -> Any:
        """What a modelled function calls: this kernel's, which may be text or model."""
        return self.kernel.functions[name].body(self, *arguments)

    @property
    def timewait_ms(self) -> int:
        """How long TIME-WAIT lasts."""
        fixed = self.kernel.features.timewait_ms
        if fixed is not None:
            return fixed
        time: int = self.sk.ipv4.load("sysctl_tcp_tw_timeout")
        return time

    def only_socket(self, sk: object) -> Sock:
        """The socket of this call; anything else is no socket that the model knows."""
        if sk is not self.sk:
            raise RuleBroken("this is not the socket that is being closed")
        return self.sk

    def segment(self, skb: object, caller: str) -> SkBuff:
        """A segment that is still there; anything else would be a wild access in a kernel."""
        if not isinstance(skb, SkBuff):
            raise RuleBroken(f"{caller}: {shown(skb)} is no segment")
        if skb.is_freed:
            again = "is freed twice" if caller == "__kfree_skb" else "is freed already"
            raise RuleBroken(f"{caller}: the segment {again}")
        return skb

    def receive_queue(self, queue: object) -> ReceiveQueue:
        """The socket's receive queue, the only one that is modelled."""
        if not isinstance(queue, ReceiveQueue):
            raise RuleBroken(f"{shown(queue)} is not the socket's receive queue")
        return queue

    def only_net(self, net: object) -> Record:
        """The socket's network namespace."""
        if net is not self.sk.net:
            raise RuleBroken("this is not the network namespace of the socket")
        return self.sk.net

    # Counters

    def count(self, name: str) -> None:
        """One more of a counter, in nstat's spelling without its prefix."""
        before = self.counters[name]
        self.counters[name] = before + 1
        self.recorder.effect("counter", name, before, before + 1)

    def change_gauge(self, name: str, by: int) -> None:
        """A gauge goes up and down."""
        before = self.gauges[name]
        self.gauges[name] = before + by
        self.recorder.effect("gauge", name, before, before + by)

    def change_orphans(self, by: int) -> None:
        """The host's orphan count, relative to the start of the call."""
        self.recorder.effect("gauge", "orphans", self.orphans, self.orphans + by)
        self.orphans += by

    # References

    def hold(self) -> None:
        """sk_refcnt goes up."""
        if self.references < 1:
            raise RuleBroken("a reference is taken to a socket that is already freed")
        self.recorder.effect("reference", "sk_refcnt", self.references, self.references + 1)
        self.references += 1

    def put(self) -> None:
        """sk_refcnt goes down; the last one frees the memory."""
        if self.references < 1:
            raise RuleBroken("a reference to a freed socket is dropped")
        self.recorder.effect("reference", "sk_refcnt", self.references, self.references - 1)
        self.references -= 1
        if not self.references:
            self.recorder.effect("memory", "sock", None, "freed")

    # Segments and timers

    def send(self, name: Literal["ACK", "FIN", "RST"], cause: str) -> None:
        """A segment of this end; ACKs are shown but do not count as an outcome."""
        if name != "ACK":
            self.segments.append(name)
        self.recorder.effect("segment", name, None, "sent", cause)

    def arm(self, name: str, ms: int) -> None:
        """(Re)start a timer."""
        self.recorder.effect("timer", name, self.timers.get(name), ms)
        self.timers[name] = ms

    def clear_timers(self) -> None:
        """tcp_clear_xmit_timers: the timers of the full socket, not that of a mini-socket."""
        ms = self.timers.pop("keepalive", None)
        if ms is not None:
            self.recorder.effect("timer", "keepalive", ms, None)


def request_of(world: World) -> Record | None:
    """The Fast Open request socket, None once the handshake is over."""
    request: Record | None = world.sk.tp.load("fastopen_rsk")
    return request
