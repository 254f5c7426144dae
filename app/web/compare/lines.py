# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The source of a comparison: the code once, a lane for each side, what neither does folded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from markupsafe import Markup

from app.csource.source import fold
from app.csource.tracks import Piece
from app.walkthrough.comparison.traces import Comparison
from app.walkthrough.records import Decision
from app.web.addresses import lines_place
from app.web.study.contexts import EffectView
from app.web.study.page_cache import PageCache
from app.web.study.rail import fold_picture, gap_pieces, passed, row_picture
from app.web.study.study import Study

#: Lines that neither side comes by are folded from this many on.
FOLDED_FROM: Final = 4
_NO_RAILS: Final = (Markup(), Markup())


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """What a side does in a line."""

    verdict: str  # which way its decision goes; empty where it has none
    reason: Markup  # why it goes that way
    effects: tuple[EffectView, ...]  # what changed for the world


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """A line of the source with both lanes."""

    number: int  # 1-based, in the text of A, else in that of B
    anchor: str  # the row's id
    href: str  # of the line on the walkthrough's page
    texts: tuple[Markup, ...]  # the line, or the two texts where the variants differ here
    ran: str  # `both`, `a`, `b` or `none`
    a: CellView  # what side A does here
    b: CellView  # what side B does here
    differs: bool  # whether the sides go another way or do something else here
    fork: int | None  # ordinal of the fork that this line is, None for any other
    is_telling: bool  # whether it is the fork that the page speaks of
    is_decision: bool  # whether it decides anything in the source
    lane: int | None  # of the station on the rail, None without one
    rails: tuple[Markup, Markup]  # insides of the line's two pictures
    rests: tuple[Markup, Markup]  # of what is below them where a line takes more than one row


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchView:
    """Consecutive lines."""

    rows: tuple[RowView, ...]  # the lines
    is_folded: bool  # whether neither side comes by
    rails: tuple[Markup, Markup]  # the two tracks that lead past a folded stretch


class LinesView:
    """The lines; `studies` are those of the sides `a` and `b`."""

    def __init__(
        self,
        cache: PageCache,
        comparison: Comparison,
        studies: Mapping[str, Study],
        lang: str | None,
    ) -> None:
        self.cache = cache
        self.walkthrough = cache.walkthrough
        self.comparison = comparison
        self.studies = {name: studies[name] for name in ("a", "b")}
        self.lang = lang
        self.rails = [cache.rail(study.variant) for study in self.studies.values()]
        self.paths = [passed(study.trace.steps) for study in self.studies.values()]

    def decision(self, name: str) -> Decision:
        """A decision of the first side whose text has it."""
        known = [study.edition.decisions_by_id for study in self.studies.values()]
        return next(decisions[name] for decisions in known if name in decisions)

    def cell(self, name: str, line: int) -> CellView:
        """What a side does in a line."""
        steps = [
            step for step in self.studies[name].steps_by_line.get(line, []) if step.line == line
        ]
        reason, way = Markup(), ""
        if steps and steps[-1].decision_id:
            reason, way = self.studies[name].counted(steps), steps[-1].verdict
        effects = tuple(e for step in steps for e in step.effects if e.is_outward)
        return CellView(verdict=way, reason=reason, effects=effects)

    def stretches(self) -> Iterator[StretchView]:
        """The whole source; what neither side comes by is folded."""
        rows = list(self.rows())
        start = 0
        while start < len(rows):
            is_off = self.is_passed_by(rows[start])
            end = start
            while end < len(rows) and self.is_passed_by(rows[end]) == is_off:
                end += 1
            if is_off and end - start < FOLDED_FROM:
                is_off = False
            part = tuple(rows[start:end])
            is_folded = is_off and not self.comparison.by_text
            rails = self.rails_past(part[0].number, part[-1].number) if is_folded else _NO_RAILS
            yield StretchView(rows=part, is_folded=is_off, rails=rails)
            start = end

    def is_passed_by(self, row: RowView) -> bool:
        """Whether there is nothing to see in a line."""
        return row.ran == "none" and len(row.texts) == 1

    def rails_past(self, first: int, last: int) -> tuple[Markup, Markup]:
        """The two tracks that lead past folded lines."""
        a, b = (
            fold_picture(rail, first, last, path)
            for rail, path in zip(self.rails, self.paths, strict=True)
        )
        return a, b

    def rows(self) -> Iterator[RowView]:
        lines_a, lines_b = self.comparison.a.lines, self.comparison.b.lines
        forks = {
            self.decision(fork.decision).line: number
            for number, fork in enumerate(self.comparison.forks, 1)
        }
        telling = self.comparison.telling
        telling_line = self.decision(telling.decision).line if telling else None
        codes = [self.code(study.variant) for study in self.studies.values()]
        for number_a, number_b in self.numbers():
            number = number_a or number_b
            in_a, in_b = number_a in lines_a, number_b in lines_b
            a, b = self.cell("a", number_a), self.cell("b", number_b)
            side = self.studies["a" if number_a else "b"]
            texts = tuple(
                code[at - 1] for code, at in zip(codes, (number_a, number_b), strict=True) if at
            )
            yield RowView(
                number=number,
                anchor=f"L{number}" if number_a else f"B{number}",
                href=side.href(lines_place(number, number), variant=side.edition.kernel),
                texts=texts[:1] if texts[0] == texts[-1] else texts,
                ran={(True, True): "both", (True, False): "a", (False, True): "b"}.get(
                    (in_a, in_b), "none"
                ),
                a=a,
                b=b,
                differs=in_a != in_b or a.verdict != b.verdict or _said(a) != _said(b),
                fork=forks.get(number),
                is_telling=number == telling_line,
                is_decision=any(
                    at in study.edition.decisions_by_line
                    for study, at in zip(self.studies.values(), (number_a, number_b), strict=True)
                ),
                lane=self.rails[0 if number_a else 1].stops.get(number),
                rails=self.pictures(
                    [
                        rail.pieces.get(at, ())
                        for rail, at in zip(self.rails, (number_a, number_b), strict=True)
                    ]
                ),
                rests=self.pictures(
                    [
                        gap_pieces(rail, at) if at else ()
                        for rail, at in zip(self.rails, (number_a, number_b), strict=True)
                    ]
                ),
            )

    def numbers(self) -> Iterator[tuple[int, int]]:
        """The lines that stand beside each other, 1-based; 0 where a text has none."""
        a, b = (study.edition.source.lines for study in self.studies.values())
        if not self.comparison.by_text:
            yield from ((number, number) for number in range(1, len(a) + 1))
            return
        matcher = SequenceMatcher(None, [fold(x) for x in a], [fold(x) for x in b], autojunk=False)
        for _, start_a, end_a, start_b, end_b in matcher.get_opcodes():
            for at in range(max(end_a - start_a, end_b - start_b)):
                yield (
                    start_a + at + 1 if start_a + at < end_a else 0,
                    start_b + at + 1 if start_b + at < end_b else 0,
                )

    def pictures(self, pieces: list[Sequence[Piece]]) -> tuple[Markup, Markup]:
        """The insides of two pictures, one for each lane."""
        a, b = (row_picture(some, path) for some, path in zip(pieces, self.paths, strict=True))
        return a, b

    def code(self, variant: str | None) -> tuple[Markup, ...]:
        """The highlighted lines; the explanations of names are on the study page."""
        return self.cache.code(variant, is_linked=False)


def _said(cell: CellView) -> list[tuple[str, str]]:
    """What a side did to the world, whenever that was."""
    return [(effect.kind, effect.text) for effect in cell.effects]
