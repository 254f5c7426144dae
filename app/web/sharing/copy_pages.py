# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`/copy/…`: a place, a step or an outcome as texts to copy. Works without scripts.

With `.txt` behind the place it is the text for mail alone, for curl and for readers in a terminal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.walkthrough.atlas.records import Atlas
from app.walkthrough.atlas.words import AtlasWords
from app.web.addresses import COPY, EMBED
from app.web.contexts import LinkView
from app.web.meta import Share
from app.web.resolve import SHARED_KEYS, Target, place_of, resolve
from app.web.sharing.quotation import Quotation, citation, mainline_links
from app.web.site import Site
from app.web.study.branch_focus import branch_focus
from app.web.study.captions import capitalised, place_title
from app.web.study.form import text_note
from app.web.study.places import Moved
from app.web.study.study import Study
from app.web.visit import Pages, moved
from app.web.wrapping import COLUMNS

#: The most cases of a condition that a mail has.
_CASES: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPage:
    """`copy.html`: one place as texts to copy."""

    heading: str  # the place
    back: str  # the place itself
    texts: Mapping[str, str]  # by its form, which the template names
    card: str  # address of the picture
    plain: str  # address of the text for mail alone
    note: str = ""  # that the kernel which was asked for is not here
    mainline: tuple[LinkView, ...] = ()  # the same lines in the kernel's own tree
    nearest: str = ""  # their version; empty where none is known
    differences: tuple[str, ...] = ()  # why it is only near


class CopyPages(Pages):
    """The endpoint."""

    def routes(self) -> list[Route]:
        return [
            Route(f"/{COPY}/{{walkthrough}}.txt", self.plain),
            Route(f"/{COPY}/{{walkthrough}}/{{place:path}}.txt", self.plain),
            Route(f"/{COPY}/{{walkthrough}}", self.page),
            Route(f"/{COPY}/{{walkthrough}}/{{place:path}}", self.page),
        ]

    async def page(self, request: Request) -> Response:
        site, addresses = self.site, self.site.addresses(request)
        target = self._target(request)
        if isinstance(target, Moved):
            return self._moved(request, target)
        study = target.study(site, request)
        name, place, scenario = study.walkthrough.id, target.place, target.scenario_query
        source = study.walkthrough.provenance
        near = source.nearest
        _ = study.cache.language.gettext
        quotation = quotation_of(target, study, site.origin.of(request) or "")
        canonical = study.href(place, scenario, below=COPY, step=study.at, lang=None)
        path, __, asked_query = canonical.partition("?")
        card = addresses.card(
            name, place, query=scenario, variant=study.variant, lang=study.cache.language.code
        )
        frame = site.frame(
            request,
            study.lang,
            study.walkthrough,
            title=f"{_('Copy')} · {quotation.title}",
            description=quotation.outcome,
            canonical=canonical,
            path=path,
            query=asked_query,
            share=Share(card),
        )
        page = CopyPage(
            heading=capitalised(place_title(study)),
            back=study.address(place, step=study.at),
            note=text_note(study.cache, target.query) if target.query.missing else "",
            texts={
                "link": quotation.link,
                "mail": quotation.mail(),
                "markdown": quotation.markdown(),
                "html": quotation.html(),
                "cite": citation(quotation, _revision(study, site)),
            },
            card=card,
            mainline=tuple(mainline_links(quotation)),
            nearest=near.version if near else "",
            differences=tuple(study.cache.language.pick(text) for text in source.differences),
            plain=self._plain_address(target, study),
        )
        return whole_addresses(site, site.page(request, "sharing/copy.html", frame, page))

    async def plain(self, request: Request) -> Response:
        """The text for mail, and of a branch when exactly it is taken, which the atlas knows."""
        target = self._target(request)
        if isinstance(target, Moved):
            return self._moved(request, target, ".txt")
        study = target.study(self.site, request)
        quotation = quotation_of(target, study, self.site.origin.of(request) or "")
        more: tuple[list[str], ...] = ()
        if study.focus is not None and study.focus.decision is not None and not study.variant:
            walkthrough = study.walkthrough
            found = self.site.atlases.ask(walkthrough.edition, walkthrough.function)
            more = tuple(_conditions(study, await asyncio.wrap_future(found)))
        return plain_text(self.site, quotation.mail(*more))

    def _target(self, request: Request) -> Target | Moved:
        walkthrough = self.walkthrough(request)
        return resolve(walkthrough, place_of(request), request.url.query, view_keys=SHARED_KEYS)

    def _moved(self, request: Request, to: Moved, form: str = "") -> Response:
        name = request.path_params["walkthrough"]
        addresses = self.site.addresses(request)
        return moved(request, addresses.page(name, f"{to.place}{form}", below=COPY))

    def _plain_address(self, target: Target, study: Study) -> str:
        page = study.href(target.place, target.scenario_query, below=COPY, step=study.at)
        path, sign, query = page.partition("?")
        return f"{path}.txt{sign}{query}"


