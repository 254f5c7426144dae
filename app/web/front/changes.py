# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`/changes` and its Atom feed: what was corrected in the commentaries, when, in which block."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from app.i18n import Language
from app.walkthrough.changes import Change
from app.walkthrough.records import Block, Walkthrough
from app.web.addresses import CHANGES, Addresses
from app.web.query import read_language
from app.web.site import Site
from app.web.visit import Pages

#: Of a feed only the newest are given.
_MOST: Final = 100


class ChangesPage:
    """`front/changes.html`, and `changes.atom`: what was corrected, the latest first."""

    def __init__(self, site: Site, addresses: Addresses, lang: str | None) -> None:
        self.addresses, self.lang = addresses, lang
        found = ((item, one) for item in site.walkthroughs.values() for one in item.changes)
        # A stable sort: of one day the order of the file stays.
        self.changes = sorted(found, key=lambda pair: pair[1].date, reverse=True)

    @staticmethod
    def blocks(walkthrough: Walkthrough, change: Change) -> list[Block]:
        """Where it was corrected."""
        names = (walkthrough.aliases.get(name, name) for name in change.blocks)
        return [walkthrough.blocks_by_id[name] for name in names]

    def place(self, walkthrough: Walkthrough, block: Block) -> str:
        """The address of a block."""
        return self.addresses.page(walkthrough.id, block.id, lang=self.lang)

    def feed(self, lang: Language) -> str:
        """The address of the same as Atom."""
        return self.addresses.changes(feed=True, lang=lang.code)


class Changes(Pages):
    """The endpoints."""

    def routes(self) -> list[Route]:
        return [Route(f"/{CHANGES}", self.page), Route(f"/{CHANGES}.atom", self.feed)]

    async def page(self, request: Request) -> HTMLResponse:
        """The changes, for people."""
        carried = read_language(request.url.query)
        language = self.site.language(request, carried)
        addresses = self.site.addresses(request)
        frame = self.site.frame(
            request,
            carried,
            title=language.gettext("What was corrected"),
            description=language.gettext(
                "Corrections of the commentary: what was wrong, when it was mended, in which block."
            ),
            canonical=addresses.changes(),
        )
        page = ChangesPage(self.site, addresses, carried)
        return self.site.page(request, "front/changes.html", frame, page)

    async def feed(self, request: Request) -> Response:
        """The changes as Atom (RFC 4287)."""
        language = self.site.language(request, read_language(request.url.query))
        addresses, origin = self.site.addresses(request), self.site.origin.of(request) or ""
        page = ChangesPage(self.site, addresses, language.code)
        del page.changes[_MOST:]
        text = (
            self.site.environment(language)
            .get_template("front/changes.atom")
            .render(
                page=page,
                language=language,
                title=language.gettext("Corrections of the walkthroughs"),
                origin=origin,
                here=origin + page.feed(language),
                html=origin + addresses.changes(lang=language.code),
            )
        )
        headers = {"Vary": "Accept-Language", **self.site.origin.headers_for()}
        return Response(text, media_type="application/atom+xml", headers=headers)
