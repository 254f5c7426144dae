# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Fits a YAML document into its shape, and goes on with what is right where something is not.

A broken entry of a list is left out, so that one mistake hides no other.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, Generic, TypeVar, Union, cast, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from app.errors import ContentProblem, nearest
from app.walkthrough.content.documents import Document, Path
from app.walkthrough.content.prose import Prose
from app.walkthrough.content.schema import Text

_Shape = TypeVar("_Shape")
#: Leaving something out may empty a list that must not be empty, and so on outwards.
_ROUNDS: Final = 8
#: Mistakes of a file that are told; to look for what each was meant to be takes its time.
MAX_PROBLEMS: Final = 100


@dataclass(frozen=True)
class Fitted(Generic[_Shape]):
    """What has the shape: its value, and the `original` document reduced to the same.

    `value` is None where nothing could be saved; `untold` is how many problems there are beyond
    those that are told.
    """

    value: _Shape | None
    document: Document
    original: Document
    problems: tuple[ContentProblem, ...]
    untold: int = 0


def fit(document: Document, shape: type[_Shape], stand_ins: Mapping[Path, Any]) -> Fitted[_Shape]:
    """Validates a document; `stand_ins` take the place of broken values outside of lists."""
    problems: tuple[ContentProblem, ...] = ()
    untold = 0
    reduced = document
    for _ in range(_ROUNDS):
        try:
            value = adapter(shape).validate_python(reduced.value)
        except ValidationError as error:
            places = [(_place(reduced.value, item), item) for item in error.errors()]
            # Of a union each member complains: who looked deepest has understood most.
            around = {path[:n] for path, _ in places for n in range(len(path))}
            if not problems:
                deepest = [(path, item) for path, item in places if path not in around]
                untold = max(0, len(deepest) - MAX_PROBLEMS)
                problems = tuple(
                    _problem(document, shape, path, item) for path, item in deepest[:MAX_PROBLEMS]
                )
            before = reduced
            reduced = _without(reduced, places, stand_ins)
            if reduced.value == before.value:
                break
        else:
            return Fitted(value, reduced, document, problems, untold)
    return Fitted(None, document, document, problems, untold)


def adapter(shape: type[_Shape]) -> TypeAdapter[_Shape]:
    """What reads and writes values of a shape, made when it is first asked for."""
    return _adapter(cast(Hashable, shape))


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def _place(value: Any, item: Any) -> Path:
    """The path in the YAML: pydantic's also names the members of unions that it tried."""
    path: list[int | str] = []
    loc = item["loc"]
    for number, part in enumerate(loc):
        if (isinstance(value, Mapping) and part in value) or (
            isinstance(value, list) and isinstance(part, int) and part < len(value)
        ):
            value = value[part]
        elif item["type"] != "missing" or number < len(loc) - 1:
            continue
        path.append(part)
    return tuple(path)


def _problem(document: Document, shape: Any, path: Path, item: Any) -> ContentProblem:
    where = ".".join(str(part) for part in path)
    if item["type"] == "extra_forbidden":
        keys = list(_keys_at(shape, document.value, path[:-1]))
        message = f"{where}: unknown key, allowed: {', '.join(keys)}"
        near = nearest(str(path[-1]), keys)
        return ContentProblem(document.file, document.line(path), message, near)
    return ContentProblem(document.file, document.line(path), f"{where}: {item['msg']}")


def _without(
    document: Document, places: list[tuple[Path, Any]], stand_ins: Mapping[Path, Any]
) -> Document:
    removed: set[Path] = set()
    replaced: dict[Path, Any] = {}
    for path, item in places:
        numbers = [at for at, part in enumerate(path) if isinstance(part, int)]
        if item["type"] == "extra_forbidden":
            removed.add(path)
        elif numbers:
            removed.add(path[: numbers[-1] + 1])
        else:
            known = [path[:n] for n in range(len(path), 0, -1) if path[:n] in stand_ins]
            if known:
                replaced[known[0]] = stand_ins[known[0]]
            else:
                removed.add(path)
    return document.changed(removed, replaced)


# Walking along a shape


def _members(hint: Any) -> Iterator[Any]:
    """The types that a value may have: members of a union, without their annotations."""
    origin = get_origin(hint)
    if hint in (Text, Mapping[str, Prose]):
        yield Text
    elif origin is Annotated:
        yield from _members(get_args(hint)[0])
    elif origin in (Union, UnionType):
        for member in get_args(hint):
            yield from _members(member)
    else:
        yield hint


def _inside(hint: Any, value: Any) -> Iterator[tuple[str | int, Any, Any]]:
    """Key, type and value of everything that stands directly in a value of a type."""
    for member in _members(hint):
        origin = get_origin(member)
        if isinstance(member, type) and issubclass(member, BaseModel):
            if isinstance(value, Mapping):
                for name, field in member.model_fields.items():
                    key = field.alias or name
                    if key in value:
                        yield key, field.annotation, value[key]
        elif origin is list and isinstance(value, list):
            for index, item in enumerate(value):
                yield index, get_args(member)[0], item
        elif origin is dict and isinstance(value, Mapping):
            for key, item in value.items():
                yield key, get_args(member)[1], item


def texts_in(hint: Any, value: Any, path: Path = ()) -> Iterator[tuple[Path, Mapping[Any, Any]]]:
    """Every text by language that a value of a type has, with its place."""
    if isinstance(value, Mapping) and Text in _members(hint):
        yield path, value
        return
    for key, inner, item in _inside(hint, value):
        yield from texts_in(inner, item, (*path, key))


def _keys_at(hint: Any, value: Any, path: Path) -> Collection[str]:
    """The keys that a mapping may have, at a place of a value of a type."""
    for part in path:
        for key, inner, item in _inside(hint, value):
            if key == part:
                hint, value = inner, item
                break
    return [
        field.alias or name
        for member in _members(hint)
        if isinstance(member, type) and issubclass(member, BaseModel)
        for name, field in member.model_fields.items()
    ]