def whole_addresses(site: Site, response: Response) -> Response:
    """An answer with whole addresses in it, which no search engine lists."""
    response.headers.update(site.origin.headers_for())
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def plain_text(site: Site, text: str) -> Response:
    """A text alone."""
    return whole_addresses(site, PlainTextResponse(text, headers={"Vary": "Accept-Language"}))


def _conditions(study: Study, atlas: Atlas) -> Iterator[list[str]]:
    """When each branch of the decision in focus, or the one in focus, is taken; its witness.

    As the page of the branch has it; of many cases the shortest, and where the rest is.
    """
    focus, language = study.focus, study.cache.language
    assert focus is not None
    assert focus.decision is not None
    _ = language.gettext
    for record in atlas.branches:
        if record.decision != focus.decision.id or focus.taken not in (None, record.taken):
            continue
        branch = (record.decision, record.taken)
        found = branch_focus(study.cache, atlas, branch, lang=study.lang)
        text = AtlasWords(language).branch(record)
        cases = [f"- {case}" for case in text.cases[:_CASES]]
        if more := len(text.cases) - len(cases):
            cases.append("- " + _("{count} more, at the link below").format(count=more))
        if not text.is_exact:
            when = _("{branch}: {count} of {total} paths take it, only when {common}.")
        elif not cases:
            when = _("{branch}: {count} of {total} paths take it, exactly when {common}.")
        elif text.common:
            when = _(
                "{branch}: {count} of {total} paths take it, exactly when {common}, "
                "and one of these:"
            )
        else:
            when = _("{branch}: {count} of {total} paths take it, exactly when one of these:")
        if not text.is_exact and not text.common:
            when = _("{branch}: {count} of {total} paths take it.")
        said = when.format(
            branch=found.name, count=found.count, total=found.total, common=text.common
        )
        lines = [language.tight(said), *cases]
        if found.witness is not None:
            simplest = _("The simplest scenario: {query}.").format(query=found.witness.text)
            if cases:
                lines.append(simplest)
            else:
                lines[0] += language.space + simplest
        yield lines


def quotation_of(target: Target, study: Study, origin: str) -> Quotation:
    """The quotation of the study of a target, with addresses of this origin."""
    place, query = target.place, target.scenario_query
    link = study.href(place, query, step=study.at)
    if place is None and study.step is None and study.variant is None:
        link = _short(study, link, origin)
    lang = study.cache.language.code
    frame = study.href(place, query, below=EMBED, step=study.at, lang=lang)
    return Quotation(study, f"{origin}{link}", f"{origin}{frame}")


def _short(study: Study, link: str, origin: str) -> str:
    """The link, or that of the preset by its name where a line of mail would be too short."""
    preset = study.preset
    if preset is None or len(origin + link) <= COLUMNS:
        return link
    return study.cache.addresses.situation(study.walkthrough.id, preset.id, lang=study.lang)


def _revision(study: Study, site: Site) -> str:
    """The day of the latest correction and a short hash of the content."""
    walkthrough = study.walkthrough
    digest = site.revisions[walkthrough.id]
    return f"{walkthrough.changes[0].date} {digest}" if walkthrough.changes else digest
