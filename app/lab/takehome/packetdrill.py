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
from dataclasses import asdict
from typing import Any, Literal

from app.lab import plan as acts
from app.lab.known import differences
from app.lab.plan import Plan
from app.lab.prediction import Prediction
from app.lab.takehome import phrases


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


class _Script:
    """Writes a script; `_wire` has each side's next number, counted as packetdrill does."""

    def __init__(self, plan: Plan, predicted: Prediction) -> None:
        self._plan = plan
        self._predicted = predicted
        self._wire = {"ours": 0, "theirs": 0, "acked": 1, "window": 65535, "fd": 3}
        self._unsent = 0
        self._phrases = phrases("packetdrill")

    def _said(self, heading: str, **values: Any) -> list[str]:
        return self._phrases(heading, **{**self._wire, **values})

    def lines(self, title: str) -> Iterator[str]:
        yield f"// {title}"
        yield f"// {self._plan.scenario.query() or 'the default state'}"
        yield "// In a network namespace of its own: unshare -n packetdrill this-file.pkt"
        for known in differences(self._plan.scenario):
            said = f"Known of {known.versions} and later: {known.reason}"
            yield textwrap.indent(textwrap.fill(said, 95), "// ")
        yield ""
        for name, value in self._plan.sysctls.items():
            yield from self._said("sysctl", name=name, value=value)
        for act in self._plan.acts:
            yield from self._act(act)
        yield ""
        yield from self._close()

    # Getting there

    def _act(self, act: acts.Act) -> Iterator[str]:
        wire, name = self._wire, type(act).__name__
        match act:
            case acts.Orphan() | acts.Hold() | acts.Limit():
                pass  # only where the whole machine is the lab's
            case acts.Listen():
                yield from self._said("socket")
                if act.fastopen:
                    yield from self._said("with Fast Open")
                yield from self._said(name)
            case acts.Handshake():
                remark = "; it offers no window, so nothing that is written can be sent"
                wire["window"], wire["ours"], wire["theirs"] = act.window, 1, 1
                yield from self._said(name, remark="" if act.window else remark)
            case acts.FastOpen():
                wire["window"], wire["ours"], wire["theirs"] = act.window, 1, act.bytes + 1
                yield from self._said(name, bytes=act.bytes, end=act.bytes + 1)
            case acts.Accept():
                yield from self._said(name)
                wire["fd"] = 4
            case acts.Connect():
                yield from self._said(name)
                wire["ours"] = 1
            case acts.CrossingSyn():
                yield from self._said(name)
                wire["theirs"] = 1
            case acts.Write():
                yield from self._said(name, bytes=act.bytes)
                self._unsent = act.bytes
            case acts.Read():
                what = " it all." if act.bytes else ": the peer's FIN."
                yield from self._said(name, what=what, bytes=act.bytes, asked=max(act.bytes, 1))
            case acts.Shutdown():
                yield from self._said(name)
                yield from self._our_fin()
            case acts.SetOption():
                yield from self._said(act.name, value=act.value)
            case acts.PeerSends():
                yield from self._peer_sends(act)
            case acts.PeerAcknowledges():
                wire["acked"] = wire["ours"]
                yield from self._said(name)
            case _:
                # Of metrics there is the timeout: `quickack` is for a peer by ordinary sockets.
                yield from self._said(name, **asdict(act))

    def _peer_sends(self, act: acts.PeerSends) -> Iterator[str]:
        wire = self._wire
        what = [f"{act.bytes} byte{'s' if act.bytes > 1 else ''}"] if act.bytes else []
        what += ["its FIN"] if act.fin else []
        if act.again:
            wire["theirs"] -= act.bytes
        end = wire["theirs"] + act.bytes
        yield from self._said(
            "PeerSends",
            what=f"{' and '.join(what)}{', the data again' if act.again else ''}",
            flags="F" * act.fin + "P" * bool(act.bytes) + ".",
            end=end,
            bytes=act.bytes,
        )
        wire["theirs"] = end + act.fin
        # A young connection acknowledges data at once; of a FIN only that which follows ours.
        if not act.fin or wire["ours"] > 1:
            yield from self._said("acknowledged")

    def _our_fin(self) -> Iterator[str]:
        if self._unsent and self._wire["window"] == 0:
            yield from self._said("FIN waits")
            return
        yield from self._said("FIN")
        self._wire["ours"] += 1

    # The close

    def _close(self) -> Iterator[str]:
        plan, wire = self._plan, self._wire
        segments = list(self._predicted.segments)
        if plan.sleeps_s is not None:
            yield from self._said(
                "close asleep", end=f"{plan.sleeps_s or 0.1 * len(plan.during):g}"
            )
        else:
            yield from self._said("close")
        if segments[:1] == ["FIN"]:
            segments.pop(0)
            if self._unsent:
                end = wire["ours"] + self._unsent
                yield from self._said("FIN behind data", end=end, unsent=self._unsent)
                wire["ours"] = end + 1
            else:
                yield from self._our_fin()
        for event in plan.during:
            yield from self._event(event, segments)
        for _ in segments:
            yield from self._said("reset")
        if not self._predicted.segments:
            yield from self._said("nothing")

    def _event(self, event: str, segments: list[Literal["FIN", "RST"]]) -> Iterator[str]:
        wire = self._wire
        if event == "ack":
            wire["acked"] = wire["ours"]
        yield from self._said(event, end=wire["theirs"] + 1)
        if event in ("fin", "data"):
            wire["theirs"] += 1
        if event == "fin":
            yield from self._said("acknowledged")
        if event == "data" and segments:
            segments.pop(0)
            yield from self._said("answered")
