# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The shape of the YAML files of a content folder.

Texts are given per language: `{en: …, zh: …}`. An anchor is the C of one line, white space
folded; where that occurs more than once, `{code: …, nth: N}` with N counting from 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, GetPydanticSchema, StringConstraints

from app.walkthrough.content.prose import Prose, prose_of
from app.walkthrough.content.strict import Strict

_ID: Final = re.compile(r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$")
_MAX_ID: Final = 40
Id = Annotated[str, StringConstraints(pattern=_ID.pattern, max_length=_MAX_ID)]
#: The name of a file in the folder itself.
FileName = Annotated[str, StringConstraints(pattern=r"^\w[\w.-]*$", max_length=100)]
Text = dict[str, Annotated[str, StringConstraints(min_length=1)]]
#: A text that is Markdown, with the commentary's links.
Rich = Annotated[
    Mapping[str, Prose],
    GetPydanticSchema(
        lambda _, handler: handler.generate_schema(Annotated[Text, AfterValidator(prose_of)])
    ),
]


def is_id(text: str) -> bool:
    """Whether a text can be the id of a block, decision or preset."""
    return len(text) <= _MAX_ID and _ID.fullmatch(text) is not None


class NumberedAnchor(Strict):
    """The `nth` occurrence of `code`."""

    code: str
    nth: int = Field(ge=1)


Anchor = str | NumberedAnchor


class NearestSource(Strict):
    """The mainline version that is nearest to the quoted text.

    `pages` are addresses of a file in it, with `{path}`, by the site's name; `without` are words
    of ours that it does not have.
    """

    version: str
    pages: dict[str, Annotated[str, StringConstraints(pattern=r"^https://[^{}]*\{path\}[^{}]*$")]]
    without: list[str] = Field(default=[])


class SourceFile(Strict):
    """Where the quoted source comes from; `differences` lists what mainline has otherwise.

    `path` is the file in the kernel's tree and `kernel` its version; a function that no kernel has
    is without both. `browse` is the address of a file in the kernel's own tree, with `{path}` in
    it; `edition` says in a few words whose text it is.
    """

    file: FileName
    licence: str
    origin: Text
    path: str | None = None
    kernel: str | None = None
    differences: list[Text] = Field(default=[])
    edition: Text | None = None
    nearest: NearestSource | None = None
    browse: str | None = Field(default=None, pattern=r"^https://[^{}]*\{path\}[^{}]*$")


class BlockEntry(Strict):
    """A block: from the line of one anchor to the line of another, both included.

    `slide` is what its slide says instead of the lead, where that is too long to be projected.
    """

    id: Id
    title: Text
    slide: Text | None = None
    from_: Anchor = Field(alias="from")
    to: Anchor
    aliases: list[Id] = Field(default=[])


class DecisionEntry(Strict):
    """A decision; `when_true` and `when_false` are clauses that follow the values."""

    id: Id
    code: Anchor
    title: Text
    when_true: Text
    when_false: Text
    aliases: list[Id] = Field(default=[])


class PresetEntry(Strict):
    """A named scenario; `scenario` holds only what differs from the defaults.

    `afterwards` are conditions of the life that belong to the story, such as a peer that never
    closes.
    """

    id: Id
    title: Text
    scenario: dict[str, Any]
    afterwards: dict[str, Any] = Field(default={})
    story: Text


class WalkthroughFile(Strict):
    """`walkthrough.yaml`. `question` is what the front page asks where this is all there is.

    `call` is what a program calls to get here, such as `close()`; without it the function itself.
    `opening` is what a presenter says at the cover of the slides, a paragraph each.
    """

    id: Id
    function: str
    title: Text
    summary: Text
    question: Text | None = None
    opening: list[Text] = Field(default=[])
    call: Annotated[str, StringConstraints(pattern=r"^\w+\(\w*\)$", max_length=40)] | None = None
    languages: list[str] = Field(min_length=1)
    source: SourceFile
    blocks: list[BlockEntry] = Field(min_length=1)
    decisions: list[DecisionEntry]
    presets: list[PresetEntry] = Field(min_length=1)


class Helper(Strict):
    """A kernel function that the source calls.

    `called` in the file is the name in the source where that is another (a function pointer's
    member); `reasons` are clauses by the code that the model gives for what it did.
    """

    name: str
    called_else: str | None = Field(default=None, alias="called")
    file: str
    kind: str = Field(pattern="^(function|macro|pointer)$")
    does: Text
    model: Text
    reasons: dict[str, Text] = Field(default={})

    @property
    def called(self) -> str:
        """Its name in the source."""
        return self.called_else or self.name


class Term(Strict):
    """A word of the code or the commentary: a field, flag, counter, sysctl or plain term.

    `in_code` in the file is its spelling in the source where that differs; `file` is where the
    kernel defines it.
    """

    term: str = Field(min_length=1, max_length=60)
    spelled_else: str | None = Field(default=None, alias="in_code")
    kind: str = Field(pattern="^(field|flag|counter|sysctl|term)$")
    file: str | None = None
    text: Text

    @property
    def in_code(self) -> str:
        """How the source spells it."""
        return self.spelled_else or self.term

    @property
    def slug(self) -> str:
        """As links name it: without spaces."""
        return self.in_code.replace(" ", "-")


class EditEntry(Strict):
    """A change inside of one line."""

    code: Anchor
    becomes: str
    effect: Text


class VariantEntry(Strict):
    """A named set of edits."""

    id: Id
    title: Text
    note: Text
    edits: list[EditEntry] = Field(min_length=1)
