# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`/copy/…/symptoms/ID` and `/embed/…/symptoms/ID`: a symptom to hand on, and to frame.

With `.txt` it is the text for mail alone, with `.md` the Markdown.
"""

from __future__ import annotations

from fastapi import APIRouter, Path, Request
from starlette.responses import Response
from starlette.routing import Route

from app.walkthrough.records import Walkthrough
from app.web.addresses import COPY, EMBED, SYMPTOMS
from app.web.api import ApiRouter, walkthrough_parameter
from app.web.meta import Share
from app.web.query import read_language
from app.web.sharing.copy_pages import CopyPage, plain_text, whole_addresses
from app.web.sharing.frames import framed
from app.web.sharing.quotation import frame_html
from app.web.sharing.symptom_texts import SymptomList, SymptomReport, SymptomTexts, whole
from app.web.site import Site
from app.web.study.places import symptom_of
from app.web.visit import Pages


def symptom_place(name: str) -> str:
    """The place of a symptom in an address."""
    return f"{SYMPTOMS}/{name}"


def symptom_texts(
    site: Site,
    request: Request,
    walkthrough: Walkthrough,
    name: str,
    asked: str | None,
    otherwise: str | None = None,
) -> SymptomTexts:
    """The texts of a symptom, in the language that its address asks for, which links carry along.

    Without one in that of `otherwise`, and then in the reader's. Raises NotFound.
    """
    symptom = symptom_of(walkthrough, name)
    language, addresses = site.language(request, asked or otherwise), site.addresses(request)
    cache = site.cache(walkthrough, language, addresses)
    origin = site.origin.of(request) or ""
    page = addresses.page(walkthrough.id, lang=asked)
    return SymptomTexts(
        walkthrough=walkthrough,
        symptom=symptom,
        language=language,
        link=origin + addresses.page(walkthrough.id, symptom_place(name), lang=asked),
        resolve=whole(lambda link: cache.resolve(link, asked), origin, page),
    )


class SymptomCopies(Pages):
    """The endpoints."""

    def routes(self) -> list[Route]:
        place = f"{{walkthrough}}/{SYMPTOMS}/{{symptom}}"
        return [
            Route(f"/{COPY}/{place}.txt", self.plain),
            Route(f"/{COPY}/{place}.md", self.markdown),
            Route(f"/{COPY}/{place}", self.page),
            Route(f"/{EMBED}/{place}", self.frame),
        ]

    def _texts(self, request: Request) -> SymptomTexts:
        walkthrough = self.walkthrough(request)
        asked = read_language(request.url.query)
        return symptom_texts(self.site, request, walkthrough, request.path_params["symptom"], asked)

    async def plain(self, request: Request) -> Response:
        """The text for mail alone."""
        return plain_text(self.site, self._texts(request).mail())

    async def markdown(self, request: Request) -> Response:
        return plain_text(self.site, self._texts(request).markdown())

    async def page(self, request: Request) -> Response:
        site, addresses = self.site, self.site.addresses(request)
        texts = self._texts(request)
        walkthrough, language, _ = texts.walkthrough, texts.language, texts.language.gettext
        place, asked = symptom_place(texts.symptom.id), read_language(request.url.query)
        origin, name = site.origin.of(request) or "", walkthrough.id
        embed = origin + addresses.page(name, place, below=EMBED, lang=language.code)
        card = addresses.card(name, place, lang=language.code)
        frame = site.frame(
            request,
            asked,
            walkthrough,
            title=f"{_('Copy')} · {texts.title}",
            description=texts.title,
            canonical=addresses.page(name, place, below=COPY),
            share=Share(card),
        )
        page = CopyPage(
            heading=texts.title,
            back=addresses.page(name, place, lang=asked),
            texts={
                "link": texts.link,
                "mail": texts.mail(),
                "markdown": texts.markdown(),
                "html": frame_html(embed, texts.title),
            },
            card=card,
            plain=addresses.page(name, f"{place}.txt", below=COPY, lang=asked),
        )
        return whole_addresses(site, site.page(request, "sharing/copy.html", frame, page))

    async def frame(self, request: Request) -> Response:
        site, texts = self.site, self._texts(request)
        place = symptom_place(texts.symptom.id)
        page = site.addresses(request).page(texts.walkthrough.id, place)
        answer = site.rendered(
            request,
            "sharing/symptom.html",
            texts.language,
            texts,
            canonical=site.origin.whole(page),
        )
        return framed(answer)


def make_symptoms_api(site: Site) -> APIRouter:
    """All symptoms of a walkthrough, and one."""
    router, walkthrough = ApiRouter(), walkthrough_parameter(site)
    ids = sorted({s.id for w in site.walkthroughs.values() for s in w.symptoms.symptoms})
    name = Path(description="The id of a symptom.", json_schema_extra={"enum": ids})

    @router.operation("/{walkthrough}/symptoms", "The symptoms")
    async def symptoms(request: Request, found: Walkthrough = walkthrough) -> SymptomList:
        """From what one sees to the branch that does it; empty where there are none."""
        asked = read_language(request.url.query)
        return {
            "symptoms": [
                symptom_texts(site, request, found, one.id, asked).report()
                for one in found.symptoms.symptoms
            ]
        }

    @router.operation("/{walkthrough}/symptoms/{symptom}", "A symptom")
    async def one_symptom(
        request: Request, found: Walkthrough = walkthrough, symptom: str = name
    ) -> SymptomReport:
        """What does it, how to confirm it, what to change."""
        asked = read_language(request.url.query)
        return symptom_texts(site, request, found, symptom, asked).report()

    return router
