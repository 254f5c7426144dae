# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The answer that never ends: a room's events, to one follower."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.errors import OutsideFailure
from app.rooms.hub import Follower
from app.rooms.stream import retry

#: How long a client that lost its connection waits; not all the same, or all come back at once.
RETRY_MS: Final = (1000, 3000)
#: The same where this process is about to end and another one takes over.
LEAVING_MS: Final = (500, 4000)

HEADERS: Final = {
    "Content-Type": "text/event-stream; charset=utf-8",
    # Nobody on the way may keep it, hold it back to make larger pieces, or compress it.
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
}


class EventStream(Response):
    """Sends `beginning`, and then what the follower gets, until one of both ends it.

    `first` is the first piece of the beginning: what goes wrong with it is told by the status.
    """

    def __init__(self, follower: Follower, first: bytes, beginning: AsyncGenerator[bytes]) -> None:
        super().__init__(headers=HEADERS)
        # The length of what never ends is not known.
        del self.headers["content-length"]
        self.follower = follower
        self.first = first
        self.beginning = beginning

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until the client goes away, the room is gone, or the process is about to end."""
        follower = self.follower
        watcher = asyncio.create_task(self._watch(receive), name="follower's connection")

        async def give(body: bytes, *, more: bool = True) -> None:
            await send({"type": "http.response.body", "body": body, "more_body": more})

        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await give(retry(random.randint(*RETRY_MS)) + self.first)
            try:
                async with contextlib.aclosing(self.beginning) as pieces:
                    async for piece in pieces:
                        if follower.is_over:
                            break
                        await give(piece)
            except OutsideFailure:
                # Whoever this is comes back, and resumes behind what has arrived.
                follower.leave()
            while (frames := await follower.next()) is not None:
                await give(frames)
            # The process is about to end: not all may come to the next one at the same moment.
            is_leaving = follower.is_leaving
            await give(retry(random.randint(*LEAVING_MS)) if is_leaving else b"", more=False)
        except asyncio.CancelledError:
            # Dropped while it was sending to somebody who does not read: the server closes the
            # connection of an answer that has no end.
            task = asyncio.current_task()
            if not follower.is_dropped or task is None:
                raise
            task.uncancel()
        finally:
            follower.leave()
            watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watcher

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.follower.leave()
