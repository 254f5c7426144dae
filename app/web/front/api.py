# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The OpenAPI document for people."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from app.web.query import read_language
from app.web.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPage:
    """`api.html`: the OpenAPI document for people."""

    title: str  # of the document
    operations: tuple[tuple[str, str, dict[str, object]], ...]  # path, method, operation
    openapi: str  # address of the document


class ApiPages:
    """The endpoint; its application is the one that it describes."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def routes(self) -> list[Route]:
        """Its only route."""
        return [Route("/api", self.api)]

    async def api(self, request: Request) -> HTMLResponse:
        """The OpenAPI document for people."""
        carried = read_language(request.url.query)
        language = self.site.language(request, carried)
        addresses = self.site.addresses(request)
        document = request.app.openapi()
        operations = tuple(
            (path, method.upper(), operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        )
        frame = self.site.frame(
            request,
            carried,
            title=language.gettext("The API"),
            description=document["info"]["description"],
            canonical=addresses.api(),
        )
        page = ApiPage(
            title=document["info"]["title"],
            operations=operations,
            openapi=addresses.openapi(),
        )
        return self.site.page(request, "front/api.html", frame, page)
