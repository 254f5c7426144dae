# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Renders pages in several processes: each has the program, and answers orders one by one."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Final, NamedTuple
from urllib.parse import parse_qsl

from fastapi import FastAPI
from starlette.requests import Request

from app.i18n import DEFAULT_LANGUAGE, Language, language
from app.kernel.inputs import INPUTS
from app.kernel.scenario import DEFAULT, Scenario, parse_scenario
from app.walkthrough.atlas.filters import branches_of
from app.walkthrough.challenges import Finding
from app.web.addresses import Addresses, lines_place
from app.web.app import create_app
from app.web.challenges.view import ChallengeWords, challenge_view
from app.web.classroom.compact import compact_traces
from app.web.contexts import LinkView
from app.web.edition.asking import ask
from app.web.edition.links import file_of, linked, place_of, relative, up_from
from app.web.edition.study_pages import ROOT, cards_at, parts_of, shortened
from app.web.settings import Settings
from app.web.site import Site
from app.web.study.branch_focus import branch_focus
from app.web.study.captions import page_description, page_title
from app.web.study.focus import focus_view
from app.web.study.outcome import outcome_view
from app.web.study.places import Focus
from app.web.study.shelf import Shelf
from app.web.study.study import Study

#: Stands between texts that are rendered in one go.
NEXT: Final = "\n<!-- next -->\n"
#: More processes than this gain nothing.
_MOST_WORKERS: Final = 4


class Order(NamedTuple):
    """What is to be rendered: `kind` is a method of `Renderer`, the rest its arguments."""

    kind: str
    lang: str
    subject: str


class Rendered(NamedTuple):
    """What came of it: the text, and the addresses that it links to."""

    text: str
    links: tuple[str, ...] = ()


class NotRendered(Exception):
    """The program did not answer as it should; says the address and the status."""


