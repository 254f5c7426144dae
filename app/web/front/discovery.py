# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Files that programs look for at fixed addresses: robots.txt, sitemap, manifest, icon."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from app.i18n import LANGUAGE_CODES, language
from app.lab.recipes import CLOSED_BY
from app.walkthrough.records import Walkthrough
from app.web.addresses import CHALLENGES, COMPARE, HISTORY, LAB, SYMPTOMS, Addresses, branch_place
from app.web.http.cache import reads_no_query
from app.web.query import read_language
from app.web.visit import Pages

#: Of what costs work and tells a search engine nothing that the pages do not.
_NOT_FOR_ROBOTS: Final = ("/api/", "/live/", "/copy/", "/oembed")
_ICON_SIZES: Final = (192, 512)


class Discovery(Pages):
    """The endpoints."""

    def routes(self) -> list[Route]:
        return [
            Route("/robots.txt", self.robots),
            Route("/sitemap.xml", self.sitemap),
            Route("/manifest.webmanifest", self.manifest),
            Route("/favicon.ico", self.icon),
        ]

    @reads_no_query
    async def robots(self, request: Request) -> Response:
        """What robots may read (RFC 9309), and where the sitemap is."""
        prefix = self.site.addresses(request).prefix
        lines = ["User-agent: *"]
        lines += [f"Disallow: {prefix}{path}" for path in _NOT_FOR_ROBOTS]
        if self.site.origin.public is not None:
            lines += ["", f"Sitemap: {self.site.origin.whole(f'{prefix}/sitemap.xml')}"]
        return PlainTextResponse(
            "\n".join(lines) + "\n", headers={"Cache-Control": "public, max-age=86400"}
        )

    @reads_no_query
    async def sitemap(self, request: Request) -> Response:
        """Every page in each of its languages (sitemaps.org, 0.9)."""
        origin, addresses = self.site.origin.of(request) or "", self.site.addresses(request)
        entries = "".join(
            _entry(origin, address, code, languages)
            for address, languages in self._pages(addresses)
            for code in languages
        )
        text = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
            f'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n{entries}</urlset>\n'
        )
        return Response(
            text,
            media_type="application/xml",
            headers=self.site.origin.headers_for("public, max-age=3600"),
        )

    def _pages(self, addresses: Addresses) -> Iterator[tuple[str, Sequence[str]]]:
        """Each page with the languages that it is there in."""
        for address in (addresses.library(), addresses.changes(), addresses.api()):
            yield address, LANGUAGE_CODES
        for walkthrough in self.site.walkthroughs.values():
            for address in _pages_of(walkthrough, addresses):
                yield address, walkthrough.languages

    async def manifest(self, request: Request) -> Response:
        """The name, colours and icons for those who keep the site at hand."""
        code = read_language(request.url.query)
        chosen, addresses = self.site.language(request, code), self.site.addresses(request)
        _ = chosen.gettext
        return JSONResponse(
            {
                "name": _("Walkthroughs of the Linux kernel's TCP"),
                "short_name": self.site.name(chosen),
                "description": _(
                    "Read a kernel function, choose a socket, and see which way it goes and why."
                ),
                "lang": chosen.tag,
                "start_url": addresses.library(lang=code),
                "scope": addresses.library(),
                "display": "minimal-ui",
                "background_color": "#faf9f6",
                "theme_color": "#0b6b46",
                "icons": [
                    {
                        "src": addresses.static(f"icon-{size}.png"),
                        "sizes": f"{size}x{size}",
                        "type": "image/png",
                        "purpose": "any maskable",
                    }
                    for size in _ICON_SIZES
                ]
                + [{"src": addresses.static("icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
            },
            media_type="application/manifest+json",
            headers={"Vary": "Accept-Language", "Cache-Control": "no-cache"},
        )

    @reads_no_query
    async def icon(self, request: Request) -> Response:
        """The icon for those who ask where it used to be."""
        return FileResponse(
            self.site.static / "icon-32.png", headers={"Cache-Control": "public, max-age=86400"}
        )


def _pages_of(walkthrough: Walkthrough, addresses: Addresses) -> Iterator[str]:
    """The places, situations and views of a walkthrough; lines are places in them."""
    yield addresses.page(walkthrough.id)
    for preset in walkthrough.presets:
        if query := preset.scenario.query():
            yield addresses.page(walkthrough.id, query=query)
    for block in walkthrough.blocks:
        yield addresses.page(walkthrough.id, block.id)
    for decision in walkthrough.decisions:
        yield addresses.page(walkthrough.id, decision.id)
        for taken in (True, False):
            yield addresses.page(walkthrough.id, branch_place(decision.id, taken))
    if walkthrough.function == CLOSED_BY:
        yield addresses.page(walkthrough.id, LAB)
    yield addresses.page(walkthrough.id, COMPARE)
    if walkthrough.symptoms.symptoms:
        yield addresses.page(walkthrough.id, SYMPTOMS)
        for symptom in walkthrough.symptoms.symptoms:
            yield addresses.page(walkthrough.id, f"{SYMPTOMS}/{symptom.id}")
    if walkthrough.challenges:
        yield addresses.page(walkthrough.id, CHALLENGES)
    if walkthrough.kernel_notes.deltas:
        yield addresses.page(walkthrough.id, HISTORY)


def _entry(origin: str, address: str, code: str, languages: Sequence[str]) -> str:
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{language(other).tag}" '
        f'href="{escape(_in_language(origin, address, other))}"/>'
        for other in languages
    )
    return f"<url><loc>{escape(_in_language(origin, address, code))}</loc>{links}</url>\n"


def _in_language(origin: str, address: str, code: str) -> str:
    return f"{origin}{address}{'&' if '?' in address else '?'}lang={code}"
