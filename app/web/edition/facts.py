# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the browser decides by: inputs, paths, examples, places and challenges, as JSON."""

from __future__ import annotations

from typing import Any, Final

from app.errors import Phrase
from app.i18n import LANGUAGE_CODES, Language
from app.kernel.caveats import CAVEATS
from app.kernel.inputs import (
    EVENTS,
    INPUTS,
    MAX_ITEMS,
    MAX_SEGMENT_BYTES,
    MINI_SOCKETS,
    ChoiceInput,
    EventsInput,
    Input,
    LingerInput,
    NumberInput,
    Segment,
    SegmentsInput,
)
from app.kernel.scenario import Scenario
from app.walkthrough.atlas.filters import branches_of as branches_of_atlas
from app.walkthrough.atlas.lookup import Lookup, as_json
from app.walkthrough.atlas.records import Atlas
from app.walkthrough.challenges import (
    OWN_TEXT,
    REAL,
    Challenge,
    Condition,
    Finding,
    RangeEntry,
    branches_of,
)
from app.walkthrough.records import Walkthrough
from app.walkthrough.refusals import MESSAGES
from app.walkthrough.report import executed_lines
from app.walkthrough.wording import FATES
from app.web.addresses import MAX_FIELDS, MAX_QUERY, VIEW_KEYS, branch_place, lines_place
from app.web.challenges.view import ChallengeWords
from app.web.study.branch_focus import branch_to
from app.web.study.evidence import sentence
from app.web.study.places import Focus, find_place, simpler, witness_of
from app.web.study.shelf import Shelf

#: Times of an outcome that may depend on the reader's numbers.
TIMES: Final = ("keepalive_ms", "timewait_ms")


#: States in which a kernel has the peer's FIN in its receive queue.
_AFTER_FIN: Final = frozenset({"CLOSE_WAIT", "CLOSING", "LAST_ACK"})


def examples_of(walkthrough: Walkthrough, atlas: Atlas, lookup: Lookup) -> tuple[Scenario, ...]:
    """The scenarios whose pages stand for all, each once.

    The presets, the witnesses of every place, the atlas' examples, and of those that have received
    a FIN the same with it still in the queue.
    """
    found = dict.fromkeys(preset.scenario for preset in walkthrough.presets)
    found |= dict.fromkeys(witnesses(walkthrough, atlas).values())
    for example in lookup.examples:
        found[example.scenario] = None
        if example.scenario["state"] in _AFTER_FIN and not example.scenario["recv"]:
            found[example.scenario.but(recv=(Segment(0, True),))] = None
    return tuple(found)


def witnesses(walkthrough: Walkthrough, atlas: Atlas) -> dict[str, Scenario]:
    """The scenario that the page of each place shows."""
    count = len(walkthrough.edition.source.lines)
    places = [
        *(block.id for block in walkthrough.blocks),
        *(item.id for item in walkthrough.decisions),
        *(branch_place(item.id, way) for item in walkthrough.decisions for way in (True, False)),
        *(lines_place(number, number) for number in range(1, count + 1)),
    ]
    found = {}
    for place in places:
        focus = find_place(walkthrough, place)
        assert isinstance(focus, Focus)
        found[place] = simpler(atlas, focus, witness_of(walkthrough, focus))
    return found


def facts(
    walkthrough: Walkthrough, atlas: Atlas, lookup: Lookup, scenarios: tuple[Scenario, ...]
) -> Any:
    """What is the same in every language."""
    return {
        "id": walkthrough.id,
        "function": walkthrough.function,
        "lines": len(walkthrough.edition.source.lines),
        "inputs": [_input(item) for item in INPUTS.values()],
        "events": EVENTS,
        "mini": MINI_SOCKETS,
        "items": MAX_ITEMS,
        "bytes": MAX_SEGMENT_BYTES,
        "view": [key for key in VIEW_KEYS if key != "form"],
        "languages": LANGUAGE_CODES,
        "lookup": as_json(lookup, TIMES, _asked_branches(walkthrough)),
        "witnesses": {
            place: scenario.query() for place, scenario in witnesses(walkthrough, atlas).items()
        },
        "examples": [_example(walkthrough, lookup, scenario) for scenario in scenarios],
        "presets": [{"query": preset.scenario.query()} for preset in walkthrough.presets],
        "branches": list(branches_of_atlas(walkthrough.edition)),
        "together": _together(walkthrough, atlas),
        "runnable": sorted(walkthrough.edition.program.lines),
        "blocks": [[block.id, block.start, block.end] for block in walkthrough.blocks],
        "decisions": [
            {
                "id": item.id,
                "line": item.line,
                "end": item.end_line,
                "code": f"{item.keyword} ({item.condition})",
            }
            for item in walkthrough.decisions
        ],
        "aliases": dict(walkthrough.aliases),
        "challenges": [_challenge(challenge) for challenge in walkthrough.challenges],
    }


def _input(item: Input) -> dict[str, Any]:
    found: dict[str, Any] = {"key": item.key, "default": str(item.flat(item.default))}
    match item:
        case ChoiceInput():
            found |= {"kind": "choice", "choices": item.choices}
        case NumberInput():
            found |= {"kind": "number", "low": item.low, "high": item.high}
        case LingerInput():
            found |= {"kind": "linger", "low": item.low, "high": item.high}
        case SegmentsInput():
            found["kind"] = "segments"
        case EventsInput():
            found["kind"] = "events"
    return found


