# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Parts of a walkthrough, each described once, and what every page leads to: bar and foot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from app.i18n import Language, marked
from app.lab.recipes import CLOSED_BY
from app.walkthrough.records import Walkthrough
from app.web.addresses import (
    ATLAS,
    CHALLENGES,
    COMPARE,
    HISTORY,
    LAB,
    LIFE,
    MANY,
    PRESENT,
    SYMPTOMS,
    WATCH,
    WHICH,
    Addresses,
)
from app.web.contexts import PartView


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a walkthrough, on a page of its own; the texts are marked for translation."""

    title: str = ""  # usual title of its page; empty where each page has its own
    text: str = ""  # usual description, for search engines and on its card
    link: str = ""  # what it is called in the bar; empty where other pages lead there
    has_card: bool = False
    is_of_text: bool = False  # whether its page is about the text that is asked for
    has: Callable[[Walkthrough], object] = bool  # whether a walkthrough has it


#: By the name below a walkthrough, in the order of the bar.
PARTS: Final[Mapping[str, Part]] = {
    ATLAS: Part(
        link=marked("All paths"),
        title=marked("All paths"),
        text=marked("Every path through the function, with what leads to it and how it ends."),
        is_of_text=True,
    ),
    COMPARE: Part(
        link=marked("Compare"),
        title=marked("Compare two sockets"),
        text=marked(
            "Put two sockets beside each other and see at which decision they part, and what "
            "differs from there on."
        ),
        has_card=True,
        is_of_text=True,
    ),
    SYMPTOMS: Part(link=marked("Symptoms"), has_card=True, has=lambda item: item.symptoms.symptoms),
    CHALLENGES: Part(
        link=marked("Challenges"),
        title=marked("Challenges"),
        text=marked("Set the socket so that the kernel does what is asked; the simulation judges."),
        has_card=True,
        has=lambda item: item.challenges,
    ),
    HISTORY: Part(
        link=marked("History"),
        title=marked("The life of the function"),
        text=marked(
            "What kernels from 2.4 on have changed in the function, and which sockets see it."
        ),
        has_card=True,
        has=lambda item: item.kernel_notes.deltas,
    ),
    LAB: Part(
        link=marked("Lab"),
        title=marked("On a real kernel"),
        text=marked(
            "The same socket on a real kernel: what it did beside what the model says, and the "
            "scripts to try it."
        ),
        has_card=True,
        is_of_text=True,
    ),
    PRESENT: Part(link=marked("Present"), is_of_text=True),
    WHICH: Part(
        title=marked("Which path was it?"),
        text=marked(
            "From what was observed of a close back to the paths that fit, and to the question "
            "that tells the rest apart."
        ),
        is_of_text=True,
    ),
    LIFE: Part(has_card=True, is_of_text=True),
    f"{LIFE}/{MANY}": Part(
        title=marked("Many of them"),
        text=marked(
            "So many connections are closed a second, and a share of the peers behaves so and so: "
            "what is there of them at any time, and which limit is met first."
        ),
        has_card=True,
        is_of_text=True,
    ),
    WATCH: Part(
        title=marked("Live from this host"),
        text=marked("How often each abort branch is being taken on this host, beside its lines."),
    ),
}


def parts_of(
    walkthrough: Walkthrough,
    addresses: Addresses,
    language: Language,
    lang: str | None,
    kernel: str | None,
) -> Iterator[PartView]:
    """The parts that a walkthrough has; each `id` is the class of its page's body.

    The `kernel` that is read is carried along.
    """
    _ = language.gettext

    def page(part: str | None = None) -> str:
        return addresses.page(walkthrough.id, part, variant=kernel, lang=lang)

    yield PartView(id="study", href=page(), text=_("Read"))
    for name, part in PARTS.items():
        # The lab of a function that no program calls has nothing to run, and says so.
        is_led_to = name != LAB or walkthrough.function == CLOSED_BY
        if part.link and part.has(walkthrough) and is_led_to:
            yield PartView(id=name, href=page(name), text=_(part.link))


def foot_of(addresses: Addresses, language: Language, lang: str | None) -> Iterator[PartView]:
    """What belongs to no walkthrough."""
    _ = language.gettext
    yield PartView(id="door", href=addresses.door(lang=lang), text=_("Join a class"))
    yield PartView(id="api", href=addresses.api(lang=lang), text="API")
    yield PartView(id="changes", href=addresses.changes(lang=lang), text=_("What was corrected"))
