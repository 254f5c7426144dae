# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Rooms for programs: start one, follow it, act in it, vote. What is said is in `app.rooms`."""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from fastapi import APIRouter, Path, Request
from pydantic import TypeAdapter
from starlette.responses import JSONResponse, Response

from app.errors import InputProblem, ReaderError
from app.rooms.classroom import Plan
from app.rooms.keys import digest, new_key
from app.rooms.room import (
    Accept,
    Ask,
    Black,
    Close,
    Command,
    Decline,
    End,
    Invite,
    Offer,
    Room,
    Show,
    Step,
    Withdraw,
)
from app.web.addresses import PRESENT, read_language
from app.web.classroom.lesson import Lesson
from app.web.classroom.live import Live, address_of, bearer_key, qr_code
from app.web.classroom.shapes import (
    COMMAND,
    JOIN,
    START,
    VOTE,
    AskBody,
    BlackBody,
    DoneShape,
    JoinedShape,
    OfferBody,
    PlainBody,
    RoomShape,
    ShowBody,
    StartedShape,
    StepBody,
    VotedShape,
)
from app.web.http.bodies import FORM, JSON, media_type, read_json, read_json_or_form
from app.web.http.openapi import LANG_PARAMETER
from app.web.http.problems import ProblemDetails

_NO_STORE = {"Cache-Control": "no-store"}
_REASONS = {
    308: "The code is written otherwise.",
    401: "A presenter's key is needed.",
    403: "Sent from another origin, or not by the presenter who leads.",
    404: "There is no such room, or its time is over.",
    408: "The body did not arrive in time.",
    409: "The room's state does not allow it.",
    413: "The body is too large.",
    415: "The body is of another type.",
    422: "Something that was sent is not allowed; every problem is listed.",
    429: "Over a limit; Retry-After says for how long.",
    503: "The log of the rooms does not answer; Retry-After says when to try again.",
}
_PLAIN: dict[str, type[Close | Withdraw | Accept | Decline | End]] = {
    "close": Close,
    "withdraw": Withdraw,
    "accept": Accept,
    "decline": Decline,
    "end": End,
}


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


