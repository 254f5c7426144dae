# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A comparison in words: where the two part, what they end with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.kernel.inputs import INPUTS
from app.walkthrough.comparison.sides import decision_in
from app.walkthrough.comparison.traces import Comparison, Divergence, OutcomePair
from app.walkthrough.pairs import VARIANT, Side
from app.walkthrough.segment_words import segment_list
from app.walkthrough.wording import Wording


class ComparisonWords:
    """The words for one walkthrough in one language."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self.walkthrough = wording.walkthrough
        self.language = wording.language
        self._ = wording.language.gettext

    def fact_name(self, name: str) -> str:
        """What a part of an outcome is called."""
        return self.language.pick(self.wording.told["facts"].get(name, name))

    # The whole

    def summary(self, comparison: Comparison, a: Side, b: Side) -> list[str]:
        """In a sentence or two: whether they part, where, and whether the end differs."""
        _ = self._
        if a == b:
            return [_("Both sides are the same scenario: there is nothing to compare.")]
        if comparison.is_same_throughout:
            return [self.same_throughout(comparison)]
        telling = comparison.telling
        if telling is not None and telling.decision not in comparison.loops:
            found = [self.parts(telling, a, b)]
        elif telling is not None:
            found = [_("They differ only in what the loop does; after it the way is the same.")]
        elif comparison.by_text and not comparison.stops_alone:
            found = [_("Every decision that both texts have goes alike.")]
        elif comparison.parting is not None or comparison.stops_alone:
            found = [_("One of them stops on the way, because its C cannot go on.")]
        else:
            found = [_("Every decision goes the same way in both.")]
        differing = [pair for pair in comparison.outcome if not pair.same]
        if comparison.ends_alike:
            found.append(_("What is left at the end is the same."))
        elif differing:
            names = self.names(self.fact(pair) for pair in differing)
            found.append(_("What is left differs: {names}.").format(names=names))
        return found

    def parts(self, fork: Divergence, *sides: Side) -> str:
        """Where they part, and which way each goes."""
        decision = decision_in(self.walkthrough, sides, fork.decision)
        text = (
            self._("They part in line {line}, “{title}”: true in A, false in B.")
            if fork.taken
            else self._("They part in line {line}, “{title}”: false in A, true in B.")
        )
        return text.format(line=decision.line, title=self.language.pick(decision.title))

    def same_throughout(self, comparison: Comparison) -> str:
        """Why nothing differs although the sides do."""
        if not comparison.inputs:
            return self._("This scenario does the same in both texts, step by step.")
        read = [item.key for item in comparison.inputs if item.read.a or item.read.b]
        if not read:
            return self._("Both do the same, step by step: what differs is not read on this path.")
        return self._(
            "Both do the same, step by step: {names} is read, but turns nothing here."
        ).format(names=self.names(self.wording.input_name(key) for key in read))

    # Sides

    def side(self, side: Side) -> str:
        """A side in a line: its preset's title, or its inputs."""
        name = self.preset(side) or self.names(
            self.wording.pair(self.wording.input_name(key), value)
            for key, value in side.scenario.changed().items()
        )
        if side.variant is None:
            return name
        title = self.language.pick(self.walkthrough.edition_of(side.variant).title)
        return self._("{scenario} · {variant}").format(scenario=name, variant=title)

    def preset(self, side: Side) -> str:
        """The title of the preset that this scenario is; empty where it is none."""
        preset = self.walkthrough.preset_of(side.scenario)
        return self.language.pick(preset.title) if preset else ""

    def input_name(self, key: str) -> str:
        """An input's name; the variant counts as one here."""
        return self._("Text") if key == VARIANT else self.wording.input_name(key)

    def input_value(self, key: str, side: Side) -> str:
        """An input's value as one writes it; of the text its title."""
        if key != VARIANT:
            return str(INPUTS[key].flat(side.scenario[key]))
        if side.variant is None:
            return self._("the kernel’s")
        return self.language.pick(self.walkthrough.edition_of(side.variant).title)

    # What is left

    def fact(self, pair: OutcomePair) -> str:
        """What a fact is called; counters keep their names."""
        return self.fact_name(pair.name) if pair.kind == "fact" else pair.name

    def value(self, pair: OutcomePair, value: Any) -> str:
        """One side's value of a fact."""
        _ = self._
        if pair.kind != "fact":
            return f"{value:+d}" if value else "0"
        match pair.name:
            case "segments":
                return segment_list(value) or _("none")
            case "fate":
                return self.wording.fate(value)
            case "timewait_ms" | "keepalive_ms":
                return _("none") if value is None else self.wording.duration(value)
            case "orphans" | "refs":
                return f"{value:+d}" if value else "0"
            case "locks_balanced":
                return _("balanced") if value else _("still held")
        return _("none") if value is None else str(value)

    def names(self, names: Iterable[str]) -> str:
        """Names in a row."""
        return self._(", ").join(names)
