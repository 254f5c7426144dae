# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A loaded walkthrough. Everything here is frozen; texts are mappings from language to text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

from app.csource.decisions import decisions_in_loops
from app.csource.source import Source
from app.errors import InputProblem, NotFound, nearest
from app.kernel.features import Fact
from app.kernel.life.conditions import USUAL, Conditions
from app.kernel.model import Trace, run
from app.kernel.scenario import DEFAULT, Scenario
from app.kernel.texts import Text
from app.machine.program import Program
from app.machine.trace import Branch
from app.walkthrough.branches import BranchTree
from app.walkthrough.challenges import Challenge
from app.walkthrough.changes import Change
from app.walkthrough.content.prose import Prose
from app.walkthrough.content.schema import Helper, SourceFile, Term
from app.walkthrough.gone import GonePlace
from app.walkthrough.kernels import Delta, KernelNotes
from app.walkthrough.outside import Outside
from app.walkthrough.overview import Overview
from app.walkthrough.pairs import Pair, is_label
from app.walkthrough.products import Product
from app.walkthrough.questions import ChoiceQuestion
from app.walkthrough.search.words import Words
from app.walkthrough.symptoms import NO_SYMPTOMS, Symptoms

Texts = Mapping[str, str]
#: Whether what is said of a block or decision holds in an edition: `same` where its text is that of
#: the walkthrough, `edited` where it is not, `new` where the walkthrough has nothing of it.
Standing = Literal["same", "edited", "new"]

