# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What is wrong with what a reader sent, in a sentence: for pages, the API and the command line."""

from __future__ import annotations

from typing import Final

from app.errors import InputProblem, Phrase
from app.i18n import Language, marked

MESSAGES: Final = {
    "unknown-key": marked("{key} is not known."),
    "given-twice": marked("{key} is given twice."),
    "not-allowed": marked("{key} can't be {value}."),
    "not-a-number": marked("{key} must be a whole number, not {value}."),
    "out-of-range": marked("{key} is out of range: {value}."),
    "too-many": marked("{key} has too many items."),
    "not-a-segment": marked("{key} has an item that is no segment: {value}."),
    "not-an-event": marked("{key} has an item that is no event: {value}."),
    "path-too-long": marked("The address is too long: {value} characters."),
    "query-too-long": marked("The query is too long: {value} characters."),
    "unknown-walkthrough": marked("There is no walkthrough {value}."),
    "unknown-place": marked("{value} is no block, decision or line of this function."),
    "unknown-symptom": marked("There is no symptom {value}."),
    "unknown-text": marked("There is no text of this function by the name {value}."),
    "unknown-decision": marked("{value} is no decision of this function."),
    "not-in-text": marked("The text that was asked for has no {value}."),
    "unknown-branch": marked("{value} is no branch of this function."),
    "gone": marked("{value} is gone; there is something else in its place."),
    "unknown-preset": marked("{value} is no situation of this function."),
    "unknown-line": marked("{value} is outside of this function."),
    "unknown-page": marked("There is no page {value}."),
    "unknown-method": marked("Nothing here answers to {value}."),
    "missing": marked("{key} is missing."),
    "not-json": marked("The body is not what is expected."),
    "body-too-large": marked("The body is too large."),
    "body-too-slow": marked("The body did not arrive in time."),
    "not-on-the-path": marked("{value} is not decided after this step in this scenario."),
    "foreign-origin": marked("This may only be sent from a page of this host."),
    "not-from-here": marked(
        "The lab is only for this machine: ask for 127.0.0.1, ::1 or localhost, not for {value}."
    ),
    "wrong-token": marked("This page is not of this server, or older than it. Load it again."),
    "lab-busy": marked("The lab is at work; one recipe runs at a time."),
    "lab-left-out": marked("The lab leaves this out."),
    "too-often": marked("Too many {key} for now; try again later."),
    "too-many-now": marked("Too many {key} for now; try again later."),
    "no-answer": marked("{key} does not answer; try again in a moment."),
    "too-busy": marked("So much is asked for now that this has to wait; try again in a moment."),
    "no-atlas": marked("All paths could not be found just now; try again in a moment."),
    "no-space": marked("{key} has no space left; what was sent is not kept."),
    "unreadable": marked(
        "This room goes on in another version of the program, which this server is not; "
        "nothing of it is lost. Try again in a minute."
    ),
    "unknown-room": marked("There is no room {value}, or its time is over."),
    "room-ended": marked("This room has ended."),
    "room-full": marked("This room has as many events as it may have."),
    "wrong-key": marked("A presenter’s key is needed for this."),
    "wrong-invitation": marked("The invitation is not good (any more)."),
    "not-the-lead": marked("Presenter {value} leads this room."),
    "not-offered": marked("The lead was not offered to you."),
    "nothing-offered": marked("The lead was not offered to anybody."),
    "unknown-presenter": marked("There is no other presenter {value}."),
    "too-many-presenters": marked("This room has as many presenters as it may have."),
    "no-question": marked("Nothing was asked yet."),
    "vote-open": marked("The vote is still open."),
    "vote-closed": marked("The vote is not open."),
    "already-revealed": marked("This was revealed already."),
    "outrun": marked("The room is no longer at event {value}."),
    "unknown-side": marked("{value} is no situation, and no inputs either."),
    "side-missing": marked("There is nothing to compare with: {key} is not given."),
    "mini-socket": marked(
        "{key} can't be {value}: that is a mini-socket, which holds only what its timer needs. "
        "No file descriptor leads to it, so a program's call never reaches the function with one; "
        "the full socket is in CLOSE by then."
    ),
}


def allowed(problem: InputProblem, language: Language) -> str:
    """What would be accepted: names as they are, a phrase in the reader's language."""
    text = problem.allowed
    if isinstance(text, Phrase):
        return language.phrase(text)
    return language.gettext(", ").join(text.split(", "))


def in_english(problem: InputProblem) -> str:
    """An author's mistake in a scenario, in a line."""
    value = "" if problem.value is None else f"={problem.value}"
    return f"{problem.key}{value}: {problem.code}, allowed: {problem.allowed}"


def sentence(problem: InputProblem, language: Language) -> str:
    """What is wrong, in a sentence."""
    text = MESSAGES.get(problem.code, marked("{key} can't be {value}."))
    value = "" if problem.value is None else problem.value
    said = language.gettext(text).format(key=problem.key, value=value)
    if problem.side is None:
        return said
    return language.gettext("Side {side}: {problem}").format(
        side=problem.side.upper(), problem=said
    )
