# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Families of recipes, and which of them a scenario belongs to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from app.kernel.model import Trace
from app.kernel.scenario import Scenario
from app.lab import plan as acts
from app.lab.known import is_sent_again
from app.lab.left_out import LeftOut
from app.lab.plan import Act, Plan
from app.lab.recipes.closing import (
    LONGEST_S,
    SENDS_FIN,
    SHORTEST_MS,
    options,
    received,
    route,
    sleep_of,
    sleeps,
    sysctls,
    written,
)

#: How a machine comes to its limits, last before close(). Two orphans: the kernel's count may be
#: that of the moment before. A processor keeps a megabyte of TCP's memory to itself uncounted.
_MEETS: Final[Mapping[str, tuple[Act, ...]]] = {
    "orphans": (acts.Orphan(), acts.Orphan(), acts.Limit("tcp_max_orphans", "0")),
    "memory": (acts.Hold(4_000_000), acts.Limit("tcp_mem", "0 0 0")),
}
#: net.ipv4.tcp_fastopen: client (1), server (2), and a server that wants no cookie (0x200).
_ALLOW: Final = 0x203
#: What an ordinary peer answers to a FIN.
_ANSWERS: Final = frozenset({("ack",), ("ack", "data"), ("rst",)})


def _listener(scenario: Scenario) -> Plan | LeftOut:
    """A listener, and as many clients as wait in the accept queue, that nobody accepts."""
    clients = (acts.Handshake(number) for number in range(scenario["accept_queue"]))
    return Plan(
        scenario=scenario,
        recipe="listener",
        peer="hand",
        acts=(acts.Listen(), *clients, *options(scenario)),
    )


def _opening(scenario: Scenario) -> Plan | LeftOut:
    """A connect() that is not answered (SYN_SENT), or by a SYN that crosses ours (SYN_RECV)."""
    if scenario["pending"]:
        return LeftOut("pending-before-connection")
    if scenario["recv"]:
        return LeftOut("unread-before-connection")
    if scenario["backlog"]:
        return LeftOut("backlog-and-more")
    done: list[Act] = [acts.Connect()]
    if scenario["state"] == "SYN_RECV":
        done.append(acts.CrossingSyn())
    return Plan(scenario=scenario, recipe="opening", peer="hand", acts=(*done, *options(scenario)))


def _fast_open(scenario: Scenario) -> Plan | LeftOut:
    """TCP Fast Open (RFC 7413): a SYN with data, accepted at once, and never the last ACK.

    The program reads the data unless it is unread.
    """
    if scenario["backlog"]:
        return LeftOut("backlog-and-more")
    unread = sum(segment.bytes for segment in scenario["recv"])
    done: list[Act] = [
        acts.Listen(fastopen=True),
        acts.FastOpen(unread or 1, window=0 if scenario["pending"] else 65535),
        acts.Accept(),
    ]
    if not unread or scenario["copied"]:
        done.append(acts.Read(scenario["copied"] or 1))
    done.extend(written(scenario))
    if scenario["state"] == "FIN_WAIT1":
        done.append(acts.Shutdown())
    done.extend(options(scenario))
    return Plan(
        scenario=scenario,
        recipe="fast-open",
        peer="hand",
        acts=tuple(done),
        sysctls={"tcp_fastopen": _ALLOW},
    )


def _connected(scenario: Scenario) -> Plan:
    """A connection after its handshake; its state stays, since the peer answers when told."""
    # Where no window is offered nothing that is written can be sent.
    window = 0 if scenario["pending"] else 65535
    done: list[Act] = [acts.Listen(), acts.Handshake(window=window), acts.Accept()]
    done.extend(written(scenario))
    queued = received(scenario)
    # The peer's FIN as the program knows it: read() has returned 0.
    finished = queued or [acts.PeerSends(0, fin=True), acts.Read(0)]
    match scenario["state"]:
        case "CLOSE_WAIT":
            done.extend(finished)
        case "FIN_WAIT1":
            done.extend([acts.Shutdown(), *queued])
        case "FIN_WAIT2":
            done.extend([acts.Shutdown(), acts.PeerAcknowledges(), *queued])
        case "CLOSING":
            done.extend([acts.Shutdown(), *finished])
        case "LAST_ACK":
            done.extend([*finished, acts.Shutdown()])
        case "CLOSE":
            done.extend([*queued, acts.PeerResets()])
        case _:
            done.extend(queued)
    done.extend(options(scenario))
    return Plan(scenario=scenario, recipe="connected", peer="hand", acts=tuple(done))


