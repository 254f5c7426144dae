# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Sentences about an atlas: when a path or branch is taken, why two branches exclude each other.

In the words of a scenario, so that what is read can be typed: `state`, `recv`, `linger2`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from app.i18n import Language
from app.kernel.inputs import INPUTS, NumberInput
from app.walkthrough.atlas.records import (
    Atlas,
    Case,
    Condition,
    Impossible,
    ListForm,
    ListForms,
    Part,
    Relation,
)
from app.walkthrough.wording import quoted, short_name


def shared(condition: Condition) -> Case:
    """What all cases ask for alike."""
    head, *others = condition
    return Case(
        tuple(p for p in head.parts if all(p in case.parts for case in others)),
        tuple(r for r in head.relations if all(r in case.relations for case in others)),
    )


class AtlasWords:
    """The sentences in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._ = language.gettext

    def condition(self, condition: Condition) -> str:
        """When it is: its cases, joined by "or"."""
        if not condition:
            return self._("never")
        return self._("; or ").join(self.case(case) for case in condition)

    def split(self, condition: Condition) -> tuple[str, list[str]]:
        """What all cases ask for, and what each one asks for besides; shortest first.

        The first is empty where they have nothing in common, or where there is but one.
        """
        if len(condition) < 2:
            return "", [self.case(case) for case in condition]
        common = shared(condition)
        cases = [
            Case(
                tuple(part for part in case.parts if part not in common.parts),
                tuple(relation for relation in case.relations if relation not in common.relations),
            )
            for case in condition
        ]
        texts = sorted((self.case(case) for case in cases), key=len)
        return self.case(common) if common != Case(()) else "", texts

    def case(self, case: Case) -> str:
        """All parts of one case, joined by "and"."""
        clauses = [self.part(part) for part in case.parts]
        clauses += [self.relation(relation) for relation in case.relations]
        return self.language.tight(self._(", and ").join(clauses)) if clauses else self._("always")

    def part(self, part: Part) -> str:
        """One restriction."""
        item = INPUTS[part.key]
        meaning = item.meanings.get(part.meaning or "")
        if meaning is not None:
            return self.language.phrase(meaning)
        if part.forms is not None:
            return self._lists(part.key, part.forms)
        key = quoted(part.key)
        if isinstance(item, NumberInput) and item.is_flag:
            is_set = part.ranges == ((1, None),)
            return (key if is_set else self._("not {key}")).format(key=key)
        words = [quoted(value) for value in part.values]
        words += [self._range(low, high) for low, high in part.ranges]
        words += [self._multiple(*multiple) for multiple in part.multiples]
        text = self._("{key} is not {values}") if part.excluded else self._("{key} is {values}")
        return text.format(key=key, values=self._either(words))

    def _lists(self, key: str, forms: ListForms) -> str:
        """A set of lists: `backlog` is `none` or has only `ack`."""
        _ = self._
        clauses = [_("is {values}").format(values=quoted("none"))] if forms.or_empty else []
        clauses += [self._list(form) for form in forms.forms]
        text = _("{key} {clauses}") if not forms.denied else _("it is not so that {key} {clauses}")
        return text.format(key=quoted(key), clauses=self._either(clauses))

    def _list(self, form: ListForm) -> str:
        _ = self._
        texts = {
            "only": _("has only {first}"),
            "has": _("has {first} in it"),
            "begins": _("begins with {first}"),
            "begins-only": _("begins with {first} (behind it only {rest})"),
            "begins-or-has": _("begins with {first} or has {rest} in it"),
        }
        first, rest = (
            self._either([quoted(value) for value in values]) for values in (form.first, form.rest)
        )
        return texts[form.kind].format(first=first, rest=rest)

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
        if not record.keys:
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
        keys = self._(" and ").join(quoted(key) for key in record.keys)
        return self._("{first} and {second} want different values of {keys}.").format(
            **names, keys=keys
        )

    def _wants(self, atlas: Atlas, place: tuple[int, bool], record: Impossible) -> str:
        """What a branch always asks of the inputs on which two contradict."""
        branch = next(b for b in atlas.branches if (b.decision, b.taken) == place)
        common = shared(branch.condition)
        parts = [self.part(part) for part in common.parts if part.key in record.keys]
        return self._(", and ").join(parts)
