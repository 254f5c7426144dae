# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Rooms for people: the door that asks for a code, the audience's page, the code as a picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.errors import NotFound, StoreFailure
from app.i18n import LANGUAGE_CODES, language
from app.kernel.life.conditions import CONDITIONS
from app.rooms.codes import readable
from app.rooms.hub import LiveRoom
from app.rooms.room import Question, Room, Subject, View
from app.walkthrough.refusals import sentence
from app.web.addresses import Addresses
from app.web.classroom.lesson import LAST_SLIDES
from app.web.classroom.live import Live, address_of, qr_code
from app.web.classroom.slides import DeckView, SlideView
from app.web.contexts import LinkView
from app.web.http.rendering import RenderQueue, client_key
from app.web.query import Fields, read_query, text_named
from app.web.study.form import text_note
from app.web.study.study import Study

#: Where nobody's script refreshes the page, and the reader has asked for it.
_REFRESH_S: Final = 10
_NO_STORE: Final = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorPage:
    """`classroom/door.html`: asks for the code of a room."""

    action: str  # where the form goes
    code: str  # the last one that was typed
    problem: str  # what is wrong with that one, else empty


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPage:
    """`classroom/room.html`: what the audience sees."""

    code: str  # of the room
    room: Room  # as it was when the page was asked for
    view: View  # what may be shown of it
    deck: DeckView  # the slides of that
    #: What was asked last, as the stream's snapshot has it; None before the first.
    question: Mapping[str, Any] | None
    mine: str | None  # the option that this device has voted for
    is_asking: bool  # whether a decision is asked, and its way not yet revealed
    keeps_nothing: bool  # whether the rooms' store does not answer
    refreshes: bool  # whether the reader has asked for that

    @property
    def spelled(self) -> str:
        """The code as it stands on the wall."""
        return readable(self.code)

    @property
    def slide(self) -> SlideView | None:
        """The one that the presenter shows, None for the heading alone."""
        shown = (slide for slide in self.deck.slides if slide.block.id == self.view.block)
        return next(shown, None)

    @property
    def last(self) -> str | None:
        """The name of a slide behind them, where that is shown."""
        return self.view.block if self.view.block in LAST_SLIDES else None

    @property
    def refresh(self) -> int | None:
        """Seconds after which the page comes again, None where nobody asked for that."""
        return _REFRESH_S if self.refreshes and not self.room.is_ended else None

    def live(self, part: str | None = None, *, lang: str | None = None) -> str:
        """The address of the room, or of a part of it."""
        return self.deck.addresses.live(self.code, part, lang=lang)

    @property
    def refreshing(self) -> LinkView:
        """Turns that on or off."""
        _, here = self.deck._, self.live(lang=self.deck.lang)
        if self.refreshes:
            return LinkView(href=here, text=_("Stop refreshing"))
        sign = "&" if "?" in here else "?"
        return LinkView(href=f"{here}{sign}refresh=1", text=_("Refresh every 10 seconds"))