def make_live_api(live: Live) -> APIRouter:
    """The routes under /live."""
    router = APIRouter(prefix="/live", tags=["rooms"])
    classroom = live.classroom
    limits = classroom.limits
    code_parameter = Path(description="The code of a room.")

    @router.post(
        "",
        status_code=201,
        summary="Start a room",
        response_model=StartedShape,
        responses=_answers(403, 404, 408, 413, 415, 422),
        openapi_extra=_body(START, JSON),
    )
    async def start(request: Request) -> JSONResponse:
        """A new room; the answer has the presenter's key, which is told only here."""
        body = await read_json(request, START, limits)
        walkthrough = live.site.walkthrough(body.walkthrough)
        started = await classroom.start(walkthrough.id, address_of(request))
        url = live.site.addresses(request).live(started.code)
        return JSONResponse(
            {"room": started.code, "url": url, "presenter": 1, "key": started.key},
            status_code=201,
            headers={**_NO_STORE, "Location": url},
        )

    @router.get(
        "/{code}/events",
        summary="Follow a room",
        response_class=Response,
        responses={
            200: {
                "description": "Server-sent events: a snapshot, then every event.",
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            },
            204: {"description": "The room has ended, and nothing is new."},
            **_answers(308, 404, 422),
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
    async def events(request: Request, code: str = code_parameter) -> Response:
        """Events as they happen; nothing is missed and nothing doubled after a lost connection."""
        classroom.follows.take(classroom.addresses.hashed(address_of(request)))
        return await live.stream(request, await live.room(request, code))

    @router.get(
        "/{code}/state",
        summary="A room",
        response_model=RoomShape,
        responses=_answers(308, 404, 422),
    )
    async def state(request: Request, code: str = code_parameter) -> JSONResponse:
        """The room's present state, as in the stream's snapshot."""
        return JSONResponse((await live.room(request, code)).snapshot(), headers=_NO_STORE)

    @router.post(
        "/{code}/commands",
        summary="Act as a presenter",
        response_model=DoneShape,
        response_model_exclude_none=True,
        responses=_answers(308, 401, 403, 404, 408, 409, 413, 415, 422),
        openapi_extra={"parameters": [_KEY], **_body(COMMAND, JSON)},
    )
    async def commands(request: Request, code: str = code_parameter) -> JSONResponse:
        """Show, step, ask, close, reveal, hand over, end: `do` says which."""
        key = bearer_key(request)
        room = await live.room(request, code)
        presenter = classroom.presenter(room.room, key)
        body = await read_json(request, COMMAND, limits)
        lesson = live.lesson(room)
        answer: dict[str, Any] = {}
        name, expected = body.id, body.expected
        if isinstance(body, PlainBody) and body.do == "reveal":
            number = await classroom.reveal(
                room, presenter, lesson.solve, name=name, expected=expected
            )
        elif isinstance(body, PlainBody) and body.do == "invite":
            invitation = new_key()
            number = await classroom.act(
                room, presenter, _always(Invite(digest(invitation))), name=name, expected=expected
            )
            answer["invitation"] = invitation
        else:
            number = await classroom.act(
                room, presenter, _plan(lesson, body), name=name, expected=expected
            )
        return JSONResponse({"number": number, **answer}, headers=_NO_STORE)

    @router.post(
        "/{code}/presenters",
        status_code=201,
        summary="Become a presenter",
        response_model=JoinedShape,
        responses=_answers(308, 403, 404, 408, 409, 413, 415, 422),
        openapi_extra=_body(JOIN, JSON),
    )
    async def join(request: Request, code: str = code_parameter) -> JSONResponse:
        """One more presenter, by an invitation, which is good once; leading has to be offered."""
        room = await live.room(request, code)
        body = await read_json(request, JOIN, limits)
        presenter, key = await classroom.join(room, body.invitation)
        return JSONResponse(
            {"presenter": presenter, "key": key}, status_code=201, headers=_NO_STORE
        )

    @router.post(
        "/{code}/votes",
        summary="Vote",
        response_model=VotedShape,
        responses={
            303: {"description": "The form's answer: back to the room's page."},
            **_answers(308, 403, 404, 408, 409, 413, 415, 422),
        },
        openapi_extra=_body(VOTE, JSON, FORM),
    )
    async def vote(request: Request, code: str = code_parameter) -> Response:
        """One vote for each device, which is known by its cookie; it may change until the end."""
        classroom.votes.take(classroom.addresses.hashed(address_of(request)))
        room = await live.room(request, code)
        body = await read_json_or_form(request, VOTE, limits)
        response: Response
        if media_type(request) == FORM:
            url = live.site.addresses(request).live(room.code)
            response = Response(status_code=303, headers={**_NO_STORE, "Location": url})
        else:
            voted = {"question": body.question, "option": body.option}
            response = JSONResponse(voted, headers=_NO_STORE)
        voter = live.know(request, room, response)
        await classroom.vote(room, voter, body.question, body.option)
        return response

    @router.get(
        "/{code}/votes/mine",
        summary="This device's vote",
        response_model=VotedShape,
        responses=_answers(308, 404, 422),
    )
    async def voted(request: Request, code: str = code_parameter) -> JSONResponse:
        """What this device has voted on the question that was asked last."""
        room = await live.room(request, code)
        question, voter = room.room.question, live.voter(request, room)
        option = None
        if question is not None and voter is not None:
            option = await classroom.log.vote_of(room.code, question.number, voter)
        number = None if question is None else question.number
        response = JSONResponse({"question": number, "option": option}, headers=_NO_STORE)
        live.know(request, room, response)
        return response

    @router.get(
        "/{code}/results.csv",
        summary="The votes as a table",
        response_class=Response,
        responses={
            200: {
                "description": "A line for each option of each question, with a heading.",
                "content": {"text/csv": {"schema": {"type": "string"}}},
            },
            **_answers(308, 401, 404, 422),
        },
        openapi_extra={"parameters": [_KEY]},
    )
    async def results(request: Request, code: str = code_parameter) -> Response:
        """For presenters: every question, its options, their votes; of an open vote no numbers."""
        key = bearer_key(request)
        room = await live.room(request, code)
        classroom.presenter(room.room, key)
        language = live.site.safe_language(request)
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(_COLUMNS)
        lesson = live.lesson(room)
        for number, result in enumerate(await classroom.results(room), 1):
            question, subject = result.question, result.question.subject
            right, _ = lesson.solve(question)
            asked = datetime.fromtimestamp(question.at_ms // 1000, UTC)
            for option in subject["options"]:
                row: dict[str, object] = {
                    "question": number,
                    "asked_utc": f"{asked:%Y-%m-%d %H:%M:%S}",
                    "kind": subject["kind"],
                    "id": subject["id"],
                    "text": language.pick(subject["text"]),
                    "line": subject.get("line", ""),
                    "condition": subject.get("condition", ""),
                    "scenario": _scenario(subject),
                    "option": option["id"],
                    "option_text": language.pick(option["text"]),
                    "votes": "",
                    "all_votes": "",
                    "answer": right or "",
                    "is_right": "" if right is None else int(option["id"] == right),
                }
                if result.counts is not None:
                    row["votes"] = result.counts.get(option["id"], 0)
                    row["all_votes"] = sum(result.counts.values())
                writer.writerow(_cell(row[column]) for column in _COLUMNS)
        return Response(
            # With the mark by which spreadsheets know the encoding.
            "\ufeff" + table.getvalue(),
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
        responses={
            200: {
                "description": "The link by which this presenter is the same on another screen.",
                "content": {"image/svg+xml": {"schema": {"type": "string"}}},
            },
            **_answers(308, 401, 404, 422),
        },
        openapi_extra={"parameters": [_KEY, LANG_PARAMETER]},
    )
    async def own_qr(request: Request, code: str = code_parameter) -> Response:
        """For the presenter alone: who reads it has the key."""
        key = bearer_key(request)
        room = await live.room(request, code)
        number = classroom.presenter(room.room, key)
        lang = read_language(request.url.query)
        slides = live.site.addresses(request).page(room.room.walkthrough, PRESENT, lang=lang)
        origin = live.site.origin.of(request) or ""
        return qr_code(f"{origin}{slides}#room={room.code}&key={key}&presenter={number}")

    return router


#: A line says all of its option and of the question, so that it can be sorted and filtered. The
#: questions are counted as they were asked. A spreadsheet knows a time by this form, without zone.
_COLUMNS: Final = (
    "question",
    "asked_utc",
    "kind",
    "id",
    "text",
    "line",
    "condition",
    "scenario",
    "option",
    "option_text",
    "votes",
    "all_votes",
    "answer",
    "is_right",
)


def _scenario(subject: Mapping[str, Any]) -> str:
    """What a decision was asked in; a choice is asked in none."""
    if subject["kind"] == "choice":
        return ""
    return subject["query"].replace("&", " ") or "state=ESTABLISHED"


def _cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula is marked as a text."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def _always(command: Command) -> Plan:
    async def plan(_: Room) -> Command:
        return command

    return plan


def _plan(lesson: Lesson, body: Any) -> Plan:
    """What a body asks for, given the room's present state."""

    async def plan(room: Room) -> Command:
        match body:
            case ShowBody():
                return Show(lesson.view(body.block, body.query, body.step, body.variant))
            case StepBody():
                lesson.check_step(room.view, body.step)
                return Step(body.step)
            case AskBody(decision=str(name), question=None):
                return Ask(lesson.which_way(room.view, name))
            case AskBody(decision=None, question=str(name)):
                return Ask(lesson.choice(name))
            case AskBody():
                allowed = "decision or question: one of the two"
                raise ReaderError([InputProblem("missing", "decision", None, allowed)])
            case BlackBody():
                return Black(body.on)
            case OfferBody():
                return Offer(body.to)
        return _PLAIN[body.do]()

    return plan
