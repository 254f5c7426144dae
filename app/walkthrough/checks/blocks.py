# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Checks the blocks: each line of the source in exactly one, each with its commentary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.csource.source import Source, fold
from app.errors import nearest
from app.walkthrough.content.prose import SECTIONS, Prose, plain_text
from app.walkthrough.content.reading import Reading, Teller
from app.walkthrough.content.schema import BlockEntry
from app.walkthrough.records import Block

#: Characters that a slide has room for, beside the code.
MAX_SLIDE = 230
#: Commentaries by block and language.
Commentary = Mapping[str, Mapping[str, Prose]]
#: Index of the entry, first and last line.
Span = tuple[int, int, int]


def check_blocks(
    tell: Teller,
    entries: Sequence[BlockEntry],
    declared: int | None,
    source: Source,
    commentary: Commentary,
) -> tuple[Block, ...]:
    """The blocks in the order of the source; none where an anchor does not fit.

    `declared` is how many blocks the file has, those without the right shape included.
    """
    spans = [
        span for index, item in enumerate(entries) if (span := _span(tell, index, item, source))
    ]
    missing = (len(entries) if declared is None else declared) - len(spans)
    spans = _covered(tell, entries, source, spans, missing)
    for index, item in enumerate([] if tell.is_checked else entries):
        _check_slide(tell, index, item, commentary.get(item.id, {}))
    if missing:
        return ()
    return tuple(
        Block(
            id=item.id,
            number=number,
            title=item.title,
            start=start,
            end=end,
            aliases=tuple(item.aliases),
            prose=commentary.get(item.id, {}),
            slide=item.slide or {},
        )
        for number, (index, start, end) in enumerate(spans, 1)
        for item in [entries[index]]
    )


def _check_slide(tell: Teller, index: int, item: BlockEntry, prose: Mapping[str, Prose]) -> None:
    """What a slide says has to be read from the last row: reports what is too long for it."""
    texts = item.slide or {code: plain_text(found.lead) for code, found in prose.items()}
    for code, text in texts.items():
        if len(text) <= MAX_SLIDE:
            continue
        what = "slide" if item.slide else "its lead is too long for a slide, which it has none of"
        path = ("blocks", index, "slide") if item.slide else ("blocks", index)
        tell(
            path, f"block {item.id}: {what}: {len(text)} characters in {code}; at most {MAX_SLIDE}"
        )


def _span(tell: Teller, index: int, item: BlockEntry, source: Source) -> Span | None:
    path = ("blocks", index)
    start = tell.place((*path, "from"), item.from_, source.lines, "line")
    end = tell.place((*path, "to"), item.to, source.lines, "line")
    if start is None or end is None:
        return None
    if end < start:
        tell(
            (*path, "to"),
            f"block {item.id} ends in line {end + 1}, before it starts in {start + 1}",
        )
        return None
    return index, start + 1, end + 1


def _covered(
    tell: Teller, entries: Sequence[BlockEntry], source: Source, spans: list[Span], missing: int
) -> list[Span]:
    """The spans in the order of the source, blank lines given to the block before them.

    As many gaps as blocks are `missing` may be those blocks' own, and are no mistakes.
    """
    spans.sort(key=lambda span: span[1])
    result: list[Span] = []
    gaps: list[tuple[int | None, int, int, str]] = []
    expected = 1

    def give_blank_lines(until: int) -> None:
        nonlocal expected
        while result and expected < until and not source.line(expected).strip():
            index, start, _ = result[-1]
            result[-1] = (index, start, expected)
            expected += 1

    for index, start, end in spans:
        name = entries[index].id
        give_blank_lines(start)
        if start < expected:
            other = entries[result[-1][0]].id if result else ""
            tell(
                ("blocks", index),
                f"line {start} is in two blocks, {other} and {name}: {fold(source.line(start))}",
            )
        elif start > expected:
            gaps.append(
                (tell.document.line(("blocks", index)), expected, start - 1, f" (before {name})")
            )
        result.append((index, start, end))
        expected = max(expected, end + 1)
    give_blank_lines(len(source.lines) + 1)
    if expected <= len(source.lines):
        gaps.append((None, expected, len(source.lines), ""))
    if len(gaps) > missing:
        for at, first, last, where in gaps:
            lines = f"line {first} is" if first == last else f"lines {first} to {last} are"
            tell.at(at, f"{lines} in no block{where}: {fold(source.line(first))}")
    return result


# Commentary


def read_commentary(reading: Reading, blocks: Iterable[str]) -> Commentary:
    """The commentaries of the blocks with these ids; what is missing is reported."""
    return {
        name: {
            code: prose
            for code in reading.languages
            if (prose := _prose(reading, f"blocks/{name}.{code}.md"))
        }
        for name in blocks
    }


def _prose(reading: Reading, file: str) -> Prose | None:
    text = reading.text(file)
    if text is None:
        return None
    prose = Prose(text)
    if reading.is_checked:
        return prose
    if not prose.lead:
        reading.report(file, 1, "no lead before the first section")
    for key, line in prose.strays:
        reading.report(
            file,
            line,
            f"section {key} is unknown, or out of order; allowed in this order: "
            + ", ".join(SECTIONS),
            nearest(key, SECTIONS),
        )
    for key, is_required in SECTIONS.items():
        if is_required and key not in prose.sections:
            reading.report(file, None, f"section {key} is missing")
    return prose


def check_strangers(reading: Reading) -> None:
    """A commentary that belongs to no block would be forgotten."""
    known = {file.removeprefix("blocks/") for file in reading.used if file.startswith("blocks/")}
    for name in reading.names("blocks"):
        is_tolerated = name.split(".")[1:-1] in [[code] for code in reading.tolerated]
        if name not in known and not is_tolerated:
            reading.report(f"blocks/{name}", None, "belongs to no block", nearest(name, known))
