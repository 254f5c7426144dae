# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Requests to rooms, for their API and their pages: whose they are, and for which room."""

from __future__ import annotations

import asyncio
import io
import re
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.rooms.classroom import Classroom, wrong_key
from app.rooms.codes import digest, new_key
from app.rooms.hub import LiveRoom
from app.web.classroom.lesson import Lesson
from app.web.site import Site

#: The cookie of a device that has voted, bound to its room by its path.
VOTER: Final = "voter"
_VOTER_S: Final = 2 * 24 * 3600
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_NUMBER: Final = re.compile(r"[0-9]{1,9}", re.ASCII)


class Live:
    """The rooms, as requests see them."""

    def __init__(self, site: Site, classroom: Classroom) -> None:
        self.site = site
        self.classroom = classroom

    async def room(self, request: Request, code: str) -> LiveRoom:
        """The room of an address. Raises NotFound, TooMany, OutsideFailure.

        A code that is written otherwise is redirected: the voter's cookie has a path.
        """
        live = await self.classroom.find(code, address_of(request))
        if code != live.code:
            addresses = self.site.addresses(request)
            there = addresses.live(live.code) + request.scope["path"].removeprefix(
                addresses.live(code)
            )
            query = f"?{request.url.query}" if request.url.query else ""
            raise HTTPException(308, headers={"Location": there + query})
        return live

    def lesson(self, live: LiveRoom) -> Lesson:
        """The walkthrough of a room. Raises NotFound where the server has it no longer."""
        return Lesson(self.site.walkthrough(live.room.walkthrough))

    # Followers

    def after(self, request: Request) -> int | None:
        """The last event that a client has; None for a new one."""
        # A browser that connects again by itself says it in the header, with its first address.
        text = request.headers.get("last-event-id") or request.query_params.get("after") or ""
        return int(text) if _NUMBER.fullmatch(text) else None

    async def stream(self, request: Request, live: LiveRoom) -> Response:
        """The room's events behind those that the client has. Raises TooMany, OutsideFailure."""
        # Imported by the first who follows.
        from app.web.http.stream import EventStream

        hub, after = self.classroom.hub, self.after(request)
        if live.room.is_ended and after == live.room.last:
            # Nothing will come: with this status a browser stops asking.
            return Response(status_code=204, headers={"Cache-Control": "no-store"})
        who = self.classroom.addresses.hashed(address_of(request))
        follower = hub.follow(live, who, asyncio.current_task())
        try:
            beginning = hub.beginning(follower, after)
            response = EventStream(follower, await anext(beginning), beginning)
            self.know(request, live, response)
            return response
        except BaseException:
            follower.leave()
            raise

    # Voters

    def voter(self, request: Request, live: LiveRoom) -> str | None:
        """The hash of a device's token for this room; None for one that has not voted."""
        token = request.cookies.get(VOTER, "")
        return _voter(live, token) if _TOKEN.fullmatch(token) else None

    def know(self, request: Request, live: LiveRoom, response: Response) -> str:
        """The hash of a device's token; a new device gets a token with this answer.

        A device has to have it before it votes: where the answer to a vote is lost, the same
        device votes again. Lax, because a link from elsewhere must not make a new device of one.
        """
        known = self.voter(request, live)
        if known is not None:
            return known
        token = new_key()
        response.set_cookie(
            VOTER,
            token,
            max_age=_VOTER_S,
            path=self.site.addresses(request).live(live.code),
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",
        )
        return _voter(live, token)


def _voter(live: LiveRoom, token: str) -> str:
    return digest(f"{live.code} {token}")[:32]


def address_of(request: Request) -> str | None:
    """The client's network address, as the server (or a proxy that it trusts) says."""
    return request.client.host if request.client else None


def bearer_key(request: Request) -> str:
    """The presenter's key that is sent along. Raises ReaderError (401) where there is none."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise wrong_key()
    return key.strip()


def qr_code(text: str) -> Response:
    """A picture that a camera reads the text from."""
    import segno  # many servers never have a room

    picture = io.BytesIO()
    segno.make_qr(text, error="m").save(
        picture, kind="svg", border=4, dark="#000", light="#fff", omitsize=True, xmldecl=False
    )
    headers = {"Cache-Control": "no-store"}
    return Response(picture.getvalue(), media_type="image/svg+xml", headers=headers)
