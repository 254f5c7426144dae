# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the world sees of a call: segments, states, fields, counters and timers, step by step.

Data only, derived from a trace. Steps are 1-based; 0 is before the first one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from app.kernel.model import Outcome, Trace
from app.kernel.states import STATE_NUMBERS
from app.machine.trace import Effect
from app.walkthrough.outside import Outside, Story

Value = int | str
_Read = Callable[[Effect], Value | None]

#: More segments than this in the receive queue are drawn as one.
MAX_QUEUED: Final = 4


@dataclass(frozen=True, slots=True)
class Rung:
    """One thing on the ladder between the two ends.

    `kind` is `queued` (arrived before the call), `close`, `state`, `sleep`, `ours`, `theirs`,
    `orphan`, `mini`, `destroyed` or `return`; `name` is the segment, the event of the peer or the
    state; `cause` the code that says more; `amount` the bytes of a queued segment or the ms of a
    sleep; `count` how many equal ones it stands for; `is_ignored` marks a segment of the peer
    that changed nothing.
    """

    step: int
    kind: str
    name: str = ""
    cause: str | None = None
    amount: int = 0
    count: int = 1
    is_ignored: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of state.

    `kind` is `socket`, `mini` (a mini-socket took over, in that state) or `left` (the whole
    socket, once a mini-socket has taken over). `number` counts from 1 within what the world
    sees; 0 for `left`.
    """

    step: int
    number: int
    before: str
    after: str
    kind: str


@dataclass(frozen=True, slots=True)
class History:
    """A name and the values that it had: (step, value), the first one from step 0.

    The value None means: not known, or not there yet.
    """

    name: str
    kind: str
    values: tuple[tuple[int, Value | None], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """The story of what is left, with what its placeholders stand for; times are in ms."""

    story: Story
    values: Mapping[str, Value]


class WorldSeen:
    """What the world sees of one trace."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace

    @cached_property
    def _effects(self) -> tuple[tuple[int, Effect, bool], ...]:
        """(step, effect, whether a segment of the peer had no consequence)."""
        return tuple(
            (number, effect, effect.kind == "event" and _is_idle(step.effects, index))
            for number, step in enumerate(self.trace.steps, 1)
            for index, effect in enumerate(step.effects)
        )

    # The ladder

    @property
    def entry(self) -> str:
        """The state on entry."""
        state: str = self.trace.scenario["state"]
        return state

    @cached_property
    def rungs(self) -> tuple[Rung, ...]:
        """Everything on the ladder, from the top."""
        rungs = [Rung(0, "state", self.entry), *self._queued(), Rung(0, "close")]
        has_mini = False
        for step, effect, is_idle in self._effects:
            rung = self._rung(step, effect, is_idle, has_mini)
            has_mini = has_mini or (effect.kind == "fate" and effect.name == "mini-socket")
            if rung is None:
                continue
            if rung.kind == "ours" and replace(rungs[-1], count=1) == rung:
                rungs[-1] = replace(rung, count=rungs[-1].count + 1)
            else:
                rungs.append(rung)
        if self.trace.error is None:
            rungs.append(Rung(len(self.trace.steps), "return"))
        return tuple(rungs)

    def _queued(self) -> Iterator[Rung]:
        segments = self.trace.scenario["recv"]
        if len(segments) > MAX_QUEUED:
            rest = segments[MAX_QUEUED - 1 :]
            segments = segments[: MAX_QUEUED - 1]
        else:
            rest = ()
        for segment in segments:
            name = ("data+fin" if segment.fin else "data") if segment.bytes else "fin"
            yield Rung(0, "queued", name, amount=segment.bytes)
        if rest:
            yield Rung(0, "queued", "more", amount=sum(s.bytes for s in rest), count=len(rest))

    @staticmethod
    def _rung(step: int, effect: Effect, is_idle: bool, has_mini: bool) -> Rung | None:
        match effect.kind, effect.name:
            case "segment", name:
                return Rung(step, "ours", name, effect.cause)
            case "event", name:
                is_ignored = is_idle or effect.after == "ignored"
                return Rung(step, "theirs", name, effect.cause, is_ignored=is_ignored)
            case "sleep", _:
                return Rung(step, "sleep", amount=int(effect.after or 0))
            case "fate", "mini-socket":
                return Rung(step, "mini", str(effect.after))
        # From here on the connection belongs to the mini-socket, if there is one.
        if has_mini:
            return None
        match effect.kind, effect.name:
            case "state", _ if effect.before != effect.after:
                return Rung(step, "state", str(effect.after))
            case "fate", _:
                return Rung(step, "destroyed")
            case "flag", "SOCK_DEAD":
                return Rung(step, "orphan")
        return None

    # States

    @cached_property
    def transitions(self) -> tuple[Transition, ...]:
        """The changes of state, in order."""
        found: list[Transition] = []
        state, has_mini = self.entry, False
        for step, effect, _ in self._effects:
            before, after = str(effect.before), str(effect.after)
            if effect.kind == "fate" and effect.name == "mini-socket":
                has_mini = True
                found.append(Transition(step, len(found) + 1, state, after, "mini"))
            elif effect.kind == "state" and before != after:
                kind = "left" if has_mini else "socket"
                number = 0 if has_mini else len(found) + 1
                found.append(Transition(step, number, before, after, kind))
                state = after
        return tuple(found)

    @cached_property
    def states(self) -> History:
        """`sk_state`."""
        return self._history(
            "sk_state", "state", self.entry, {"state": {"sk_state": lambda e: str(e.after)}}
        )

    # Fields

    @cached_property
    def fields(self) -> tuple[History, ...]:
        """The socket's fields and the function's own variables, in a stable order."""
        lingers = "SOCK_LINGER" if self.trace.scenario["linger"] is not None else ""
        history = self._history
        return (
            self.states,
            *self._assigned(),
            history("sk_err", "errno", None, {"errno": {"sk_err": lambda e: str(e.after)}}),
            history(
                "sk_flags",
                "flags",
                lingers,
                {"flag": {"SOCK_DEAD": lambda e: f"{lingers} {e.name}".strip()}},
            ),
            *(
                history(name, "lock", first, {"lock": {name: lambda e: e.after}})
                for name, first in (("socket", "free"), ("spinlock", "free"), ("bottom-halves", 0))
            ),
            history("sk_refcnt", "reference", 1, {"reference": {"sk_refcnt": lambda e: e.after}}),
            history("orphans", "gauge", 0, {"gauge": {"orphans": lambda e: e.after}}),
        )

    def _assigned(self) -> Iterator[History]:
        """What the C assigned; members first. Pointers say nothing, so they are left out."""
        names: dict[str, bool] = {}
        for _, effect, _ in self._effects:
            if effect.kind == "assignment":
                is_plain = isinstance(effect.after, int) or effect.after in STATE_NUMBERS
                names[effect.name] = names.get(effect.name, True) and is_plain
        for name in sorted((name for name, is_plain in names.items() if is_plain), key=_is_local):
            yield self._history(name, "assignment", None, {"assignment": {name: lambda e: e.after}})

    # Counters and timers

    @cached_property
    def counters(self) -> tuple[History, ...]:
        """Counters and gauges that changed, then timers, in the order of their first change.

        Of a counter the values are changes since the call began; of a timer ms, "" once cleared.
        """
        names: dict[tuple[str, str], None] = {}
        for _, effect, _ in self._effects:
            if effect.kind in ("counter", "timer") or (
                effect.kind == "gauge" and effect.name != "orphans"
            ):
                names.setdefault((effect.kind, effect.name))
        return tuple(
            self._history(
                name, kind, None, {kind: {name: lambda e: "" if e.after is None else e.after}}
            )
            for kind, name in names
        )

    def _history(
        self, name: str, kind: str, first: Value | None, sources: Mapping[str, Mapping[str, _Read]]
    ) -> History:
        """The values that effects gave to a name; of several in one step the last."""
        by_step: dict[int, Value | None] = {0: first}
        for step, effect, _ in self._effects:
            read = sources.get(effect.kind, {}).get(effect.name)
            if read is not None:
                by_step[step] = read(effect)
        values: list[tuple[int, Value | None]] = []
        for step, value in by_step.items():
            if not values or values[-1][1] != value:
                values.append((step, value))
        return History(name, kind, tuple(values))

    # Afterwards

    @cached_property
    def facts(self) -> Mapping[str, frozenset[str]]:
        """What the conditions of the stories can ask for."""
        return facts_of(self.trace)

    def afterwards(self, outside: Outside) -> Told | None:
        """The first story that fits what is left and can be told; None where there is none.

        In an edited text a state may be reached without what its story tells of, such as a timer.
        """
        values = values_of(self.trace)
        fitting = (story for story in outside.stories if story.fits(self.facts))
        story = next((s for s in fitting if s.placeholders() <= values.keys()), None)
        return None if story is None else Told(story, values)


