# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Skeletons: the files of a walkthrough as far as its source says them.

Blocks follow the paragraphs of the function, decisions its conditions; the presets are the simplest
scenarios that take every branch. What only a person can say stands as `TODO: …`, with what is
wanted there; a check refuses a folder until it is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.csource import nodes
from app.csource.decisions import UNNAMED, calls_of, decisions_of
from app.csource.source import Source, fold
from app.errors import ContentError, ContentProblem
from app.kernel.helpers import NOTES
from app.kernel.model import ENVIRONMENT, compile_function, run
from app.kernel.neighbours import calls_outside
from app.kernel.scenario import DEFAULT, Scenario
from app.machine.program import Program
from app.machine.trace import Branch
from app.walkthrough.atlas.make import make_atlas
from app.walkthrough.checks.source import whole_program
from app.walkthrough.content.prose import SECTIONS
from app.walkthrough.content.reading import TODO
from app.walkthrough.content.schema import Helper
from app.walkthrough.records import RESERVED_IDS
from app.walkthrough.told import words_in

_SOURCE_OF: Final = re.compile(r"Source: ([\w/.-]+\.[ch])")
_LICENCE: Final = re.compile(r"SPDX-License-Identifier:\s*([\w.+-]+(?: (?:OR|AND|WITH) [\w.+-]+)*)")
#: Words that a name can do without.
_EMPTY_WORDS: Final = frozenset(("sk", "skb", "tcp", "null", "struct"))
_MAX_NAME: Final = 28
_CONTROL: Final = (nodes.If, nodes.While, nodes.DoWhile, nodes.For, nodes.Switch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skeleton:
    """The files of a folder by their names, and what the source keeps from being explained.

    `unreached` are branches that no scenario takes: a walkthrough needs a preset for each.
    """

    files: Mapping[str, str]
    unreached: tuple[Branch, ...]


def make_skeleton(
    name: str,
    source: Source,
    function: str,
    languages: Sequence[str],
    known: Mapping[str, Helper],
) -> Skeleton:
    """The skeleton of the walkthrough with the id `name`.

    `known` are helpers that other walkthroughs explain. Raises ContentError where the function
    cannot be run.
    """
    program = whole_program(source, function)
    names = _Names()
    blocks = list(_blocks(program.function, names))
    ids = [
        names.unique(_slug(decision.condition) or f"decision-{decision.number + 1}")
        for decision in program.decisions
    ]
    program = compile_function(program.function, ids)
    presets, unreached = _presets(program)
    file = f"{name}.c"
    write = _Writer(languages)
    files = {
        file: source.text,
        "walkthrough.yaml": "\n".join(
            (
                *write.head(name, program.function, file),
                *write.blocks(source, blocks),
                *write.decisions(program),
                *write.presets(presets),
                "",
            )
        ),
        "helpers.yaml": "\n".join((*write.helpers(calls_outside(source, program), known), "")),
    }
    for block in blocks:
        for code in languages:
            files[f"blocks/{block.id}.{code}.md"] = write.commentary(code)
    return Skeleton(files=files, unreached=unreached)


# Names


class _Names:
    """Gives each id once: blocks and decisions share their addresses."""

    def __init__(self) -> None:
        self._given: set[str] = set(RESERVED_IDS)

    def unique(self, wanted: str) -> str:
        name = wanted
        number = 1
        while name in self._given or name.startswith(UNNAMED):
            number += 1
            name = f"{wanted}-{number}"
        self._given.add(name)
        return name


def _slug(code: str) -> str:
    """What the words of some C are about, as an id; empty where it has none."""
    words = dict.fromkeys(re.findall(r"[a-z]+[0-9]*|[0-9]+", code.lower()))
    found = ""
    for word in words:
        longer = f"{found}-{word}" if found else word
        if word in _EMPTY_WORDS or (not found and not word[0].isalpha()):
            continue
        if len(longer) > _MAX_NAME:
            break
        found = longer
    return found


# Blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """Lines of the source, 1-based and inclusive, none of both blank."""

    id: str
    start: int
    end: int


def _blocks(function: nodes.Function, names: _Names) -> Iterator[_Block]:
    """The paragraphs of the function, each loop and condition of its body in one of its own."""
    source = function.source
    starts = _starts(function)
    filled = [number for number, line in enumerate(source.lines, 1) if line.strip()]
    labels = {
        statement.span.line: statement.name
        for statement in function.body.body
        if isinstance(statement, nodes.Label)
    }
    calls = calls_of(function)
    decisions = decisions_of(function)
    for number, (start, after) in enumerate(
        zip([filled[0], *starts], [*starts, len(source.lines) + 1], strict=True)
    ):
        end = max(line for line in filled if line < after)
        label = next((text for line, text in labels.items() if start <= line <= end), "")
        called = [name for name, span in calls if start <= span.line <= end]
        asked = [f"if {d.condition}" for d in decisions if start <= d.line <= end]
        wanted = [_slug(text) for text in (label, *called, *asked)] if number else ["start"]
        name = next(filter(None, wanted), f"part-{number + 1}")
        yield _Block(id=names.unique(name), start=start, end=end)


def _starts(function: nodes.Function) -> list[int]:
    """The first lines of all blocks but the first."""
    source = function.source
    starts: list[int] = []
    end = function.body.span.line
    is_begun = has_control = False
    for statement in function.body.body:
        start = statement.span.line
        while start - 1 > end and source.line(start - 1).strip():
            # A comment above it.
            start -= 1
        is_control = isinstance(statement, _CONTROL)
        is_apart = isinstance(statement, nodes.Label) or (
            is_begun and not source.line(start - 1).strip()
        )
        if start > end and (is_apart or (is_control and (is_begun or has_control))):
            starts.append(start)
            has_control = False
        is_begun = is_begun or not isinstance(statement, nodes.Declaration)
        has_control = has_control or is_control
        end = statement.span.end_line
    return starts


# Presets


def _presets(program: Program) -> tuple[dict[str, Scenario], tuple[Branch, ...]]:
    """The simplest scenarios, few of them, that take every branch; and what none takes.

    Raises ContentError where the C cannot go on in the simplest of all.
    """
    found = {"default": DEFAULT}
    trace = run(program, DEFAULT)
    if error := trace.error:
        said = f"{error.message}: {error.text}"
        raise ContentError([ContentProblem(error.file, error.line, said)])
    taken = set(trace.branches)
    unreached = []
    for record in make_atlas(program).branches:
        place = (record.decision, record.taken)
        if place in taken:
            continue
        witness = record.real_witness or record.witness
        trace = run(program, witness.scenario if witness else DEFAULT)
        if witness is None or trace.error:
            unreached.append(place)
            continue
        found[f"{record.decision}-{str(record.taken).lower()}"] = witness.scenario
        taken.update(trace.branches)
    return found, tuple(unreached)


# Files


class _Writer:
    """Writes YAML and Markdown in the languages of a walkthrough."""

    def __init__(self, languages: Sequence[str]) -> None:
        self.languages = languages

    def texts(self, texts: Mapping[str, str]) -> str:
        """A text by language, those of other languages left out."""
        inner = (f"{code}: {_quoted(texts[code])}" for code in self.languages if code in texts)
        return "{" + ", ".join(inner) + "}"

    def todo(self, what: str) -> str:
        return self.texts(
            {code: f"{TODO} {text}" for code, text in words_in("skeleton")["wanted"][what].items()}
        )

    def head(self, name: str, function: nodes.Function, file: str) -> Iterator[str]:
        licence = _LICENCE.search(function.source.text)
        yield "# Begun by `walkthrough new`; `walkthrough check` lists the sentences to be written."
        yield "# Ids are addresses, and for ever once somebody has a link: rename them now."
        yield f"id: {name}"
        yield f"function: {function.name}"
        yield f"title: {self.todo('title')}"
        yield f"summary: {self.todo('summary')}"
        yield f"languages: [{', '.join(self.languages)}]"
        yield "source:"
        yield f"  file: {_quoted(file)}"
        yield f"  licence: {_quoted(licence[1] if licence else f'{TODO} an SPDX identifier')}"
        yield f"  origin: {self.todo('origin')}"

    def blocks(self, source: Source, blocks: Iterable[_Block]) -> Iterator[str]:
        yield "blocks:"
        lines = [fold(line) for line in source.lines]
        for block in blocks:
            yield f"  - id: {block.id}"
            yield f"    title: {self.todo('title')}"
            yield f"    from: {_anchor(lines, block.start - 1)}"
            yield f"    to: {_anchor(lines, block.end - 1)}"

    def decisions(self, program: Program) -> Iterator[str]:
        yield "decisions:" if program.decisions else "decisions: []"
        codes = [decision.code for decision in program.decisions]
        for decision, name in zip(program.decisions, program.ids, strict=True):
            yield f"  - id: {name}"
            yield f"    code: {_anchor(codes, decision.number)}"
            yield f"    title: {self.todo('question')}"
            yield f"    when_true: {self.todo('true')}"
            yield f"    when_false: {self.todo('false')}"

    def presets(self, presets: Mapping[str, Scenario]) -> Iterator[str]:
        yield "presets:"
        for name, scenario in presets.items():
            changed = (f"{key}: {_quoted(str(v))}" for key, v in scenario.changed().items())
            yield f"  - id: {name}"
            yield f"    title: {self.todo('title')}"
            yield f"    scenario: {{{', '.join(changed)}}}"
            yield f"    story: {self.todo('story')}"

    def helpers(self, calls: Iterable[str], known: Mapping[str, Helper]) -> Iterator[str]:
        yield "# The kernel functions that are called; each has a model in the program."
        if not calls:
            yield "[]"
        for called in calls:
            helper = known.get(called)
            yield f"- name: {helper.name if helper else called}"
            if helper and helper.name != called:
                yield f"  called: {called}"
            yield f"  file: {_quoted(helper.file if helper else _file_of(called))}"
            yield f"  kind: {helper.kind if helper else 'function'}"
            yield f"  does: {self.texts(helper.does) if helper else self.todo('does')}"
            yield f"  model: {self.texts(helper.model) if helper else self.todo('model')}"
            reasons = helper.reasons if helper else dict.fromkeys(NOTES.get(called, ()))
            if reasons:
                yield "  reasons:"
            for code, texts in reasons.items():
                yield f"    {code}: {self.texts(texts) if texts else self.todo('reason')}"

    def commentary(self, code: str) -> str:
        """One block's, in a language."""

        def todo(what: str) -> str:
            return f"{TODO} {words_in('skeleton')['wanted'][what][code]}"

        wire, parts = words_in("skeleton")["wire"][code], [todo("lead")]
        for section, is_required in SECTIONS.items():
            if is_required:
                text = f"{wire}\n: {todo(section)}" if section == "seen" else todo(section)
                parts.append(f"## {section}\n{text}")
        return "\n\n".join(parts) + "\n"


def _quoted(text: str) -> str:
    """A text as YAML has it between quotes."""
    return json.dumps(text, ensure_ascii=False)


def _anchor(codes: Sequence[str], index: int) -> str:
    """The anchor of one of several codes, in their order."""
    code = codes[index]
    if codes.count(code) == 1:
        return _quoted(code)
    return f"{{code: {_quoted(code)}, nth: {codes[: index + 1].count(code)}}}"


def _file_of(called: str) -> str:
    """The kernel's file that a modelled function was written after."""
    model = ENVIRONMENT.functions.get(called)
    body = model.body if model else None
    found = _SOURCE_OF.search(body.__doc__ or "") if body else None
    return found[1] if found else f"{TODO} the kernel's file"
