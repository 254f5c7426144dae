# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Rooms for programs: start one, follow it, act in it, vote. What is said is in `app.rooms`."""

import asyncio
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from app.rooms.classroom import Done, Joined
from app.rooms.commands import Command, Join, Start, Vote
from app.rooms.room import RoomReport
from app.web.addresses import PRESENT
from app.web.api import LANG_PARAMETER
from app.web.classroom.live import Live, address_of, bearer_key, qr_code
from app.web.classroom.results import results_csv
from app.web.http.bodies import FORM, JSON, media_type, read_json, read_json_or_form
from app.web.http.problems import ProblemDetails
from app.web.query import read_language

_START: Final = TypeAdapter(Start)
_COMMAND: Final[TypeAdapter[Command]] = TypeAdapter(Annotated[Command, Field(discriminator="do")])
_JOIN: Final = TypeAdapter(Join)
_VOTE: Final = TypeAdapter(Vote)
_NO_STORE: Final = {"Cache-Control": "no-store"}
_CODE: Final = Path(description="The code of a room.")
_REASONS = {
    308: "The code is written otherwise.",
    401: "A presenter's key is needed.",
    403: "Sent from another origin, or not by the presenter who leads.",
    404: "There is no such room, or its time is over.",
    408: "The body did not arrive in time.",
    409: "The room's state does not allow it.",
    413: "The body is too large.",
    414: "The query is too long.",
    415: "The body is of another type.",
    422: "Something that was sent is not allowed; every problem is listed.",
    429: "Over a limit; Retry-After says for how long.",
    503: "The log of the rooms does not answer; Retry-After says when to try again.",
}


class Started(TypedDict):
    """A new room; the key is told only here."""

    room: str
    url: str
    presenter: int
    key: str


class Voted(TypedDict):
    """What this device has voted on the question that was asked last; null where nothing."""

    question: int | None
    option: str | None


def _text(media: str, description: str) -> dict[int | str, dict[str, Any]]:
    content = {media: {"schema": {"type": "string"}}}
    return {200: {"description": description, "content": content}}


def _answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    problem = {"content": {"application/problem+json": {}}, "model": ProblemDetails}
    return {
        status: {"description": _REASONS[status], **(problem if status >= 400 else {})}
        for status in (*statuses, 429, 503)
    }


