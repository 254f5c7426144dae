# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Sentences about a trace: why a step went as it did, what it changed, what is left at the end.

Made of the values that were recorded, in the language asked for. Code is set in backticks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.errors import UndeclaredName
from app.i18n import Language
from app.kernel.inputs import INPUTS, Input
from app.kernel.model import Outcome, Trace
from app.machine.trace import Effect, Note, Operand, Step, shown
from app.walkthrough.content.schema import Helper
from app.walkthrough.pairs import is_label
from app.walkthrough.records import Decision, Edition, Walkthrough
from app.walkthrough.told import words_in

_MEMBERS: Final = re.compile(r"^[\w()]+(?:(?:->|\.)\w+)*(?:->|\.)(\w+)$")


def quoted(code: object) -> str:
    """Code as Markdown has it."""
    return f"`{code}`"


def short_name(text: str) -> str:
    """The last member of a chain: `sk->sk_state` is sk_state to a reader."""
    match = _MEMBERS.match(text)
    return match[1] if match else text


def kernel_name(walkthrough: Walkthrough, language: Language, edition: str | None = None) -> str:
    """Whose text it is, in a few words; empty for a text that no kernel has.

    `edition` is the id of another text than the walkthrough's own.
    """
    if edition is not None and is_label(edition):
        return f"Linux {edition}"
    source = walkthrough.provenance
    if source.edition:
        return language.pick(source.edition)
    return f"Linux {source.kernel}" if source.kernel else ""


