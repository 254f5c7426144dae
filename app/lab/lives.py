# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Lives on a real kernel: what the model says that becomes of a socket, and what does become of it.

Compared are the segments on our wire and the states of our end, in order and each with its time;
what was counted; and, where it is not read from the evidence, what the tracepoint tells of states
and what sock_diag tells of timers, with the number that `ss` prints. The other end is a peer by
hand that has a TCP's habits: what it sends is compared as well, its states are not seen.

A time is compared with the one before it. It may be off by 5 % and a tick of the kernel's timer
wheel, whose ticks are the longer the further off a timer is.
Source of the wheel: kernel/time/timer.c, calc_wheel_index.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.kernel.life.conditions import Conditions
from app.kernel.life.records import Life, Snapshot
from app.kernel.model import Trace
from app.lab.conduct import LATE_S, RATE_LIMIT_S
from app.lab.left_out import LeftOut
from app.lab.plan import Act, Conduct, Limit, Orphan, Plan, RouteMetric, SetOption, Sysctl, Write
from app.lab.prediction import COUNTERS
from app.lab.recipes import plan_for
from app.lab.stage import Observation
from app.lab.verdict import Check, Verdict

#: What a life counts, beside what close() does.
LIFE_COUNTERS: Final = (
    *COUNTERS,
    *("TCPTimeouts", "TCPLossProbes", "TCPWinProbe", "TCPKeepAlive", "RetransSegs"),
    *("TW", "TWKilled", "TCPTimeWaitOverflow"),
)
#: Inputs that close() need not read for what comes after it to depend on them.
AFTERWARDS: Final = frozenset({"linger2", "fin_timeout", "tw_timeout", "rto", "pending"})
#: A life is followed for so much longer than it should last.
_SPARE_S: Final = 30
_SPARE_PART: Final = 0.15
#: No life is followed for longer.
LONGEST_S: Final = 900
#: On this machine nothing is skipped.
LONGEST_HERE_S: Final = 75

#: include/net/tcp.h, TCP_RTO_MIN.
_RTO_MIN_MS: Final = 200
_TICK_MS: Final = 4.0
_PART: Final = 0.05
#: A peer by hand is a program: what it does may come so much later.
_BY_HAND_MS: Final = 1000 * LATE_S
#: The model's words, which are those of `ss`, and sock_diag's.
_TIMERS: Final = {
    "on": "retransmit",
    "persist": "probe",
    "keepalive": "keepalive",
    "timewait": "timewait",
    None: "none",
}
_CONDUCTS: Final[Mapping[str, tuple[str, str]]] = {
    "closes": ("all", "fin"),
    "never-closes": ("all", ""),
    "sends": ("all", "data"),
    "resets": ("all", "rst"),
    "silent": ("none", ""),
    "shut-window": ("probes", ""),
    "shut-window-gone": ("none", ""),
    "reboots": ("none", "back"),
}
_LIMITS: Final[Mapping[str, tuple[tuple[Act, ...], tuple[Act, ...]]]] = {
    "none": ((), ()),
    "orphans": ((Orphan(), Orphan()), (Limit("tcp_max_orphans", "0"),)),
    "buckets": ((), (Sysctl("tcp_max_tw_buckets", 0),)),
}
"""What is done before close(), and what after it."""