class LivePages:
    """The endpoints; what they say of a room is what its stream says too.

    A room's state is the event loop's, so it is looked at there; its page is made in the queue.
    """

    def __init__(self, live: Live, queue: RenderQueue | None = None) -> None:
        self.live = live
        self._queue = queue
        self.site = live.site
        # A class opens the same slide in the same moment.
        self._decks = lru_cache(maxsize=32)(self._make_deck)

    def routes(self) -> list[Route]:
        """In the order in which they are tried; they come before the walkthroughs."""
        return [
            Route("/live", self.door),
            Route("/live/{code}", self.room),
            Route("/live/{code}/qr.svg", self.qr),
        ]

    async def door(self, request: Request) -> Response:
        """Asks for the code of a room; the answer of its form leads there."""
        carried, code, _ = _read(request.url.query)
        lang = self.site.language(request, carried)
        addresses = self.site.addresses(request)
        problem = ""
        status = 200
        if code:
            try:
                live = await self.live.classroom.find(code, address_of(request))
                return RedirectResponse(addresses.live(live.code, lang=carried), status_code=303)
            except NotFound as error:
                problem, status = sentence(error.problems[0], lang), error.status

        def make() -> Response:
            frame = self.site.frame(
                request,
                carried,
                title=lang.gettext("Follow a presentation"),
                description=lang.gettext("Type the code from the wall; no account is needed."),
                canonical=addresses.door(),
            )
            page = DoorPage(action=addresses.door(), code=code, problem=problem)
            return self.site.page(request, "classroom/door.html", frame, page, status)

        return await self._made(request, make)

    async def room(self, request: Request) -> Response:
        """What the presenter shows at this moment; a script keeps it up to date."""
        carried, _, refreshes = _read(request.url.query)
        live = await self.live.room(request, request.path_params["code"])
        lesson = self.live.lesson(live)
        addresses = self.site.addresses(request)
        lang = self.site.language(request, carried)
        asked = live.room.question
        view = live.room.view
        is_asking = asked is not None and is_withheld(asked, view)
        if asked is not None and is_asking:
            view = withheld(view, asked.subject)
        room, question = live.room, live.snapshot()["question"]
        mine = await self._vote(request, live, question["number"]) if question else None
        text = text_named(lesson.walkthrough, view.variant)

        def make() -> Response:
            walkthrough = lesson.walkthrough
            deck = self._decks(walkthrough.id, lang.code, carried, addresses, view)
            frame = self.site.frame(
                request,
                carried,
                walkthrough,
                title=f"{walkthrough.function}() · {readable(live.code)}",
                description=lang.gettext("Follow the presentation on your own screen, and vote."),
                canonical=addresses.live(live.code),
                note=text_note(self.site.cache(walkthrough, lang, addresses), text),
            )
            page = RoomPage(
                code=live.code,
                room=room,
                view=view,
                deck=deck,
                question=question,
                mine=mine,
                is_asking=is_asking,
                keeps_nothing=self.live.classroom.hub.is_failing,
                refreshes=refreshes,
            )
            return self.site.page(request, "classroom/room.html", frame, page)

        return await self._made(request, make)

    async def _made(self, request: Request, make: Callable[[], Response]) -> Response:
        """What is made beside the event loop, in turn. Raises TooBusy."""

        async def work() -> Response:
            return make()

        host = address_of(request) or ""
        response = await (self._queue.run(client_key(host), work) if self._queue else work())
        response.headers.update(_NO_STORE)
        return response

    async def qr(self, request: Request) -> Response:
        """The address of the room as a QR code: the public one, else as this request came to it."""
        live = await self.live.room(request, request.path_params["code"])
        path = self.site.addresses(request).live(live.code)
        return qr_code((self.site.origin.of(request) or "") + path)

    def _make_deck(
        self, name: str, code: str, carried: str | None, addresses: Addresses, view: View
    ) -> DeckView:
        walkthrough = self.site.walkthrough(name)
        cache = self.site.cache(walkthrough, language(code), addresses)
        query = read_query(view.query, walkthrough, view_keys=tuple(CONDITIONS))
        text = text_named(walkthrough, view.variant)
        query = replace(query, variant=text.variant, lang=carried)
        study = Study.asked(cache, query, step=view.step)
        if study.step:
            # Where the room's text is not here, the path of the own one may be shorter.
            study.step = min(study.step, study.count)
        return DeckView(study)

    async def _vote(self, request: Request, live: LiveRoom, question: int) -> str | None:
        """What this device has voted for."""
        voter = self.live.voter(request, live)
        if voter is None:
            return None
        try:
            return await self.live.classroom.log.vote_of(live.code, question, voter)
        except StoreFailure as failure:
            # The room goes on being shown, and says that it can keep nothing.
            self.live.classroom.hub.tell(failure)
            return None


def is_withheld(asked: Question, view: View) -> bool:
    """Whether nothing may show yet which way a decision goes, as `openDecision` in a browser."""
    if asked.subject["kind"] != "decision" or asked.counts is not None:
        return False
    return asked.is_open or (view.step or 0) < asked.subject["step"]


def withheld(view: View, asked: Subject) -> View:
    """A view as far as it may be shown while it is asked which way a decision goes."""
    if (view.query, view.variant) != (asked.get("query"), asked.get("variant")):
        return view
    most = max(1, asked.get("step", 1) - 1)
    return replace(view, step=min(view.step or most, most))


def _read(raw: str) -> tuple[str | None, str, bool]:
    """Language, code and whether to refresh. Raises ReaderError for what is none of these."""
    fields = Fields(raw, ("lang", "code", "refresh"))
    fields.check()
    texts = fields.texts
    lang = texts["lang"] if texts.get("lang") in LANGUAGE_CODES else None
    return lang, texts.get("code", ""), bool(texts.get("refresh"))
