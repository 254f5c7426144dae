# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Loading: a kept text becomes an edition of a walkthrough, compiled and aligned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.csource.parse import parse_function
from app.csource.source import Source
from app.editions.records import Kept
from app.errors import NotTaken, SourceError
from app.kernel.features import Features
from app.kernel.texts import Callee, Compiled, Text, compile_text
from app.machine.program import Program
from app.walkthrough.alignment import Heading, aligned_program
from app.walkthrough.records import Edition, Walkthrough


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
            Heading(id=name, title=dict.fromkeys(walkthrough.languages, name), note={}),
        )
    except SourceError as error:
        line = file_lines(kept).get(error.line, error.line)
        raise NotTaken(
            f"{name}: {error.file}, line {line}: {error.message}: {error.text[:80]}"
        ) from error
    matched = len(walkthrough.edition.program.lines) - len(edition.lost)
    if matched * 4 < len(walkthrough.edition.program.lines):
        raise NotTaken(
            f"{name}: this is another function than {walkthrough.function}(), which is so since "
            "Linux 2.4: not a quarter of its statements are there"
        )
    return Loaded(kept=kept, edition=edition, compiled=compiled[-1])
