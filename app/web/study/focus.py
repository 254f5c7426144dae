# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The place that the address names, and whether this scenario comes by."""

from __future__ import annotations

from dataclasses import replace

from app.walkthrough.atlas.records import Atlas
from app.web.addresses import ATLAS
from app.web.study.branch_focus import branch_focus, branch_to
from app.web.study.callees import callee_views
from app.web.study.captions import callee_title
from app.web.study.contexts import FocusView
from app.web.study.study import Study, verdict


def focus_view(study: Study, atlas: Atlas | None = None) -> FocusView | None:
    """The place that the address names, whether this scenario comes by, and what else does."""
    view = _here(study)
    focus = study.focus
    if view is None or focus is None or focus.block is not None or study.variant is not None:
        return view
    if focus.decision is None:
        leading = None if atlas is None else branch_to(atlas, _executable(study))
        if atlas is None or leading is None:
            return view
        found = branch_focus(study.cache, atlas, leading, lang=study.lang)
        return replace(view, branches=(found,), leads_here=True)
    if atlas is None:
        addresses = study.cache.addresses
        return replace(view, atlas=addresses.page(study.walkthrough.id, ATLAS, lang=study.lang))
    ways = (True, False) if focus.taken is None else (focus.taken,)
    return replace(
        view,
        branches=tuple(
            branch_focus(study.cache, atlas, (focus.decision.id, way), lang=study.lang)
            for way in ways
        ),
    )


def _executable(study: Study) -> list[int]:
    """The lines of the place that can be executed at all."""
    assert study.focus is not None
    lines = range(study.focus.start, study.focus.end + 1)
    return [line for line in lines if line in study.runnable]


def _here(study: Study) -> FocusView | None:
    """The place that the address names, and whether this scenario comes by."""
    focus, _ = study.focus, study.cache.language.gettext
    if focus is None:
        return None
    witness = study.cache.addresses.page(study.walkthrough.id, focus.place, lang=study.lang)
    pick, copy = study.cache.language.pick, study.copying()
    line = focus.start if focus.decision is None else focus.decision.line
    if focus.decision is not None:
        title = f"{focus.decision.keyword} ({focus.decision.condition})"
        here = study.steps_by_line.get(focus.decision.line, [])
        if focus.taken is not None:
            title = f"{title} → {verdict(focus.taken)}"
            wanted = verdict(focus.taken)
            if any(view.verdict == wanted for view in here):
                return FocusView(title=title, anchor=f"L{line}", line=line, copy=copy)
            remark = (
                _("This socket goes the other way here.")
                if here
                else _("This socket's path does not come to this decision.")
            )
            return FocusView(
                title=title, anchor=f"L{line}", line=line, copy=copy, remark=remark, witness=witness
            )
        if here:
            return FocusView(title=title, anchor=f"L{line}", line=line, copy=copy)
        remark = _("This socket's path does not come to this decision.")
        return FocusView(
            title=title, anchor=f"L{line}", line=line, copy=copy, remark=remark, witness=witness
        )
    if focus.callee:
        remark = ""
        if not any(
            line.path == "on" for it in callee_views(study) for line in it.lines if line.is_focus
        ):
            remark = _("This socket's path does not come by here.")
        place = f"{focus.callee}-L{focus.rows[0]}"
        title = callee_title(study, focus)
        return FocusView(title=title, anchor=place, copy=copy, remark=remark, witness=witness)
    if focus.block is not None:
        title = pick(focus.block.title)
    elif focus.start == focus.end:
        title = _("Line {line}").format(line=focus.start)
    else:
        title = _("Lines {start} to {end}").format(start=focus.start, end=focus.end)
    lines = range(focus.start, focus.end + 1)
    if any(n in study.steps_by_line for n in lines) or not any(n in study.runnable for n in lines):
        return FocusView(title=title, anchor=f"L{line}", line=line, copy=copy)
    remark = _("This socket's path does not come by here.")
    return FocusView(
        title=title, anchor=f"L{line}", line=line, copy=copy, remark=remark, witness=witness
    )
