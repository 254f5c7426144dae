# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The bodies of posts: who may send one, how large it may be, what is in it."""

from __future__ import annotations

import asyncio
from typing import Any, Final, TypeVar
from urllib.parse import unquote_to_bytes, urlsplit

from pydantic import TypeAdapter, ValidationError
from starlette.requests import ClientDisconnect, Request

from app.errors import InputProblem, Phrase, ReaderError, refused
from app.rooms.limits import Limits
from app.web.query import MAX_QUERY, read_pairs

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"

_T = TypeVar("_T")


def check_origin(request: Request) -> None:
    """Raises ReaderError (403) where a page of another origin sends this.

    A browser says so itself (`Sec-Fetch-Site`) over HTTPS and on its own host; elsewhere the
    origin has to be the host that was asked. What is no browser sends neither.
    """
    headers = request.headers
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        is_ours = site in {"same-origin", "none"}
    elif origin is not None:
        try:
            is_ours = urlsplit(origin).netloc == headers.get("host", "")
        except ValueError:
            is_ours = False
    else:
        is_ours = True
    if not is_ours:
        raise foreign_origin()


def foreign_origin() -> ReaderError:
    """The refusal; it repeats nothing of what was sent, the host's name included."""
    allowed = Phrase("a page of this server, or a program that sends no Origin")
    return refused("foreign-origin", "Origin", None, allowed, 403)


async def read_json(request: Request, shape: TypeAdapter[_T], limits: Limits) -> _T:
    """A body of JSON. Raises ReaderError: 403, 408, 413, 415, or 422 with every problem."""
    check_origin(request)
    check_type(request, JSON)
    return _validated(shape, await read_body(request, limits))


async def read_json_or_form(request: Request, shape: TypeAdapter[_T], limits: Limits) -> _T:
    """The same, or the fields of a form. Raises ReaderError."""
    if media_type(request) != FORM:
        return await read_json(request, shape, limits)
    check_origin(request)
    raw = await read_body(request, limits)
    if len(raw) > MAX_QUERY:
        raise refused("body-too-large", "body", None, f"{MAX_QUERY} bytes", 413)
    fields = dict(read_pairs(raw.decode("utf-8", "replace")))
    try:
        return shape.validate_python(fields)
    except ValidationError as error:
        raise ReaderError(_problems(error)) from None


def media_type(request: Request) -> str:
    """The type of the body, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def check_type(request: Request, *allowed: str) -> None:
    """Raises ReaderError (415) for a body of another type."""
    found = media_type(request)
    if found not in allowed:
        raise refused("not-allowed", "Content-Type", found, ", ".join(allowed), 415)


async def read_text(request: Request, name: str, limits: Limits, most: int) -> str:
    """A field of a form that may be long: of `most` bytes, line breaks as one character each.

    Raises ReaderError: 403, 408, 413, 415, or 422 where there is no such field.
    """
    check_origin(request)
    check_type(request, FORM)
    allowed = Phrase("{count} MB", count=most // 2**20)
    too_large = refused("body-too-large", name, None, allowed, 413)
    # A byte may be written as three.
    raw = await read_body(request, limits, 3 * most, too_large)
    for field in raw.split(b"&"):
        key, _, value = field.partition(b"=")
        if key == name.encode():
            text = unquote_to_bytes(value.replace(b"+", b" ")).replace(b"\r\n", b"\n")
            if len(text) > most:
                raise too_large
            return text.decode("utf-8", "replace")
    raise refused("missing", name, None, Phrase("a text"), 422)


async def read_body(
    request: Request, limits: Limits, most: int = 0, too_large: ReaderError | None = None
) -> bytes:
    """The body. Raises ReaderError: 408 where it takes too long, 413 where it is too large.

    It may have `most` bytes, or what the limits say; `too_large` is raised beyond, if given.
    """
    most = most or limits.max_body
    too_large = too_large or refused("body-too-large", "body", None, f"{most} bytes", 413)
    # Blanks around a header's value mean nothing; the parser leaves those behind it.
    declared = request.headers.get("content-length", "0").strip(" \t")
    if not declared.isdecimal() or int(declared) > most:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(limits.body_seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise too_large
    except (TimeoutError, ClientDisconnect):
        allowed = f"{limits.body_seconds:g} s"
        raise refused("body-too-slow", "body", None, allowed, 408) from None
    return bytes(body)


def _validated(shape: TypeAdapter[_T], body: bytes) -> _T:
    try:
        return shape.validate_json(body)
    except ValidationError as error:
        raise ReaderError(_problems(error)) from None


def _problems(error: ValidationError) -> list[InputProblem]:
    return [_problem(item) for item in error.errors(include_url=False)]


def _problem(item: Any) -> InputProblem:
    # The first part of a path names the member of a union, which the sender knows as `do`.
    path = [str(part) for part in item["loc"]]
    key = path[-1] if path else "body"
    match item["type"]:
        case "json_invalid":
            return InputProblem("not-json", "body", None, "JSON")
        case "extra_forbidden":
            return InputProblem("unknown-key", key, None, "the keys of the documentation")
        case "missing":
            return InputProblem("missing", key, None, "a value")
        case "union_tag_not_found":
            return InputProblem("missing", "do", None, item["msg"])
        case "union_tag_invalid":
            allowed = str(item["ctx"]["expected_tags"]).replace("'", "")
            return InputProblem("not-allowed", "do", str(item["ctx"]["tag"]), allowed)
    value = item["input"]
    text = value if isinstance(value, str) else type(value).__name__
    if isinstance(value, int | float | bool) or value is None:
        text = str(value)
    return InputProblem("not-allowed", key, text, item["msg"])