def source_sentence(
    walkthrough: Walkthrough,
    language: Language,
    edition: str | None = None,
    file: str | None = None,
) -> str:
    """The kernel and the file, and from where lines are counted: they are not the file's."""
    path = file or walkthrough.provenance.path
    known = (kernel_name(walkthrough, language, edition), path)
    counted = language.gettext("line 1 is the function’s first")
    return language.gettext("; ").join([*filter(None, known), counted])


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step went as it did: `short` stands at the end of a line, `full` is a sentence."""

    short: str
    full: str


class Wording:
    """The sentences of one walkthrough in one language."""

    def __init__(self, walkthrough: Walkthrough, language: Language) -> None:
        self.walkthrough = walkthrough
        self.language = language
        self._, self.pick, self.told = language.gettext, language.pick, words_in("trace")
        self._reasons = {helper.name: helper.reasons for helper in walkthrough.helpers.values()}
        # A macro passes under the name of what it does, so both names lead to one helper.

    def say(self, table: str, code: str, **facts: object) -> str:
        """The text of a code in `content/words/trace.yaml`, with the facts in it."""
        return self.pick(self.told[table][code]).format(**facts)

    # Steps

    def reason(self, step: Step, edition: Edition) -> Reason:
        """Why a step of an edition's run is there, or went the way it did."""
        if step.site.decision is not None and step.taken is not None:
            return self._decided(step, edition.decisions_by_id[step.site.decision])
        if step.site.goto_line is not None:
            text = self._("Goes on at {label}, line {line}.").format(
                label=quoted(step.site.text.removeprefix("goto ").rstrip("; ")),
                line=step.site.goto_line,
            )
            return Reason("", text)
        return Reason("", self._statement(step))

    def _decided(self, step: Step, decision: Decision) -> Reason:
        consequence = self.language.pick(decision.when_true if step.taken else decision.when_false)
        operands = self._deciding(step)
        clauses = [self._operand(step, operand) for operand in operands]
        short = self._(" and ").join(clauses)
        side = self._side(step, operands)
        full = self._("{clause}, {consequence}.").format(
            clause=short + side, consequence=consequence
        )
        return Reason(short, self._capital(full))

    def inside(self, step: Step, edition: Edition) -> str:
        """Why of a step within another: what follows from its decisions nobody has written."""
        if step.taken is None:
            return self.reason(step, edition).full
        return self._("{clause}.").format(clause=self._capital(self.clause(step)))

    def clause(self, step: Step) -> str:
        """Why a decision went its way, without what follows from it."""
        return self._(" and ").join(
            self._operand(step, operand) for operand in self._deciding(step)
        )

    def _deciding(self, step: Step) -> Sequence[Operand]:
        """The operands that decided: of `&&` that failed and `||` that held, the last one."""
        logic = step.site.logic
        if (logic == "&&" and not step.taken) or (logic == "||" and step.taken):
            return step.operands[-1:]
        return step.operands

    def _side(self, step: Step, deciding: Sequence[Operand]) -> str:
        if len(deciding) != 1 or step.site.logic not in {"&&", "||"}:
            return ""
        if len(step.operands) == 1:
            text = self._("the left of {operator} decides, the right is not evaluated")
        else:
            text = self._("the right of {operator} decides")
        return self._(" ({remark})").format(remark=text.format(operator=quoted(step.site.logic)))

    def _operand(self, step: Step, operand: Operand) -> str:
        """A clause such as "`sk_state` is ESTABLISHED"."""
        leaf = operand.leaf
        name = short_name(leaf.left)
        note = self._note_of(step, leaf.text)
        if leaf.operator == "&":
            code = "set" if operand.holds else "not-set"
            return self.say("operands", code, left=quoted(name), right=quoted(leaf.right))
        if operand.left is None or not isinstance(operand.left, int):
            code = "null" if operand.left is None else "not-null"
        else:
            code = "gives" if "(" in name else "is"
        value = shown(operand.left, leaf.names)
        clause = self.say("operands", code, left=quoted(name), value=value)
        if isinstance(operand.right, int) and leaf.right and not _is_plain(leaf.right):
            clause += self._(", {right} is {value}").format(
                right=quoted(short_name(leaf.right)), value=shown(operand.right, leaf.names)
            )
        if note:
            clause += self._(": {reason}").format(reason=note)
        return clause

    def _note_of(self, step: Step, text: str) -> str:
        """What a modelled function said in this step, if the operand came from it."""
        for note in step.notes:
            if f"{note.function}(" in text:
                return self._reason_text(note)
        return ""

    def _reason_text(self, note: Note) -> str:
        texts = self._reasons.get(note.function, {}).get(note.code)
        return self.language.pick(texts).format(**note.facts) if texts else ""

    def _statement(self, step: Step) -> str:
        parts = [
            self._assigned(effect)
            for effect in step.effects
            if effect.kind == "assignment"
            and effect.name in step.site.text
            and effect.name != effect.after
        ]
        notes = [text for note in step.notes if (text := self._reason_text(note))]
        parts.extend(self._("{clause}.").format(clause=self._capital(note)) for note in notes)
        helper = self._called_in(step.site.text, within=not parts)
        if helper is not None:
            parts.append(self.language.pick(helper.does))
        return self.sentences(parts)

    def _called_in(self, text: str, *, within: bool) -> Helper | None:
        """The function that a statement calls; with `within`, else one that stands inside it."""
        call = re.match(r"(?:\S*->)?(\w+)\(", text)
        if call is not None:
            return self.walkthrough.helpers.get(call[1])
        names = re.findall(r"\b(\w+)\(", text) if within else []
        return next((h for name in names if (h := self.walkthrough.helpers.get(name))), None)

    def sentences(self, parts: Sequence[str]) -> str:
        """Sentences in a row, with the space between them that the language has."""
        return self.language.space.join(parts)

    def _capital(self, sentence: str) -> str:
        # A name of the kernel (`tcp_fin_timeout`) keeps its spelling.
        is_word = re.match(r"[a-z]+\b(?!_)", sentence)
        if self.language.code != "en" or not is_word:
            return sentence
        return sentence[:1].upper() + sentence[1:]

    def pair(self, name: str, value: object) -> str:
        """A name and what it is."""
        return self._("{name}: {value}").format(name=name, value=value)

    def _assigned(self, effect: Effect) -> str:
        before, after = effect.before, effect.after
        code = "stays" if before == after else "first" if before is None else "goes"
        name = quoted(short_name(effect.name))
        return self.say("assigned", code, name=name, before=before, after=after)

    # Effects

    def effect(self, effect: Effect) -> str:
        """What a step changed, in a few words."""
        name, before, after = effect.name, effect.before, effect.after
        match effect.kind:
            case "gauge":
                label = self.pick(self.told["gauges"].get(name, name))
                return f"{label} {int(after or 0) - int(before or 0):+d}"
            case "lock":
                state = self.told["lock_states"].get(str(after), str(after))
                return self.pair(self.say("locks", name), self.pick(state))
        texts, kind = self.told["effects"], effect.kind
        codes = (
            f"{kind}-{code}" for code in (effect.cause, name, "cleared" if after is None else after)
        )
        text = next((texts[code] for code in codes if code in texts), texts.get(kind, "{name}"))
        return self.pick(text).format(
            name=name,
            short=short_name(name),
            before=before,
            after=after,
            event=self.event_name(name) if kind == "event" else "",
            time=self.duration(int(after or 0)) if kind in ("timer", "sleep") else "",
        )

    def fate(self, fate: str) -> str:
        """What becomes of the socket."""
        return self.say("fates", fate)

    def event_name(self, event: str) -> str:
        """What the peer sends, as a word or two."""
        return self.say("events", event)

    def duration(self, ms: int) -> str:
        """A time for people: 60000 is "60 s"."""
        if ms % 1000 and ms < 10_000:
            return self._("{count} ms").format(count=ms)
        return self._("{count} s").format(count=f"{ms / 1000:.10g}")

    # The whole

    def caveats(self, trace: Trace) -> list[str]:
        """Why the scenario is only hypothetical."""
        return [self.pick(words_in("caveats")[code]) for code in trace.caveats]

    def error(self, trace: Trace) -> str | None:
        """Why the C could not go on; None where it returned."""
        if trace.error is None:
            return None
        if isinstance(trace.error, UndeclaredName):
            return self._("The C stops in line {line}: {name} is not declared.").format(
                line=trace.error.line, name=quoted(trace.error.name)
            )
        return self._("The C stops in line {line}: {message}.").format(
            line=trace.error.line, message=trace.error.message
        )

    def outcome(self, trace: Trace) -> list[str]:
        """What happened, in two or three sentences: what was sent and why, what is left."""
        error = self.error(trace)
        if error is not None:
            return [error, self._("A compiler would refuse this text; the run ends here.")]
        return [self._sent(trace), *self._blamed(trace), self._left(trace.outcome)]

    def _sent(self, trace: Trace) -> str:
        effects = [effect for step in trace.steps for effect in step.effects]
        children = sum(effect.cause == "child" for effect in effects)
        if children:
            return self.language.ngettext(
                "One connection that nobody accepted is reset.",
                "{count} connections that nobody accepted are reset.",
                children,
            ).format(count=children)
        codes = {(): "none", ("FIN",): "fin", ("RST",): "rst"}
        code = codes.get(trace.outcome.segments, "both")
        is_held = any(effect.cause == "behind-data" for effect in effects)
        return self.say("sent", f"{code}-held" if is_held and code in ("fin", "both") else code)

    def _blamed(self, trace: Trace) -> list[str]:
        counters, asked, say = trace.outcome.counters, trace.scenario, self.say
        queue = asked["recv"]
        is_read = 0 < asked["copied"] >= sum(segment.bytes for segment in queue)
        # The source counts as it likes: a cause that is not in the scenario is not one.
        causes = {
            "TCPAbortOnClose": bool(queue),
            "TCPAbortOnLinger": asked["linger2"] < 0,
            "TCPAbortOnMemory": bool(asked["orphans"] or asked["memory"]),
        }
        codes = [name for name, is_so in causes.items() if is_so and counters.get(name)]
        found = [say("blamed", "read" if c == "TCPAbortOnClose" and is_read else c) for c in codes]
        if counters.get("TCPAbortOnData"):
            seen = {effect.cause for step in trace.steps for effect in step.effects}
            answer = next((code for code in ("answers-data", "answers-ack") if code in seen), "")
            if answer or asked["linger"] == 0:
                found.append(say("blamed", answer or "linger"))
        return found

    def _left(self, outcome: Outcome) -> str:
        state, ms = outcome.state, outcome.keepalive_ms
        if outcome.timewait and outcome.timewait_ms is not None:
            code, state, ms = "mini", outcome.timewait, outcome.timewait_ms
        elif outcome.destroyed:
            code = "destroyed"
        elif ms is not None:
            code = "timed"
        else:
            code = "kept" if outcome.fate == "kept" else "orphan"
        return self.say("left", code, state=state, time=self.duration(ms or 0))

    def input_name(self, key: str) -> str:
        """What an input is called on the page."""
        return self.name_of(INPUTS[key])

    def name_of(self, item: Input) -> str:
        """What an input of a scenario, or of anything else that is chosen, is called."""
        words = words_in("inputs").get(item.key, {})
        return self.pick(words.get("name", item.key)).format(call=self.walkthrough.call)

    def hint_of(self, item: Input) -> str:
        """What stands beside its field in the form; empty for nothing."""
        words = words_in("inputs").get(item.key, {})
        return self.pick(words.get("hint", "")).format(call=self.walkthrough.call)

    def value_of(self, item: Input, value: object) -> str:
        """What a value of an input is called: a word in words, anything else as a query has it."""
        text, life = str(item.flat(value)), self.walkthrough.outside.life
        if item.key == "peer" and life is not None:
            return self.pick(life.peers[text])
        return self.pick(words_in("inputs")[item.key].get("values", {}).get(text, text))


def _is_plain(text: str) -> bool:
    """Whether a value says itself: a constant needs no "is"."""
    return bool(re.fullmatch(r"-?\d+|[A-Z][A-Z0-9_]*", text))
