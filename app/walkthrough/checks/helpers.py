# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Checks `helpers.yaml` and `glossary.yaml`: what the names in the source mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.csource.source import Source
from app.errors import nearest
from app.kernel.helpers import FUNCTIONS, NOTES
from app.kernel.helpers.elsewhere import MACROS, OTHERS, SILENT
from app.kernel.neighbours import calls_outside
from app.machine.program import Program
from app.machine.trace import NOTE_FACTS
from app.walkthrough.content.documents import Document
from app.walkthrough.content.reading import Reading
from app.walkthrough.content.schema import Helper, Term
from app.walkthrough.content.shapes import Fitted

HELPERS: Final = "helpers.yaml"
GLOSSARY: Final = "glossary.yaml"
#: What a helper may be: all that a text may call.
_MODELLED: Final = frozenset((*FUNCTIONS, *OTHERS, *MACROS, *SILENT))


def check_helpers(
    reading: Reading,
    fitted: Fitted[list[Helper]],
    program: Program,
    source: Source,
) -> Mapping[str, Helper]:
    """The kernel functions by their name in the source."""
    document = fitted.document
    helpers: dict[str, Helper] = {}
    called = calls_outside(source, program)
    for index, entry in enumerate(fitted.value or []):
        line = document.line((index,))
        as_called = entry.called
        if entry.name not in _MODELLED:
            near = nearest(entry.name, _MODELLED)
            reading.report(HELPERS, line, f"helper {entry.name} is not modelled", near)
        if as_called in helpers:
            reading.report(HELPERS, line, f"helper {as_called} stands twice")
        if as_called not in called:
            near = nearest(as_called, called)
            reading.report(HELPERS, line, f"{as_called} is not called in the source", near)
        _check_reasons(reading, document, index, entry)
        helpers[as_called] = entry
    explained = _explained(fitted.original)
    for name, line in called.items():
        if explained is not None and name not in explained:
            reading.report(
                source.file.removeprefix(reading.name("")),
                line,
                f"{name} is called here, but {HELPERS} does not explain it",
                nearest(name, explained),
            )
    return helpers


def _explained(document: Document) -> list[str] | None:
    """The names in the file, those of broken entries included; None where it is no list."""
    if not isinstance(document.value, list):
        return None
    entries = [entry for entry in document.value if isinstance(entry, dict)]
    names = [entry.get("called") or entry.get("name") for entry in entries]
    return [name for name in names if isinstance(name, str)]


def _check_reasons(reading: Reading, document: Document, index: int, entry: Helper) -> None:
    """Each reason is one that the model gives, with placeholders that its facts fill."""
    codes = NOTES.get(entry.name, ())
    for code, texts in entry.reasons.items():
        line = document.line((index, "reasons", code))
        if code not in codes and entry.name in FUNCTIONS:
            reading.report(
                HELPERS,
                line,
                f"reason {code} is never given, allowed: {', '.join(codes) or 'none'}",
                nearest(code, codes),
            )
        for text in texts.values():
            try:
                text.format(**dict.fromkeys(NOTE_FACTS, 0))
            except (KeyError, ValueError, IndexError, AttributeError):
                reading.report(
                    HELPERS,
                    line,
                    f"reason {code} has a placeholder that no fact fills: {text}; "
                    f"allowed: {', '.join(NOTE_FACTS)}",
                )


def check_glossary(reading: Reading) -> Mapping[str, Term]:
    """The terms by their spelling in the source; a walkthrough may do without any."""
    fitted = reading.file(GLOSSARY, list[Term], is_optional=True)
    if fitted is None:
        return {}
    terms: dict[str, Term] = {}
    for index, entry in enumerate(fitted.value or []):
        if entry.in_code in terms:
            line = fitted.document.line((index,))
            reading.report(GLOSSARY, line, f"term {entry.in_code} stands twice")
        terms[entry.in_code] = entry
    return terms
