# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Products: which setting or call of a server, proxy or run-time leads to a branch.

`products.yaml` has the shape below: only what was seen running, or stands in the product's own
source or manual, with its version.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from app.walkthrough.content.reading import Teller
from app.walkthrough.content.schema import Id, Text
from app.walkthrough.content.strict import Strict

FILE: Final = "products.yaml"
_Line = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\n]+$")]

#: How it is known: seen running here, read in the product's source, or in its manual.
Source = Literal["run", "source", "manual"]


class Product(Strict):
    """A setting or call of a product; `symptoms` are those that it brings about."""

    product: _Line
    version: _Line
    call: _Line
    source: Source
    #: As in `unread/true`.
    branch: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+/(true|false)$")]
    symptoms: list[Id] = Field(default=[], max_length=5)
    does: Text


def check_products(
    tell: Teller,
    products: Sequence[Product],
    decisions: Collection[str],
    symptoms: Collection[str],
) -> tuple[Product, ...]:
    """The products of a file whose shape is right; what they name and is not there is reported."""
    for index, one in enumerate(products):
        tell.unknown((index, "branch"), "branch:", one.branch.partition("/")[0], decisions)
        for symptom in one.symptoms:
            tell.unknown((index, "symptoms"), "symptoms:", symptom, symptoms)
    return tuple(products)
