# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The program, asked in-process by hand: answers that end, and streams that don't."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.types import Message

from app.rooms.classroom import Classroom
from app.rooms.limits import Limits
from app.rooms.log import Log
from app.rooms.sqlite_log import SqliteLog
from app.web.app import create_app

JSON = {"content-type": "application/json"}


@dataclass
class Clock:
    """Time that moves when it is told to."""

    seconds: float = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def now_ms(self) -> int:
        return int(self.seconds * 1000)


@dataclass
class Answer:
    """A whole answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def codes(self) -> list[str]:
        """What was wrong."""
        return [problem["code"] for problem in self.json["problems"]]


@dataclass
class Stream:
    """An endless answer; `is_reading` False makes the sender wait, as a full connection does."""

    sent: list[bytes] = field(default_factory=list)
    start: Message | None = None
    is_complete: bool = False
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    reading: asyncio.Event = field(default_factory=asyncio.Event)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        await self.reading.wait()
        if message["type"] == "http.response.start":
            self.start = message
        else:
            self.sent.append(message.get("body", b""))
            self.is_complete = not message.get("more_body", False)
        self.news.set()

    @property
    def text(self) -> str:
        return b"".join(self.sent).decode()

    @property
    def frames(self) -> list[dict[str, Any]]:
        """The server-sent events: `id`, `event`, `data`."""
        found = []
        for block in self.text.split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
            if "data" in fields:
                found.append(fields | {"data": json.loads(fields["data"])})
        return found

    @property
    def numbers(self) -> list[int]:
        """The ids, in order."""
        return [int(frame["id"]) for frame in self.frames if "id" in frame]

    async def until(self, count: int) -> list[dict[str, Any]]:
        """The frames, once there are so many."""
        while len(self.frames) < count:
            self.news.clear()
            await self.news.wait()
        return self.frames

    async def end(self) -> None:
        """Go away, and wait until the program has noticed."""
        self.gone.set()
        if self.task is not None:
            await self.task


class House:
    """The program with a classroom of its own, by a fake clock."""

    def __init__(self, log: Log, **limits: Any) -> None:
        self.clock = Clock()
        self.classroom = Classroom(
            log, Limits(**limits), now_ms=self.clock.now_ms, clock=self.clock, by_hand=True
        )
        self.app: Starlette = create_app(classroom=self.classroom)
        self.streams: list[Stream] = []
        self.code = ""
        self.key = ""

    # Asking

    def scope(
        self, method: str, path: str, headers: Mapping[str, str], address: str
    ) -> dict[str, Any]:
        path, _, query = path.partition("?")
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [
                (name.encode(), value.encode())
                for name, value in {
                    "host": "house",
                    "accept-language": "en",
                    **headers,
                }.items()
            ],
            "client": (address, 1),
            "server": ("house", 80),
        }

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        address: str = "10.0.0.1",
        **headers: str,
    ) -> Answer:
        """A request; a body that is not bytes is sent as JSON."""
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            named = JSON | named
        messages: list[Message] = []
        pieces = [raw[n : n + 1000] for n in range(0, len(raw), 1000)] or [b""]

        async def receive() -> Message:
            if pieces:
                piece = pieces.pop(0)
                return {"type": "http.request", "body": piece, "more_body": bool(pieces)}
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: Message) -> None:
            messages.append(message)

        await self.app(self.scope(method, path, named, address), receive, send)
        return Answer(
            messages[0]["status"],
            {name.decode(): value.decode() for name, value in messages[0]["headers"]},
            b"".join(message.get("body", b"") for message in messages[1:]),
        )

    async def follow(
        self, *, reads: bool = True, path: str | None = None, last_event_id: str | None = None
    ) -> Stream:
        """A follower of the room, once its first frame is there; it would take gzip, too."""
        stream = Stream()
        named = {"accept-encoding": "gzip"}
        if last_event_id is not None:
            named["last-event-id"] = last_event_id
        scope = self.scope("GET", path or f"/live/{self.code}/events", named, "10.0.0.2")
        stream.reading.set()
        stream.task = asyncio.create_task(self.app(scope, stream.receive, stream.send))
        self.streams.append(stream)
        while len(stream.sent) < 1 and not stream.task.done():
            stream.news.clear()
            await stream.news.wait()
        if not reads:
            stream.reading.clear()
        return stream

    # Presenting

    async def start(self) -> None:
        """A room."""
        answer = await self.ask("POST", "/live", {"walkthrough": "tcp_close"})
        assert answer.status == 201, answer.body
        self.code, self.key = answer.json["room"], answer.json["key"]

    async def do(self, what: str, *, key: str | None = None, **rest: Any) -> Answer:
        """A command of the presenter."""
        return await self.ask(
            "POST",
            f"/live/{self.code}/commands",
            {"do": what, **rest},
            authorization=f"Bearer {key or self.key}",
        )

    async def vote(self, question: int, option: str, token: str, **headers: str) -> Answer:
        """A device's vote."""
        return await self.ask(
            "POST",
            f"/live/{self.code}/votes",
            {"question": question, "option": option},
            cookie=f"voter={token:0>43}",
            **headers,
        )


@asynccontextmanager
async def house(folder: Path, *, log: Log | None = None, **limits: Any) -> AsyncIterator[House]:
    """A house with a room in it."""
    found = House(log or SqliteLog(folder), **limits)
    try:
        await found.start()
        yield found
    finally:
        await found.classroom.close()
        for stream in found.streams:
            stream.reading.set()
            await stream.end()
