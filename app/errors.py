# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The tree of errors. This module imports nothing of the package.

::

    WalkthroughError
    ├── ContentError              the author's mistake: a folder under content/
    ├── ReaderError               the reader's bad input: query, id, line, header, command line
    │   ├── NotFound              … it names something that does not exist
    │   │   └── Gone              … but did once
    │   └── TooMany               … it is over a limit for now
    ├── LabError                  the lab itself failed: no permission, no tool, a socket not there
    ├── OutsideFailure            what the program depends on does not answer: a database, a server
    │   ├── TooBusy               … it is this machine, which has too much to do
    │   ├── Unreadable            … it answers what only another version of the program can read
    │   └── StoreFailure          … it is what keeps the rooms
    │       └── StoreFull         … which has no space left
    └── SourceError               the C: it points at file, line and text
        ├── CSyntaxError          not C, as far as the parser can tell
        ├── UnsupportedConstruct  C that the machine does not know
        └── ExecutionError        C that was reached and cannot go on
            ├── UndeclaredName    an identifier, function or member that nobody declared
            ├── InvalidOperation  NULL, an unset variable, a division by zero, types that do not fit
            ├── KernelRuleBroken  a modelled function was used against the kernel's rules
            └── StepLimitExceeded the loop does not end

Each error keeps its values as attributes; text, HTML and problem details are renderings of them.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

#: Letters that no text has: control characters but for tab and line end, and those that turn the
#: direction of writing, by which code reads otherwise than it runs.
HIDDEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNPRINTABLE: Final = re.compile(rf"{HIDDEN.pattern}|[\t\n\u2028\u2029\ud800-\udfff]")
#: Characters of what is quoted in a message, and of a message about content.
_MAX_QUOTED: Final = 80
_MAX_MESSAGE: Final = 400


def printable(text: str, most: int = _MAX_MESSAGE) -> str:
    """A text on one line of a terminal, whoever wrote it: letters without a shape as escapes."""
    return _UNPRINTABLE.sub(
        lambda found: found[0].encode("unicode_escape").decode(), _shortened(text, most)
    )


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


class WalkthroughError(Exception):
    """Root of everything that this package raises on purpose."""


@dataclass(frozen=True, slots=True)
class ContentProblem:
    """One mistake in a content folder. `line` is 1-based, None where no line applies.

    What it quotes of the content is shortened, and can be printed.
    """

    file: str
    line: int | None
    message: str
    nearest: str | None = None

    def __post_init__(self) -> None:
        for name in ("file", "message", "nearest"):
            text = getattr(self, name)
            if text is not None:
                object.__setattr__(self, name, printable(text))

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        hint = f" (nearest: {self.nearest})" if self.nearest else ""
        return f"{place}: {self.message}{hint}"


class ContentError(WalkthroughError):
    """A content folder has mistakes: all of them, in the order of file and line.

    `untold` is how many more there are than `problems` has.
    """

    def __init__(self, problems: Iterable[ContentProblem], untold: int = 0) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.file, p.line or 0, p.message)))
        self.untold = untold
        more = [f"… and {untold} more"] if untold else []
        super().__init__("\n".join([*map(str, self.problems), *more]))


class Phrase(str):
    """An English text that keeps its `template` and `values`, to be said in another language.

    `Phrase("{low} to {high}", low=0, high=64)` is the text "0 to 64"; without values it is the
    template, for `but` to fill in. Templates are collected for the catalogues as the arguments of
    `marked` are.
    """

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, **values: object) -> Phrase:
        self = super().__new__(cls, template.format(**values) if values else template)
        self.template = template
        self.values = values
        return self

    def but(self, **values: object) -> Phrase:
        """The same template with these values."""
        return Phrase(self.template, **{**self.values, **values})


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One thing that is wrong with what a reader sent.

    `code` names the kind of problem, stable for programs and for translation; `key` and `value`
    are what was sent (`value` shortened to 80 characters); `allowed` says what would be
    accepted (a `Phrase` where that is more than names); `nearest` is the likeliest meaning, where
    there is one; `side` is the side of a comparison (`a` or `b`) that it belongs to, else None.
    """

    code: str
    key: str
    value: str | None
    allowed: str
    nearest: str | None = None
    side: str | None = None

    def __post_init__(self) -> None:
        for name in ("key", "value"):
            text = getattr(self, name)
            if text is not None:
                object.__setattr__(self, name, _shortened(text, _MAX_QUOTED))


class ReaderError(WalkthroughError):
    """What a reader sent cannot be used: all the problems at once. `status` is HTTP's."""

    status = 422

    def __init__(self, problems: Iterable[InputProblem], status: int | None = None) -> None:
        self.problems = tuple(problems)
        if status is not None:
            self.status = status
        super().__init__(
            "; ".join(
                f"{p.key}={p.value}: {p.code}, allowed: {p.allowed}"
                if p.value is not None
                else f"{p.key}: {p.code}, allowed: {p.allowed}"
                for p in self.problems
            )
        )


