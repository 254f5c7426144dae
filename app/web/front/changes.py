# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`/changes` and its Atom feed: what was corrected in the commentaries, when, in which block."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from app.i18n import Language
from app.web.addresses import CHANGES, Addresses
from app.web.contexts import LinkView
from app.web.front.view import ChangesPage, ChangeView
from app.web.query import read_language
from app.web.visit import Pages

_ATOM: Final = "http://www.w3.org/2005/Atom"
#: Of a feed only the newest are given.
_MOST: Final = 100


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
        views = tuple(self._views(addresses, language, carried))
        page = ChangesPage(changes=views, feed=addresses.changes(feed=True, lang=language.code))
        return self.site.page(request, "front/changes.html", frame, page)

    def _views(
        self, addresses: Addresses, language: Language, carried: str | None
    ) -> Iterator[ChangeView]:
        found = [
            (change.date, walkthrough, change)
            for walkthrough in self.site.walkthroughs.values()
            for change in walkthrough.changes
        ]
        # A stable sort: of one day the order of the file stays.
        for date, walkthrough, change in sorted(found, key=lambda item: item[0], reverse=True):
            blocks = [
                walkthrough.blocks_by_id[walkthrough.aliases.get(name, name)]
                for name in change.blocks
            ]
            yield ChangeView(
                id=f"{walkthrough.id}-{change.id}",
                date=date.isoformat(),
                text=language.pick(change.text),
                blocks=tuple(
                    LinkView(
                        href=addresses.page(walkthrough.id, block.id, lang=carried),
                        text=language.pick(block.title),
                    )
                    for block in blocks
                ),
            )

    async def feed(self, request: Request) -> Response:
        """The changes as Atom (RFC 4287)."""
        code = read_language(request.url.query)
        language = self.site.language(request, code)
        addresses, origin = self.site.addresses(request), self.site.origin.of(request) or ""
        views = list(self._views(addresses, language, language.code))[:_MOST]
        page = f"{origin}{addresses.changes(lang=language.code)}"
        here = f"{origin}{addresses.changes(feed=True, lang=language.code)}"
        updated = views[0].date if views else "2026-01-01"
        text = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<feed xmlns="{_ATOM}" xml:lang="{language.tag}">\n'
            f"<id>{escape(here)}</id>\n"
            f"<title>{escape(language.gettext('Corrections of the walkthroughs'))}</title>\n"
            f"<updated>{updated}T00:00:00Z</updated>\n"
            "<author><name>The tcp_close walkthrough authors</name></author>\n"
            f'<link rel="self" href={quoteattr(here)}/>\n'
            f"<link href={quoteattr(page)}/>\n"
            f"{''.join(_entry(view, origin, page) for view in views)}</feed>\n"
        )
        headers = {"Vary": "Accept-Language", **self.site.origin.headers_for()}
        return Response(text, media_type="application/atom+xml", headers=headers)


def _entry(view: ChangeView, origin: str, page: str) -> str:
    address = f"{page}#{view.id}"
    links = "".join(
        f'<link rel="related" href={quoteattr(origin + block.href)} title={quoteattr(block.text)}/>'
        for block in view.blocks
    )
    title = " · ".join(block.text for block in view.blocks)
    return (
        f"<entry><id>{escape(address)}</id><title>{escape(title)}</title>"
        f"<updated>{view.date}T00:00:00Z</updated><link href={quoteattr(address)}/>{links}"
        f'<content type="text">{escape(view.text)}</content></entry>\n'
    )
