# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Runs of a recipe from a page: who may, how often, one at a time, and how far it is."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from app.errors import InputProblem, LabError, ReaderError
from app.lab.experiment import LabCase, Result, perform_cases
from app.rooms.limits import Limits, Rate
from app.web.addresses import read_pairs
from app.web.http.bodies import FORM, check_origin, check_type, foreign_origin, read_body

#: How often a recipe may be run: so many at once, then one every `1 / RATE` seconds.
BURST: Final = 10
RATE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Run:
    """A run at work, or over; `heard` is how far it is, None at its end."""

    task: asyncio.Task[Result]
    heard: asyncio.Queue[str | None]

    async def progress(self) -> AsyncIterator[str]:
        """`ready`, `arrived`, `closed`, perhaps `again`; to its end."""
        while (word := await self.heard.get()) is not None:
            yield word

    async def outcome(self) -> Result | LabError:
        """What came of it; whoever waits here and is cancelled ends it too."""
        try:
            await asyncio.wait({self.task})
        except asyncio.CancelledError:
            self.task.cancel()
            raise
        if self.task.cancelled():
            return LabError("stopped", "the server is about to end")
        error = self.task.exception()
        return error if isinstance(error, LabError) else self.task.result()


class LabRuns:
    """One run at a time. `token` proves that a request comes from a page of this server."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.token = secrets.token_urlsafe(32)
        self._rate = Rate("runs", RATE, BURST, clock)
        self._run: Run | None = None

    async def read_form(self, request: Request, limits: Limits) -> dict[str, str]:
        """The fields of the form. Raises ReaderError (403, 415, …) where it is not from our page.

        The token is what protects; a browser that says where a form comes from is heard as well.
        """
        check_origin(request)
        origin = request.headers.get("origin")
        host = request.headers.get("host", "")
        if origin is not None and origin not in {f"http://{host}", f"https://{host}"}:
            raise foreign_origin()
        check_type(request, FORM)
        raw = await read_body(request, limits)
        fields = dict(read_pairs(raw.decode("utf-8", "replace")))
        token = fields.get("token", "").encode()
        if not secrets.compare_digest(token, self.token.encode()):
            raise _refused("wrong-token", "token", None, "the token of the page", 403)
        return fields

    def start(self, case: LabCase) -> Run:
        """Begin a run. Raises ReaderError: 409 while another is at work, 429 if it is too often."""
        if self._run is not None and not self._run.task.done():
            raise _refused("lab-busy", "lab", None, "one run at a time", 409)
        self._rate.take("everybody")
        heard: asyncio.Queue[str | None] = asyncio.Queue()
        task = asyncio.create_task(_run(case, heard.put_nowait), name="lab run")
        task.add_done_callback(lambda _: heard.put_nowait(None))
        self._run = Run(task, heard)
        return self._run

    def stop(self) -> None:
        """End the run that is at work, if there is one; what it has started goes with it."""
        if self._run is not None:
            self._run.task.cancel()


async def _run(case: LabCase, say: Callable[[str], None]) -> Result:
    """One case alone."""
    return (await perform_cases([case], on_progress=say)).results[0]


def _refused(code: str, key: str, value: str | None, allowed: str, status: int) -> ReaderError:
    return ReaderError([InputProblem(code, key, value, allowed)], status=status)
