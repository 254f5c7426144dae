# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Looks of a path: to each question that an observer may be asked, the answers that it allows.

They are derived from the conditions of the atlas, from how a path ends, and from the trace of its
simplest scenario. What the model leaves open (whether a FIN that is queued has left, what else an
orphan does later) allows more answers, so that an answer never excludes a path that it might be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from app.kernel.inputs import EVENTS, INPUTS, STATES
from app.kernel.model import Trace
from app.kernel.scenario import Scenario
from app.walkthrough.atlas.records import Atlas, AtlasPath, Part
from app.walkthrough.told import words_in

#: Every question with its answers. An answer of `unknown` is accepted too, and excludes nothing.
QUESTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    question: tuple(asked["answers"]) for question, asked in words_in("which")["questions"].items()
}
UNKNOWN: Final = "unknown"

Shows = Mapping[str, frozenset[str]]

#: States that only shutdown() leads to, and states that the peer's FIN leads to (RFC 9293, 3.3.2).
_HALF_CLOSED: Final = frozenset({"FIN_WAIT1", "FIN_WAIT2", "CLOSING", "LAST_ACK"})
_AFTER_FIN: Final = frozenset({"CLOSE_WAIT", "CLOSING", "LAST_ACK"})
#: States in which the FIN of a shutdown() may still be behind unsent data.
_HELD_BACK: Final = _HALF_CLOSED - {"FIN_WAIT2"}
_ANY: Final = frozenset(("yes", "no"))
_LISTS: Final = tuple(
    "-".join(events) or "none" for n in range(3) for events in product(EVENTS, repeat=n)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One way in which a path may show itself: from one state, in one case of its condition."""

    path: AtlasPath
    shows: Shows
    #: How each RST of this end came about: `abort` or `child` by itself, `answers-data` and
    #: `answers-ack` as the answer to a segment.
    resets: tuple[str, ...]

    @property
    def changed(self) -> int:
        """How many inputs the simplest scenario of the path changes."""
        return (self.path.real_witness or self.path.witness).changed


def looks_of(atlas: Atlas, run: Callable[[Scenario], Trace]) -> tuple[Look, ...]:
    """Of every path that a kernel can take, simplest path first; `run` gives traces."""
    real = [(path.real_witness, path) for path in atlas.paths if path.real_witness is not None]
    real.sort(key=lambda pair: (pair[0].changed, len(pair[0].query)))
    found: dict[tuple[Any, ...], Look] = {}
    for witness, path in real:
        trace = run(witness.scenario)
        resets = tuple(
            effect.cause or ""
            for step in trace.steps
            for effect in step.effects
            if (effect.kind, effect.name) == ("segment", "RST")
        )
        for case in path.condition:
            parts = {part.key: part for part in case.parts}
            for state in STATES:
                if not _holds(parts.get("state"), state):
                    continue
                shows = _shows(
                    path, parts, state, _sleeps(run, parts, witness.scenario.but(state=state))
                )
                key = path.id, *sorted((name, *sorted(values)) for name, values in shows.items())
                found.setdefault(key, Look(path=path, shows=shows, resets=resets))
    return tuple(found.values())


def _sleeps(
    run: Callable[[Scenario], Trace], parts: Mapping[str, Part], scenario: Scenario
) -> bool:
    """Whether the call may have slept: with SO_LINGER on and a program that is not being killed."""
    if not _holds(parts.get("linger"), 5) or not _holds(parts.get("exiting"), 0):
        return False
    lingering = run(scenario.but(linger=5, exiting=0))
    return any(effect.kind == "sleep" for step in lingering.steps for effect in step.effects)


def _shows(path: AtlasPath, parts: Mapping[str, Part], state: str, may_sleep: bool) -> Shows:
    ending = path.ending
    during = frozenset(_during(parts, may_sleep))
    # The ACK of a FIN says that it had left; else it may wait behind unsent data.
    held_back = not during <= {"ack", "both"} and _holds(parts.get("pending"), 1)
    aborts = [name for name in ending.counters if name.startswith("TCPAbort")]
    sent = _sent(ending.segments)
    shows: dict[str, set[str]] = {
        "sent": {sent},
        "counter": {"+".join(aborts) or "none"},
        "reader": set(_reader(ending.segments, state, held_back)),
        "left": {_left(path)},
        "peer": {"fin" if state in _AFTER_FIN else "none"},
        "shutdown": {"yes" if state in _HALF_CLOSED else "no"},
        "unread": _unread(parts.get("recv"), state),
        "linger": _choices(parts.get("linger"), {"off": None, "zero": 0, "seconds": 5}),
        "linger2": _choices(parts.get("linger2"), {"default": 0, "seconds": 1, "negative": -1}),
        # A wait may be too short to be noticed.
        "blocked": set(_ANY if may_sleep else ("no",)),
        "estabresets": {"yes" if "EstabResets" in ending.counters else "no"},
        "length": {_length(path)},
        "before": {state},
        "during": set(during),
        "repair": _choices(parts.get("repair"), {"yes": 1, "no": 0}),
        "fastopen": _choices(parts.get("fastopen"), {"yes": 1, "no": 0}),
        "netns": _choices(parts.get("netns"), {"alive": "alive", "dying": "dying"}),
    }
    if held_back and "FIN" in ending.segments:
        shows["sent"].add(_sent(tuple(name for name in ending.segments if name != "FIN")))
    if held_back and state in _HELD_BACK and ending.fate == "orphan":
        shows["sent"].add("fin")
    if state == "CLOSE":
        # Never connected, or through with it by whatever way.
        shows |= {"peer": {"none", "fin", "over"}, "shutdown": set(_ANY)}
    if state == "LISTEN":
        shows["shutdown"] = set(_ANY)
    if state not in {"SYN_RECV", "FIN_WAIT1"}:
        shows["fastopen"] = {"no"}
    return {key: frozenset(shows[key]) for key in QUESTIONS}


def _sent(segments: tuple[str, ...]) -> str:
    if len(segments) > 1 and "FIN" not in segments:
        return "several"
    return "-".join(segments).lower() or "none"


def _left(path: AtlasPath) -> str:
    """What `ss` has of it when the call returns."""
    ending = path.ending
    if ending.timewait is not None:
        return "FIN_WAIT2-mini" if ending.timewait == "FIN_WAIT2" else ending.timewait
    return ending.state if ending.fate in {"orphan", "kept"} else "none"


def _length(path: AtlasPath) -> str:
    """The input that the time in FIN_WAIT2 is made of."""
    if _left(path) not in {"FIN_WAIT2", "FIN_WAIT2-mini"}:
        return "none"
    formula = " ".join(path.ending.formulas.values())
    return next((name for name in ("fin_timeout", "linger2", "rto") if name in formula), "none")


def _reader(segments: tuple[str, ...], state: str, held_back: bool) -> Iterator[str]:
    """What a read() of the peer gets that sends nothing more.

    An end that has gone answers the ACK of its FIN with a RST, and so may an orphan.
    """
    if state == "CLOSE":
        yield from QUESTIONS["reader"]
        return
    if "RST" in segments:
        yield "reset"
    if "FIN" in segments or state in _HALF_CLOSED:
        yield from ("eof", "reset")
        if held_back:
            yield "nothing"
    elif "RST" not in segments:
        yield "nothing"
        if state == "LISTEN":
            # A handshake that ends now is answered with a RST.
            yield "reset"


def _unread(part: Part | None, state: str) -> set[str]:
    if state in {"LISTEN", "SYN_SENT"}:
        return {"no"}
    known = {"data": {"yes"}, "no-data": {"no"}}
    return known.get(part.meaning or "", set(_ANY)) if part is not None else set(_ANY)


def _during(parts: Mapping[str, Part], may_sleep: bool) -> Iterator[str]:
    """What may have come from the peer between the beginning of the call and its end."""
    waits, backlogs = (
        [text for text in _LISTS if _holds_list(parts.get(key), text)]
        for key in ("wait", "backlog")
    )
    # What comes while nothing sleeps comes to the backlog.
    for wait, backlog in product(waits if may_sleep else ["none"], backlogs):
        events = {*wait.split("-"), *backlog.split("-")} - {"none"}
        found = events & {"data", "rst"}
        if found:
            yield from found
        else:
            yield "both" if len(events) == 2 else next(iter(events), "none")


def _holds_list(part: Part | None, text: str) -> bool:
    if part is None:
        return True
    found = any(
        text == value or (value.endswith("-*") and f"{text}-".startswith(value[:-1]))
        for value in part.values
    )
    return found is not part.excluded


def _choices(part: Part | None, values: Mapping[str, Any]) -> set[str]:
    return {name for name, value in values.items() if _holds(part, value)}


def _holds(part: Part | None, value: Any) -> bool:
    """Whether a restriction allows a value that is no list."""
    if part is None:
        return True
    if not isinstance(value, int):
        return (str(INPUTS[part.key].flat(value)) in part.values) is not part.excluded
    multiples = all(((value + a) % m == 0) is holds for a, m, holds in part.multiples)
    ranges = any(
        (low is None or low <= value) and (high is None or value <= high)
        for low, high in part.ranges
    )
    return multiples and (ranges or (not part.ranges and bool(part.multiples)))
