# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Making of an atlas from a text, for who keeps it: see `app.walkthrough.atlas.store`."""

from __future__ import annotations

import json
from collections.abc import Sequence

from app.csource.parse import parse_function
from app.csource.source import Source
from app.kernel.model import compile_function
from app.kernel.texts import Text, compile_text
from app.machine.program import Program
from app.walkthrough.atlas.both import parting
from app.walkthrough.atlas.make import make_atlas
from app.walkthrough.atlas.records import Atlas, Bounds
from app.walkthrough.atlas.store import Queries
from app.walkthrough.content.shapes import adapter


def _program(
    source: Source, function: str, ids: Sequence[str] | None, text: Text | None
) -> Program:
    if text is not None:
        return compile_text(text, ids).program
    return compile_function(parse_function(source, function), ids)


def make(
    source: Source, function: str, bounds: Bounds, ids: Sequence[str] | None, text: Text | None
) -> Atlas:
    """In this process."""
    return make_atlas(_program(source, function, ids, text), bounds)


def answer(order: str) -> bytes:
    """What a process of its own is asked of one text or of two, and what it says."""
    bounds, *orders = json.loads(order)
    programs = [
        _program(
            Source(file, text),
            function,
            ids,
            None if kernel is None else adapter(Text).validate_python(kernel),
        )
        for file, text, function, ids, kernel in orders
    ]
    if len(programs) == 1:
        return adapter(Atlas).dump_json(make_atlas(programs[0], Bounds(**bounds)))
    found = parting(programs[0], programs[1], Bounds(**bounds))
    return adapter(Queries).dump_json(tuple(item.query() for item in found))
