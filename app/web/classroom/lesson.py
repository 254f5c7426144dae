# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Lesson: what a room refers to in its walkthrough, as views, questions and answers."""

from __future__ import annotations

from typing import Final

from app.errors import InputProblem, NotFound, ReaderError, not_among
from app.i18n import language
from app.kernel.life.conditions import CONDITIONS
from app.kernel.model import Trace
from app.rooms.commands import Ask, Command, GoToStep, Show
from app.rooms.room import Given, OptionReport, Question, Subject, View, refused
from app.walkthrough.records import Decision, Walkthrough
from app.walkthrough.wording import Wording
from app.web.query import read_query
from app.web.resolve import check_step

#: The slides behind the blocks: what the world sees of the path, and what comes afterwards.
LAST_SLIDES: Final = ("world", "afterwards")
_WAYS = (("true", True), ("false", False))
_COLONS = {"zh": "："}


class Lesson:
    """A walkthrough, as presented in a room."""

    def __init__(self, walkthrough: Walkthrough) -> None:
        self.walkthrough = walkthrough

    # What is shown

    def prepare(self, command: Command, view: View) -> tuple[Command, Given]:
        """A command with today's ids and the shortest query; of `ask` also what is asked.

        Raises ReaderError for what the walkthrough has not, or not in what is shown (`view`).
        """
        match command:
            case Show():
                return self._show(command), {}
            case GoToStep():
                self.check_step(view, command.step)
            case Ask(decision=str(name), question=None):
                return command, self.which_way(view, name)
            case Ask(decision=None, question=str(name)):
                return command, self.choice(name)
            case Ask():
                allowed = "decision or question: one of the two"
                raise ReaderError([InputProblem("missing", "decision", None, allowed)])
        return command, {}

    def _show(self, command: Show) -> Show:
        walkthrough, block = self.walkthrough, command.block
        if block not in (None, *LAST_SLIDES):
            block = walkthrough.aliases.get(block, block)
            known = walkthrough.edition_of(command.variant).blocks_by_id
            if block not in known:
                raise _not_allowed("block", block, list(known))
        query = read_query(command.query, walkthrough, view_keys=tuple(CONDITIONS)).text
        self.check_step(
            View(block=block, query=query, step=None, variant=command.variant), command.step
        )
        return command.model_copy(update={"block": block, "query": query})

    def check_step(self, view: View, step: int | None) -> None:
        """Raises ReaderError for a step that the view's scenario does not have."""
        check_step(len(self.trace(view).steps), step)

    def trace(self, view: View) -> Trace:
        """What the function does in a view's scenario. Raises ReaderError."""
        query = read_query(view.query, self.walkthrough, view_keys=tuple(CONDITIONS))
        return self.walkthrough.trace(query.scenario, view.variant)

    # Questions

    def which_way(self, view: View, name: str) -> Subject:
        """The question which way a decision goes the next time in the scenario that is shown.

        Raises ReaderError for an unknown decision, and for one that is not on the rest of the path.
        """
        walkthrough = self.walkthrough
        name = walkthrough.aliases.get(name, name)
        known = walkthrough.edition_of(view.variant).decisions_by_id
        decision = known.get(name)
        if decision is None:
            raise _not_allowed("decision", name, list(known))
        steps = self.trace(view).steps
        ahead = [
            (number, step.site.decision)
            for number, step in enumerate(steps, 1)
            if step.site.decision is not None
            and step.taken is not None
            and number > (view.step or 0)
        ]
        number = next((number for number, found in ahead if found == name), None)
        if number is None:
            allowed = ", ".join(dict.fromkeys(found for _, found in ahead)) or "an earlier step"
            raise refused("not-on-the-path", "decision", name, allowed, 422)
        return {
            "kind": "decision",
            "id": name,
            "text": dict(decision.title),
            "options": _ways_of(decision),
            "line": decision.line,
            "condition": decision.condition,
            "socket": self.socket(view),
            "query": view.query,
            "variant": view.variant,
            "step": number,
        }

    def socket(self, view: View) -> dict[str, str]:
        """The socket of a view in words, by language: a preset's title and story, or its inputs."""
        scenario = read_query(view.query, self.walkthrough, view_keys=tuple(CONDITIONS)).scenario
        for preset in self.walkthrough.presets:
            if preset.scenario == scenario:
                return {
                    code: f"{preset.title[code]}{colon}{preset.story[code]}"
                    for code, colon in ((code, _COLONS.get(code, ": ")) for code in preset.title)
                }
        told = view.query.replace("&", ", ") or f"state={scenario['state']}"
        return dict.fromkeys(self.walkthrough.languages, told)

    def choice(self, name: str) -> Subject:
        """A multiple-choice question of the content. Raises ReaderError for an unknown one."""
        question = self.walkthrough.questions_by_id.get(name)
        if question is None:
            raise _not_allowed("question", name, list(self.walkthrough.questions_by_id))
        return {
            "kind": "choice",
            "id": name,
            "text": dict(question.text),
            "options": [{"id": item.id, "text": dict(item.text)} for item in question.options],
        }

    def solve(self, question: Question) -> tuple[str | None, dict[str, str] | None]:
        """The right option and why, by language; None where the content has it no longer."""
        subject = question.subject
        if subject["kind"] == "choice":
            asked = self.walkthrough.questions_by_id.get(subject["id"])
            return (None, None) if asked is None else (asked.right, dict(asked.explanation))
        view = View(
            block=None, query=subject["query"], step=subject["step"], variant=subject["variant"]
        )
        try:
            steps = self.trace(view).steps
            edition = self.walkthrough.edition_of(view.variant)
        except ReaderError:
            return None, None
        if subject["step"] > len(steps):
            return None, None
        step = steps[subject["step"] - 1]
        return str(step.taken).lower(), {
            code: Wording(self.walkthrough, language(code)).reason(step, edition).full
            for code in self.walkthrough.languages
        }


def _ways_of(decision: Decision) -> list[OptionReport]:
    return [
        {"id": way, "text": dict(decision.when_true if taken else decision.when_false)}
        for way, taken in _WAYS
    ]


def _not_allowed(key: str, value: str, known: list[str]) -> NotFound:
    return NotFound([not_among("not-allowed", key, value, known)], status=422)