#: What a condition may name, and so what `facts_of` gives.
FACTS: Final = (
    "fate",
    "entry",
    "state",
    "timewait",
    "sent",
    "causes",
    "peer",
    "counters",
    "errno",
    "because",
)
#: What a story's text may have in braces.
PLACEHOLDERS: Final = ("state", "keepalive", "timewait", "mini", "children")


def facts_of(trace: Trace) -> Mapping[str, frozenset[str]]:
    """The facts about a trace that stories are chosen by; each a set of words."""
    outcome = trace.outcome
    effects = [effect for step in trace.steps for effect in step.effects]
    found = {
        "fate": {outcome.fate},
        "entry": {trace.scenario["state"]},
        "state": {outcome.state},
        "timewait": {outcome.timewait} if outcome.timewait else set(),
        "sent": set(map(str, outcome.segments)) or {"nothing"},
        "causes": {e.cause for e in effects if e.kind == "segment" and e.cause},
        "peer": {e.name for e in effects if e.kind == "event" and e.after == "processed"},
        "counters": set(outcome.counters),
        "errno": {str(e.after) for e in effects if e.kind == "errno"},
        "because": {note.code for step in trace.steps for note in step.notes},
    }
    assert tuple(found) == FACTS
    return {key: frozenset(words) for key, words in found.items()}