class NotFound(ReaderError):
    """A walkthrough, id, line or page that does not exist."""

    status = 404


class Gone(NotFound):
    """A place that was there once; `place` names it, `replaced_by` are ids of what is there now.

    `texts` say by language what became of it.
    """

    status = 410

    def __init__(
        self,
        walkthrough: str,
        place: str,
        replaced_by: Iterable[str],
        texts: Mapping[str, str],
    ) -> None:
        self.walkthrough = walkthrough
        self.place = place
        self.replaced_by = tuple(replaced_by)
        self.texts = texts
        super().__init__([InputProblem("gone", "place", place, ", ".join(self.replaced_by))])


class LabError(WalkthroughError):
    """The lab could not do its work; the kernel has not been asked, or has not been heard.

    `code` is a stable name of what failed; `message` says what, in English.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(message)


class TooMany(ReaderError):
    """Over a limit; it may be tried again after `retry_after_s` seconds (whole, at least 1)."""

    status = 429

    def __init__(self, problems: Iterable[InputProblem], retry_after_s: float) -> None:
        self.retry_after_s = max(1, math.ceil(retry_after_s))
        super().__init__(problems)


class NotTaken(WalkthroughError):
    """A reader's kernel that cannot be taken in, and why, in a sentence."""


class OutsideFailure(WalkthroughError):
    """What the program depends on does not answer: nobody's mistake, and it may be over soon.

    `what` does not answer, `why` is for the log alone; try again after `retry_after_s` seconds.
    """

    #: Stable name of the problem, and what is the matter in the log's words.
    code = "no-answer"
    does = "does not answer"

    def __init__(self, what: str, why: str, retry_after_s: int = 2) -> None:
        self.what = what
        self.why = why
        self.retry_after_s = retry_after_s
        super().__init__(f"{what} {self.does}: {why}")


class TooBusy(OutsideFailure):
    """So much is asked for that it would take too long to answer."""

    code = "too-busy"
    does = "is not done"


class Unreadable(OutsideFailure):
    """What is kept of a room is not what this version writes, such as an event of a newer one."""

    code = "unreadable"
    does = "cannot be read here"


class StoreFailure(OutsideFailure):
    """What keeps the rooms does not answer, or refuses what it is asked."""


class StoreFull(StoreFailure):
    """It would answer, but takes nothing that is to be kept."""

    code = "no-space"
    does = "has no space left"


class SourceError(WalkthroughError):
    """Something about the C text; `line` is 1-based, `text` the C in question (one line of it)."""

    def __init__(self, message: str, *, file: str, line: int, text: str) -> None:
        self.message = message
        self.file = file
        self.line = line
        self.text = " ".join(text.split())[:200]
        super().__init__(f"{file}:{line}: {message}: {self.text}")


class CSyntaxError(SourceError):
    """The parser found something that is not C."""


class UnsupportedConstruct(SourceError):
    """The machine does not know this construct, and never guesses."""


class ExecutionError(SourceError):
    """The C was reached and cannot go on."""

    #: Stable name of the kind of error, for JSON and translation.
    kind = "execution-error"


class UndeclaredName(ExecutionError):
    """An identifier, function or member that is declared nowhere. `nearest` is one that is."""

    kind = "undeclared-name"

    def __init__(
        self, message: str, *, name: str, nearest: str | None, file: str, line: int, text: str
    ) -> None:
        self.name = name
        self.nearest = nearest
        super().__init__(message, file=file, line=line, text=text)


class InvalidOperation(ExecutionError):
    """NULL, an unset variable, a division by zero, types that do not fit."""

    kind = "invalid-operation"


class KernelRuleBroken(ExecutionError):
    """A modelled function was called against the kernel's rules, such as taking a lock twice."""

    kind = "kernel-rule-broken"


class StepLimitExceeded(ExecutionError):
    """The function did not end within the step limit."""

    kind = "step-limit"


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that reads most like `word` (case ignored), None where none comes close."""
    by_lower = {candidate.casefold(): candidate for candidate in candidates}
    found = difflib.get_close_matches(word[:200].casefold(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def not_among(code: str, key: str, value: str, known: Collection[str]) -> InputProblem:
    """What is none of those that are allowed, with the nearest of them."""
    return InputProblem(code, key, value, ", ".join(known), nearest(value, known))


def refused(code: str, key: str, value: str | None, allowed: str, status: int) -> ReaderError:
    """The refusal for one reason."""
    return ReaderError([InputProblem(code, key, value, allowed)], status)