class Renderer:
    """Renders one order at a time."""

    def __init__(self, content: Path) -> None:
        self.app: FastAPI = create_app(content, Settings(), is_static=True)
        self.site: Site = self.app.state.site
        for walkthrough in self.site.walkthroughs.values():
            self.site.atlases.get(walkthrough.edition, walkthrough.function)

    def render(self, order: Order) -> Rendered:
        """The answer to an order. Raises NotRendered."""
        method = getattr(self, order.kind)
        found: Rendered = method(order.lang, order.subject)
        return found

    def _ask(self, address: str, lang: str, *, status: int = 200) -> str:
        answer = ask(self.app, _in_language(address, lang))
        if answer.status != status:
            raise NotRendered(f"{address} answered with {answer.status}")
        return answer.text

    def page(self, lang: str, address: str) -> Rendered:
        """A page as it is."""
        html = self._ask(address, lang)
        return Rendered(relative(html, _up(address, lang), lang), tuple(linked(html)))

    def place(self, lang: str, address: str) -> Rendered:
        """The page of a place, shortened."""
        html = self._ask(address, lang)
        home = _in_language("/" + address.split("/")[1], lang)
        text = language(lang).gettext("The whole function, with its player and every path")
        whole = f'<p class="whole-page"><a href="{home}">{text}</a></p>'
        return Rendered(relative(shortened(html, whole, home), _up(address, lang), lang))

    def parts(self, lang: str, address: str) -> Rendered:
        """The parts of the study page that depend on the path."""
        state = str(INPUTS["state"].flat(INPUTS["state"].default))
        return Rendered(parts_of(self._ask(address, lang), state, lang))

    def picked(self, lang: str, address: str) -> Rendered:
        """The content of a page that a query picks."""
        html = self._ask(address, lang)
        start, end = html.index('<main id="main"'), html.index("</main>") + len("</main>")
        return Rendered(relative(html[start:end], ROOT, lang))

    def json(self, lang: str, address: str) -> Rendered:
        """An answer of the API; empty where there is none."""
        answer = ask(self.app, address)
        return Rendered(answer.text if answer.status == 200 else "")

    def line(self, lang: str, address: str) -> Rendered:
        """The page of one line: what it is about, its code, and the way to its block."""
        _, name, place = address.split("/")
        number = int(place.removeprefix("L"))
        walkthrough, spoken = self.site.walkthroughs[name], language(lang)
        shelf = self._shelf(name, spoken)
        focus = Focus("lines", lines_place(number, number), number, number)
        scenario = walkthrough.witness_of_lines(number, number)
        carried = None if lang == DEFAULT_LANGUAGE else lang
        study = Study(shelf, scenario, step=None, variant=None, lang=carried, focus=focus)
        block = walkthrough.edition.block_of_line(number)
        here = shelf.addresses.page(name, focus.place)
        frame = self.site.frame(
            Request({"type": "http", "headers": []}),
            spoken,
            carried,
            walkthrough,
            title=page_title(study, focus_view(study), None),
            description=page_description(study, outcome_view(study)),
            canonical=here,
        )
        page = SimpleNamespace(
            walkthrough=walkthrough,
            home=shelf.addresses.page(name, lang=carried),
            code=shelf.code(None, is_linked=False)[number - 1],
            number=number,
            block=LinkView(
                shelf.addresses.page(name, block.id, lang=carried), spoken.pick(block.title)
            ),
            lead=shelf.prose(block, carried)[0],
        )
        html = (
            self.site.environment(spoken)
            .get_template("edition/line.html")
            .render(page=page, frame=frame, static=shelf.addresses.static)
        )
        html = cards_at(html.replace('data-page="study"', 'data-page="place"', 1), page.home)
        return Rendered(relative(html, _up(address, lang), lang))

    def moved(self, lang: str, address: str) -> Rendered:
        """A page that leads on to where the program redirects."""
        spoken = language(lang)
        answer = ask(self.app, _in_language(address, lang))
        if answer.location is None:
            raise NotRendered(f"{address} answered with {answer.status}")
        script = place_of(Addresses("", self.site.assets).static("js/edition/moved.js"))
        template = self.site.environment(spoken).get_template("edition/moved.html")
        href, up = place_of(answer.location), _up(address, lang)
        name = self.site.name(spoken)
        return Rendered(
            template.render(language=spoken, name=name, href=href, up=up, script=script)
        )

    def gone(self, lang: str, address: str) -> Rendered:
        """The page of a place that is no more."""
        html = self._ask(address, lang, status=410)
        return Rendered(relative(html, _up(address, lang), lang))

    def slides(self, lang: str, address: str) -> Rendered:
        """The traces of many scenarios for the slides; their queries are joined by `&&`."""
        name, _, queries = address.partition("?")
        shelf = self._shelf(name, language(lang))
        carried = None if lang == DEFAULT_LANGUAGE else lang
        scenarios = [_scenario_of(query) for query in queries.split("&&")]
        studies = (
            Study(shelf, scenario, step=None, variant=None, lang=carried, focus=None)
            for scenario in scenarios
        )
        traces = compact_traces(studies)
        return Rendered(json.dumps(traces, ensure_ascii=False, separators=(",", ":")))

    def branches(self, lang: str, name: str) -> Rendered:
        """What the atlas knows of each branch, for its own page, then for that of its lines."""
        walkthrough, spoken = self.site.walkthroughs[name], language(lang)
        shelf = self._shelf(name, spoken)
        atlas = self.site.atlases.get(walkthrough.edition, walkthrough.function)
        template = self.site.environment(spoken).get_template("reading/branch.html")
        carried = None if lang == DEFAULT_LANGUAGE else lang
        texts = [
            template.render(
                branch=branch_focus(shelf, atlas, place, lang=carried),
                focus=SimpleNamespace(leads_here=leads_here),
            )
            for leads_here in (False, True)
            for place in branches_of(walkthrough.edition).values()
        ]
        return Rendered(relative(NEXT.join(text.strip() for text in texts), ROOT, lang))

    def challenges(self, lang: str, name: str) -> Rendered:
        """Two forms of each challenge, open and solved, between lines that name them."""
        walkthrough, spoken = self.site.walkthroughs[name], language(lang)
        shelf = self._shelf(name, spoken)
        words, template = ChallengeWords(shelf), self.site.environment(spoken)
        texts = []
        for challenge in walkthrough.challenges:
            study = Study(
                shelf,
                DEFAULT,
                step=None,
                variant=None,
                lang=None if lang == DEFAULT_LANGUAGE else lang,
                focus=None,
                challenge=challenge.id,
            )
            view = challenge_view(study)
            assert view is not None
            for is_solved in (False, True):
                conditions = tuple(
                    words.condition(Finding(condition, holds=True, found=None))
                    for condition in challenge.conditions
                )
                shown = replace(view, is_solved=is_solved, conditions=conditions)
                html = template.get_template("challenges/challenge.html").render(
                    page=SimpleNamespace(challenge=shown)
                )
                texts.append(html.strip())
        return Rendered(relative(NEXT.join(texts), ROOT, lang))

    def _shelf(self, name: str, spoken: Language) -> Shelf:
        walkthrough = self.site.walkthroughs[name]
        return self.site.shelf(walkthrough, spoken, Addresses("", self.site.assets))


def _in_language(address: str, lang: str) -> str:
    if lang == DEFAULT_LANGUAGE:
        return address
    return f"{address}{'&' if '?' in address else '?'}lang={lang}"


def _up(address: str, lang: str) -> str:
    return up_from(file_of(_in_language(address, lang)))


def _scenario_of(query: str) -> Scenario:
    return parse_scenario(parse_qsl(query))


# In processes of their own

_renderer: Renderer | None = None


def _start(content: Path) -> None:
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


def _render(orders: Sequence[Order]) -> list[Rendered]:
    assert _renderer is not None
    return [_renderer.render(order) for order in orders]


class Workers:
    """Several renderers."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def submit(self, orders: Sequence[Order]) -> Future[list[Rendered]]:
        """Has a few orders rendered."""
        return self._pool.submit(_render, orders)


@contextmanager
def workers(content: Path) -> Iterator[Workers]:
    """As many renderers as there are processors; they are gone afterwards, whatever happens."""
    count = min(_MOST_WORKERS, len(os.sched_getaffinity(0)))
    pool = ProcessPoolExecutor(
        count, mp_context=get_context("spawn"), initializer=_start, initargs=(content,)
    )
    try:
        yield Workers(pool)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
