# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Overview of a walkthrough: the ordinary life of a closed socket, and who holds it when.

`overview.yaml` has the shape below and says which sockets are shown; what is drawn comes from
their traces. The one end closes first; the other's trace begins where the first one's FIN has come.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from pydantic import Field

from app.errors import ReaderError
from app.kernel.scenario import Scenario, parse_scenario
from app.walkthrough.content.prose import Link
from app.walkthrough.content.reading import Teller
from app.walkthrough.content.schema import Id, Rich, Text
from app.walkthrough.content.strict import Strict
from app.walkthrough.refusals import in_english
from app.walkthrough.world import Rung, WorldSeen

if TYPE_CHECKING:
    from app.walkthrough.checks.symptoms import Dead
    from app.walkthrough.records import Walkthrough

FILE: Final = "overview.yaml"

#: What an end of a connection is held by, in the order in which it may come to be.
StageName = Literal["held", "orphan", "mini", "gone"]
#: What becomes of a segment that arrives: nobody has the socket, a process owns it, its spinlock
#: is held.
Holding = Literal["free", "owned", "held"]


class Stage(Strict):
    """A stage: what there is of an end, from the program's side on; `block` begins it."""

    title: Text
    has: list[Text] = Field(default=[])
    text: Rich
    block: Id


class Ask(Strict):
    """A question that decides, and what hangs on it."""

    title: Text
    text: Rich


class Lives(Strict):
    """The scenarios of the end that closes first and of its peer, and the words for what is drawn.

    `remark` says in how far the two traces are ordinary.
    """

    this: dict[str, Any]
    peer: dict[str, Any]
    stages: dict[StageName, Stage]
    asks: list[Ask] = Field(min_length=1, max_length=3)
    remark: Rich


class Locks(Strict):
    """In which block it is drawn who holds the socket, of which scenario, and in which words."""

    block: Id
    scenario: dict[str, Any]
    arrives: dict[Holding, Text]
    text: Rich


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One end at a moment: its stage, whether that begins here, and what happens there.

    `name` is a state, or `close`; empty where nothing happens. `line` does it, None where that is
    in no trace. `ms` is how long it lasts at most, None where nothing bounds it.
    """

    stage: StageName
    begins: bool = False
    name: str = ""
    line: int | None = None
    ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A moment at both ends; `segment` goes to the peer if `is_ours`, else it comes from there."""

    this: Cell
    peer: Cell
    segment: str = ""
    is_ours: bool = True
    line: int | None = None  # sends it, None where that is in no trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Who has the socket from the end of a line on."""

    line: int
    code: str
    is_owned: bool
    is_locked: bool  # the spinlock
    is_soft: bool  # softirqs may run on this processor
    backlog: tuple[str, ...] = ()  # what was taken from the backlog in this line

    @property
    def holding(self) -> Holding:
        """What an arriving segment meets."""
        if self.is_locked:
            return "held"
        return "owned" if self.is_owned else "free"


