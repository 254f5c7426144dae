# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Title and description of a walkthrough's page: what a link to it says where it is pasted."""

from __future__ import annotations

from app.kernel.scenario import DEFAULT
from app.walkthrough.content.prose import plain_text
from app.walkthrough.records import Block, Decision
from app.walkthrough.wording import kernel_name
from app.web.study.contexts import FocusView, OutcomeView
from app.web.study.places import Focus
from app.web.study.study import Study, verdict

#: Longer descriptions are cut off by those who show them.
MAX_DESCRIPTION = 300


def page_title(study: Study, focused: FocusView | None) -> str:
    """The place, else the scenario by its name or its inputs, else the walkthrough's title."""
    pick, focus = study.cache.language.pick, study.focus
    name = study.walkthrough.function + "()"
    if focus is not None and focused is not None:
        title = f"{focused.title} · {name}"
        if focus.decision is not None:
            title = f"{pick(focus.decision.title)}{study.cache.language.space}{title}"
        return title
    if study.scenario == DEFAULT:
        return pick(study.walkthrough.title)
    preset = study.preset
    return f"{pick(preset.title) if preset else study.query.replace('&', ', ')} · {name}"


def place_title(study: Study) -> str:
    """The place, the step or the scenario in a few words, without the function's name."""
    language, focus, _ = study.cache.language, study.focus, study.cache.language.gettext
    if study.step is not None:
        line = study.steps[study.step - 1].line
        text = _("step {step} of {count}, line {line}").format(
            step=study.step, count=study.count, line=line
        )
        if not study.inner:
            return text
        return _("{place}, in {function}, line {line}").format(
            place=text,
            function=f"{study.callee}()",
            line=study.inside[study.inner - 1].step.site.span.line,
        )
    if focus is None:
        preset = study.preset
        return language.pick(preset.title) if preset else study.query.replace("&", " ")
    if focus.decision is not None:
        title = _("line {line}, {title}").format(
            line=focus.decision.line, title=language.pick(focus.decision.title)
        )
        return title if focus.taken is None else f"{title}{language.space}{verdict(focus.taken)}"
    if focus.block is not None:
        return language.pick(focus.block.title)
    if focus.callee:
        return callee_title(study, focus)
    if focus.start == focus.end:
        return _("line {line}").format(line=focus.start)
    return _("lines {start} to {end}").format(start=focus.start, end=focus.end)


def span_title(study: Study, focus: Focus) -> str:
    """A place that is no decision, as a heading has it."""
    _ = study.cache.language.gettext
    if focus.block is not None:
        return study.cache.language.pick(focus.block.title)
    if focus.callee:
        return callee_title(study, focus)
    text = _("Line {line}") if focus.start == focus.end else _("Lines {start} to {end}")
    return text.format(line=focus.start, start=focus.start, end=focus.end)


def callee_title(study: Study, focus: Focus) -> str:
    """A function that is executed within steps, or lines of it."""
    _, (start, end) = study.cache.language.gettext, focus.rows
    if "/" not in focus.place:
        return f"{focus.callee}()"
    text = _("line {line}") if start == end else _("lines {start} to {end}")
    return f"{focus.callee}(), {text.format(line=start, start=start, end=end)}"


def capitalised(text: str) -> str:
    """The text as a heading has it."""
    return text[:1].upper() + text[1:]


def page_description(study: Study, outcome: OutcomeView) -> str:
    """What the place is about, then what becomes of the socket, as far as there is room."""
    if study.focus is None and study.scenario == DEFAULT:
        return study.cache.language.pick(study.walkthrough.summary)
    happens = [sentence.striptags() for sentence in outcome.sentences]
    sentences = [] if study.focus is None else [_about(study, study.focus)]
    join = study.cache.language.space.join
    for sentence in happens:
        if len(join([*sentences, sentence])) > MAX_DESCRIPTION:
            break
        sentences.append(sentence)
    return join(sentences)


def _about(study: Study, focus: Focus) -> str:
    if focus.decision is not None:
        return _about_decision(study, focus.decision, focus.taken)
    if focus.block is not None:
        return _about_block(study, focus.block)
    if focus.callee:
        return study.cache.language.gettext(
            "{place}: called by {function} of {kernel}, and executed from its text."
        ).format(
            place=callee_title(study, focus),
            function=study.walkthrough.function + "()",
            kernel=kernel_name(study.walkthrough, study.cache.language, study.variant),
        )
    _, function = study.cache.language.gettext, study.walkthrough.function + "()"
    block = study.cache.language.pick(study.edition.block_of_line(focus.start).title)
    if focus.start == focus.end:
        text = _("Line {start} of {function}: {about}.")
    else:
        text = _("Lines {start} to {end} of {function}: {about}.")
    return text.format(start=focus.start, end=focus.end, function=function, about=block)


def _about_decision(study: Study, decision: Decision, taken: bool | None) -> str:
    _, pick = study.cache.language.gettext, study.cache.language.pick
    values = {
        "line": decision.line,
        "function": study.walkthrough.function + "()",
        "condition": decision.condition,
        "yes": pick(decision.when_true).replace("`", ""),
        "no": pick(decision.when_false).replace("`", ""),
    }
    if taken is None:
        return _("Line {line} of {function} decides {condition}. True: {yes}. False: {no}.").format(
            **values
        )
    clause = values["yes"] if taken else values["no"]
    return _("Line {line} of {function}: {condition} is {way}, {clause}.").format(
        **values, way=verdict(taken), clause=clause
    )


def _about_block(study: Study, block: Block) -> str:
    """The beginning of the commentary."""
    prose = block.prose.get(study.cache.language.code) or next(iter(block.prose.values()))
    text = plain_text(prose.lead)
    if len(text) <= MAX_DESCRIPTION:
        return text
    cut = text[: MAX_DESCRIPTION - 1]
    # Chinese has no space to cut at.
    return (cut.rpartition(" ")[0] if " " in cut[-30:] else cut) + "…"
