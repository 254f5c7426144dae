# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The place that the address names, and whether this scenario comes by."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.web.addresses import ATLAS
from app.web.study.callees import callee_views
from app.web.study.captions import span_title
from app.web.study.contexts import FocusView
from app.web.study.study import Study, verdict

if TYPE_CHECKING:
    from app.walkthrough.atlas.records import Atlas


def focus_view(study: Study, atlas: Atlas | None = None) -> FocusView | None:
    """The place that the address names, whether this scenario comes by, and what else does."""
    view = _here(study)
    focus = study.focus
    if view is None or focus is None or focus.block is not None or study.variant is not None:
        return view
    # Most pages have none.
    from app.web.study.branch_focus import branch_focus, branch_to

    if focus.decision is None:
        leading = None if atlas is None else branch_to(atlas, _executable(study))
        if atlas is None or leading is None:
            return view
        found = branch_focus(study.cache, atlas, leading, lang=study.lang)
        return replace(view, branches=(found,), leads_here=True)
    if atlas is None:
        return replace(view, atlas=study.href(ATLAS))
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
    remark, line, steps = "", focus.start, study.steps_by_line
    if (decision := focus.decision) is not None:
        line, way = decision.line, verdict(focus.taken)
        title = f"{decision.keyword} ({decision.condition})" + (f" → {way}" if way else "")
        here = steps.get(line, [])
        if not here:
            remark = _("This socket's path does not come to this decision.")
        elif way and all(view.verdict != way for view in here):
            remark = _("This socket goes the other way here.")
    else:
        title = span_title(study, focus)
        if focus.callee:
            line = 0
            rows = (row for it in callee_views(study) for row in it.lines if row.is_focus)
            comes = any(row.path == "on" for row in rows)
        else:
            lines = range(focus.start, focus.end + 1)
            comes = not _executable(study) or any(number in steps for number in lines)
        if not comes:
            remark = _("This socket's path does not come by here.")
    return FocusView(
        title=title,
        anchor=f"{focus.callee}-L{focus.rows[0]}" if focus.callee else f"L{line}",
        line=line,
        copy=study.copying(),
        remark=remark,
        witness=study.href(focus.place, variant=study.edition.kernel) if remark else None,
    )
