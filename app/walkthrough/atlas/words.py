# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Sentences about an atlas: when a path or branch is taken, why two branches exclude each other.

In the words of a scenario, so that what is read can be typed: `state`, `recv`, `linger2`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from app.i18n import Language
from app.kernel.inputs import INPUTS, NumberInput
from app.machine.trace import Branch
from app.walkthrough.atlas.records import (
    Atlas,
    AtlasBranch,
    Case,
    Condition,
    Impossible,
    Part,
    Relation,
)
from app.walkthrough.told import words_in
from app.walkthrough.wording import quoted, short_name


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchText:
    """When a branch is taken, as a person reads it."""

    #: What is so in all cases; may be empty where there are several, or where it is not exact.
    common: str
    #: What each of several cases asks for besides; shortest first.
    cases: tuple[str, ...] = ()
    #: Whether it is taken exactly then, and not only never otherwise.
    is_exact: bool


class AtlasWords:
    """The sentences in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._ = language.gettext
        #: An atlas says the same of an input in very many cases.
        self._parts: dict[Part, str] = {}

    def condition(self, condition: Condition) -> str:
        """When it is: its cases, joined by "or"."""
        return self._("; or ").join(self.case(case) for case in condition)

    def branch(self, branch: AtlasBranch) -> BranchText:
        """When a branch is taken that something takes."""
        cases = branch.cases
        if not cases:
            known = self.case(branch.always) if branch.always != Case() else ""
            return BranchText(common=known, is_exact=False)
        if len(cases) == 1:
            return BranchText(common=self.case(cases[0]), is_exact=True)
        common = Case(
            tuple(p for p in branch.always.parts if all(p in case.parts for case in cases)),
            tuple(r for r in branch.always.relations if all(r in case.relations for case in cases)),
        )
        texts = [
            self.case(
                Case(
                    tuple(part for part in case.parts if part not in common.parts),
                    tuple(one for one in case.relations if one not in common.relations),
                )
            )
            for case in cases
        ]
        return BranchText(
            common=self.case(common) if common != Case() else "",
            cases=tuple(sorted(texts, key=len)),
            is_exact=True,
        )

    def sentence(self, branch: AtlasBranch) -> str:
        """The same as one clause: exactly when, or what is at least so, which may be nothing."""
        if branch.cases:
            text = self._("exactly when {condition}")
            return text.format(condition=self.condition(branch.cases))
        known = self.branch(branch).common
        return self._("only when {condition}").format(condition=known) if known else ""

    def case(self, case: Case) -> str:
        """All parts of one case, joined by "and"."""
        clauses = [self.part(part) for part in case.parts]
        clauses += [self.relation(relation) for relation in case.relations]
        return self.language.tight(self._(", and ").join(clauses)) if clauses else self._("always")

    def part(self, part: Part) -> str:
        """One restriction."""
        text = self._parts.get(part)
        if text is None:
            text = self._parts[part] = self._part(part)
        return text

    def _part(self, part: Part) -> str:
        item = INPUTS[part.key]
        if part.meaning is not None:
            return self.language.pick(words_in("inputs")[part.key]["meanings"][part.meaning])
        key = quoted(part.key)
        if isinstance(item, NumberInput) and item.is_flag:
            is_set = part.ranges == ((1, None),)
            return (key if is_set else self._("not {key}")).format(key=key)
        if any(value.endswith("-*") for value in part.values):
            return self._list(key, part)
        words = [quoted(value) for value in part.values]
        words += [self._range(low, high) for low, high in part.ranges]
        words += [self._multiple(*multiple) for multiple in part.multiples]
        text = self._("{key} is not {values}") if part.excluded else self._("{key} is {values}")
        return text.format(key=key, values=self._either(words))

    def _list(self, key: str, part: Part) -> str:
        """A set of lists: `wait` is `none` or begins with `ack`."""
        _ = self._
        whole = [quoted(value) for value in part.values if not value.endswith("-*")]
        begun = [quoted(value[:-2]) for value in part.values if value.endswith("-*")]
        clauses = [_("is {values}").format(values=self._either(whole))] if whole else []
        if begun:
            clauses.append(_("begins with {first}").format(first=self._either(begun)))
        text = _("it is not so that {key} {clauses}") if part.excluded else _("{key} {clauses}")
        return text.format(key=key, clauses=self._either(clauses))

    def _range(self, low: int | None, high: int | None) -> str:
        _ = self._
        if low is None:
            return _("any number") if high is None else _("{number} or less").format(number=high)
        if high is None:
            return _("{number} or more").format(number=low)
        if low == high:
            return str(low)
        return _("{low} to {high}").format(low=low, high=high)

    def _multiple(self, offset: int, modulus: int, holds: bool) -> str:
        rest = -offset % modulus
        if not rest:
            text = (
                self._("0 or a multiple of {modulus}")
                if holds
                else self._("any number but 0 and the multiples of {modulus}")
            )
        else:
            text = (
                self._("{rest}, or that and a multiple of {modulus}")
                if holds
                else self._("any number but {rest}, or that and a multiple of {modulus}")
            )
        return text.format(rest=rest, modulus=modulus)

    def _either(self, words: Sequence[str]) -> str:
        if len(words) < 2:
            return "".join(words)
        # Not the comma of clauses: in Chinese what is listed has its own.
        row = self._("{first}, {second}")
        listed = reduce(lambda first, second: row.format(first=first, second=second), words[:-1])
        return listed + self._(" or ") + words[-1]

    def relation(self, relation: Relation) -> str:
        """A comparison of inputs, as C writes it."""
        return quoted(f"{relation.left} {relation.sign} {relation.right}")

    def impossible(self, atlas: Atlas, record: Impossible, first: str, second: str) -> str:
        """Why no path has both branches, which are named."""
        names = {"first": quoted(first), "second": quoted(second)}
        if record.is_past:
            return self._("After {first} the function never comes to {second}.").format(**names)
        if record.values:
            return self._("After {first} never {second}: {name} is {values} by then.").format(
                **names,
                name=quoted(short_name(record.name)),
                values=self._either([quoted(value) for value in record.values]),
            )
        wants = [self._wants(atlas, place, record) for place in (record.first, record.second)]
        if all(wants):
            text = self._("{first} is only where {one}; {second} only where {other}.")
            return self.language.tight(text.format(**names, one=wants[0], other=wants[1]))
        return self._("After {first} never {second}.").format(**names)

    def _wants(self, atlas: Atlas, place: Branch, record: Impossible) -> str:
        """What a branch always asks of the inputs on which two contradict."""
        always = atlas.branch(place).always
        parts = [self.part(part) for part in always.parts if part.key in record.keys]
        return self._(", and ").join(parts)
