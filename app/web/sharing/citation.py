# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""How a place is cited, and where the same lines stand in the kernel's own tree."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from app.web.contexts import LinkView
from app.web.sharing.quotation import Quotation
from app.web.study.study import Study


def citation(quotation: Quotation, revision: str) -> str:
    """Function, lines, file, kernel, revision of the content, address: what a footnote needs."""
    study = quotation.study
    language, source = study.shelf.language, study.walkthrough.provenance
    numbers = [number for number in quotation.numbers if number is not None]
    _ = language.gettext
    text = _(
        "{function}, lines {start} to {end} of the text quoted there ({path}, {edition}). "
        "{title}. Revision of the content: {revision}."
    ).format(
        function=f"{study.walkthrough.function}()",
        start=numbers[0],
        end=numbers[-1],
        path=source.path,
        edition=language.pick(source.edition) if source.edition else f"Linux {source.kernel}",
        title=language.pick(study.walkthrough.title),
        revision=revision,
    )
    return f"{text}\n{quotation.link}\n"


def mainline_links(quotation: Quotation) -> Iterator[LinkView]:
    """The same lines in the nearest mainline version, found by their text: numbers differ there."""
    study = quotation.study
    near = study.walkthrough.provenance.nearest
    if near is None:
        return
    fragment = quote(_telling_text(study, quotation), safe="").replace("-", "%2D")
    for name, address in near.pages.items():
        page = address.format(path=study.walkthrough.provenance.path)
        yield LinkView(f"{page}#:~:text={fragment}", name)


def _telling_text(study: Study, quotation: Quotation) -> str:
    """A quoted line that stands once in the function, and in mainline too; else its first line."""
    source = study.walkthrough.edition.source
    near = study.walkthrough.provenance.nearest
    texts = [line.strip() for line in source.lines]
    for number in quotation.numbers:
        text = texts[number - 1] if number is not None else ""
        differs = near is not None and any(word in text for word in near.without)
        if len(text) > 12 and texts.count(text) == 1 and not differs:
            return text
    return texts[0]