def plan_life(trace: Trace, life: Life, *, has_machine: bool) -> Plan | LeftOut:
    """How to bring a real socket into a life, or why that is not done."""
    chosen = life.conditions
    plan = plan_for(trace, has_machine=has_machine, also=AFTERWARDS)
    if isinstance(plan, LeftOut):
        return plan
    if plan.peer != "hand":
        return LeftOut("life-neighbour")
    if chosen["netns_ends"]:
        return LeftOut("netns")
    if chosen["limit"] not in _LIMITS:
        return LeftOut("life-limit")
    if chosen["limit"] == "orphans" and not has_machine:
        return LeftOut("orphans")
    if life.ends_us is None:
        return LeftOut("life-endless")
    ends_s = max(life.ends_us, life.events[-1].at_us if life.events else 0) / 1e6
    longest = LONGEST_S if has_machine else LONGEST_HERE_S
    if ends_s > longest:
        return LeftOut("life-long", {"seconds": round(ends_s), "limit": longest})
    rto = chosen.rto_ms(life.scenario["rto"])
    rto_min = rto - chosen["rtt"]
    if rto_min < 2 * chosen["rtt"]:
        return LeftOut("life-rtt", {"rtt": chosen["rtt"], "rto": rto_of(chosen["rtt"])})
    if is_close_call(life):
        return LeftOut("life-close-call")
    before, later = _LIMITS[chosen["limit"]]
    answers, then = _CONDUCTS[chosen["peer"]]
    if answers == "probes" and not life.scenario["pending"]:
        answers = "all"
    acts = tuple(
        # The model's data is a byte; only much of it counts when memory is short.
        Write(1) if isinstance(act, Write) and not life.scenario["memory"] else act
        for act in plan.acts
        if not isinstance(act, RouteMetric) or act.name != "rto_min"
    )
    if rto != rto_of(chosen["rtt"]):
        acts = (RouteMetric("rto_min", rto_min), *acts)
    return replace(
        plan,
        acts=(*before, *acts, *_options(chosen)),
        later=later,
        sysctls={**plan.sysctls, **_sysctls(chosen)},
        conduct=Conduct(
            answers=answers,
            then=then,
            after_ms=chosen["after"],
            # Of a socket that went without a word no FIN will come; a RST ends the waiting, too.
            waits=life.this.holds != "nothing" or "RST" in trace.outcome.segments,
            rtt_ms=chosen["rtt"],
            sack=bool(chosen["sack"]),
            keepalive_ms=1000 * chosen["keepalive"] if answers != "none" and then != "rst" else 0,
        ),
        follow_s=round(ends_s * (1 + _SPARE_PART)) + _SPARE_S,
    )


def rto_of(rtt_ms: int) -> int:
    """The retransmission timeout, in ms, after one measurement of a round trip.

    Source: net/ipv4/tcp_input.c, tcp_rtt_estimator, tcp_set_rto.
    """
    return rtt_ms + max(2 * rtt_ms, _RTO_MIN_MS)


def _options(chosen: Conditions) -> Iterator[Act]:
    if chosen["user_timeout"]:
        yield SetOption("TCP_USER_TIMEOUT", chosen["user_timeout"])
    if chosen["keepalive"]:
        yield SetOption("TCP_KEEPIDLE", chosen["keepalive"])
        yield SetOption("SO_KEEPALIVE", 1)


def _sysctls(chosen: Conditions) -> dict[str, int]:
    names = {"orphan_retries": "tcp_orphan_retries", "rto_max": "tcp_rto_max_ms"}
    return {names[key]: chosen[key] for key in chosen.changed() if key in names}


