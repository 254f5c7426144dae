# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Pairs worth comparing, and their sides. `pairs.yaml` is a list with the shape of `PairEntry`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import model_validator

from app.kernel.scenario import Scenario
from app.walkthrough.content.schema import Id, Text
from app.walkthrough.content.strict import Strict

FILE: Final = "pairs.yaml"
#: How a side is written that changes no input, and the key of its variant.
NOTHING_CHANGED: Final = "default"
VARIANT: Final = "variant"
KERNEL: Final = "kernel"


def is_label(edition: str) -> bool:
    """Whether an edition's id is the label of a kernel, and not the id of a variant."""
    return "." in edition or "~" in edition


def edition_key(edition: str) -> str:
    """The key by which an address names an edition: `kernel` or `variant`."""
    return "kernel" if is_label(edition) else "variant"


@dataclass(frozen=True, slots=True)
class Side:
    """A scenario, and the variant of the source that it runs in (None: the source as it is).

    As text it is one value: see `sides`.
    """

    scenario: Scenario
    variant: str | None = None

    def __str__(self) -> str:
        values: dict[str, object] = dict(self.scenario.changed())
        if self.variant is not None:
            values[KERNEL if is_label(self.variant) else VARIANT] = self.variant
        return ",".join(f"{key}:{value}" for key, value in values.items()) or NOTHING_CHANGED


class SideEntry(Strict):
    """A side: a preset, or inputs that differ from the default; perhaps in a variant."""

    preset: str | None = None
    scenario: dict[str, Any] | None = None
    variant: str | None = None

    @model_validator(mode="after")
    def _says_one(self) -> SideEntry:
        if (self.preset is None) == (self.scenario is None):
            raise ValueError("give a preset or a scenario")
        return self


class PairEntry(Strict):
    """Two sides; `look` says in a sentence what to look for."""

    id: Id
    title: Text
    look: Text
    a: SideEntry
    b: SideEntry


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair that is worth comparing."""

    id: str
    title: Mapping[str, str]
    look: Mapping[str, str]
    a: Side
    b: Side