#: Words that are pages of their own, so no id may be one.
RESERVED_IDS: Final = frozenset(
    {
        "as",
        "atlas",
        "symptoms",
        "compare",
        "present",
        "trace",
        "challenges",
        "history",
        "search",
        "watch",
        "lab",
        "helpers",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Consecutive lines of an edition with one commentary; `start` and `end` included.

    `end` includes the blank lines that follow; `prose` is by language, and says so itself where the
    lines are `edited`. `slide` is what its slide says instead of the lead; empty where the lead is
    short enough.
    """

    id: str
    number: int
    title: Texts
    start: int
    end: int
    aliases: tuple[str, ...]
    prose: Mapping[str, Prose]
    slide: Texts = field(default_factory=dict)
    standing: Standing = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An `if` or `while` of an edition, with what follows from each way.

    It is known by its `id`; `number` is its ordinal in the edition's text, from 0. `condition` is
    the C between the parentheses, white space folded. Where it is not the `same` as the
    walkthrough's, `when_true` and `when_false` say that nothing explains it.
    """

    id: str
    number: int
    keyword: str
    line: int
    end_line: int
    condition: str
    title: Texts
    when_true: Texts
    when_false: Texts
    aliases: tuple[str, ...] = ()
    standing: Standing = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A named scenario; `branches` and `lines` are those of the own text.

    `afterwards` are the conditions of the life that it goes on with.
    """

    id: str
    title: Texts
    story: Texts
    scenario: Scenario
    branches: frozenset[Branch]
    lines: frozenset[int]
    afterwards: Conditions = USUAL

    @property
    def query(self) -> str:
        """The shortest query that leads to it, its life included."""
        return "&".join(filter(None, (self.scenario.query(), self.afterwards.query())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One changed line of a variant."""

    line: int
    original: str
    becomes: str
    effect: Texts


@dataclass(frozen=True, kw_only=True)
class Edition:
    """A text that can be run, with its own blocks and decisions: the walkthrough's, or a variant.

    `id` is None for the source as it is; then there are no `edits`. Decisions stand in the order of
    the text, and so does what `program` has of them; blocks cover the text.
    """

    id: str | None
    source: Source
    program: Program
    blocks: tuple[Block, ...]
    decisions: tuple[Decision, ...]
    title: Texts = field(default_factory=dict)
    note: Texts = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()
    #: The lines of code that the walkthrough has not like this, and those of it that are missing.
    changed: frozenset[int] = frozenset()
    lost: frozenset[int] = frozenset()
    #: Of an imported kernel: the whole of what is executed, the digest and labels of its text, its
    #: licence, and by a line its line in the file of the tree.
    text: Text | None = None
    digest: str = ""
    labels: tuple[str, ...] = ()
    licence: str = ""
    file_lines: Mapping[int, int] = field(default_factory=dict)
    #: The sources of the functions that are executed within steps, and their first lines there.
    callees: Mapping[str, Source] = field(default_factory=dict)
    first_lines: Mapping[str, int] = field(default_factory=dict)
    #: The changes of the kernel that it has, by block.
    deltas: Mapping[str, Sequence[Delta]] = field(default_factory=dict)
    #: What was read off its tree where the model stands in for its text.
    read_off: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def kernel(self) -> str | None:
        """The label of the imported kernel whose text this is, None where it is none's."""
        return self.id if self.digest else None

    @cached_property
    def branch_tree(self) -> BranchTree:
        """Branches of runs, for who asks after nothing else."""
        return BranchTree(self.program)

    @cached_property
    def blocks_by_id(self) -> Mapping[str, Block]:
        """Blocks by their present id."""
        return {block.id: block for block in self.blocks}

    @cached_property
    def decisions_by_id(self) -> Mapping[str, Decision]:
        """Decisions by their present id."""
        return {decision.id: decision for decision in self.decisions}

    @cached_property
    def decisions_by_line(self) -> Mapping[int, Sequence[Decision]]:
        """Decisions by the line of their keyword, in the order of the text."""
        found: dict[int, list[Decision]] = {}
        for decision in self.decisions:
            found.setdefault(decision.line, []).append(decision)
        return found

    @cached_property
    def looped(self) -> frozenset[str]:
        """The ids of the decisions that a loop may repeat."""
        numbers = decisions_in_loops(*self.program.functions)
        return frozenset(self.program.ids[number] for number in numbers)

    def block_of_line(self, line: int) -> Block:
        """The block that a 1-based line belongs to. Raises IndexError outside of the source."""
        for block in self.blocks:
            if block.start <= line <= block.end:
                return block
        raise IndexError(line)

    def trace(self, scenario: Scenario) -> Trace:
        """What the function does in a scenario."""
        return run(self.program, scenario)


@dataclass(frozen=True, kw_only=True)
class Walkthrough:
    """One explained function; what is asked of it by itself is that of its own text, `edition`."""

    id: str
    function: str
    title: Texts
    summary: Texts
    languages: tuple[str, ...]
    provenance: SourceFile
    edition: Edition
    variants: Mapping[str, Edition]
    presets: tuple[Preset, ...]
    helpers: Mapping[str, Helper]
    glossary: Mapping[str, Term]
    outside: Outside = field(default_factory=Outside)
    symptoms: Symptoms = NO_SYMPTOMS
    challenges: tuple[Challenge, ...] = ()
    questions: tuple[ChoiceQuestion, ...] = ()
    pairs: tuple[Pair, ...] = ()
    changes: tuple[Change, ...] = ()
    gone: Mapping[str, GonePlace] = field(default_factory=dict)
    #: What else its parts are searched by.
    words: Words = field(default_factory=Words)
    #: The editions of kernels that the reader has imported, by label.
    kernels: Mapping[str, Edition] = field(default_factory=dict)
    kernel_notes: KernelNotes = field(default_factory=KernelNotes)
    #: What a program calls to get here; empty where it is the function itself.
    called_as: str = ""
    #: What the front page asks where this is the only one; empty where nobody said.
    question: Texts = field(default_factory=dict)
    #: What a presenter says at the cover of the slides, a paragraph each.
    opening: tuple[Texts, ...] = ()
    #: What is shown before the code; None where there is no such file.
    overview: Overview | None = None
    #: What does it in servers, proxies and run-times.
    products: tuple[Product, ...] = ()

    @property
    def call(self) -> str:
        """What a program calls to get here: `close()`."""
        return self.called_as or f"{self.function}()"

    # Looking things up

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Those of its own text."""
        return self.edition.blocks

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Those of its own text."""
        return self.edition.decisions

    @property
    def blocks_by_id(self) -> Mapping[str, Block]:
        """Those of its own text."""
        return self.edition.blocks_by_id

    @property
    def decisions_by_id(self) -> Mapping[str, Decision]:
        """Those of its own text."""
        return self.edition.decisions_by_id

    def preset_of(self, scenario: Scenario) -> Preset | None:
        """The preset that is just this scenario; None where none is."""
        return next((preset for preset in self.presets if preset.scenario == scenario), None)

    @cached_property
    def presets_by_id(self) -> Mapping[str, Preset]:
        """Presets by id."""
        return {preset.id: preset for preset in self.presets}

    @cached_property
    def challenges_by_id(self) -> Mapping[str, Challenge]:
        """Challenges by id."""
        return {challenge.id: challenge for challenge in self.challenges}

    @cached_property
    def questions_by_id(self) -> Mapping[str, ChoiceQuestion]:
        """Questions for a class by id."""
        return {question.id: question for question in self.questions}

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Old ids of blocks and decisions, and what they are called now."""
        return {
            alias: item.id
            for items in (self.blocks, self.decisions)
            for item in items
            for alias in item.aliases
        }

    def edition_of(self, variant: str | None) -> Edition:
        """The text of a variant or an imported kernel, or the source as it is. Raises NotFound.

        A label has a dot or a `~`, which no variant's id has.
        """
        if variant is None:
            return self.edition
        if is_label(variant):
            return self._kernel(variant)
        if variant not in self.variants:
            raise NotFound(
                [
                    InputProblem(
                        "not-allowed",
                        "variant",
                        variant,
                        ", ".join(self.variants),
                        nearest(variant, self.variants),
                    )
                ],
                status=422,
            )
        return self.variants[variant]

    def _kernel(self, label: str) -> Edition:
        edition = self.kernels.get(label)
        if edition is None:
            known = tuple(self.kernels)
            problem = InputProblem(
                "not-allowed", "kernel", label, ", ".join(known), nearest(label, known)
            )
            raise NotFound([problem], status=422)
        return edition

    # Running

    def trace(self, scenario: Scenario, variant: str | None = None) -> Trace:
        """What the function does in a scenario. Raises NotFound for an unknown variant."""
        return self.edition_of(variant).trace(scenario)

    # Witnesses among the presets

    def _simplest(self, fitting: list[Preset]) -> Preset | None:
        return min(fitting, key=lambda p: len(p.scenario.changed()), default=None)

    def witness_of_branch(self, decision: Decision, taken: bool) -> Preset:
        """The simplest preset that takes a branch; the check makes sure that there is one."""
        found = self._simplest([p for p in self.presets if (decision.id, taken) in p.branches])
        if found is None:
            raise LookupError(f"no preset takes {decision.id}/{taken}")
        return found

    def witness_of_lines(self, start: int, end: int) -> Scenario:
        """The simplest preset's scenario of those that execute most of the lines.

        The default where none executes any.
        """
        lines = frozenset(range(start, end + 1))
        most = max((len(lines & preset.lines) for preset in self.presets), default=0)
        if not most:
            return DEFAULT
        found = self._simplest([p for p in self.presets if len(lines & p.lines) == most])
        return found.scenario if found is not None else DEFAULT
