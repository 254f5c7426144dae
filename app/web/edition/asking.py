# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Asks the program for its pages, in this process."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Answer:
    """What the program said: `kind` is the type of the content without its parameters.

    `location` is where it redirects to, None where it does not.
    """

    status: int
    kind: str
    text: str
    location: str | None


def ask(app: ASGIApp, address: str) -> Answer:
    """The answer to a GET of an address such as `/tcp_close?recv=300`."""
    path, _, query = address.partition("?")
    status, body = 0, bytearray()
    headers: dict[bytes, bytes] = {}

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = dict(message["headers"])
        else:
            body.extend(message.get("body", b""))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"edition"), (b"accept", b"text/html")],
        "server": ("edition", 80),
        "client": None,
        "state": {},
    }
    asyncio.run(_call(app, scope, receive, send))
    kind = headers.get(b"content-type", b"").decode("latin-1").partition(";")[0]
    location = headers[b"location"].decode("latin-1") if b"location" in headers else None
    return Answer(status, kind, bytes(body).decode(), location)


async def _call(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)
