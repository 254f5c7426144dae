# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`/oembed`: what a page is in a frame, for programs that put frames around links (oembed.com)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.errors import InputProblem, Phrase, ReaderError, refused
from app.i18n import DEFAULT_LANGUAGE, Language
from app.i18n import language as language_of
from app.walkthrough.records import Walkthrough
from app.walkthrough.wording import source_sentence
from app.web.addresses import EMBED, LIFE, SYMPTOMS
from app.web.http.problems import problem_response
from app.web.life.view import life_title
from app.web.meta import CARD_SIZE
from app.web.query import Fields, read_language, read_query
from app.web.resolve import SHARED_KEYS, resolve
from app.web.sharing.copy_pages import quotation_of
from app.web.sharing.quotation import FRAME_HEIGHT, FRAME_WIDTH, frame_html
from app.web.sharing.symptom_pages import symptom_texts
from app.web.study.places import Moved
from app.web.visit import Pages

_KEYS: Final = ("url", "format", "maxwidth", "maxheight")
#: A frame that is asked to be smaller or larger is as small or large as this.
_WIDTHS: Final = (240, 1200)
_HEIGHTS: Final = (160, 1200)
_AGE_S: Final = 86_400
_OURS: Final = Phrase("the address of a page of this server")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Framed:
    """A place, a symptom or a life in a frame."""

    title: str
    source: str  # whose text it is
    language: Language
    place: str | None
    query: str = ""
    variant: str | None = None
    step: int | str | None = None


class Oembed(Pages):
    """The endpoint. Nothing is fetched: the address that is asked about is only read."""

    def routes(self) -> list[Route]:
        return [Route("/oembed", self.describe)]

    async def describe(self, request: Request) -> Response:
        """A rich frame for a page of a walkthrough (oEmbed 1.0)."""
        fields = Fields(request.url.query, _KEYS)
        asked = fields.texts
        width = _clamped(fields, "maxwidth", FRAME_WIDTH, _WIDTHS)
        height = _clamped(fields, "maxheight", FRAME_HEIGHT, _HEIGHTS)
        if not asked.get("url"):
            fields.problems.append(InputProblem("missing", "url", None, _OURS))
        fields.check()
        if asked.get("format", "json") != "json":
            return problem_response(501, "The format is json.")
        origin = self.site.origin.of(request) or ""
        walkthrough, place, query = self._asked(request, asked["url"], origin)
        framed = self._framed(request, walkthrough, place, query)
        addresses = self.site.addresses(request)
        scenario: dict[str, Any] = {"query": framed.query, "variant": framed.variant}
        here, scenario["lang"] = (walkthrough.id, framed.place), framed.language.code
        frame = addresses.page(*here, below=EMBED, **scenario, step=framed.step)
        return JSONResponse(
            {
                "version": "1.0",
                "type": "rich",
                "title": f"{framed.title} ({framed.source})",
                "provider_name": self.site.name(framed.language),
                "provider_url": f"{origin}{addresses.library()}",
                "cache_age": _AGE_S,
                "html": frame_html(f"{origin}{frame}", framed.title, width, height).strip(),
                "width": width,
                "height": height,
                "thumbnail_url": f"{origin}{addresses.card(*here, **scenario)}",
                "thumbnail_width": CARD_SIZE[0],
                "thumbnail_height": CARD_SIZE[1],
            },
            headers={
                **self.site.origin.headers_for(f"public, max-age={_AGE_S}"),
                "Access-Control-Allow-Origin": "*",
                "Cross-Origin-Resource-Policy": "cross-origin",
            },
        )

    def _asked(self, request: Request, url: str, origin: str) -> tuple[Walkthrough, str, str]:
        """Walkthrough, place and query of an address of ours; a path alone is one too.

        Raises ReaderError.
        """
        try:
            parts = urlsplit(url)
        except ValueError:
            raise _no_page(url) from None
        prefix = self.site.addresses(request).prefix
        is_ours = f"{parts.scheme}://{parts.netloc}" in {origin, "://"}
        if not is_ours or not parts.path.startswith(f"{prefix}/"):
            raise _no_page(url)
        name, _, place = parts.path.removeprefix(f"{prefix}/").partition("/")
        return self.site.walkthrough(name), place, parts.query

    def _framed(
        self, request: Request, walkthrough: Walkthrough, place: str, query: str
    ) -> _Framed:
        """What is framed. Raises ReaderError."""
        view, _, name = place.partition("/")
        if view == SYMPTOMS and name:
            texts = symptom_texts(
                site=self.site,
                request=request,
                walkthrough=walkthrough,
                name=name,
                asked=read_language(query),
                otherwise=DEFAULT_LANGUAGE,
            )
            return _Framed(
                title=texts.title, source=texts.source, language=texts.language, place=place
            )
        if place == LIFE:
            read = read_query(query, walkthrough, view_keys=SHARED_KEYS)
            language = language_of(read.lang or DEFAULT_LANGUAGE)
            cache = self.site.cache(walkthrough, language, self.site.addresses(request))
            return _Framed(
                title=life_title(cache),
                source=source_sentence(walkthrough, language, read.variant),
                language=language,
                place=place,
                query=read.whole,
                step=read.step,
            )
        found = resolve(walkthrough, place, query, view_keys=SHARED_KEYS)
        for __ in range(2):
            if isinstance(found, Moved):
                found = resolve(walkthrough, found.place, query, view_keys=SHARED_KEYS)
        if isinstance(found, Moved):
            raise _no_page(place)
        study = found.study(self.site, request, lang=DEFAULT_LANGUAGE)
        quotation = quotation_of(found, study, "")
        return _Framed(
            title=quotation.title,
            source=quotation.source,
            language=study.cache.language,
            place=found.place,
            query=found.scenario_query,
            variant=study.variant,
            step=study.at,
        )


def _clamped(fields: Fields, key: str, usual: int, bounds: tuple[int, int]) -> int:
    """How large the frame is that has at most what is asked for, as far as it can be."""
    low, high = bounds
    most = fields.number(key, 0, allowed=Phrase("{low} to {high}", low=low, high=high))
    return max(low, min(usual, high, usual if most is None else most))


def _no_page(url: str) -> ReaderError:
    return refused("not-allowed", "url", url, _OURS, 404)