def _body(shape: TypeAdapter[Any], *types: str) -> dict[str, Any]:
    schema = shape.json_schema(ref_template="#/components/schemas/{model}")
    # FastAPI adds the schemas of answers to the document, not those of bodies that we read.
    schema = _inlined(schema, schema.pop("$defs", {}))
    return {
        "requestBody": {
            "required": True,
            "content": {type_: {"schema": schema} for type_ in types},
        }
    }


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_inlined(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {
        key: _inlined(item, definitions) for key, item in schema.items() if key != "discriminator"
    }


_KEY: dict[str, Any] = {
    "name": "Authorization",
    "in": "header",
    "required": True,
    "description": "`Bearer` and a presenter's key.",
    "schema": {"type": "string"},
}


async def _is_not_stored(response: Response) -> None:
    response.headers.update(_NO_STORE)


def make_live_api(live: Live) -> APIRouter:
    """The routes under /live."""
    router = APIRouter(prefix="/live", tags=["rooms"], dependencies=[Depends(_is_not_stored)])
    _add_rooms(router, live)
    _add_votes(router, live)
    _add_commands(router, live)
    _add_downloads(router, live)
    return router


def _add_rooms(router: APIRouter, live: Live) -> None:
    """A room is started and followed."""
    classroom = live.classroom

    @router.post(
        "",
        status_code=201,
        summary="Start a room",
        responses=_answers(403, 404, 408, 413, 415, 422),
        openapi_extra=_body(_START, JSON),
    )
    async def start(request: Request, response: Response) -> Started:
        """A new room; the answer has the presenter's key, which is told only here."""
        body = await read_json(request, _START, classroom.limits)
        walkthrough = live.site.walkthrough(body.walkthrough)
        started = await classroom.start(walkthrough.id, address_of(request))
        url = live.site.addresses(request).live(started.code)
        response.headers["Location"] = url
        return {"room": started.code, "url": url, "presenter": 1, "key": started.key}

    @router.get(
        "/{code}/events",
        summary="Follow a room",
        response_class=Response,
        responses={
            **_text("text/event-stream", "Server-sent events: a snapshot, then every event."),
            204: {"description": "The room has ended, and nothing is new."},
            **_answers(308, 404, 414, 422),
        },
        openapi_extra={
            "parameters": [
                {
                    "name": name,
                    "in": place,
                    "description": "The number of the last event that is known; resumes after it.",
                    "schema": {"type": "integer", "minimum": 0},
                }
                for name, place in (("Last-Event-ID", "header"), ("after", "query"))
            ]
        },
    )
    async def events(request: Request, code: str = _CODE) -> Response:
        """Events as they happen; nothing is missed and nothing doubled after a lost connection."""
        classroom.follows.take(classroom.addresses.hashed(address_of(request)))
        return await live.stream(request, await live.room(request, code))

    @router.get("/{code}/state", summary="A room", responses=_answers(308, 404, 422))
    async def state(request: Request, code: str = _CODE) -> RoomReport:
        """The room's present state, as in the stream's snapshot."""
        return (await live.room(request, code)).snapshot()


def _add_commands(router: APIRouter, live: Live) -> None:
    """What presenters do."""
    classroom = live.classroom

    @router.post(
        "/{code}/commands",
        summary="Act as a presenter",
        responses=_answers(308, 401, 403, 404, 408, 409, 413, 415, 422),
        openapi_extra={"parameters": [_KEY], **_body(_COMMAND, JSON)},
    )
    async def commands(request: Request, code: str = _CODE) -> Done:
        """Show, step, ask, close, reveal, hand over, end: `do` says which."""
        key = bearer_key(request)
        room = await live.room(request, code)
        presenter = classroom.presenter(room.room, key)
        command = await read_json(request, _COMMAND, classroom.limits)
        return await classroom.perform(room, presenter, command, live.lesson(room))

    @router.post(
        "/{code}/presenters",
        status_code=201,
        summary="Become a presenter",
        responses=_answers(308, 403, 404, 408, 409, 413, 415, 422),
        openapi_extra=_body(_JOIN, JSON),
    )
    async def join(request: Request, code: str = _CODE) -> Joined:
        """One more presenter, by an invitation, which is good once; leading has to be offered."""
        room = await live.room(request, code)
        body = await read_json(request, _JOIN, classroom.limits)
        return await classroom.join(room, body, address_of(request))


def _add_votes(router: APIRouter, live: Live) -> None:
    """What the audience does."""
    classroom = live.classroom

    @router.post(
        "/{code}/votes",
        summary="Vote",
        response_model=Voted,
        responses={
            303: {"description": "The form's answer: back to the room's page."},
            **_answers(308, 403, 404, 408, 409, 413, 415, 422),
        },
        openapi_extra=_body(_VOTE, JSON, FORM),
    )
    async def vote(request: Request, response: Response, code: str = _CODE) -> Voted | Response:
        """One vote for each device, which is known by its cookie; it may change until the end."""
        room, address = await live.room(request, code), address_of(request)
        classroom.let_vote(room, live.voter(request, room), address)
        body = await read_json_or_form(request, _VOTE, classroom.limits)
        is_form = media_type(request) == FORM
        if is_form:
            url = live.site.addresses(request).live(room.code)
            response = Response(status_code=303, headers={**_NO_STORE, "Location": url})
        voter = live.know(request, room, response)
        await classroom.vote(room, voter, body.question, body.option, address=address)
        return response if is_form else {"question": body.question, "option": body.option}

    @router.get(
        "/{code}/votes/mine", summary="This device's vote", responses=_answers(308, 404, 422)
    )
    async def voted(request: Request, response: Response, code: str = _CODE) -> Voted:
        """What this device has voted on the question that was asked last."""
        room = await live.room(request, code)
        question, voter = room.room.question, live.voter(request, room)
        live.know(request, room, response)
        if question is None:
            return {"question": None, "option": None}
        option = await classroom.log.vote_of(room.code, question.number, voter) if voter else None
        return {"question": question.number, "option": option}


def _add_downloads(router: APIRouter, live: Live) -> None:
    """What presenters take with them."""
    classroom = live.classroom

    @router.get(
        "/{code}/results.csv",
        summary="The votes as a table",
        response_class=Response,
        responses=_text("text/csv", "A line for each option of each question, with a heading.")
        | _answers(308, 401, 404, 422),
        openapi_extra={"parameters": [_KEY]},
    )
    async def results(request: Request, code: str = _CODE) -> Response:
        """For presenters: every question, its options, their votes; of an open vote no numbers."""
        key = bearer_key(request)
        room = await live.room(request, code)
        classroom.presenter(room.room, key)
        results = await classroom.results(room)
        # Thousands of questions take seconds.
        table = await asyncio.to_thread(
            results_csv, results, live.lesson(room), live.site.safe_language(request)
        )
        return Response(
            table,
            media_type="text/csv; charset=utf-8",
            headers={
                **_NO_STORE,
                "Content-Disposition": f'attachment; filename="room-{room.code}.csv"',
            },
        )

    @router.get(
        "/{code}/own-qr.svg",
        summary="A presenter's own link as a QR code",
        response_class=Response,
        responses=_text(
            "image/svg+xml", "The link by which this presenter is the same on another screen."
        )
        | _answers(308, 401, 404, 422),
        openapi_extra={"parameters": [_KEY, LANG_PARAMETER]},
    )
    async def own_qr(request: Request, code: str = _CODE) -> Response:
        """For the presenter alone: who reads it has the key."""
        key = bearer_key(request)
        room = await live.room(request, code)
        number = classroom.presenter(room.room, key)
        lang = read_language(request.url.query)
        slides = live.site.addresses(request).page(room.room.walkthrough, PRESENT, lang=lang)
        origin = live.site.origin.of(request) or ""
        return qr_code(f"{origin}{slides}#room={room.code}&key={key}&presenter={number}")