def _asked_branches(walkthrough: Walkthrough) -> dict[str, tuple[str, bool]]:
    """The branches that some challenge asks for: decision's number and way."""
    asked = {
        condition.subject
        for challenge in walkthrough.challenges
        for condition in challenge.conditions
        if condition.kind in {"takes", "avoids"}
    }
    return {
        place: (item.id, taken)
        for item in walkthrough.decisions
        for taken in (True, False)
        if (place := branch_place(item.id, taken)) in asked
    }


def _together(walkthrough: Walkthrough, atlas: Atlas) -> list[Any]:
    """Lines, and the number of the branch that is taken exactly when they are executed."""
    groups: dict[Any, list[int]] = {}
    for line in sorted(walkthrough.edition.program.lines):
        groups.setdefault(branch_to(atlas, [line]) or line, []).append(line)
    numbers = {
        branch: n for n, branch in enumerate(branches_of_atlas(walkthrough.edition).values())
    }
    return [[lines, numbers.get(leading)] for leading, lines in groups.items()]


def _example(walkthrough: Walkthrough, lookup: Lookup, scenario: Scenario) -> dict[str, Any]:
    trace = walkthrough.trace(scenario)
    outcome = trace.outcome
    return {
        "query": scenario.query(),
        "values": {key: str(value) for key, value in scenario.changed().items()},
        "count": len(trace.steps),
        "lines": executed_lines(trace),
        "branches": sorted(branches_of(trace)),
        "path": lookup.path_of(scenario),
        "reads": list(trace.reads),
        "outcome": {
            "segments": outcome.segments,
            "fate": outcome.fate,
            "state": outcome.state,
            "timewait": outcome.timewait,
            "keepalive_ms": outcome.keepalive_ms,
            "timewait_ms": outcome.timewait_ms,
            "counters": dict(outcome.counters),
        },
        "stopped": trace.error is not None,
    }


def _challenge(challenge: Challenge) -> dict[str, Any]:
    return {
        "id": challenge.id,
        "conditions": [_condition(condition) for condition in challenge.conditions],
    }


def _condition(condition: Condition) -> list[Any]:
    wanted = condition.wanted
    if isinstance(wanted, RangeEntry):
        wanted = _range(wanted)
    elif condition.kind in {"input", "input_not"}:
        wanted = [str(INPUTS[condition.subject].flat(value)) for value in wanted]
    return [condition.kind, condition.subject, wanted]


def _range(wanted: RangeEntry) -> dict[str, int | None]:
    """A range with `equals` as both of its bounds."""
    if wanted.equals is not None:
        return {"min": wanted.equals, "max": wanted.equals}
    return {"min": wanted.min, "max": wanted.max}


# In a language


def words(walkthrough: Walkthrough, shelf: Shelf, language: Language) -> dict[str, Any]:
    """The texts that the browser puts together."""
    _, pick = language.gettext, language.pick

    def allowed(text: str) -> str:
        if isinstance(text, Phrase):
            return _(text.template).format(**text.values)
        return _(", ").join(text.split(", "))

    judged = ChallengeWords(shelf)
    keys = (*INPUTS, *(key for key in VIEW_KEYS if key != "form"))
    return {
        "space": language.space,
        "and": _(", "),
        "messages": {
            **{code: _(text) for code, text in MESSAGES.items()},
            "beyond": _("{key} is longer than this edition knows: {value}."),
            "variant": _("A variant of the source needs the program itself."),
        },
        "allowed": {key: allowed(item.allowed) for key, item in INPUTS.items()}
        | {
            "unknown-key": allowed(", ".join(keys)),
            "given-twice": _("each key once"),
            "step": _("1 to the number of steps"),
            "steps": _("{low} to {high}"),
            "challenge": allowed(", ".join(walkthrough.challenges_by_id)),
            "lang": allowed(", ".join(LANGUAGE_CODES)),
            "query-too-long": _("{count} characters").format(count=MAX_QUERY),
            "too-many": _("{count} fields").format(count=MAX_FIELDS),
            "beyond": _("at most {segments} segments and {events} events here"),
        },
        "cannot": _("This can't be shown"),
        "onward": _("Go on with"),
        "mean": _("Did you mean {nearest}?"),
        "permitted": _("Allowed: {allowed}"),
        "read": [_("looked at on this path"), _("looked at")],
        "unread": [_("not looked at on this path"), _("not looked at")],
        "title": pick(walkthrough.title),
        "caveats": {code: _(caveat.text.template) for code, caveat in CAVEATS.items()},
        "presets": [[pick(preset.title), pick(preset.story)] for preset in walkthrough.presets],
        "blocks": {block.id: pick(block.title) for block in walkthrough.blocks},
        "decisions": {item.id: pick(item.title) for item in walkthrough.decisions},
        "line": _("Line {line}"),
        "lines": _("Lines {start} to {end}"),
        "classnumbers": _(
            "Numbers stand for their class: this path is told with {shown}; "
            "this socket has {asked}."
        ),
        "classwords": _(
            "This socket takes the path that is shown, but not every step of it is its own: it is "
            "told with {shown}; this socket has {asked}."
        ),
        "unseen": sentence(None, language),
        "linked": _("Linked place"),
        "otherway": _("This socket goes the other way here."),
        "notcome": _("This socket's path does not come to this decision."),
        "notby": _("This socket's path does not come by here."),
        "witness": _("Show a socket that does"),
        "ms": _("{count} ms"),
        "s": _("{count} s"),
        "none": _("none"),
        "now": _("now {found}"),
        "holds": [_("Does not hold:"), _("Holds:")],
        "solved": _("Solved."),
        "some": _("{some} of {all} conditions hold."),
        "fates": {code: _(text) for code, text in FATES.items()},
        "always": {
            condition.kind: judged.text(Finding(condition, holds=False, found=None))
            for condition in (OWN_TEXT, REAL)
        },
    }
