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
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Literal, NotRequired, TypeAlias, cast

from pydantic import TypeAdapter

# Not from typing: pydantic reads that one from Python 3.12 on.
from typing_extensions import TypedDict

from app.errors import InputProblem, ReaderError, Unreadable
from app.rooms.commands import Ask, Black, Command, GoToStep, Join, Offer, Plain, Show
from app.rooms.limits import OriginsReport
from app.rooms.log import Entry

#: A command that was posted again is known by its id for so many events.
REMEMBERED: Final = 64
MAX_PRESENTERS: Final = 8
#: A room that cannot be read is not read again for so many seconds.
UNREADABLE_S: Final = 60

#: What a command needs besides: see `Room.decide`.
Given: TypeAlias = Mapping[str, Any]
_NOTHING: Final[Given] = {}

KINDS: Final = (
    "opened", "shown", "asked", "closed", "revealed", "black", "invited", "joined", "offered",
    "withdrawn", "declined", "taken", "ended",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the wall shows: a block (None: the whole function), a scenario's query, a step.

    `step` is 1-based, None for the whole path; `variant` is one of the source, or the label of
    an imported kernel; None for the source itself.
    """

    block: str | None = None
    query: str = ""
    step: int | None = None
    variant: str | None = None


class OptionReport(TypedDict):
    """An answer to choose, by language."""

    id: str
    text: Mapping[str, str]


class Subject(TypedDict):
    """What is asked, as everybody may know it.

    A `decision` also has its line and condition, `socket`, which it is asked about, in words, and
    `step`: the step that decides it in the scenario of `query`.
    """

    kind: Literal["decision", "choice"]
    id: str
    text: Mapping[str, str]
    options: list[OptionReport]
    line: NotRequired[int]
    condition: NotRequired[str]
    socket: NotRequired[Mapping[str, str]]
    query: NotRequired[str]
    variant: NotRequired[str | None]
    step: NotRequired[int]


_SUBJECT: Final = TypeAdapter(Subject)


class QuestionReport(Subject):
    """The question that was asked last; `counts` and `answer` are null until it is revealed."""

    number: int
    is_open: bool
    voted: int
    origins: OriginsReport
    counts: dict[str, int] | None
    answer: str | None
    explanation: dict[str, str] | None


class RoomReport(TypedDict):
    """A room after its event `last`; times are milliseconds since 1970.

    `presenters` says how many there are; `lead` and `offered_to` are two of them, from 1.
    """

    room: str
    last: int
    opened_ms: int
    at_ms: int
    walkthrough: str
    view: View
    is_black: bool
    is_ended: bool
    question: QuestionReport | None
    presenters: int
    lead: int
    offered_to: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked last; `number` is that of its event.

    `counts`, `answer` and `explanation` are None until it is revealed.
    """

    number: int
    at_ms: int
    subject: Subject
    is_open: bool = True
    counts: Mapping[str, int] | None = None
    answer: str | None = None
    explanation: Mapping[str, str] | None = None

    @property
    def options(self) -> list[str]:
        return [option["id"] for option in self.subject["options"]]

    def report(self, voted: int, origins: OriginsReport) -> QuestionReport:
        """As JSON; `voted` is how many have voted, and `origins` where from."""
        return {
            "number": self.number,
            **self.subject,
            "is_open": self.is_open,
            "voted": voted,
            "origins": origins,
            "counts": None if self.counts is None else dict(self.counts),
            "answer": self.answer,
            "explanation": None if self.explanation is None else dict(self.explanation),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
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
        number=entry.number,
        at_ms=entry.at_ms,
        kind=body["kind"],
        command=body["command"],
        data=body["data"],
        private=body.get("private", {}),
    )


def refused(code: str, key: str, value: str | None, allowed: str, status: int = 409) -> ReaderError:
    """The answer to a command that the room's state does not allow."""
    return ReaderError([InputProblem(code, key, value, allowed)], status=status)


def wrong_invitation() -> ReaderError:
    """The answer to somebody who was not invited."""
    return refused("wrong-invitation", "invitation", None, "the newest one, once", 403)


# The state


@dataclass(frozen=True, slots=True, kw_only=True)
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

    def report(self, code: str, voted: int, origins: OriginsReport) -> RoomReport:
        """What everybody may know, as JSON; `voted` have voted on the question, from `origins`."""
        question = self.question
        return {
            "room": code,
            "last": self.last,
            "opened_ms": self.opened_ms,
            "at_ms": self.at_ms,
            "walkthrough": self.walkthrough,
            "view": self.view,
            "is_black": self.is_black,
            "is_ended": self.is_ended,
            "question": None if question is None else question.report(voted, origins),
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
                _SUBJECT.validate_python(data)
                asked = Question(
                    number=event.number, at_ms=event.at_ms, subject=cast(Subject, data)
                )
                return replace(room, asked=(*room.asked, asked))
            case "closed":
                return room._with_question(is_open=False)
            case "revealed":
                return room._with_question(
                    **{key: data[key] for key in ("counts", "answer", "explanation")}
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

    def decide(
        self,
        command: Command | Join,
        presenter: int | None,
        at_ms: int,
        name: str,
        given: Given = _NOTHING,
    ) -> Event:
        """The event that a command of a presenter causes; `presenter` is None for a guest.

        `name` is the command's id; `given` has what the room cannot know: of `ask` the subject, of
        `reveal` the counts, the answer and the explanation, of `invite` the hash of the invitation,
        of a `Join` that and the hash of the new presenter's `key`. Raises ReaderError where the
        room does not allow it.
        """
        if self.is_ended:
            raise refused("room-ended", "do", None, "nothing")
        private: Given = {}
        if isinstance(command, Join):
            kind, data = self._join(given)
            private = {"key": given["key"]}
        elif command.do in {"accept", "decline"}:
            if presenter is None or self.offered_to != presenter:
                raise refused("not-offered", "do", None, "after an offer", 403)
            kind = "taken" if command.do == "accept" else "declined"
            data = {"presenter": presenter}
        elif presenter != self.lead:
            raise refused("not-the-lead", "do", str(self.lead), "accept, decline", 403)
        else:
            kind, data = self._led(command, given)
            if kind == "invited":
                private = {"invitation": given["invitation"]}
        return Event(
            number=self.last + 1,
            # Another process's clock may be ahead: times of a room never run backwards.
            at_ms=max(at_ms, self.at_ms),
            kind=kind,
            command=name,
            data=data,
            private=private,
        )

    def _led(self, command: Command, given: Given) -> tuple[str, dict[str, Any]]:
        """Kind and data of the event that a command of who leads causes."""
        match command:
            case Show():
                view = View(
                    block=command.block,
                    query=command.query,
                    step=command.step,
                    variant=command.variant,
                )
                return "shown", asdict(view)
            case GoToStep():
                return "shown", asdict(replace(self.view, step=command.step))
            case Ask():
                if self.ballot:
                    raise refused("vote-open", "do", None, "close")
                return "asked", dict(given)
            case Black():
                return "black", {"is_black": command.on}
            case Offer():
                others = [n for n in range(1, len(self.keys) + 1) if n != self.lead]
                if command.to not in others:
                    allowed = ", ".join(map(str, others)) or "invite"
                    raise refused("unknown-presenter", "to", str(command.to), allowed)
                return "offered", {"to": command.to}
            case Plain(do="close"):
                question = self._asked()
                if not question.is_open:
                    raise refused("vote-closed", "do", None, "reveal, ask")
                return "closed", {"question": question.number}
            case Plain(do="reveal"):
                return "revealed", self._revealed(given)
            case Plain(do="invite"):
                if len(self.keys) >= MAX_PRESENTERS:
                    raise refused("too-many-presenters", "do", None, f"{MAX_PRESENTERS}")
                return "invited", {}
            case Plain(do="withdraw"):
                if self.offered_to is None:
                    raise refused("nothing-offered", "do", None, "offer")
                return "withdrawn", {}
        return "ended", {}

    def _asked(self) -> Question:
        if self.question is None:
            raise refused("no-question", "do", None, "ask")
        return self.question

    def _revealed(self, given: Given) -> dict[str, Any]:
        question = self._asked()
        if question.is_open:
            raise refused("vote-open", "do", None, "close")
        if question.counts is not None:
            raise refused("already-revealed", "do", None, "ask")
        counts = given["counts"]
        return {
            "question": question.number,
            "voted": sum(counts.values()),
            "counts": {option: counts.get(option, 0) for option in question.options},
            "answer": given["answer"],
            "explanation": given["explanation"],
        }

    def _join(self, given: Given) -> tuple[str, dict[str, Any]]:
        if self.invitation is None or given["invitation"] != self.invitation:
            raise wrong_invitation()
        if len(self.keys) >= MAX_PRESENTERS:
            raise refused("too-many-presenters", "do", None, f"{MAX_PRESENTERS}")
        return "joined", {"presenter": len(self.keys) + 1}


def open_room(walkthrough: str, key: str, at_ms: int, name: str) -> Event:
    """The first event of a room; `key` is the hash of the first presenter's key."""
    return Event(
        number=1,
        at_ms=at_ms,
        kind="opened",
        command=name,
        data={"walkthrough": walkthrough},
        private={"key": key},
    )


def fold(events: Iterable[Event], room: Room | None = None) -> Room:
    """The room after these events."""
    room = room or Room()
    for event in events:
        room = room.apply(event)
    return room


def read_entry(room: Room, entry: Entry) -> tuple[Room, Event]:
    """A room after its next entry, and the event in it.

    Raises Unreadable for whatever another version of the program has put there.
    """
    try:
        event = event_of(entry)
        return room.apply(event), event
    except Exception as error:
        why = f"event {entry.number}: {error!r:.150}"
        raise Unreadable("a room", why, UNREADABLE_S) from error


def fold_entries(entries: Sequence[Entry], room: Room | None = None) -> Room:
    """The room after what the log has kept. Raises Unreadable."""
    room = room or Room()
    for entry in entries:
        room, _ = read_entry(room, entry)
    return room
