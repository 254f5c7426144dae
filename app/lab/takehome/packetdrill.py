# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A plan as a packetdrill script (github.com/google/packetdrill), explained line by line.

Its packets are those that the lab's peer by hand exchanges with the kernel: the tests lay the
script beside what the lab captured. Three things cannot be said in packetdrill: an answer inside of
close(), a killed process, and several connections at once.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.lab import plan as acts
from app.lab.known import differences
from app.lab.plan import Plan
from app.lab.prediction import Prediction


def why_not(plan: Plan) -> str | None:
    """A stable code of why there is no script for a plan; None where there is one."""
    if plan.peer != "hand" or plan.inside:
        return "inside-close"
    if plan.ending == "kill":
        return "killed"
    if sum(isinstance(act, acts.Handshake) for act in plan.acts) > 1:
        return "many-connections"
    return None


def packetdrill(plan: Plan, predicted: Prediction, title: str) -> str:
    """The script's text. Raises ValueError where `why_not` has a reason."""
    reason = why_not(plan)
    if reason is not None:
        raise ValueError(reason)
    return "\n".join(_Script(plan, predicted).lines(title)) + "\n"


@dataclass(slots=True)
class _Wire:
    """Relative sequence numbers, as packetdrill counts them: the next of each side."""

    ours: int = 0
    theirs: int = 0
    acked: int = 1
    window: int = 65535


