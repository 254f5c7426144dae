# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Functions within a step: their text, what of it was executed, step by step, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from app.machine.trace import Step, Within, within
from app.walkthrough.content.prose import code_html
from app.web.addresses import lines_place
from app.web.study.contexts import CalleeLine, CalleeView, InnerStepView
from app.web.study.page_cache import inline

if TYPE_CHECKING:
    from app.web.study.study import Study


class WaysInside(NamedTuple):
    """Where one gets from a step within a step, by number; 0 where that is out of the step."""

    back: int
    forward: int
    into: int
    out: int


def ways_inside(depths: Sequence[int], at: int) -> WaysInside:
    """The ways from the step `at`, from 1, among those of such depths; 0 is the step that calls.

    Back and forward step over what is called from there.
    """
    depth = depths[at - 1] if at else 0
    before = range(at - 1, 0, -1)
    return WaysInside(
        back=next((n for n in before if depths[n - 1] <= depth), 0),
        forward=next((n for n in range(at + 1, len(depths) + 1) if depths[n - 1] <= depth), 0),
        into=at + 1 if at < len(depths) and depths[at] > depth else 0,
        out=next((n for n in before if depths[n - 1] < depth), 0),
    )


def inner_views(study: Study, number: int, step: Step) -> tuple[InnerStepView, ...]:
    """The steps within the step of that number."""
    views = []
    for count, item in enumerate(within(step), 1):
        site = item.step.site
        views.append(
            InnerStepView(
                number=count,
                depth=item.depth,
                function=item.function,
                line=site.span.line,
                end_line=site.span.end_line,
                code=Markup(code_html(site.text)),  # noqa: S704 - escaped
                verdict="" if item.step.taken is None else str(item.step.taken).lower(),
                why=inline(study.wording.inside(item.step, study.edition)),
                effects=study.effects(item.step.effects, number),
                href=study.address(step=f"{number}.{count}"),
                is_current=number == study.step and count == study.inner,
            )
        )
    return tuple(views)


def callee_views(study: Study) -> tuple[CalleeView, ...]:
    """The functions whose text is executed within steps, as far as the step that is shown."""
    edition, steps = study.edition, study.trace.steps
    shown: list[Within]
    if study.inner:
        shown = list(study.inside)
    else:
        chosen = steps if study.step is None else steps[study.step - 1 : study.step]
        shown = [item for step in chosen for item in within(step)]
    return tuple(_callee(study, name, shown) for name in edition.callees)


def _callee(study: Study, name: str, shown: Sequence[Within]) -> CalleeView:
    edition, cache, focus = study.edition, study.cache, study.focus
    source, first = edition.callees[name], edition.first_lines.get(name, 1)
    rows = focus.rows if focus is not None and focus.callee == name else (0, 0)
    ran: dict[int, list[tuple[int, Step]]] = {}
    for number, item in enumerate(shown, 1):
        if item.function == name:
            for line in item.step.site.span.lines:
                ran.setdefault(line, []).append((number, item.step))
    helper = study.walkthrough.helpers.get(name)
    lines = []
    for number, html in enumerate(cache.callee(study.variant, name), 1):
        here = ran.get(number, [])
        lines.append(
            CalleeLine(
                number=number,
                html=html,
                href=study.address(f"{name}/{lines_place(number, number)}", with_scenario=False),
                where=f"{source.file}:{first + number - 1}",
                path="on" if here else "off",
                when=_when(study.inner, [at for at, _ in here]),
                is_focus=rows[0] <= number <= rows[1],
                starts_focus=number == rows[0],
                said=_said(
                    study,
                    [
                        step
                        for at, step in here
                        if step.site.span.line == number and at <= (study.inner or at)
                    ],
                ),
            )
        )
    return CalleeView(
        name=name,
        does=inline(cache.language.pick(helper.does)) if helper else Markup(),
        where=f"{source.file}:{first}",
        href=study.address(name, with_scenario=False),
        is_open=study.inner is not None and study.callee == name,
        lines=tuple(lines),
    )


def _when(inner: int | None, here: Sequence[int]) -> str:
    if inner is None or not here:
        return ""
    return "now" if inner in here else "done" if here[0] < inner else "ahead"


def _said(study: Study, steps: Sequence[Step]) -> tuple[Markup, ...]:
    """Which way, why, and what was changed, each once."""
    wording, found = study.wording, dict[str, None]()
    for step in steps:
        if step.taken is not None:
            found[wording.pair(str(step.taken).lower(), wording.clause(step))] = None
        found.update((wording.effect(effect), None) for effect in step.effects if not step.frames)
    return tuple(inline(text) for text in found)
