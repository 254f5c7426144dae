# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The beginning of a life: what a trace has left at this end, and what that says of the other.

Left out: how long ago it was that a timer was set, or a segment sent, before the call; they count
from its return.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.kernel.life.end import MS, SECOND, End, Segment, Settings
from app.kernel.life.records import EndName, Snapshot

if TYPE_CHECKING:
    from app.kernel.life.engine import Clock
    from app.kernel.model import Trace

#: The state of the other end, by that of ours on entry; it is none where there was no connection.
_OPPOSITE: Final = {
    "ESTABLISHED": "ESTABLISHED",
    "SYN_RECV": "ESTABLISHED",
    "FIN_WAIT1": "ESTABLISHED",
    "FIN_WAIT2": "CLOSE_WAIT",
    "CLOSE_WAIT": "FIN_WAIT2",
    "LAST_ACK": "FIN_WAIT2",
    "CLOSING": "FIN_WAIT1",
}
_AFTER_ACK: Final = {
    "ESTABLISHED": "CLOSE_WAIT",
    "FIN_WAIT1": "CLOSING",
    "FIN_WAIT2": "TIME_WAIT",
}
_AFTER_FIN: Final = {"ESTABLISHED": "FIN_WAIT1", "CLOSE_WAIT": "LAST_ACK"}
_SENT_FIN: Final = frozenset({"FIN_WAIT1", "FIN_WAIT2", "CLOSING", "LAST_ACK", "TIME_WAIT"})
_HAS_OURS: Final = frozenset({"CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT"})


def begin(clock: Clock, trace: Trace) -> dict[EndName, Snapshot]:
    """Set both ends up, and tell what is on its way; gives what there is before that."""
    conditions, scenario = clock.conditions, trace.scenario
    rto = conditions.rto_ms(scenario["rto"])
    shared = {
        "rto": rto * MS,
        "rto_max": conditions["rto_max"] * MS,
        "has_sack": bool(conditions["sack"]),
        "rtt": conditions["rtt"] * MS,
        "keepalive": conditions["keepalive"] * SECOND,
    }
    time_wait = trace.features.timewait_ms
    clock.this = End(
        clock,
        "this",
        Settings(
            **shared,
            orphan_retries=conditions["orphan_retries"],
            user_timeout=conditions["user_timeout"] * MS,
            fin_timeout=scenario["fin_timeout"] * SECOND,
            time_wait=(scenario["tw_timeout"] * 1000 if time_wait is None else time_wait) * MS,
            linger2=scenario["linger2"] * SECOND,
            limit=conditions["limit"],
        ),
    )
    clock.peer = End(clock, "peer", Settings(**shared))
    clock.is_unheld = scenario["owner"] == "kernel"
    _this_end(clock.this, trace)
    if rto != scenario["rto"] and clock.this.is_full:
        clock.notes.append("rto-of-round-trip")
    _other_end(clock, trace)
    start: dict[EndName, Snapshot] = {one.name: one.snapshot() for one in (clock.this, clock.peer)}
    clock.seen = dict(start)
    _first_event(clock, trace)
    return start


def _this_end(this: End, trace: Trace) -> None:
    outcome, pending = trace.outcome, int(trace.scenario["pending"])
    entry = trace.scenario["state"]
    this.has_fin = "FIN" in outcome.segments or entry in _SENT_FIN
    this.write_seq = pending + this.has_fin
    this.is_peer_open = not pending
    this.snd_nxt = 0 if pending else this.write_seq
    this.rcv_nxt = this.rcv_wup = int(entry in ("CLOSE_WAIT", "LAST_ACK", "CLOSING"))
    match outcome.fate:
        case "timewait":
            this.holds, this.state = "mini", outcome.timewait
        case "orphan" | "kept":
            this.holds = "orphan" if outcome.fate == "orphan" else "process"
            this.is_kept = outcome.fate == "kept"
            this.state = outcome.state
    if trace.scenario["fastopen"] and this.state == "FIN_WAIT1":
        this.has_request = not any(event != "rst" for event in _events(trace))


def _events(trace: Trace) -> tuple[str, ...]:
    """The peer's segments that the function has processed, in order."""
    return tuple(
        effect.name
        for step in trace.steps
        for effect in step.effects
        if effect.kind == "event" and effect.after == "processed"
    )