def values_of(trace: Trace) -> Mapping[str, Value]:
    """What the placeholders stand for, those that mean something here; times in ms."""
    outcome: Outcome = trace.outcome
    values: dict[str, Value] = {"state": outcome.state}
    if outcome.timewait_ms is not None:
        values["timewait"] = outcome.timewait_ms
    if outcome.keepalive_ms is not None:
        values["keepalive"] = outcome.keepalive_ms
        values["mini"] = mini_after_keepalive(outcome.keepalive_ms, trace.scenario["rto"])
    children = sum(e.cause == "child" for step in trace.steps for e in step.effects)
    if children:
        values["children"] = children
    return values


def mini_after_keepalive(keepalive_ms: int, rto_ms: int) -> int:
    """How long the mini-socket lives that follows an orphan's keepalive timer, in ms.

    Source: net/ipv4/tcp_timer.c of 4.19, tcp_keepalive_timer: the time beyond tcp_tw_timeout
    once more, for which the timer itself was armed; tcp_time_wait has a floor of 3.5 rto.
    """
    return max(keepalive_ms, (rto_ms << 2) - (rto_ms >> 1))


def _is_idle(effects: Sequence[Effect], index: int) -> bool:
    """Whether nothing follows from a segment: the next effect is another one, or a lock's."""
    following = effects[index + 1 : index + 2]
    return not following or following[0].kind in ("event", "lock")


def _is_local(name: str) -> bool:
    return "->" not in name and "." not in name
