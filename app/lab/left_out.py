# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Why a scenario is not brought to a real kernel, in codes and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from app.i18n import Language
from app.walkthrough.told import words_in

#: The sentence of each code; placeholders are the facts.
REASONS: Final[Mapping[str, Mapping[str, str]]] = words_in("lab")["left_out"]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A scenario that is left out: a stable code and the facts of its sentence."""

    code: str
    facts: Mapping[str, int | str] = field(default_factory=dict)

    def sentence(self, language: Language) -> str:
        """The reason, for people."""
        return language.pick(REASONS[self.code]).format(**self.facts)
