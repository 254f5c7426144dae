# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Rendering beside the event loop, in turn: a queue that is bounded, and fair between addresses.

A page is processor time, and the loop also carries health checks and every live room. So a page
is made in a thread with a loop of its own. Who asks for many waits in a line of its own; the
lines take turns, and where all is full the longest loses its last. A thread and no process: what
a page shares with the others (templates, highlighted source, commentary) is there once, and
nothing has to be brought from one process to another; more processors are for `--workers`.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import sys
import threading
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import TooBusy
from app.web.http.asked import REFUSAL

#: Requests that wait for their turn, of all addresses together.
CAPACITY: Final = 256
#: Nobody waits longer for a turn than so many seconds.
TIMEOUT_S: Final = 10.0
#: Requests that have their turn at a time. One page is made after the other all the same; of
#: those that wait for an atlas, which is made in a process of its own, there may be several.
TURNS: Final = 4
#: Seconds until a thread that computes lets the loop go on; Python's 5 ms add up, since the loop
#: has to wait so long again after each time that it waited for the network.
_SWITCH_S: Final = 0.0005
#: The end of the program waits so long for a page that nobody waits for any more.
_END_S: Final = 1.0
#: First parts of the paths that the event loop answers itself: they compute little, or belong to
#: live rooms, whose state is the loop's.
_OF_THE_LOOP: Final = frozenset({"static", "healthz", "live"})

_T = TypeVar("_T")
_Item = TypeVar("_Item")


class FairLines(Generic[_Item]):
    """Lines of items, one for each key; they take turns, and hold `capacity` items together."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        #: The line whose turn is next comes first; none is empty.
        self._lines: OrderedDict[str, deque[_Item]] = OrderedDict()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, key: str, item: _Item) -> _Item | None:
        """Put an item at the end of its line; gives the one that had to go, which may be it."""
        self._lines.setdefault(key, deque()).append(item)
        self._count += 1
        if self._count <= self.capacity:
            return None
        own = len(self._lines[key])
        longest = max(self._lines, key=lambda one: len(self._lines[one]))
        # Among equals the newcomer goes.
        return self._pop(key if own == len(self._lines[longest]) else longest, -1)

    def take(self) -> _Item | None:
        """The first item of the line whose turn it is; None where nothing waits."""
        if not self._lines:
            return None
        key = next(iter(self._lines))
        self._lines.move_to_end(key)
        return self._pop(key, 0)

    def remove(self, key: str, item: _Item) -> None:
        """Take out an item, wherever it stands; nothing happens if it is no more there."""
        with contextlib.suppress(KeyError, ValueError):
            self._pop(key, self._lines[key].index(item))

    def _pop(self, key: str, place: int) -> _Item:
        line = self._lines[key]
        item = line[place]
        del line[place]
        self._count -= 1
        if not line:
            del self._lines[key]
        return item


class RenderQueue:
    """A thread in which pages are made, and those who wait for it. Of one event loop."""

    def __init__(
        self, *, turns: int = TURNS, capacity: int = CAPACITY, timeout_s: float = TIMEOUT_S
    ) -> None:
        self.timeout_s = timeout_s
        self.waiting: FairLines[asyncio.Future[None]] = FairLines(capacity)
        self._free = turns
        self._loop: asyncio.AbstractEventLoop | None = None
        #: Whether the thread can do its work, while it should.
        self.is_alive: Callable[[], bool] = bool

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The thread; to be entered in the loop that asks."""
        loop = self._loop = asyncio.new_event_loop()
        # It ends with the process, whatever it is at.
        thread = threading.Thread(target=_work, args=(loop,), name="rendering", daemon=True)
        self.is_alive = thread.is_alive
        before = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_S)
        thread.start()
        try:
            yield
        finally:
            self._loop = None
            loop.call_soon_threadsafe(loop.stop)
            await asyncio.to_thread(thread.join, _END_S)
            sys.setswitchinterval(before)

    async def run(self, key: str, work: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        """What a coroutine gives that runs in the thread, once it is the key's turn.

        Cancelled while it waits, it never begins. Raises TooBusy, and what `work` raises.
        """
        if self._loop is None:
            return await work()
        if self._free:
            self._free -= 1
        else:
            await self._turn(key)
        try:
            made = asyncio.run_coroutine_threadsafe(work(), self._loop)
            return await asyncio.wrap_future(made)
        finally:
            self._pass_on()

    async def _turn(self, key: str) -> None:
        turn = asyncio.get_running_loop().create_future()
        refused = self.waiting.add(key, turn)
        if refused is not None:
            refused.set_exception(TooBusy("rendering", "the queue is full"))
        try:
            async with asyncio.timeout(self.timeout_s):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._pass_on()
            self.waiting.remove(key, turn)
            if isinstance(error, TimeoutError):
                raise TooBusy("rendering", f"no turn in {self.timeout_s:g} s") from None
            raise

    def _pass_on(self) -> None:
        while (turn := self.waiting.take()) is not None:
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1


def _work(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    loop.close()


class Rendering:
    """ASGI: what `app` answers to a GET is made in the queue's thread, and then sent.

    An answer to somebody who went away meanwhile is not begun. Answers are whole: none streams. It
    stands around what makes pages of errors, and compresses: that is work too.
    """

    def __init__(self, app: ASGIApp, queue: RenderQueue) -> None:
        self.app = app
        self.queue = queue

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, to the thread if it is a page."""
        if scope["type"] != "http" or scope["method"] != "GET" or _is_of_the_loop(scope):
            await self.app(scope, receive, send)
            return
        host = scope["client"][0] if scope.get("client") else ""
        making = asyncio.create_task(
            self.queue.run(client_key(host), lambda: self._answer(scope)), name="page"
        )
        gone = asyncio.create_task(_gone(receive), name="page's reader")
        try:
            await asyncio.wait({making, gone}, return_when=asyncio.FIRST_COMPLETED)
            if making.done():
                for message in making.result():
                    await send(message)
        except TooBusy as busy:
            await self.app({**scope, REFUSAL: busy}, receive, send)
        finally:
            making.cancel()
            gone.cancel()

    async def _answer(self, scope: Scope) -> list[Message]:
        messages: list[Message] = []

        asked: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> Message:
            if asked:
                return asked.pop()
            # Files listen for who goes away. Here nobody does: a second body, and then a third,
            # would keep the thread for good.
            never: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
            return await never

        async def send(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, send)
        return messages


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _is_of_the_loop(scope: Scope) -> bool:
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    return path.removeprefix("/").partition("/")[0] in _OF_THE_LOOP


@lru_cache(maxsize=1024)
def client_key(host: str) -> str:
    """The line in which a client waits: its address, of IPv6 the network (/64) that it may fill."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return str(address)