class _Script:
    def __init__(self, plan: Plan, predicted: Prediction) -> None:
        self._plan = plan
        self._predicted = predicted
        self._wire = _Wire()
        self._fd = 3
        self._unsent = 0

    def lines(self, title: str) -> Iterator[str]:
        yield f"// {title}"
        yield f"// {self._plan.scenario.query() or 'the default state'}"
        yield "// In a network namespace of its own: unshare -n packetdrill this-file.pkt"
        for known in differences(self._plan.scenario):
            said = f"Known of {known.versions} and later: {known.reason}"
            yield textwrap.indent(textwrap.fill(said, 95), "// ")
        yield ""
        for name, value in self._plan.sysctls.items():
            yield "// The namespace's setting, which the path depends on."
            yield f"`sysctl -q -w net.ipv4.{name}={value}`"
        for act in self._plan.acts:
            yield from self._act(act)
        yield ""
        yield from self._close()

    # Getting there

    def _act(self, act: acts.Act) -> Iterator[str]:
        wire = self._wire
        match act:
            case acts.RouteMetric():
                # The only one here: `quickack` is for a peer by ordinary sockets.
                yield "// The least retransmission timeout; the sysctl is there since Linux 6.11."
                yield f"`sysctl -q -w net.ipv4.tcp_rto_min_us={act.value * 1000}`"
            case acts.Listen():
                yield "// The program listens."
                yield "0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3"
                yield "+0  setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0"
                if act.fastopen:
                    yield "+0  setsockopt(3, SOL_TCP, TCP_FASTOPEN, [16], 4) = 0"
                yield "+0  bind(3, ..., ...) = 0"
                yield "+0  listen(3, 128) = 0"
            case acts.Handshake():
                wire.window = act.window
                yield "// The peer's handshake" + (
                    "; it offers no window, so nothing that is written can be sent."
                    if act.window == 0
                    else "."
                )
                yield "+0  < S 0:0(0) win 65535 <mss 1460>"
                yield "+0  > S. 0:0(0) ack 1 <mss 1460>"
                yield f"+.01 < . 1:1(0) ack 1 win {act.window}"
                wire.ours = wire.theirs = 1
            case acts.FastOpen():
                wire.window = act.window
                yield "// Fast Open: the SYN brings data; the handshake's last ACK never comes."
                yield f"+0  < S 0:{act.bytes}({act.bytes}) win {act.window} <mss 1460>"
                yield f"+0  > S. 0:0(0) ack {act.bytes + 1} <mss 1460>"
                wire.ours, wire.theirs = 1, act.bytes + 1
            case acts.Accept():
                yield "// The program takes the connection."
                yield "+0  accept(3, ..., ...) = 4"
                self._fd = 4
            case acts.Connect():
                yield "// The program connects, and does not wait."
                yield "0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3"
                yield "+0  fcntl(3, F_GETFL) = 0x2 (flags O_RDWR)"
                yield "+0  fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0"
                yield "+0  connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)"
                yield "+0  > S 0:0(0) <...>"
                wire.ours = 1
            case acts.CrossingSyn():
                yield "// The peer's own SYN crosses ours."
                yield "+.01 < S 0:0(0) win 65535 <mss 1460>"
                yield "+0  > S. 0:0(0) ack 1 <...>"
                wire.theirs = 1
            case acts.Write():
                yield "// Nothing of this goes out yet."
                yield f"+0  write({self._fd}, ..., {act.bytes}) = {act.bytes}"
                self._unsent = act.bytes
            case acts.Read():
                yield "// The program reads" + (
                    ": the peer's FIN." if act.bytes == 0 else " it all."
                )
                yield f"+0  read({self._fd}, ..., {max(act.bytes, 1)}) = {act.bytes}"
            case acts.Shutdown():
                yield "// The program's half of the connection ends."
                yield f"+0  shutdown({self._fd}, SHUT_WR) = 0"
                yield from self._our_fin()
            case acts.SetOption():
                yield from self._option(act)
            case acts.PeerSends():
                yield from self._peer_sends(act)
            case acts.PeerAcknowledges():
                yield "// The peer acknowledges our FIN."
                yield from self._ack()
            case acts.PeerResets():
                yield "// The peer resets the connection."
                yield f"+.01 < R. {wire.theirs}:{wire.theirs}(0) ack {wire.acked} win {wire.window}"

    def _option(self, act: acts.SetOption) -> Iterator[str]:
        match act.name:
            case "SO_LINGER":
                yield f"// SO_LINGER: {act.value} s."
                value = f"SOL_SOCKET, SO_LINGER, {{onoff=1, linger={act.value}}}, 8"
            case "TCP_LINGER2":
                yield f"// TCP_LINGER2: {act.value} s."
                value = f"SOL_TCP, TCP_LINGER2, [{act.value}], 4"
            case _:
                yield "// TCP_REPAIR, which packetdrill knows by its number only."
                value = "SOL_TCP, 19, [1], 4"
        yield f"+0  setsockopt({self._fd}, {value}) = 0"

    def _peer_sends(self, act: acts.PeerSends) -> Iterator[str]:
        wire = self._wire
        what = [f"{act.bytes} byte{'s' if act.bytes > 1 else ''}"] if act.bytes else []
        what += ["its FIN"] if act.fin else []
        if act.again:
            wire.theirs -= act.bytes
        yield f"// The peer sends {' and '.join(what)}{', the data again' if act.again else ''}."
        flags = ("F" if act.fin else "") + ("P" if act.bytes else "") + "."
        end = wire.theirs + act.bytes
        yield f"+.01 < {flags} {wire.theirs}:{end}({act.bytes}) ack {wire.acked} win {wire.window}"
        wire.theirs = end + act.fin
        # A young connection acknowledges data at once; of a FIN only that which follows ours.
        if not act.fin or wire.ours > 1:
            yield f"+0  > . {wire.ours}:{wire.ours}(0) ack {wire.theirs}"

    def _ack(self) -> Iterator[str]:
        wire = self._wire
        wire.acked = wire.ours
        yield f"+.01 < . {wire.theirs}:{wire.theirs}(0) ack {wire.acked} win {wire.window}"

    def _our_fin(self) -> Iterator[str]:
        wire = self._wire
        if self._unsent and wire.window == 0:
            yield "// Our FIN waits behind the unsent data."
            return
        yield f"+0  > F. {wire.ours}:{wire.ours}(0) ack {wire.theirs}"
        wire.ours += 1

    # The close

    def _close(self) -> Iterator[str]:
        plan, wire = self._plan, self._wire
        segments = list(self._predicted.segments)
        if plan.sleeps_s is not None:
            end = plan.sleeps_s or 0.1 * len(plan.during)
            yield "// close() sends our FIN and sleeps."
            yield f"+0...{end:g} close({self._fd}) = 0"
        else:
            yield "// close()."
            yield f"+0  close({self._fd}) = 0"
        if segments[:1] == ["FIN"]:
            segments.pop(0)
            if self._unsent:
                yield "// The FIN waits behind the unsent data, until the peer opens its window."
                yield f"+.01 < . {wire.theirs}:{wire.theirs}(0) ack {wire.acked} win 65535"
                end_of_data = wire.ours + self._unsent
                yield f"+0  > FP. {wire.ours}:{end_of_data}({self._unsent}) ack {wire.theirs}"
                wire.ours = end_of_data + 1
            else:
                yield from self._our_fin()
        for event in plan.during:
            yield from self._event(event, segments)
        for _ in segments:
            yield "// The reset."
            yield f"+0  > R. {wire.ours}:{wire.ours}(0) ack {wire.theirs}"
        if not self._predicted.segments:
            yield "// Nothing is sent."

    def _event(self, event: str, segments: list[Literal["FIN", "RST"]]) -> Iterator[str]:
        wire = self._wire
        match event:
            case "ack":
                yield "// While close() sleeps: the ACK of our FIN."
                yield from (line.replace("+.01", "+.1") for line in self._ack())
            case "fin":
                yield "// While close() sleeps: the peer's FIN, which does not acknowledge ours."
                yield f"+.1 < F. {wire.theirs}:{wire.theirs}(0) ack {wire.acked} win {wire.window}"
                wire.theirs += 1
                yield f"+0  > . {wire.ours}:{wire.ours}(0) ack {wire.theirs}"
            case "data":
                yield "// While close() sleeps: data that nobody can read any more."
                end = wire.theirs + 1
                yield f"+.1 < P. {wire.theirs}:{end}(1) ack {wire.acked} win {wire.window}"
                wire.theirs = end
                if segments:
                    segments.pop(0)
                    yield f"+0  > R {wire.acked}:{wire.acked}(0)"
            case _:
                yield "// While close() sleeps: a RST."
                yield f"+.1 < R. {wire.theirs}:{wire.theirs}(0) ack {wire.acked} win {wire.window}"
