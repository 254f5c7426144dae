# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What every page leads to: the parts of a walkthrough in the bar, the rest at the foot."""

from __future__ import annotations

from collections.abc import Iterator

from app.i18n import Language
from app.lab.recipes import CLOSED_BY
from app.walkthrough.records import Walkthrough
from app.web.addresses import ATLAS, CHALLENGES, HISTORY, LAB, PRESENT, SYMPTOMS, Addresses
from app.web.contexts import PartView


def parts_of(
    walkthrough: Walkthrough, addresses: Addresses, language: Language, lang: str | None
) -> Iterator[PartView]:
    """The parts that a walkthrough has; each `id` is the class of its page's body."""
    _ = language.gettext

    def below(place: str | None) -> str:
        return addresses.page(walkthrough.id, place, lang=lang)

    yield PartView("study", below(None), _("Read"))
    yield PartView("atlas", below(ATLAS), _("All paths"))
    yield PartView("compare", addresses.compare(walkthrough.id, lang=lang), _("Compare"))
    if walkthrough.symptoms.symptoms:
        yield PartView("symptoms", below(SYMPTOMS), _("Symptoms"))
    if walkthrough.challenges:
        yield PartView("challenges", below(CHALLENGES), _("Challenges"))
    if walkthrough.kernel_notes.deltas:
        yield PartView("history", below(HISTORY), _("History"))
    if walkthrough.function == CLOSED_BY:
        yield PartView("lab", below(LAB), _("Lab"))
    yield PartView("present", below(PRESENT), _("Present"))


def foot_of(addresses: Addresses, language: Language, lang: str | None) -> Iterator[PartView]:
    """What belongs to no walkthrough."""
    _ = language.gettext
    yield PartView("door", addresses.door(lang=lang), _("Join a class"))
    yield PartView("api", addresses.api(lang=lang), "API")
    yield PartView("changes", addresses.changes(lang=lang), _("What was corrected"))