# What is compared


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A segment (`> FIN ACK`, `< ACK 1`: the bytes, if any) or a state (`TIME_WAIT mini`).

    `armed_ms` is how long the timer was set that brought it about, 0 where none did; `then` what
    the model has at our end from then on.
    """

    at_ms: float
    what: str
    is_state: bool = False
    armed_ms: float = 0.0
    then: Snapshot | None = None


def foretold(life: Life) -> list[Happening]:
    """What the model has on our wire, and the states of our end, from the return of close() on.

    Its first event has what close() itself, or something before it, has sent.
    """
    found: list[Happening] = []
    told = _state(life.this)
    armed: dict[str, float] = {}
    for event in life.events:
        if event.end != "this":
            continue
        at_ms, then = event.at_us / 1000, event.this
        fired = [at_ms - armed.get(c.name, at_ms) for c in event.timers if c.what == "fired"]
        armed.update({c.name: at_ms for c in event.timers if c.what == "armed"})
        if event is life.events[0]:
            continue
        of_wire = [("<", event.received)] if event.received is not None else []
        of_wire += [(">", sent) for sent in event.sent]
        whats = [(_segment(way, one.flags, one.bytes), False) for way, one in of_wire]
        if (now := _state(then)) != told:
            told = now
            whats.append((now, True))
        for what, is_state in whats:
            length = 0.0 if what.startswith("<") else max(fired, default=0.0)
            found.append(
                Happening(at_ms=at_ms, what=what, is_state=is_state, armed_ms=length, then=then)
            )
    return found


def _state(end: Snapshot) -> str:
    if end.holds == "nothing" or end.state is None:
        return "nothing"
    return f"{end.state} mini" if end.holds == "mini" else end.state


def _segment(way: str, flags: str, size: int) -> str:
    # Whether a segment is to be pushed says nothing of a life.
    words = [word for word in ("FIN", "RST", "ACK") if word in flags.split()]
    return " ".join([way, *words, *([str(size)] if size else [])])


def happened(life: Life, observed: Observation) -> list[Happening]:
    """The same of a kernel."""
    returned = _returned(observed)
    found: list[Happening] = []
    told = _state(life.this)
    changed = looked = returned
    for at, kind, text in observed.life or ():
        if kind == "state":
            changed = at
        elif kind == "segment" and at > returned:
            found.append(Happening(at_ms=(at - returned) / 1000, what=_of_wire(text)))
        elif kind == "left":
            state, _, timer = text.partition(" ")
            now = f"{state} mini" if timer == "timewait" else state
            if now != told:
                # The kernel says when a socket of full size changed; a smaller one is only seen.
                when = changed if changed > looked else at
                told = now
                found.append(Happening(at_ms=(when - returned) / 1000, what=now, is_state=True))
            looked = at
    return found


def _of_wire(text: str) -> str:
    """A segment of an observation, `> FP. 1:301(300) ack 1`, as `foretold` has it."""
    way, letters, place = text.split()[:3]
    words = {"F": "FIN", "R": "RST", ".": "ACK"}
    flags = " ".join(words[letter] for letter in letters if letter in words)
    return _segment(way, flags, int(place.partition("(")[2].rstrip(")")))


def judge_life(
    trace: Trace,
    life: Life,
    got: Sequence[Happening],
    counted: Mapping[str, int],
    observed: Observation | None = None,
    *,
    late_ms: int = 0,
) -> Verdict:
    """The verdict on one life, of what was seen and counted from the call of close() on.

    Times may be off by `late_ms` too, by which the machine was late meanwhile.
    """
    want = foretold(life)
    checks = [
        _in_order(
            what, *([one for one in some if one.is_state == is_state] for some in (want, got))
        )
        for what, is_state in (("segments", False), ("states", True))
    ]
    if all(check.agrees for check in checks):
        pools = {kind: iter([one for one in got if one.is_state == kind]) for kind in (False, True)}
        pairs = [(one, next(pools[one.is_state])) for one in want]
        checks.append(_times(pairs, late_ms))
        if observed is not None:
            checks += [_transitions(life, observed), _timers(life, pairs, observed, late_ms)]
    total = Counter(trace.outcome.counters)
    for event in life.events:
        if event.end == "this":
            total.update(event.counters)
    predicted, found = compared(total), compared(counted)
    agrees = predicted == found
    checks.append(Check(what="counters", predicted=predicted, observed=found, agrees=agrees))
    agrees = all(check.agrees is not False for check in checks)
    return Verdict(word="agree" if agrees else "disagree", checks=tuple(checks))


def _transitions(life: Life, observed: Observation) -> Check:
    """The states that the tracepoint tells, without those to which a socket stays."""
    wanted = tuple(state for event in life.events for state in event.states if event.end == "this")
    returned = _returned(observed)
    found = None
    is_known = not any(kind == "lost" for _, kind, _ in observed.life or ())
    if observed.transitions is not None and is_known:
        pairs = [
            text.split(" > ")
            for at, kind, text in observed.life or ()
            if kind == "state" and at > returned
        ]
        found = tuple(new for old, new in pairs if old != new)
    return Check(
        what="transitions",
        predicted=wanted,
        observed=found,
        agrees=None if found is None else wanted == found,
    )


def _timers(
    life: Life,
    pairs: Sequence[tuple[Happening, Happening]],
    observed: Observation,
    late_ms: int,
) -> Check:
    """Each timer that sock_diag told, and the one that the model has at that time; in seconds."""
    returned = _returned(observed)
    wanted: list[str] = []
    found: list[str] = []
    agrees = True
    for at, kind, text in observed.life or ():
        if kind != "timer" or not life.events:
            continue
        name, left_ms, retries = text.split()
        at_ms = (at - returned) / 1000
        now, since = life.events[0].this, (0.0, 0.0)
        for predicted, seen in pairs:
            if seen.at_ms <= at_ms and predicted.then is not None:
                now, since = predicted.then, (predicted.at_ms, seen.at_ms)
        runs_out = at_ms + int(left_ms)
        due = (now.due_us or 0) / 1000
        found.append(f"{name} {runs_out / 1000:.3f} {retries}")
        wanted.append(f"{_TIMERS[now.timer]} {due / 1000:.3f} {now.retransmits}")
        agrees = (
            agrees
            and _TIMERS[now.timer] == name
            and now.retransmits == int(retries)
            and (
                _is_about(due - since[0], runs_out - since[1], late_ms)
                or _is_about(due, runs_out, late_ms)
            )
        )
    return Check(what="timers", predicted=tuple(wanted), observed=tuple(found), agrees=agrees)


def _is_about(wanted_ms: float, found_ms: float, late_ms: int) -> bool:
    """What a timer is set to; by hand, for one that was set before close()."""
    allowed = _BY_HAND_MS + _PART * wanted_ms + _blur_ms(wanted_ms, late_ms)
    return abs(found_ms - wanted_ms) <= allowed


def _blur_ms(wanted_ms: float, late_ms: int) -> float:
    """What a time may be off by on a machine that was late: by that, and by the timeout's part.

    A round trip that took longer makes every timeout longer that comes of it; of one that took
    much longer no life is made (app/lab/stage.py).
    """
    return late_ms + min(late_ms, _BY_HAND_MS / 2) / _RTO_MIN_MS * wanted_ms


def _returned(observed: Observation) -> int:
    """When close() returned, in microseconds since it was called."""
    return next((at for at, kind, _ in observed.moments or () if kind == "returned"), 0)


def compared(counters: Mapping[str, int]) -> dict[str, int]:
    """Those of some counters that a life is judged by, as far as they were counted."""
    return {name: counters[name] for name in LIFE_COUNTERS if counters.get(name)}


def _in_order(what: str, want: Sequence[Happening], got: Sequence[Happening]) -> Check:
    return Check(
        what=what,
        predicted=_told(want),
        observed=_told(got),
        agrees=[one.what for one in want] == [one.what for one in got],
    )


def _told(happenings: Sequence[Happening]) -> str:
    """All of them in a line; one that follows its like is counted."""
    parts: list[tuple[str, int]] = []
    for one in happenings:
        if parts and parts[-1][0] == one.what:
            parts[-1] = one.what, parts[-1][1] + 1
        else:
            parts.append((one.what, 1))
    return ", ".join(what if count == 1 else f"{what} ×{count}" for what, count in parts)


def _times(pairs: Sequence[tuple[Happening, Happening]], late_ms: int) -> Check:
    """Each as long after the one before as it should be; in seconds from the return of close()."""
    agrees = True
    before = seen_before = 0.0
    for predicted, observed in pairs:
        span = predicted.at_ms - before
        # A timer that is set for a point of time makes good what others before it were late.
        agrees = agrees and (
            _fits(span, observed.at_ms - seen_before, predicted, late_ms)
            or _fits(predicted.at_ms, observed.at_ms, predicted, late_ms)
        )
        before, seen_before = predicted.at_ms, observed.at_ms
    return Check(
        what="times",
        predicted=tuple(f"{one.at_ms / 1000:.3f}" for one, _ in pairs),
        observed=tuple(f"{one.at_ms / 1000:.3f}" for _, one in pairs),
        agrees=agrees,
    )


def _fits(wanted_ms: float, found_ms: float, happening: Happening, late_ms: int) -> bool:
    allowed = _TICK_MS + _PART * wanted_ms + _blur_ms(wanted_ms, late_ms)
    slack = _BY_HAND_MS if happening.what.startswith("<") else 0.0
    late = found_ms - wanted_ms
    return -allowed <= late <= allowed + slack + wheel_ms(max(wanted_ms, happening.armed_ms))


def is_close_call(life: Life) -> bool:
    """Whether what comes to pass hangs on how late a timer is.

    Of the peer's act and a timer of ours at the same time, chance says which is first; so it does
    whether a probe of ours comes to the peer before it answers again.
    """
    told = [one for one in foretold(life) if one.armed_ms]
    chosen = life.conditions
    acts = chosen["after"] + chosen["rtt"] / 2
    is_tie = chosen["after"] and any(
        one.at_ms <= acts <= one.at_ms + wheel_ms(one.armed_ms) for one in told
    )
    probes = [one.at_ms for one in told if one.what == "> ACK"]
    spans = [later - earlier for earlier, later in itertools.pairwise(probes)]
    limit = 1000 * RATE_LIMIT_S
    return is_tie or any(d < limit <= d * (1 + _PART) + _TICK_MS + wheel_ms(d) for d in spans)


def wheel_ms(length_ms: float) -> float:
    """The tick of the timer wheel for a timer of some length; a level's is eight times the last."""
    tick = _TICK_MS
    while length_ms >= 63 * tick:
        tick *= 8
    return tick
