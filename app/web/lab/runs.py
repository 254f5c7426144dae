# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Runs of a recipe from a page: who may, how often, one at a time, and how far it is."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from app.errors import LabError, refused
from app.kernel.model import Trace
from app.lab.experiment import LabCase, Result, perform_cases
from app.lab.machine import this_kernel
from app.lab.place import Place
from app.lab.plan import Plan
from app.lab.recipes import plan_for
from app.rooms.limits import Limits, Rate
from app.web.http.bodies import FORM, check_origin, check_type, foreign_origin, read_body
from app.web.query import read_pairs

#: How often a recipe may be run: so many at once, then one every `1 / RATE` seconds.
BURST: Final = 10
RATE: Final = 0.5


#: The name of a kernel, and what came of a case on it.
Finding = tuple[str, Result | LabError]
#: The name of a kernel, and how far it is.
Step = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Run:
    """A run at work, or over; `heard` is how far it is, None at its end."""

    task: asyncio.Task[list[Finding]]
    heard: asyncio.Queue[Step | None]

    async def progress(self) -> AsyncIterator[Step]:
        """`ready`, `arrived`, `closed`, perhaps `again`, of each kernel; to its end."""
        while (word := await self.heard.get()) is not None:
            yield word

    async def outcome(self) -> list[Finding]:
        """What came of it; whoever waits here and is cancelled ends it too."""
        try:
            await asyncio.wait({self.task})
        except asyncio.CancelledError:
            self.task.cancel()
            raise
        if self.task.cancelled():
            return [("Linux", LabError("stopped", "the server is about to end"))]
        return self.task.result()


class LabRuns:
    """One run at a time. `token` proves that a request comes from a page of this server.

    `guests` are kernels that may be booted, beside this machine's.
    """

    def __init__(self, clock: Callable[[], float], guests: Sequence[Place] = ()) -> None:
        self.token = secrets.token_urlsafe(32)
        #: By their names; None is this machine.
        self.places: Mapping[str, Place | None] = {
            f"Linux {this_kernel().version}": None,
            **{f"Linux {place.kernel.version}, qemu": place for place in guests},
        }
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
            raise refused("wrong-token", "token", None, "the token of the page", 403)
        return fields

    def able(self, trace: Trace) -> tuple[str, ...]:
        """The names of the kernels that a scenario can be had on."""
        return tuple(
            name
            for name, place in self.places.items()
            if isinstance(plan_for(trace, has_machine=place is not None), Plan)
        )

    def start(self, case: LabCase, names: Iterable[str]) -> Run:
        """Begin a run on these kernels.

        Raises ReaderError: 409 while another is at work, 429 if it is too often.
        """
        if self._run is not None and not self._run.task.done():
            raise refused("lab-busy", "lab", None, "one run at a time", 409)
        self._rate.take("everybody")
        heard: asyncio.Queue[Step | None] = asyncio.Queue()
        places = {name: self.places[name] for name in names}
        task = asyncio.create_task(_run(case, places, heard.put_nowait), name="lab run")
        task.add_done_callback(lambda _: heard.put_nowait(None))
        self._run = Run(task, heard)
        return self._run

    def stop(self) -> None:
        """End the run that is at work, if there is one; what it has started goes with it."""
        if self._run is not None:
            self._run.task.cancel()


async def _run(
    case: LabCase, places: Mapping[str, Place | None], say: Callable[[Step], None]
) -> list[Finding]:
    """One case alone, on one kernel after the other."""
    found: list[Finding] = []
    for name, place in places.items():
        say((name, "begun"))

        def tell(word: str, name: str = name) -> None:
            say((name, word))

        try:
            experiment = await perform_cases([case], place=place, on_progress=tell)
            found.append((name, experiment.results[0]))
        except LabError as error:
            found.append((name, error))
    return found