def _other_end(clock: Clock, trace: Trace) -> None:
    """What the peer has sent and seen so far says its state; its behaviour, who holds it."""
    this, peer = clock.this, clock.peer
    behaviour, notes = clock.conditions["peer"], clock.notes
    pending = trace.scenario["pending"]
    state = _OPPOSITE.get(trace.scenario["state"])
    for event in _events(trace):
        if event == "rst":
            state = None
        elif state is not None:
            after = {"ack": _AFTER_ACK, "fin": _AFTER_FIN}.get(event, {})
            state = after.get(state, state)
    if trace.error is not None or state is None:
        notes.append("stopped" if trace.error is not None else "no-peer")
        return
    if behaviour.startswith("shut-window") and not pending:
        notes.append("window-without-data")
    if behaviour == "sends" and state in _SENT_FIN:
        notes.append("cannot-send")
    if clock.conditions["after"] and behaviour not in ("closes", "sends", "resets", "reboots"):
        notes.append("after-unused")
    peer.has_fin = state in _SENT_FIN
    peer.snd_nxt = peer.write_seq = int(peer.has_fin)
    this.rcv_nxt = this.rcv_wup = max(this.rcv_nxt, peer.snd_nxt)
    is_acked = state in ("FIN_WAIT2", "TIME_WAIT")
    peer.snd_una = peer.snd_nxt if is_acked else 0
    if state in _HAS_OURS:
        peer.rcv_nxt = peer.rcv_wup = this.snd_nxt
        this.snd_una = this.snd_nxt
    peer.is_open = not pending
    peer.state = state
    if state == "TIME_WAIT" or (state == "FIN_WAIT2" and behaviour == "closes" and not pending):
        peer.holds = "mini"
    else:
        is_closed = peer.has_fin and behaviour == "closes" and not pending
        peer.holds = "orphan" if is_closed else "process"
    peer.is_kept = behaviour == "never-closes" or behaviour.startswith("shut-window")


def _first_event(clock: Clock, trace: Trace) -> None:
    """What is on its way when the function returns, and the timers that look after it."""
    conditions, this, peer = clock.conditions, clock.this, clock.peer
    outcome, behaviour = trace.outcome, clock.conditions["peer"]
    after = conditions["after"] * MS
    if behaviour == "reboots" and peer.holds != "nothing":
        clock.wake(peer, "off", 0)
        clock.wake(peer, "back", after)
    rule = "nothing-left"
    is_sent = this.has_fin and not trace.scenario["pending"] and this.snd_una != this.snd_nxt
    if is_sent and peer.holds != "nothing":
        # What the peer has sent was acknowledged after it, where it is not known to have come.
        this.send_from(0, ack=peer.snd_una)
        rule = "fin-on-its-way"
        if this.is_full and this.has_request:
            this.arm("xmit", "synack", SECOND)
        elif this.is_full:
            this.look_after()
    elif this.snd_nxt != this.write_seq and this.is_full:
        this.output()
        rule = "fin-held-back"
    elif this.holds == "mini":
        rule = "mini-waits"
    elif this.is_full:
        rule = "orphan-waits" if this.holds == "orphan" else "program-holds"
    if this.rcv_nxt and peer.snd_una != peer.snd_nxt:
        this.acknowledge()
    if "RST" in outcome.segments and peer.holds != "nothing":
        this.send(Segment(seq=this.snd_nxt, ack=this.rcv_nxt, rst=True))
        rule = "reset-on-its-way"
    if this.holds == "mini":
        assert outcome.timewait_ms is not None
        this.begin_mini(outcome.timewait_ms * MS)
    elif outcome.keepalive_ms is not None and this.is_full:
        this.arm("keepalive", "keepalive", outcome.keepalive_ms * MS)
    if conditions["netns_ends"]:
        clock.wake(this, "namespace-ends", conditions["netns_ends"] * MS)
    if this.settings.keepalive and this.holds == "process":
        this.arm("keepalive", "keepalive", this.settings.keepalive)
    clock.tell(this, rule)
    if peer.holds == "nothing" or clock.off_until != 0:
        return
    if peer.holds == "mini":
        peer.begin_mini(60 * SECOND)
    elif peer.snd_una != peer.snd_nxt:
        peer.look_after()
    if peer.settings.keepalive and peer.holds == "process":
        peer.arm("keepalive", "keepalive", peer.settings.keepalive)
    if peer.timers:
        clock.tell(peer, "peer-waits")
    if trace.scenario["pending"] and behaviour != "shut-window":
        clock.wake(peer, "reads", 0)
    if behaviour == "closes" and (peer.state == "CLOSE_WAIT" or rule == "nothing-left"):
        clock.wake(peer, "closes", after)
    elif behaviour in ("sends", "resets"):
        clock.wake(peer, behaviour, after)
