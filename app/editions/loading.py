# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Loading: a kept text becomes an edition of a walkthrough, compiled and aligned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.csource.parse import parse_function
from app.csource.source import Source
from app.editions.cutting import without_comments
from app.editions.records import Kept
from app.errors import NotTaken, SourceError
from app.kernel.features import Features
from app.kernel.texts import Callee, Compiled, Text, compile_text
from app.machine.program import Program
from app.walkthrough.alignment import Heading, aligned_program
from app.walkthrough.content.prose import prose_of
from app.walkthrough.kernels import Delta, searchable
from app.walkthrough.records import Block, Decision, Edition, Walkthrough


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A kept text that can be read and run."""

    kept: Kept
    edition: Edition
    compiled: Compiled


def text_of(kept: Kept) -> Text:
    """The text as the kernel runs it."""
    return Text(
        source=_shown(kept),
        entry=kept.entry,
        inlined=tuple(piece.name for piece in kept.shown if piece.name != kept.entry),
        callees=tuple(
            Callee(name=piece.name, source=Source(piece.file, piece.text + "\n"))
            for piece in kept.callees
        ),
        tables=kept.tables,
        features=features_of(kept),
    )


def features_of(kept: Kept) -> Features:
    """What was read off the tree, for the model."""
    facts = {name: fact.value for name, fact in kept.facts.items()}
    reasons = str(facts.get("reasons", "")).split()
    return Features(
        timewait_ms=int(facts["timewait"]) * 1000 if "timewait" in facts else None,
        drops_request=bool(facts.get("drops_request", False)),
        linger_bits=int(facts.get("linger_bits", 32)),
        reasons=tuple(reasons),
    )


def _shown(kept: Kept) -> Source:
    """What a reader sees: the functions in the order of the file, a blank line between them."""
    pieces = sorted(kept.shown, key=lambda piece: piece.line)
    return Source(pieces[0].file, "\n\n".join(piece.text for piece in pieces) + "\n")


def file_lines(kept: Kept) -> Mapping[int, int]:
    """By a line of what is shown its line in the file of the tree."""
    found: dict[int, int] = {}
    at = 1
    for piece in sorted(kept.shown, key=lambda item: item.line):
        count = piece.text.count("\n") + 1
        found.update({at + n: piece.line + n for n in range(count)})
        at += count + 1
    return found


def load(kept: Kept, walkthrough: Walkthrough) -> Loaded:
    """The edition of a kept text. Raises NotTaken where it is not the walkthrough's function."""
    text = text_of(kept)
    name = kept.label
    compiled: list[Compiled] = []

    def compile_with(ids: Sequence[str]) -> Program:
        compiled.append(compile_text(text, ids))
        return compiled[-1].program

    try:
        inner = next((item.name for item in kept.shown if item.name != kept.entry), kept.entry)
        functions = [
            parse_function(text.source, item) for item in dict.fromkeys((inner, kept.entry))
        ]
        edition = aligned_program(
            walkthrough.edition,
            text.source,
            functions,
            compile_with,
            Heading(id=name, title=dict.fromkeys(walkthrough.languages, f"Linux {name}"), note={}),
            sayings=_sayings(walkthrough),
        )
    except SourceError as error:
        if not _resembles(text.source, walkthrough.edition.source):
            raise _another(name, walkthrough) from error
        line = file_lines(kept).get(error.line, error.line)
        raise NotTaken(
            f"{name}: {error.file}, line {line}: {error.message}: {error.text[:80]}"
        ) from error
    matched = len(walkthrough.edition.program.lines) - len(edition.lost)
    if matched * 4 < len(walkthrough.edition.program.lines):
        raise _another(name, walkthrough)
    return Loaded(kept=kept, edition=_explained(kept, edition, walkthrough), compiled=compiled[-1])


def _another(name: str, walkthrough: Walkthrough) -> NotTaken:
    return NotTaken(
        f"{name}: this is another function than {walkthrough.function}(), which is so since "
        "Linux 2.4: not a quarter of its statements are there"
    )


def _resembles(text: Source, own: Source) -> bool:
    """Whether a quarter of the lines are there: what can be told of a text that is not parsed."""
    here, wanted = (
        {"".join(line.split()) for line in without_comments(source.text).split("\n")} - {""}
        for source in (text, own)
    )
    return len(here & wanted) * 4 >= len(wanted)


def _sayings(walkthrough: Walkthrough) -> list[Decision]:
    """The decisions of other texts that have words."""
    return [
        Decision(
            id=entry.id,
            number=0,
            keyword="if",
            line=1,
            end_line=1,
            condition=entry.condition,
            title=entry.title,
            when_true=entry.when_true,
            when_false=entry.when_false,
        )
        for entry in walkthrough.kernel_notes.decisions
    ]


def _explained(kept: Kept, edition: Edition, walkthrough: Walkthrough) -> Edition:
    """The edition with what is known of it: its labels, its wrapper's block, its changes."""
    blocks = list(edition.blocks)
    last = len(edition.source.lines)
    notes = walkthrough.kernel_notes
    if blocks and blocks[-1].end < last and notes.wrapper is not None:
        start = blocks[-1].end + 1
        while not edition.source.line(start):
            start += 1
        blocks[-1] = replace(blocks[-1], end=start - 1)
        blocks.append(
            Block(
                id=notes.wrapper.id,
                number=len(blocks) + 1,
                title=notes.wrapper.title,
                start=start,
                end=last,
                aliases=(),
                prose=prose_of(notes.wrapper.text),
                standing="new",
            )
        )
    elif blocks:
        blocks[-1] = replace(blocks[-1], end=last)
    read_off = " ".join(f"#{name} {fact.value}" for name, fact in kept.facts.items())
    pieces = (*kept.shown, *kept.callees)
    code = searchable("\n".join(piece.text for piece in pieces)) + " " + read_off
    own = searchable(walkthrough.edition.source.text)
    ids = [block.id for block in blocks]
    deltas: dict[str, list[Delta]] = {}
    for delta in notes.deltas:
        block = next((name for name in delta.blocks if name in ids), None)
        if block is not None and delta.is_in(code, own):
            deltas.setdefault(block, []).append(delta)
    return replace(
        edition,
        blocks=tuple(blocks),
        text=text_of(kept),
        digest=kept.digest,
        labels=tuple(label.name for label in kept.labels),
        licence=kept.licence,
        file_lines=file_lines(kept),
        callees={piece.name: Source(piece.file, piece.text + "\n") for piece in kept.callees},
        first_lines={piece.name: piece.line for piece in kept.callees},
        deltas=deltas,
        read_off=kept.facts,
    )
