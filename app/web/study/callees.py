# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Functions within a step: what of their text was executed, line by line, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from app.machine.trace import Frame, Step
from app.web.study.contexts import CalleeLine, FrameView
from app.web.study.shelf import inline

if TYPE_CHECKING:
    from app.web.study.study import Study

#: Lines that are shown around one that was executed.
AROUND: Final = 1


def frame_views(study: Study, frames: Sequence[Frame]) -> tuple[FrameView, ...]:
    """The functions of a step, with those that they called."""
    return tuple(_frame(study, frame) for frame in frames)


def _frame(study: Study, frame: Frame) -> FrameView:
    edition, name = study.edition, frame.function
    source = edition.callees[name]
    first = edition.first_lines[name]
    by_line: dict[int, list[Step]] = {}
    for step in frame.steps:
        by_line.setdefault(step.site.span.line, []).append(step)
    shown = {1}
    for line, steps in by_line.items():
        last = max(step.site.span.end_line for step in steps)
        shown.update(range(max(1, line - AROUND), last + AROUND + 1))
    code = study.shelf.callee(study.variant, name)
    lines: list[CalleeLine] = []
    for number in range(1, len(source.lines) + 1):
        if number in shown:
            steps = by_line.get(number, [])
            lines.append(_line(study, first + number - 1, code[number - 1], steps))
        elif lines and lines[-1].number is not None:
            lines.append(_line(study, None, Markup("…"), []))
    return FrameView(
        name=name,
        where=f"{source.file}:{first}",
        count=len(frame.steps),
        lines=tuple(lines),
        frames=frame_views(study, [inner for step in frame.steps for inner in step.frames]),
    )


def _line(study: Study, number: int | None, code: Markup, steps: Sequence[Step]) -> CalleeLine:
    wording = study.wording
    decided = [step for step in steps if step.taken is not None]
    remarks = [inline(wording.clause(step)) for step in decided]
    remarks += [
        inline(wording.effect(effect))
        for step in steps
        if not step.frames
        for effect in step.effects
    ]
    return CalleeLine(
        number=number,
        code=code,
        has_run=bool(steps),
        verdicts=tuple(str(step.taken).lower() for step in decided),
        remarks=tuple(remarks),
    )
