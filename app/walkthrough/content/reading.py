# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The files of a content folder as they are read, and every mistake that was found in them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from app.errors import HIDDEN, ContentError, ContentProblem, nearest
from app.walkthrough.content.anchors import AnchorMissed, locate
from app.walkthrough.content.documents import Document, kept_document
from app.walkthrough.content.documents import Path as Place
from app.walkthrough.content.files import (
    OutOfTime,
    Unreadable,
    budget,
    decoded,
    names_in,
    read_file,
)
from app.walkthrough.content.schema import Anchor
from app.walkthrough.content.shapes import MAX_PROBLEMS, Fitted, fit, texts_in

#: Seconds of processor time that a folder may take: some twenty times what the largest needs.
MAX_SECONDS: Final = 30

#: What stands before a sentence that is still to be written, outside of the source.
TODO: Final = "TODO:"

_Shape = TypeVar("_Shape")


class Reading:
    """One reading of a folder: mistakes are collected, so that an author sees them all at once.

    `languages` are the walkthrough's, once they are known; texts in those of `tolerated` are let
    through. Where the folder `is_checked` already, what a check would only tell is not looked for.
    """

    def __init__(self, folder: Path, *, is_checked: bool = False) -> None:
        self.folder = folder
        self.is_checked = is_checked
        self.problems: list[ContentProblem] = []
        #: How many more there are.
        self.untold = 0
        #: The files that were read or looked for, in that order.
        self.used: list[str] = []
        self.languages: tuple[str, ...] = ()
        self.tolerated: frozenset[str] = frozenset()

    # Reporting

    def report(self, file: str, line: int | None, message: str, near: str | None = None) -> None:
        """Keeps a mistake; `file` is relative to the folder."""
        if len(self.problems) == MAX_PROBLEMS:
            self.untold += 1
        else:
            self.problems.append(ContentProblem(self.name(file), line, message, near))

    def keep(self, problems: Iterable[ContentProblem], untold: int = 0) -> None:
        """Keeps mistakes, as many as are told."""
        for problem in problems:
            if len(self.problems) < MAX_PROBLEMS:
                self.problems.append(problem)
            else:
                self.untold += 1
        self.untold += untold

    def tell(self, document: Document, path: Place, message: str, near: str | None = None) -> None:
        """Keeps a mistake at a place of a document."""
        self.keep([ContentProblem(document.file, document.line(path), message, near)])

    def teller(self, document: Document) -> Teller:
        """`tell` for one document."""
        return Teller(self, document)

    def name(self, file: str) -> str:
        """How mistakes name a file of the folder."""
        return f"{self.folder.name}/{file}"

    def stop_if_broken(self) -> None:
        """Raises ContentError with all mistakes up to here."""
        if self.problems:
            raise ContentError(self.problems, self.untold)

    @contextmanager
    def in_time(self, seconds: float = MAX_SECONDS) -> Iterator[None]:
        """What is done in it ends with a mistake where it takes too long."""
        try:
            with budget(seconds):
                yield
        except OutOfTime:
            last = f"; {self.used[-1]} was read last" if self.used else ""
            message = f"stopped after {seconds:g} s of processor time: too much to check{last}"
            # Told in any case: it is why there are not more.
            del self.problems[MAX_PROBLEMS - 1 :]
            self.problems.append(ContentProblem(self.folder.name, None, message))

    # Reading

    def has(self, file: str) -> bool:
        """Whether the folder has a file that it may do without."""
        return os.path.lexists(self.folder / file)

    def text(self, file: str) -> str | None:
        """The text of a file; None where there is none, which is reported."""
        self.used.append(file)
        try:
            text = decoded(read_file(self.folder, file))
        except FileNotFoundError:
            folder, _, name = file.rpartition("/")
            self.report(file, None, "file is missing", nearest(name, self.names(folder)))
            return None
        except Unreadable as error:
            self.report(file, None, error.message)
            return None
        if self.is_checked:
            return text
        if hidden := HIDDEN.search(text):
            line = text.count("\n", 0, hidden.start()) + 1
            self.report(file, line, f"a character that nobody sees: {hidden[0]}")
            return None
        if file.endswith((".yaml", ".md")):
            for number, content in enumerate(text.split("\n"), 1):
                if TODO in content:
                    wanted = content.partition(TODO)[2].partition('"')[0].strip()
                    self.report(file, number, f"still to be written: {wanted}")
        return text

    def names(self, folder: str) -> list[str]:
        """The names in a folder of the folder, sorted; what is none of ours is reported."""
        try:
            return names_in(self.folder, folder)
        except Unreadable as error:
            self.report(folder, None, error.message)
            return []

    def document(self, file: str) -> Document | None:
        """A YAML file; None where it is none, which is reported."""
        text = self.text(file)
        if text is None:
            return None
        try:
            if self.is_checked:
                return kept_document(self.name(file), text)
            # A library that few starts need.
            from app.walkthrough.content.yaml_lines import read_yaml

            return read_yaml(self.name(file), text)
        except ContentError as error:
            self.keep(error.problems, error.untold)
            return None

    def fitted(
        self, document: Document, shape: type[_Shape], stand_ins: Mapping[Place, Any] | None = None
    ) -> Fitted[_Shape]:
        """What of a document has the shape; what has not is reported, texts included."""
        found = fit(document, shape, stand_ins or {})
        self.keep(found.problems, found.untold)
        self.check_texts(document, shape)
        return found

    def file(
        self, file: str, shape: type[_Shape], *, is_optional: bool = False
    ) -> Fitted[_Shape] | None:
        """A file in its shape; None where it is not there, or no YAML."""
        if is_optional and not self.has(file):
            return None
        document = self.document(file)
        return self.fitted(document, shape) if document else None

    def check_texts(self, document: Document, shape: Any) -> None:
        """A text needs each of the walkthrough's languages, and has no other."""
        if self.is_checked or not self.languages:
            return
        for path, text in texts_in(shape, document.value):
            where = ".".join(str(part) for part in path)
            for code in self.languages:
                if code not in text:
                    self.tell(document, path, f"{where}: no text in {code}")
            for code in text:
                if code not in self.languages and code not in self.tolerated:
                    self.tell(
                        document,
                        (*path, code),
                        f"{where}: language {code} is not one of this walkthrough's",
                        nearest(str(code), self.languages),
                    )


