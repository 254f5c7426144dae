# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Query of an address: its limits, one reader for all of them, and what it says."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeVar
from urllib.parse import parse_qsl, urlencode

from app.errors import InputProblem, Phrase, ReaderError, nearest, not_among, refused
from app.i18n import LANGUAGE_CODES
from app.kernel.inputs import INPUTS
from app.kernel.life.conditions import CONDITIONS, USUAL, Conditions
from app.kernel.scenario import DEFAULT, MOST_PROBLEMS, Scenario, Values
from app.walkthrough.comparison.sides import SIDES, make_side, read_side
from app.walkthrough.pairs import NOTHING_CHANGED, Side, edition_key, is_label
from app.walkthrough.records import Walkthrough

#: Characters and fields; more are refused.
MAX_QUERY: Final = 2000
MAX_FIELDS: Final = 100
#: No number of a query is larger, but those that are inputs.
MAX_NUMBER: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TextQuery:
    """The text that a query asks for; none of these is the walkthrough's own."""

    variant: str | None = None  # or the label of an imported kernel
    missing: str | None = None  # a kernel that was asked for and is not here

    @property
    def kernel(self) -> str | None:
        """The kernel that was asked for, be it here or not."""
        is_kernel = self.variant is not None and edition_key(self.variant) == "kernel"
        return self.variant if is_kernel else self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class PageQuery(TextQuery):
    """What the query of a page says."""

    scenario: Scenario
    conditions: Conditions  # of the life afterwards; the usual ones where they are not taken
    has_scenario: bool  # tells a default scenario that was asked for from none at all
    step: int | None  # 1-based
    inner: int | None  # which of the steps within it, of the functions that it executed
    challenge: str | None
    lang: str | None
    is_form: bool  # the answer of the form, which is redirected to the short address
    rest: str  # the query as it was asked, without the language

    @property
    def text(self) -> str:
        """Scenario and conditions as the shortest query has them."""
        return joined(self.scenario, self.conditions)

    @property
    def whole(self) -> str:
        """The same with the text that is run, where that is not the walkthrough's own."""
        return joined(self.scenario, self.conditions, self.variant)


def joined_fields(fields: Mapping[str, str | None]) -> str:
    """Fields as a query has them, without the empty ones; nothing in them needs to be encoded."""
    return "&".join(f"{key}={text}" for key, text in fields.items() if text)


def joined(scenario: Scenario, conditions: Conditions, text: str | None = None) -> str:
    """A scenario, the conditions of the life after it and the text, in one query."""
    return "&".join(filter(None, (scenario.query(), conditions.query(), text_asked(text))))


def text_asked(text: str | None) -> str:
    """How a query asks for a text; empty for the walkthrough's own."""
    return f"{edition_key(text)}={text}" if text else ""


def text_named(walkthrough: Walkthrough, name: str | None) -> TextQuery:
    """The text of a room's view; a kernel that was taken away since is missing."""
    if name and is_label(name) and name not in walkthrough.kernels:
        return TextQuery(missing=name)
    return TextQuery(variant=name)


#: Keys that a page takes besides those of the scenario.
VIEW_KEYS: Final = (*CONDITIONS, "step", "variant", "kernel", "challenge", "lang", "form")
#: Those that name the text that is run.
TEXTS: Final = ("variant", "kernel")
_LABEL: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._~-]{0,47}")
_INTEGER: Final = re.compile(r"[0-9]{1,7}", re.ASCII)


def check_length(raw: str | bytes) -> None:
    """Raises ReaderError (414) for a raw query string that is too long."""
    if len(raw) > MAX_QUERY:
        allowed = Phrase("{count} characters", count=MAX_QUERY)
        raise refused("query-too-long", "query", str(len(raw)), allowed, 414)


