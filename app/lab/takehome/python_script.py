# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A plan as a Python script: the standard library alone, ordinary sockets on loopback.

The peer is made deaf with a socket filter where it is to stay silent, so that nothing in a script
needs a raw socket. The script enters a network namespace of its own, where it may, and counts
there.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from string import Template
from typing import Final

from app.lab import plan as acts
from app.lab.known import differences
from app.lab.plan import Plan
from app.lab.prediction import Prediction
from app.lab.takehome import phrases
from app.paths import TEMPLATES
from app.walkthrough.segment_words import segment_list

#: The line of a script below which stands what every script has.
REST: Final = "# ---- The rest: a network namespace, the counters, a peer that answers nothing ----"

#: What every script has, with blanks for its title, scenario, expectation and scene.
_SCRIPT: Final = TEMPLATES / "lab" / "script.txt"
#: What a route is told: RTNETLINK's numbers of metrics, and their values.
_METRICS: Final = {
    "quickack": "[(15, 1)]  # RTAX_QUICKACK",
    "rto_min": "[(1, 1 << 13), (13, {value})]  # RTAX_LOCK, RTAX_RTO_MIN",
}


def python_script(plan: Plan, predicted: Prediction, title: str) -> str:
    """The script's text, which runs as it is. Its comments are in English, like code."""
    scenario = plan.scenario.query() or "the default state"
    lines = [*_surroundings(plan), *_lines(plan), *_close(plan)]
    return Template(_SCRIPT.read_text(encoding="utf-8")).substitute(
        title=title,
        scenario=scenario,
        expected="\n".join([_expected(predicted), *_newer(plan)]),
        scene=textwrap.indent("\n".join(lines), "    "),
        rest=REST,
    )


def _expected(predicted: Prediction) -> str:
    sent = segment_list(predicted.segments).replace("×", "x")
    parts = ["The model expects: " + (sent or "no FIN and no RST")]
    parts.extend(f"{name} +{count}" for name, count in predicted.counters.items())
    parts.append(f"then {predicted.left}" if predicted.left else "then nothing is left")
    return textwrap.fill("; ".join(parts) + ".", 98)


def _newer(plan: Plan) -> Iterator[str]:
    for known in differences(plan.scenario):
        yield textwrap.fill(f"Known of {known.versions} and later: {known.reason}", 98)


def _surroundings(plan: Plan) -> Iterator[str]:
    said = phrases("python")
    if plan.sysctls:
        yield from said("sysctl of a namespace")
    for name, value in plan.sysctls.items():
        # Bit 2 (value 4): our client sends data in its SYN without a cookie.
        yield from said("sysctl", name=name, value=value | 4 * (name == "tcp_fastopen"))


def _lines(plan: Plan) -> Iterator[str]:
    said = phrases("python")
    is_deaf = plan.peer == "hand"
    is_crossed = any(isinstance(act, acts.CrossingSyn) for act in plan.acts)
    has_peers = sum(isinstance(act, acts.Handshake) for act in plan.acts) > 1
    for act, following in zip(plan.acts, [*plan.acts[1:], None], strict=True):
        name, values = type(act).__name__, asdict(act)
        match act:
            case acts.Listen(fastopen=True):
                yield from (*said("Listen"), *said("Listen with Fast Open"))
            case acts.Handshake():
                if act.number == 0:
                    yield from said("deaf peer connects" if is_deaf else "peer connects")
                    yield from ["peers = []"] * has_peers
                yield from said("Handshake")
                yield from ["deafen(peer)"] * is_deaf + ["peers.append(peer)"] * has_peers
            case acts.Connect():
                yield from said("connect to a SYN" if is_crossed else "connect to silence")
                yield from said("Connect")
            case acts.Read(bytes=0):
                yield from said("Read of a FIN")
            case acts.Shutdown():
                if isinstance(following, acts.PeerAcknowledges):
                    yield from said("hears our FIN")
                yield from said("Shutdown")
            case acts.SetOption():
                yield from said(act.name, value=act.value)
            case acts.PeerSends():
                yield from (*_sends(act), "time.sleep(0.02)")
            case acts.PeerResets():
                yield from (*said(name), "time.sleep(0.02)")
            case acts.RouteMetric():
                yield from said(f"{name} {act.name}", **values)
                yield from said(name, metrics=_METRICS[act.name].format(value=act.value))
            case acts.Orphan() | acts.Hold() | acts.Limit():
                pass  # only where the whole machine is the lab's
            case _:
                yield from said(name, **values)
    yield f'wait_for("{plan.scenario["state"]}", one)'


def _sends(act: acts.PeerSends) -> Iterator[str]:
    said = phrases("python")
    if act.again:
        yield from said("sends again")
        return
    what = [f"{act.bytes} byte{'s' if act.bytes > 1 else ''}"] if act.bytes else []
    yield from said("sends", what=" and ".join([*what, *["a FIN"] * act.fin]))
    if act.bytes:
        yield from said("sends data", bytes=act.bytes, more=", socket.MSG_MORE" * act.fin)
    if act.fin:
        yield from said("sends a FIN")


def _close(plan: Plan) -> Iterator[str]:
    said = phrases("python")
    meanwhile = plan.during or plan.inside
    if meanwhile:
        yield from said("goes on inside" if plan.inside else "goes on asleep")
    sent = {
        "ack": said("acknowledges"),
        "fin": [*_sends(acts.PeerSends(0, True))],
        "data": [*_sends(acts.PeerSends(1))],
        "rst": said("PeerResets"),
    }
    for event in meanwhile:
        yield from ["    time.sleep(0.3)"] * bool(plan.during)
        yield from (f"    {line}" for line in sent[event])
    yield from said("beside it" if meanwhile else "alone")
    yield from said(plan.ending)
    if meanwhile:
        yield "other.join()"
