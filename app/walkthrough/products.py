# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Products: which setting or call of a server, proxy or run-time leads to a branch.

`products.yaml` has the shape below: only what was seen running, or stands in the product's own
source or manual, with its version.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.machine.trace import Branch
from app.walkthrough.content.reading import Teller
from app.walkthrough.content.schema import Id, Text

FILE: Final = "products.yaml"
_Line = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\n]+$")]

#: How it is known: seen running here, read in the product's source, or in its manual.
Source = Literal["run", "source", "manual"]


class ProductEntry(BaseModel):
    """A setting or call; `branch` as `unread/true`, `symptoms` are those that it brings about."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    product: _Line
    version: _Line
    call: _Line
    source: Source
    branch: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+/(true|false)$")]
    symptoms: list[Id] = Field(default=[], max_length=5)
    does: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A setting or call of a product."""

    product: str
    version: str
    call: str
    source: Source
    branch: Branch
    symptoms: tuple[str, ...]
    does: Mapping[str, str]


def check_products(
    tell: Teller,
    entries: Sequence[ProductEntry],
    decisions: Collection[str],
    symptoms: Collection[str],
) -> tuple[Product, ...]:
    """The products of a file whose shape is right; what they name and is not there is reported."""
    found = []
    for index, entry in enumerate(entries):
        name, _, way = entry.branch.partition("/")
        named = [("branch", name, decisions)] + [
            ("symptoms", one, symptoms) for one in entry.symptoms
        ]
        for key, target, known in named:
            tell.unknown((index, key), f"{key}:", target, known)
        found.append(
            Product(
                product=entry.product,
                version=entry.version,
                call=entry.call,
                source=entry.source,
                branch=(name, way == "true"),
                symptoms=tuple(entry.symptoms),
                does=entry.does,
            )
        )
    return tuple(found)
