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

    yield PartView(id="study", href=below(None), text=_("Read"))
    yield PartView(id="atlas", href=below(ATLAS), text=_("All paths"))
    yield PartView(
        id="compare", href=addresses.compare(walkthrough.id, lang=lang), text=_("Compare")
    )
    if walkthrough.symptoms.symptoms:
        yield PartView(id="symptoms", href=below(SYMPTOMS), text=_("Symptoms"))
    if walkthrough.challenges:
        yield PartView(id="challenges", href=below(CHALLENGES), text=_("Challenges"))
    if walkthrough.kernel_notes.deltas:
        yield PartView(id="history", href=below(HISTORY), text=_("History"))
    if walkthrough.function == CLOSED_BY:
        yield PartView(id="lab", href=below(LAB), text=_("Lab"))
    yield PartView(id="present", href=below(PRESENT), text=_("Present"))


def foot_of(addresses: Addresses, language: Language, lang: str | None) -> Iterator[PartView]:
    """What belongs to no walkthrough."""
    _ = language.gettext
    yield PartView(id="door", href=addresses.door(lang=lang), text=_("Join a class"))
    yield PartView(id="api", href=addresses.api(lang=lang), text="API")
    yield PartView(id="changes", href=addresses.changes(lang=lang), text=_("What was corrected"))