def read_pairs(raw: str) -> list[tuple[str, str]]:
    """The fields of a raw query string. Raises ReaderError where it is too long or too many."""
    check_length(raw)
    try:
        return parse_qsl(raw, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        allowed = Phrase("{count} fields", count=MAX_FIELDS)
        raise refused("too-many", "query", None, allowed, 422) from None


AnyValues = TypeVar("AnyValues", bound=Values)


class Fields:
    """The fields of a query, each at most once; what is wrong with them is collected.

    A key that is none of `keys`, nor `silent` (read, but not offered), is a problem. An empty
    value is the same as none. `a.state` is a field `state` of a group `a`, where `groups` has that.
    """

    def __init__(
        self,
        raw: str,
        keys: Collection[str],
        *,
        silent: Collection[str] = (),
        groups: Collection[str] = (),
    ) -> None:
        self.texts: dict[str, str] = {}
        self.groups: dict[str, list[tuple[str, str]]] = {}
        self.problems: list[InputProblem] = []
        for key, text in read_pairs(raw):
            group, dot, field = key.partition(".")
            if dot and group in groups:
                self.groups.setdefault(group, []).append((field, text))
            elif key not in keys and key not in silent:
                if len(self.problems) >= MOST_PROBLEMS:
                    self.check()
                self.problems.append(
                    InputProblem("unknown-key", key, text, ", ".join(keys), nearest(key, keys))
                )
            elif key in self.texts:
                self.problems.append(
                    InputProblem("given-twice", key, text, Phrase("each key once"))
                )
            else:
                self.texts[key] = text

    def word(self, key: str, allowed: Collection[str]) -> str | None:
        """A field that is one of a few words."""
        text = self.texts.get(key) or None
        if text is not None and text not in allowed:
            self.problems.append(not_among("not-allowed", key, text, allowed))
        return text

    def number(
        self, key: str, low: int, high: int = MAX_NUMBER, allowed: Phrase | None = None
    ) -> int | None:
        """A field that is a number from `low` to `high`; `allowed` says so in other words."""
        text = self.texts.get(key)
        if not text:
            return None
        if _INTEGER.fullmatch(text) and low <= int(text) <= high:
            return int(text)
        allowed = allowed or Phrase("{low} to {high}", low=low, high=high)
        is_number = text.removeprefix("-").isdecimal() and text.isascii()
        code = "out-of-range" if is_number else "not-a-number"
        self.problems.append(InputProblem(code, key, text, allowed))
        return None

    def step(self) -> tuple[int | None, int | None]:
        """The field `step`: a step, `12`, or one within it, `12.3`."""
        whole, dot, inner = self.texts.get("step", "").partition(".")
        if (
            dot
            and _INTEGER.fullmatch(whole)
            and _INTEGER.fullmatch(inner)
            and int(whole)
            and int(inner)
        ):
            return int(whole), int(inner)
        return self.number("step", 1, allowed=Phrase("1 to the number of steps")), None

    def text(self, walkthrough: Walkthrough, *, needs_kernel: bool = False) -> TextQuery:
        """The text that `variant` or `kernel` names.

        A kernel that is not here is no problem unless it is needed: the link is for its readers
        too.
        """
        variant = self.word("variant", walkthrough.variants)
        kernel = self.texts.get("kernel") or None
        if kernel is not None and (needs_kernel or not _LABEL.fullmatch(kernel)):
            kernel = self.word("kernel", walkthrough.kernels)
        if kernel is not None and variant is not None:
            allowed = Phrase("a kernel or a variant, not both")
            self.problems.append(InputProblem("not-allowed", "kernel", kernel, allowed))
        if kernel is not None and kernel not in walkthrough.kernels:
            return TextQuery(variant=variant, missing=kernel)
        return TextQuery(variant=kernel or variant)

    def scenario(self) -> Scenario:
        """The inputs among the fields; the default where one of them is wrong."""
        return self.values_of(DEFAULT)

    def values_of(self, usual: AnyValues) -> AnyValues:
        """What the fields say of these inputs; the usual where one of them is wrong."""
        inputs = usual.inputs
        try:
            return usual.parse((key, text) for key, text in self.texts.items() if key in inputs)
        except ReaderError as error:
            self.problems.extend(error.problems)
            return usual

    def without(self, key: str) -> str:
        """The query again, but for one key."""
        return urlencode([pair for pair in self.texts.items() if pair[0] != key], safe=",:")

    def check(self) -> None:
        """Raises ReaderError with every problem, where there is one."""
        if self.problems:
            raise ReaderError(self.problems)


def read_query(
    asked: str | Fields,
    walkthrough: Walkthrough,
    *,
    view_keys: tuple[str, ...] = VIEW_KEYS,
    needs_kernel: bool = False,
) -> PageQuery:
    """The query of a page or of the API. Raises ReaderError with every problem.

    A raw query may have the inputs and `view_keys`; fields that were read already, what they have.
    """
    if isinstance(asked, str):
        offered = (*INPUTS, *(key for key in view_keys if key != "form"))
        asked = Fields(asked, offered, silent=view_keys)
    text = asked.text(walkthrough, needs_kernel=needs_kernel)
    step, inner = asked.step()
    query = PageQuery(
        scenario=asked.scenario(),
        conditions=asked.values_of(USUAL),
        has_scenario=any(key in INPUTS for key in asked.texts),
        lang=asked.word("lang", LANGUAGE_CODES),
        variant=text.variant,
        missing=text.missing,
        challenge=asked.word("challenge", walkthrough.challenges_by_id),
        step=step,
        inner=inner,
        is_form="form" in asked.texts,
        rest=asked.without("lang"),
    )
    asked.check()
    return query


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareQuery:
    """What the query of a comparison says."""

    a: Side | None  # None where it is not given, as for `b`
    b: Side | None
    text: TextQuery  # that of a side that names none
    lang: str | None
    is_form: bool  # the answer of a form, which is redirected to the short address


def read_compare(
    raw: str,
    walkthrough: Walkthrough,
    *,
    view_keys: tuple[str, ...] = ("kernel", "lang", "form"),
    needs_both: bool = False,
) -> CompareQuery:
    """The query of a comparison. Raises ReaderError with every problem of both sides.

    With `needs_both` a side that is not given is a problem too. A form may send the fields of a
    side one by one, as `a.state` and so on; they count for more than the side as a whole.
    """
    is_form = "form" in view_keys
    fields = Fields(
        raw,
        (*SIDES, *(key for key in view_keys if key != "form")),
        silent=view_keys,
        groups=SIDES if is_form else (),
    )
    sides: dict[str, Side] = {}
    text = fields.text(walkthrough, needs_kernel=needs_both)
    for name in SIDES:
        try:
            if name in fields.groups:
                # The form asks for the text too.
                sides[name] = make_side(name, fields.groups[name], walkthrough)
            elif fields.texts.get(name):
                side = read_side(name, fields.texts[name], walkthrough)
                sides[name] = replace(side, variant=side.variant or text.variant)
            elif needs_both:
                example = next((str(pair.a) for pair in walkthrough.pairs), NOTHING_CHANGED)
                fields.problems.append(
                    InputProblem(
                        "side-missing",
                        name,
                        None,
                        Phrase("a scenario such as {example}", example=example),
                        side=name,
                    )
                )
        except ReaderError as error:
            fields.problems.extend(error.problems)
    lang = fields.word("lang", LANGUAGE_CODES)
    fields.check()
    return CompareQuery(
        a=sides.get("a"),
        b=sides.get("b"),
        text=text,
        lang=lang,
        is_form="form" in fields.texts,
    )


def read_plain(
    raw: str,
    walkthrough: Walkthrough,
    keys: Collection[str] = ("kernel", "lang"),
    *,
    needs_kernel: bool = False,
) -> tuple[str | None, TextQuery]:
    """The `lang` and the text of what takes no other key. Raises ReaderError."""
    fields = Fields(raw, keys)
    text = fields.text(walkthrough, needs_kernel=needs_kernel)
    lang = fields.word("lang", LANGUAGE_CODES)
    fields.check()
    return lang, text


def read_language(raw: str) -> str | None:
    """The `lang` of a page that takes no other key. Raises ReaderError."""
    fields = Fields(raw, ("lang",))
    lang = fields.word("lang", LANGUAGE_CODES)
    fields.check()
    return lang
