# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the world sees of a call, in words: short labels for pictures, sentences for reading."""

from __future__ import annotations

from typing import Final

from app.walkthrough.segment_words import counted
from app.walkthrough.wording import Wording, short_name
from app.walkthrough.world import History, Rung, Told, Transition, Value, WorldSeen

#: Values of these placeholders are times in ms.
_TIMES: Final = frozenset({"keepalive", "timewait", "mini"})


class WorldWords:
    """The words for one walkthrough in one language."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self._, self.pick = wording.language.gettext, wording.language.pick

    # The ladder

    def label(self, rung: Rung) -> str:
        """What stands in the picture; a few words."""
        say, name = self.wording.say, rung.name
        match rung.kind:
            case "queued":
                return say("labels", name, bytes=rung.amount, count=rung.count)
            case "ours" if rung.cause == "behind-data":
                return say("labels", rung.cause)
            case "ours" if rung.count > 1:
                return counted(name, rung.count)
            case "theirs":
                name = self.wording.event_name(name)
                return say("labels", "ignored", name=name) if rung.is_ignored else name
            case "close":
                return self.wording.walkthrough.call
            case "return" | "sleep" | "orphan" | "destroyed":
                return say("labels", rung.kind, time=self.wording.duration(rung.amount))
        return name

    def note(self, rung: Rung) -> str:
        """What stands at the other side of a label; mostly nothing."""
        return self._("mini-socket") if rung.kind == "mini" else ""

    def sentence(self, rung: Rung) -> str:
        """What the picture shows there, for those who do not see it."""
        code = f"{rung.kind}-{rung.cause}"
        if code not in self.wording.told["rungs"]:
            code = "entry" if rung.kind == "state" and not rung.step else rung.kind
        return self.wording.say(
            "rungs",
            code,
            state=rung.name,
            label=self.label(rung),
            call=self.wording.walkthrough.call,
            time=self.wording.duration(rung.amount),
        )

    # The rest

    def transition(self, transition: Transition) -> str:
        """A change of state, as a line of a list."""
        before, after = transition.before, transition.after
        is_same = transition.kind == "mini" and before == after
        code = "mini-same" if is_same else transition.kind
        return self.wording.say("transitions", code, before=before, after=after)

    def name(self, history: History) -> str:
        """What a field, counter or timer is called."""
        if history.kind == "timer":
            return self.pick(self.wording.told["timers"].get(history.name, history.name))
        return self.pick(self.wording.told["fields"].get(history.name, short_name(history.name)))

    def is_code(self, history: History) -> bool:
        """Whether the name is the kernel's own spelling."""
        return history.kind != "timer" and history.name not in self.wording.told["fields"]

    def value(self, history: History, value: Value | None) -> str:
        """A value of a field, counter or timer."""
        _ = self._
        if value is None:
            return "–"
        match history.kind:
            case "timer":
                return self.wording.duration(int(value)) if value != "" else _("cleared")
            case "lock" if history.name == "bottom-halves":
                return _("off") if value else _("on")
            case "lock":
                return self.pick(self.wording.told["lock_states"].get(str(value), str(value)))
            case "flags":
                return str(value) or "–"
            case "counter" | "gauge":
                return f"{value:+d}" if isinstance(value, int) and value else str(value)
        return str(value)

    def brief(self, world: WorldSeen) -> list[tuple[int, int | None, str]]:
        """The whole in one line, as parts with the steps from which and until which each holds.

        What was sent, the states, the aborts that were counted.
        """
        _ = self._
        parts: list[tuple[int, int | None, str]] = []
        segments: dict[str, int] = {}
        for rung in world.rungs:
            if rung.kind == "ours":
                is_held = rung.cause == "behind-data"
                text = _("{name} queued") if is_held else _("{name} sent")
                name = rung.name if is_held else self.label(rung)
                segments.setdefault(text.format(name=name), rung.step)
        parts.append((0, min(segments.values(), default=None), _("nothing sent")))
        parts.extend((step, None, text) for text, step in segments.items())
        chain = [world.entry]
        seen = [(0, world.entry)]
        for transition in world.transitions:
            if transition.kind != "left" and transition.after != chain[-1]:
                chain.append(transition.after)
                seen.append((transition.step, " → ".join(chain)))
        for place, (step, text) in enumerate(seen):
            until = seen[place + 1][0] if place + 1 < len(seen) else None
            if until != step:
                parts.append((step, until, text))
        parts.extend(
            (history.values[1][0], None, f"{history.name} +1")
            for history in world.counters
            if history.kind == "counter" and history.name.startswith("TCPAbort")
        )
        return parts

    def told(self, told: Told) -> tuple[str, str]:
        """Title and text of the story, the placeholders filled in."""
        values = {
            name: self.wording.duration(int(value)) if name in _TIMES else value
            for name, value in told.values.items()
        }
        pick, tight = self.wording.language.pick, self.wording.language.tight
        return (
            tight(pick(told.story.title).format(**values)),
            tight(pick(told.story.story).format(**values)),
        )
