# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Tells a life in plain words, an event a line: the text of the files in golden/.

A line: seconds, the end, the rule, what came (<) and went (>), states gone through, counters; then
what there is at the ends where that has changed: state, who holds it, Recv-Q/Send-Q, timer.
"""

from urllib.parse import parse_qsl

from app.kernel.inputs import INPUTS
from app.kernel.life.conditions import Conditions
from app.kernel.life.engine import live
from app.kernel.life.records import Event, Life, Sent, Snapshot
from tests.kernel.closing import close


def life_of(query: str) -> Life:
    """The life that a query means: inputs and conditions in one."""
    pairs = parse_qsl(query)
    trace = close("&".join(f"{key}={value}" for key, value in pairs if key in INPUTS))
    return live(trace, Conditions.parse(pair for pair in pairs if pair[0] not in INPUTS))


def tell(life: Life) -> str:
    """All of a life."""
    lines = [f"note: {note}" for note in life.notes]
    lines.append(f"before: {held(life.this)} | {held(life.peer)}")
    before = life.this, life.peer
    for event in life.events:
        lines.append(line(event, before))
        before = event.this, event.peer
    if life.is_cut:
        lines.append("and so on")
    ends = (seconds(life.ends_us), seconds(life.peer_ends_us))
    lines.append(f"nothing here from {ends[0]} ({life.ended_by}), at the peer from {ends[1]}")
    return "\n".join(lines)


def line(event: Event, before: tuple[Snapshot, Snapshot]) -> str:
    """One event, in a line."""
    words = [f"{event.at_us / 1e6:9.3f}", f"{event.end:4}", event.rule]
    if event.received is not None:
        words.append(f"<{segment(event.received)}")
    words.extend(f">{segment(sent)}" for sent in event.sent)
    if event.states:
        words.append(">".join(event.states))
    words.extend(f"{name}+{by}" for name, by in event.counters.items())
    for name, old, new in (("this", before[0], event.this), ("peer", before[1], event.peer)):
        if new != old:
            words.append(f"| {name} {held(new)}")
    return "  ".join(words)


def segment(sent: Sent) -> str:
    """Flags, bytes, whether it is sent again and whether it is lost."""
    words = [sent.flags.replace(" ", "+"), str(sent.bytes) if sent.bytes else ""]
    words += ["again" if sent.is_again else "", "lost" if sent.arrives_us is None else ""]
    return ",".join(filter(None, words))


def held(one: Snapshot) -> str:
    """What there is at an end."""
    if one.holds == "nothing":
        return "nothing"
    text = f"{one.state} {one.holds} {one.recv_q}/{one.send_q}"
    if one.timer is not None and one.due_us is not None:
        text += f" {one.timer}@{one.due_us / 1e6:g},{one.retransmits}"
    return text


def seconds(time: int | None) -> str:
    """Seconds, or never."""
    return "never" if time is None else f"{time / 1e6:g}"