class Teller:
    """Keeps mistakes at places of one document, and counts them; not where it `is_checked`."""

    def __init__(self, reading: Reading, document: Document) -> None:
        self.document = document
        self.is_checked = reading.is_checked
        self.count = 0
        self._reading = reading

    def __call__(self, path: Place, message: str, near: str | None = None) -> None:
        self.count += 1
        self._reading.tell(self.document, path, message, near)

    def all(self, problems: Iterable[tuple[Place, str]]) -> None:
        """Tells of several."""
        for path, message in problems:
            self(path, message)

    def at(self, line: int | None, message: str, near: str | None = None) -> None:
        """The same at a line, or at none."""
        self.count += 1
        self._reading.keep([ContentProblem(self.document.file, line, message, near)])

    def unknown(self, path: Place, what: str, name: str, known: Collection[str] | None) -> None:
        """Tells of a name that is none; None where it cannot be known which there are."""
        if known is not None and name not in known:
            self(path, f"{what} {name} is unknown", nearest(name, known))

    def once(self, what: str, names: Iterable[str], path: Place = ()) -> None:
        """Tells of an id that stands twice in the list at a place."""
        seen: set[str] = set()
        for index, name in enumerate(names):
            if name in seen:
                self((*path, index, "id"), f"{what} {name} stands twice")
            seen.add(name)

    def place(
        self, path: Place, anchor: Anchor, candidates: Sequence[str], what: str
    ) -> int | None:
        """Where an anchor fits, from 0; None where it does not, which is told."""
        try:
            return locate(anchor, candidates, what)
        except AnchorMissed as missed:
            self(path, missed.message, missed.nearest)
            return None
