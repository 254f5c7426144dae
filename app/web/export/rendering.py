# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Processes that have the program, and ask it for its pages."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context, parent_process
from threading import Thread
from types import SimpleNamespace
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.types import Message

from app.background import starting_processes
from app.i18n import DEFAULT_LANGUAGE, language
from app.kernel.scenario import parse_scenario
from app.walkthrough.load import Content
from app.web.addresses import Addresses
from app.web.app import create_app
from app.web.challenges.view import challenge_view
from app.web.classroom.compact import compact_traces
from app.web.export.links import ROOT, Page, finished, read_address
from app.web.settings import Settings
from app.web.site import Site
from app.web.study.study import Study

#: More processes than this gain nothing.
_MOST_WORKERS: Final = 4


class Order(NamedTuple):
    """What is to be rendered: `kind` is a method of `Renderer`, the rest its arguments."""

    kind: str
    lang: str
    #: An address, or the arguments that the method names.
    subject: str


class NotRendered(Exception):
    """The program did not answer as it should; says the address and the status."""


class Answer(NamedTuple):
    """The program's answer; `location` is where it redirects to, None where it does not."""

    status: int
    text: str
    location: str | None
    #: What the endpoint has left in the state of the request.
    state: dict[str, Any]


async def _ask(app: Starlette, path: str, query: str) -> Answer:
    """A GET in this process, under the path that marks addresses."""
    status, body, state = 0, bytearray(), dict[str, Any]()
    headers: dict[bytes, bytes] = {}

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], dict(message["headers"])
        body.extend(message.get("body", b""))

    whole = f"{ROOT}{path}"
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": whole,
        "raw_path": whole.encode(),
        "query_string": query.encode(),
        "root_path": ROOT,
        "headers": [(b"host", b"export"), (b"accept", b"text/html")],
        "server": ("export", 80),
        "client": None,
        "state": state,
    }
    await app(scope, receive, send)
    location = headers.get(b"location")
    target = location.decode("latin-1") if location else None
    return Answer(status, bytes(body).decode(), target, state)


class Renderer:
    """Renders one order at a time."""

    def __init__(self, content: Content) -> None:
        #: One for all; asyncio.run would make one for each page.
        self.loop = asyncio.new_event_loop()
        self.app: Starlette = create_app(content, Settings(), is_export=True)
        self.site: Site = self.app.state.site
        for walkthrough in self.site.walkthroughs.values():
            self.site.atlases.get(walkthrough.edition, walkthrough.function)

    def render(self, order: Order) -> Any:
        """The answer to an order. Raises NotRendered."""
        return getattr(self, order.kind)(order.lang, order.subject)

    def _ask(self, lang: str, subject: str, *, status: int = 200) -> Answer:
        path, _, query = subject.partition("?")
        carried = "" if lang == DEFAULT_LANGUAGE else f"lang={lang}"
        query = "&".join(part for part in (query, carried) if part)
        answer = self.loop.run_until_complete(_ask(self.app, path, query))
        if answer.status != status:
            raise NotRendered(f"{subject} answered with {answer.status}")
        return answer

    def page(self, lang: str, address: str) -> Page:
        """A page as it is."""
        return finished(self._ask(lang, address).text, lang)

    def scenario(self, lang: str, address: str) -> Page:
        """The page of one scenario."""
        home = "/" + address.strip("/").partition("?")[0]
        return finished(self._ask(lang, address).text, lang, home)

    def end(self, lang: str, address: str) -> Page:
        """The page of a scenario whose links are not followed."""
        return replace(self.scenario(lang, address), links=frozenset())

    def place(self, lang: str, address: str) -> tuple[Page, Page]:
        """The page of a place, and the short one that stands in its file."""
        answer = self._ask(lang, address)
        home = "/" + address.split("/")[1]
        short = finished(answer.state["short_page"], lang)
        return finished(answer.text, lang, home), short

    def gone(self, lang: str, address: str) -> Page:
        """The page of a place that is no more."""
        return finished(self._ask(lang, address, status=410).text, lang)

    def moved(self, lang: str, address: str) -> Page:
        """A page that leads on to where the program redirects."""
        answer = self._ask(lang, address, status=301)
        assert answer.location is not None
        spoken = language(lang)
        target = read_address(answer.location.removeprefix(ROOT)).place(lang)
        template = self.site.environment(spoken).get_template("export/moved.html")
        static = Addresses(ROOT, self.site.assets).static
        html = template.render(
            language=spoken, name=self.site.name(spoken), href=f"{ROOT}/{target}", static=static
        )
        return Page(html=html)

    def traces(self, lang: str, subject: str) -> dict[str, Any]:
        """The traces of scenarios for the slides; the subject is as that of `banners`."""
        return compact_traces(self._studies(lang, subject))

    def banners(self, lang: str, subject: str) -> list[dict[str, str]]:
        """Of each scenario the banner of every challenge, by the challenge's id.

        The subject is the walkthrough, a space, and queries with spaces between them.
        """
        known: dict[Any, str] = {}
        template = self.site.environment(language(lang)).get_template("challenges/challenge.html")
        found = []
        for study in self._studies(lang, subject):
            banners = {}
            for challenge in study.walkthrough.challenges:
                study.challenge = challenge.id
                view = challenge_view(study)
                key = (challenge.id, view and view.conditions)
                if key not in known:
                    html = template.render(page=SimpleNamespace(challenge=view))
                    known[key] = finished(html.strip(), lang).html
                banners[challenge.id] = known[key]
            found.append(banners)
        return found

    def _studies(self, lang: str, subject: str) -> Iterator[Study]:
        name, *queries = subject.split(" ")
        addresses = Addresses(ROOT, self.site.assets)
        cache = self.site.cache(self.site.walkthroughs[name], language(lang), addresses)
        for query in queries:
            scenario = parse_scenario(parse_qsl(query))
            yield Study(cache, scenario, lang=lang)


# In processes of their own

_renderer: Renderer | None = None


def _start(content: Content) -> None:
    """In a new process: the program, and no interest in Ctrl+C, which the first process has."""
    global _renderer  # noqa: PLW0603 - a process that was started has nothing else to keep it in
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    _renderer = Renderer(content)


def _end_with_parent() -> None:
    """Where the first process was killed nobody else ends this one."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _render(orders: Sequence[Order]) -> list[Any]:
    assert _renderer is not None
    return [_renderer.render(order) for order in orders]


class Workers:
    """Several renderers."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def submit(self, orders: Sequence[Order]) -> Future[list[Any]]:
        """Has a few orders rendered; of each comes what its method gives."""
        return self._pool.submit(_render, orders)


@contextmanager
def workers(content: Content) -> Iterator[Workers]:
    """As many renderers as there are processors; they are gone afterwards, whatever happens."""
    count = min(_MOST_WORKERS, len(os.sched_getaffinity(0)))
    pool = ProcessPoolExecutor(
        count, mp_context=get_context("spawn"), initializer=_start, initargs=(content,)
    )
    try:
        # Who interrupts is heard at the end of this block, when the pool has threads already.
        with starting_processes(signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            pool.submit(int)
        yield Workers(pool)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