class Overview(Strict):
    """What is shown before the code, and beside the block that deals with the locks."""

    life: Lives
    locks: Locks

    def links(self) -> Iterator[Link]:
        """Every link of its texts."""
        stages, asks = self.life.stages.values(), self.life.asks
        texts = *(one.text for one in stages), *(one.text for one in asks)
        for text in (*texts, self.life.remark, self.locks.text):
            for prose in text.values():
                yield from prose.links()

    def problems(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """The mistakes of its scenarios, with their places."""
        asked = {
            ("life", "this"): self.life.this,
            ("life", "peer"): self.life.peer,
            ("locks", "scenario"): self.locks.scenario,
        }
        for place, inputs in asked.items():
            try:
                scenario_of(inputs)
            except ReaderError as error:
                yield from (((*place, one.key), in_english(one)) for one in error.problems)

    def rows(self, walkthrough: Walkthrough) -> tuple[Row, ...]:
        """The moments of both ends, in their order."""
        scenarios = scenario_of(self.life.this), scenario_of(self.life.peer)
        this, peer = (list(_cells(walkthrough, one)) for one in scenarios)
        return tuple(_joined(this, peer, scenarios[0]["tw_timeout"] * 1000))

    def holds(self, walkthrough: Walkthrough) -> Iterator[Hold]:
        """Who has the socket, from the first lock to the last."""
        locks = {"socket": "free", "spinlock": "free", "bottom-halves": 0}
        for step in walkthrough.trace(scenario_of(self.locks.scenario)).steps:
            changed = [effect for effect in step.effects if effect.kind == "lock"]
            for effect in changed:
                locks[effect.name] = effect.after
            if changed:
                yield Hold(
                    line=step.site.span.line,
                    code=step.site.text,
                    is_owned=locks["socket"] == "owned",
                    is_locked=locks["spinlock"] == "held",
                    is_soft=not locks["bottom-halves"],
                    backlog=tuple(e.name for e in step.effects if e.kind == "event"),
                )


def scenario_of(inputs: Mapping[str, Any]) -> Scenario:
    """The scenario that a file asks for. Raises ReaderError."""
    return parse_scenario([(key, str(value)) for key, value in inputs.items()])


def check_overview(tell: Teller, overview: Overview, blocks: Collection[str], dead: Dead) -> None:
    """Reports wrong scenarios, blocks, stages and links."""
    life, locks = overview.life, overview.locks
    named = [(("life", "stages", name, "block"), one.block) for name, one in life.stages.items()]
    for path, name in [*named, (("locks", "block"), locks.block)]:
        tell.unknown(path, "block", name, blocks)
    problems = list(overview.problems())
    tell.all(problems)
    for path, known, given in (
        (("life", "stages"), get_args(StageName), life.stages),
        (("locks", "arrives"), get_args(Holding), locks.arrives),
    ):
        for missing in sorted({*known} - {*given}):
            tell(path, f"{missing} is missing")
    for link in () if problems or tell.is_checked else overview.links():
        for message, near in dead(link):
            tell.at(None, message, near)


# From two traces to one drawing

_Moment = tuple[Cell, Rung | None]
"""What happens at an end, and the segment that leaves or arrives with it."""


def _cells(walkthrough: Walkthrough, scenario: Scenario) -> Iterator[_Moment]:
    """What happens at one end: a state goes with the segment that it is left or entered by."""
    trace = walkthrough.trace(scenario)
    world, stage = WorldSeen(trace), "held"
    rungs = [rung for rung in world.rungs if rung.kind != "return"]
    segment: Rung | None = None
    yield Cell(stage="held", begins=True, name=world.entry), None
    for place, rung in enumerate(rungs[1:], 1):
        line = trace.steps[rung.step - 1].site.span.line if rung.step else 1
        following = rungs[place + 1].kind if place + 1 < len(rungs) else ""
        match rung.kind:
            case "close":
                yield Cell(stage="held", name="close", line=line), None
            case "state" if following == "destroyed":
                pass
            case "state":
                sent = rungs[place + 1] if following == "ours" else segment
                yield Cell(stage=stage, name=rung.name, line=line), sent  # type: ignore[arg-type]
            case "theirs":
                segment = rung
            case "orphan":
                stage = "orphan"
                yield Cell(stage="orphan", begins=True, line=line), None
            case "mini":
                stage, limit = "mini", trace.outcome.timewait_ms
                yield Cell(stage="mini", begins=True, name=rung.name, line=line, ms=limit), None
            case "destroyed":
                stage = "gone"
                yield Cell(stage="gone", begins=True, line=line), segment


def _joined(this: list[_Moment], peer: list[_Moment], timewait_ms: int) -> Iterator[Row]:
    """One list of moments: the peer waits until the first end has nothing more to do.

    What the mini-socket does with the peer's FIN is in no trace: it enters TIME_WAIT and answers.
    Source: net/ipv4/tcp_minisocks.c of 4.19, tcp_timewait_state_process.
    """
    entry, own = peer[0][0], list(peer[1:])
    far = replace(entry, name=this[0][0].name)
    near = this[0][0]
    for cell, segment in this:
        sent = segment is not None and segment.kind == "ours"
        if sent:
            far = replace(entry, begins=False)
        yield Row(
            this=cell,
            peer=far,
            segment=_named(segment),
            is_ours=sent,
            line=cell.line if sent else None,
        )
        near, far = replace(cell, begins=False, name="", line=None, ms=None), _idle(far)
    for cell, segment in own:
        sent = segment is not None and segment.kind == "ours"
        if sent and near.stage == "mini":
            near = replace(near, name="TIME_WAIT", ms=timewait_ms)
        yield Row(
            this=near,
            peer=cell,
            segment=_named(segment),
            is_ours=segment is not None and not sent,
            line=cell.line if sent else None,
        )
        near, far = _idle(near), _idle(cell)
    yield Row(this=Cell(stage="gone", begins=True), peer=far)


def _idle(cell: Cell) -> Cell:
    return replace(cell, begins=False, name="", line=None, ms=None)


def _named(segment: Rung | None) -> str:
    return segment.name.upper() if segment is not None else ""