def _inside(scenario: Scenario) -> Plan | LeftOut:
    """Segments that arrive inside of close(), on the backlog of the socket that it owns.

    The FIN goes over loopback and is taken in the same breath. Either the peer is an ordinary one,
    whose TCP answers at once; or its host takes a millisecond for our FIN, for which close() waits
    with the socket locked, and the peer by hand, on another processor, sends what it will.

    The ordinary one sends an ACK at once (`quickack`), data that its Nagle held back until our FIN,
    or the RST of a machine that knows of no such connection. All else is sent by hand.
    """
    events = scenario["backlog"]
    if scenario["state"] not in SENDS_FIN:
        return LeftOut("backlog-nothing-sent")
    if scenario["pending"] or (scenario["linger"] and not scenario["exiting"]):
        return LeftOut("backlog-and-more")
    after_fin = "data" in events and scenario["state"] == "CLOSE_WAIT"
    if events not in _ANSWERS or after_fin or is_sent_again(scenario):
        if scenario["exiting"]:
            return LeftOut("backlog-and-more")
        by_hand = _connected(scenario)
        return replace(by_hand, recipe="inside-close", inside=events)
    at_once = [acts.RouteMetric("quickack", 1)] if events == ("ack",) else []
    done: list[Act] = [*at_once, acts.Listen(), acts.Handshake(), acts.Accept()]
    if scenario["state"] == "CLOSE_WAIT":
        done.extend(received(scenario) or [acts.PeerSends(0, fin=True), acts.Read(0)])
    done.extend(options(scenario))
    match events:
        case ("rst",):
            done.append(acts.PeerVanishes())
        case ("ack", "data"):
            # Answers wait for our FIN: what is read is not acknowledged before.
            done += [
                acts.SetOption("TCP_QUICKACK", 0),
                acts.PeerSends(1),
                acts.Read(1),
                acts.PeerHoldsBack(1),
            ]
    return Plan(scenario=scenario, recipe="inside-close", peer="neighbour", acts=tuple(done))


Recipe = Callable[[Scenario], Plan | LeftOut]

RECIPES: Final[tuple[tuple[str, Callable[[Scenario], bool], Recipe], ...]] = (
    ("listener", lambda s: s["state"] == "LISTEN", _listener),
    ("fast-open", lambda s: bool(s["fastopen"]), _fast_open),
    ("opening", lambda s: s["state"] in {"SYN_SENT", "SYN_RECV"}, _opening),
    ("inside-close", lambda s: bool(s["backlog"]), _inside),
    ("connected", lambda s: True, _connected),
)
"""The families, and which scenarios are theirs; the first that fits is taken."""


def plan_of(trace: Trace, scenario: Scenario, *, has_machine: bool) -> Plan | LeftOut:
    """The plan of a scenario that nothing refuses, reduced to what the trace read."""
    recipe = next(make for _, belongs, make in RECIPES if belongs(scenario))
    plan = recipe(scenario)
    if isinstance(plan, LeftOut):
        return plan
    if plan.inside and has_machine:
        return LeftOut("one-processor")
    slept = sleep_of(trace)
    if slept is not None and slept > LONGEST_S:
        return LeftOut("too-long", {"seconds": slept, "limit": LONGEST_S})
    timer_ms = trace.outcome.keepalive_ms
    if timer_ms is not None and timer_ms < SHORTEST_MS:
        return LeftOut("timer-short", {"ms": timer_ms})
    does_sleep = sleeps(trace)
    limits = (act for key, some in _MEETS.items() if scenario[key] for act in some)
    return replace(
        plan,
        acts=(*route(scenario), *plan.acts, *limits),
        ending="kill" if scenario["exiting"] else "close",
        during=scenario["wait"] if does_sleep else (),
        sleeps_s=(slept or 0) if does_sleep else None,
        sysctls={**plan.sysctls, **sysctls(scenario)},
        opens_window=bool(scenario["pending"]) and scenario["state"] in SENDS_FIN,
    )
