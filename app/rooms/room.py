# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A room: commands go in, events come out, and its state is the fold of its events.

Nothing here does anything but compute: no clock, no store, no network. A room knows nothing of the
function that is explained; it has the ids of blocks, decisions and questions from outside.

An event's `data` is for everybody; its `private` part (hashes of keys) never leaves the log.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from app.errors import InputProblem, ReaderError
from app.rooms.log import Entry

#: A command that was posted again is known by its id for so many events.
REMEMBERED: Final = 64
MAX_PRESENTERS: Final = 8

KINDS: Final = (
    "opened", "shown", "asked", "closed", "revealed", "black", "invited", "joined", "offered",
    "withdrawn", "declined", "taken", "ended",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """What the wall shows: a block (None: the whole function), a scenario's query, a step.

    `step` is 1-based, None for the whole path; `variant` is one of the source, None for itself.
    """

    block: str | None = None
    query: str = ""
    step: int | None = None
    variant: str | None = None

    def public(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "block": self.block,
            "query": self.query,
            "step": self.step,
            "variant": self.variant,
        }


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked last; `number` is that of its event.

    `subject` is what everybody may know: kind, id, texts, options; `options` are the options' ids.
    `voted`, `counts` and `answer` are None until it is revealed.
    """

    number: int
    at_ms: int
    subject: Mapping[str, Any]
    options: tuple[str, ...]
    is_open: bool = True
    voted: int | None = None
    counts: Mapping[str, int] | None = None
    answer: str | None = None
    explanation: Mapping[str, str] | None = None

    def public(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "number": self.number,
            **self.subject,
            "is_open": self.is_open,
            "voted": self.voted,
            "counts": None if self.counts is None else dict(self.counts),
            "answer": self.answer,
            "explanation": None if self.explanation is None else dict(self.explanation),
        }


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; numbers count from 1 in each room.

    `command` is the id of the command that caused it, chosen by who posted it.
    """

    number: int
    at_ms: int
    kind: str
    command: str
    data: Mapping[str, Any]
    private: Mapping[str, Any] = field(default_factory=dict)

    def public(self) -> dict[str, Any]:
        """What everybody gets."""
        return {
            "number": self.number,
            "at_ms": self.at_ms,
            "kind": self.kind,
            "command": self.command,
            "data": dict(self.data),
        }

    def entry(self) -> Entry:
        """As the log keeps it."""
        body = {"kind": self.kind, "command": self.command, "data": dict(self.data)}
        if self.private:
            body["private"] = dict(self.private)
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return Entry(self.number, self.at_ms, text.encode())


def event_of(entry: Entry) -> Event:
    """An event that the log has kept."""
    body = json.loads(entry.body)
    return Event(
        entry.number,
        entry.at_ms,
        body["kind"],
        body["command"],
        body["data"],
        body.get("private", {}),
    )


# Commands


@dataclass(frozen=True, slots=True)
class Show:
    """Show something else."""

    view: View


@dataclass(frozen=True, slots=True)
class Step:
    """Go to a step of the scenario that is shown; None for the whole path."""

    step: int | None


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask a question; `subject` has `options`, a list of objects with an `id` each."""

    subject: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Close:
    """End the vote."""


@dataclass(frozen=True, slots=True)
class Reveal:
    """Show the bars and the right answer."""

    counts: Mapping[str, int]
    answer: str | None
    explanation: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Black:
    """Make the wall black, or light again."""

    is_black: bool


@dataclass(frozen=True, slots=True)
class Invite:
    """Let one more presenter in who has the invitation; it replaces an earlier one."""

    invitation: str


@dataclass(frozen=True, slots=True)
class Join:
    """Become a presenter; `key` is the hash of the new presenter's key."""

    invitation: str
    key: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Offer the lead to another presenter."""

    to: int


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take an offer back."""


@dataclass(frozen=True, slots=True)
class Accept:
    """Take the lead that was offered."""


@dataclass(frozen=True, slots=True)
class Decline:
    """Don't take it."""


@dataclass(frozen=True, slots=True)
class End:
    """End the room: nothing happens in it any more."""


Command = (
    Show | Step | Ask | Close | Reveal | Black | Invite | Join | Offer | Withdraw | Accept
    | Decline | End
)  # fmt: skip


def refused(code: str, key: str, value: str | None, allowed: str, status: int = 409) -> ReaderError:
    """The answer to a command that the room's state does not allow."""
    return ReaderError([InputProblem(code, key, value, allowed)], status=status)


# The state


@dataclass(frozen=True, slots=True)
class Room:
    """A room after some of its events; of a room without any, `last` is 0.

    `keys` are the hashes of the presenters' keys, the first one's first; `lead` and `offered_to`
    are presenters, counted from 1. `asked` has every question, the present one last.
    """

    last: int = 0
    opened_ms: int = 0
    at_ms: int = 0
    walkthrough: str = ""
    view: View = View()
    is_black: bool = False
    is_ended: bool = False
    asked: tuple[Question, ...] = ()
    keys: tuple[str, ...] = ()
    lead: int = 1
    offered_to: int | None = None
    invitation: str | None = None
    commands: tuple[tuple[str, int], ...] = ()

    @property
    def question(self) -> Question | None:
        """The question that was asked last."""
        return self.asked[-1] if self.asked else None

    @property
    def ballot(self) -> int:
        """The number of the question that takes votes, 0 for none."""
        question = self.question
        return question.number if question is not None and question.is_open else 0

    def number_of(self, command: str) -> int | None:
        """The number of the event that a command has caused, None where that is not known."""
        return dict(self.commands).get(command)

    def public(self) -> dict[str, Any]:
        """What everybody may know, as JSON."""
        question = self.question
        return {
            "last": self.last,
            "opened_ms": self.opened_ms,
            "at_ms": self.at_ms,
            "walkthrough": self.walkthrough,
            "view": self.view.public(),
            "is_black": self.is_black,
            "is_ended": self.is_ended,
            "question": None if question is None else question.public(),
            "presenters": len(self.keys),
            "lead": self.lead,
            "offered_to": self.offered_to,
        }

    # Folding

    def apply(self, event: Event) -> Room:
        """The room after its next event. Raises ValueError for an event with another number."""
        if event.number != self.last + 1:
            raise ValueError(f"event {event.number} can't follow event {self.last}")
        data, private = event.data, event.private
        commands = (*self.commands, (event.command, event.number))[-REMEMBERED:]
        room = replace(self, last=event.number, at_ms=event.at_ms, commands=commands)
        match event.kind:
            case "opened":
                return replace(
                    room,
                    opened_ms=event.at_ms,
                    walkthrough=data["walkthrough"],
                    keys=(private["key"],),
                )
            case "shown":
                return replace(room, view=View(**data))
            case "asked":
                options = tuple(option["id"] for option in data["options"])
                asked = Question(event.number, event.at_ms, data, options)
                return replace(room, asked=(*room.asked, asked))
            case "closed":
                return room._with_question(is_open=False)
            case "revealed":
                return room._with_question(
                    **{key: data[key] for key in ("voted", "counts", "answer", "explanation")}
                )
            case "black":
                return replace(room, is_black=data["is_black"])
            case "invited":
                return replace(room, invitation=private["invitation"])
            case "joined":
                return replace(room, invitation=None, keys=(*room.keys, private["key"]))
            case "offered":
                return replace(room, offered_to=data["to"])
            case "withdrawn" | "declined":
                return replace(room, offered_to=None)
            case "taken":
                return replace(room, offered_to=None, lead=data["presenter"])
            case "ended":
                return replace(room, is_ended=True, invitation=None, offered_to=None)
        raise ValueError(f"no such kind of event: {event.kind}")

    def _with_question(self, **changes: Any) -> Room:
        return replace(self, asked=(*self.asked[:-1], replace(self.asked[-1], **changes)))

    # Deciding

    def decide(self, command: Command, presenter: int | None, at_ms: int, name: str) -> Event:
        """The event that a command of a presenter causes; `presenter` is None for a guest.

        `name` is the command's id. Raises ReaderError where the room does not allow it.
        """
        if self.is_ended:
            raise refused("room-ended", "do", None, "nothing")
        kind, data, private = self._outcome(command, presenter)
        return Event(self.last + 1, at_ms, kind, name, data, private)

    def _outcome(
        self, command: Command, presenter: int | None
    ) -> tuple[str, dict[str, Any], dict[str, Any]]:
        match command:
            case Join():
                return self._join(command)
            case Accept() | Decline():
                if presenter is None or self.offered_to != presenter:
                    raise refused("not-offered", "do", None, "after an offer", 403)
                if isinstance(command, Accept):
                    return "taken", {"presenter": presenter}, {}
                return "declined", {"presenter": presenter}, {}
        if presenter != self.lead:
            raise refused("not-the-lead", "do", str(self.lead), "accept, decline", 403)
        match command:
            case Show(view):
                return "shown", view.public(), {}
            case Step(step):
                return "shown", replace(self.view, step=step).public(), {}
            case Ask(subject):
                if self.ballot:
                    raise refused("vote-open", "do", None, "close")
                return "asked", dict(subject), {}
            case Close():
                question = self._asked()
                if not question.is_open:
                    raise refused("vote-closed", "do", None, "reveal, ask")
                return "closed", {"question": question.number}, {}
            case Reveal(counts, answer, explanation):
                return self._reveal(counts, answer, explanation)
            case Black(is_black):
                return "black", {"is_black": is_black}, {}
            case Invite(invitation):
                if len(self.keys) >= MAX_PRESENTERS:
                    raise refused("too-many-presenters", "do", None, f"{MAX_PRESENTERS}")
                return "invited", {}, {"invitation": invitation}
            case Offer(to):
                others = [n for n in range(1, len(self.keys) + 1) if n != self.lead]
                if to not in others:
                    allowed = ", ".join(map(str, others)) or "invite"
                    raise refused("unknown-presenter", "to", str(to), allowed)
                return "offered", {"to": to}, {}
            case Withdraw():
                if self.offered_to is None:
                    raise refused("nothing-offered", "do", None, "offer")
                return "withdrawn", {}, {}
            case End():
                return "ended", {}, {}
        raise AssertionError(f"no such command: {command}")

    def _asked(self) -> Question:
        if self.question is None:
            raise refused("no-question", "do", None, "ask")
        return self.question

    def _reveal(
        self, counts: Mapping[str, int], answer: str | None, explanation: Mapping[str, str] | None
    ) -> tuple[str, dict[str, Any], dict[str, Any]]:
        question = self._asked()
        if question.is_open:
            raise refused("vote-open", "do", None, "close")
        if question.counts is not None:
            raise refused("already-revealed", "do", None, "ask")
        return (
            "revealed",
            {
                "question": question.number,
                "voted": sum(counts.values()),
                "counts": {option: counts.get(option, 0) for option in question.options},
                "answer": answer,
                "explanation": None if explanation is None else dict(explanation),
            },
            {},
        )

    def _join(self, command: Join) -> tuple[str, dict[str, Any], dict[str, Any]]:
        if self.invitation is None or command.invitation != self.invitation:
            raise refused("wrong-invitation", "invitation", None, "the newest one, once", 403)
        if len(self.keys) >= MAX_PRESENTERS:
            raise refused("too-many-presenters", "do", None, f"{MAX_PRESENTERS}")
        return "joined", {"presenter": len(self.keys) + 1}, {"key": command.key}


def open_room(walkthrough: str, key: str, at_ms: int, name: str) -> Event:
    """The first event of a room; `key` is the hash of the first presenter's key."""
    return Event(1, at_ms, "opened", name, {"walkthrough": walkthrough}, {"key": key})


def fold(events: Iterable[Event], room: Room | None = None) -> Room:
    """The room after these events."""
    room = room or Room()
    for event in events:
        room = room.apply(event)
    return room


def fold_entries(entries: Sequence[Entry]) -> Room:
    """The room that the log has kept."""
    return fold(event_of(entry) for entry in entries)
