# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What stands on the cards of pages that are about no line: a title, and a sentence or two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.i18n import marked
from app.walkthrough.records import Walkthrough
from app.web.addresses import CHALLENGES, COMPARE, LAB, SYMPTOMS
from app.web.study.shelf import Shelf
from app.web.symptoms.view import SymptomsView

#: What a library of several walkthroughs is called.
LIBRARY: Final = marked("Walkthroughs of the Linux kernel's TCP")

#: By the name of the page below a walkthrough.
_VIEWS: Final[Mapping[str, tuple[str, str]]] = {
    CHALLENGES: (
        marked("Challenges"),
        marked("Set the socket so that the kernel does what is asked; the simulation judges."),
    ),
    COMPARE: (
        marked("Compare two sockets"),
        marked(
            "Put two sockets beside each other and see at which decision they part, and what "
            "differs from there on."
        ),
    ),
    LAB: (
        marked("On a real kernel"),
        marked(
            "The same socket on a real kernel: what it did beside what the model says, and the "
            "scripts to try it."
        ),
    ),
}


def front_caption(shelf: Shelf, only: Walkthrough | None) -> tuple[str, str]:
    """Title and text of the front page's card; `only` is the one walkthrough that there is."""
    _, pick = shelf.language.gettext, shelf.language.pick
    title = pick(only.question or only.title) if only else _(LIBRARY)
    return title, _("Read a kernel function, choose a socket, and see which way it goes and why.")


def view_caption(shelf: Shelf, place: str) -> tuple[str, str] | None:
    """Title and text of a view's card; None for what is no view. Raises NotFound."""
    name, _, symptom = place.partition("/")
    if name == SYMPTOMS and shelf.walkthrough.symptoms.symptoms:
        view = SymptomsView(shelf, None)
        only = view.only(symptom or None)
        return (only.title if only else view.title(None).partition(" · ")[0]), view.description(
            only
        )
    if place not in _VIEWS or (place == CHALLENGES and not shelf.walkthrough.challenges):
        return None
    title, text = _VIEWS[place]
    return shelf.language.gettext(title), shelf.language.gettext(text)
