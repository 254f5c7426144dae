# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The files of a content folder as they are read, and every mistake that was found in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from app.errors import ContentError, ContentProblem, nearest
from app.walkthrough.content.anchors import AnchorMissed, locate
from app.walkthrough.content.schema import Anchor
from app.walkthrough.content.shapes import Fitted, fit, texts_in
from app.walkthrough.content.yaml_lines import Document, read_yaml
from app.walkthrough.content.yaml_lines import Path as Place

MAX_FILE_BYTES: Final = 1 << 20

#: `report(line, message, nearest)`, for a file that is known.
Report = Callable[[int | None, str, str | None], None]
_Shape = TypeVar("_Shape")


class Reading:
    """One reading of a folder: mistakes are collected, so that an author sees them all at once.

    `languages` are the walkthrough's, once they are known; texts in those of `tolerated` are let
    through.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[ContentProblem] = []
        self.used: set[Path] = set()
        self.languages: tuple[str, ...] = ()
        self.tolerated: frozenset[str] = frozenset()

    # Reporting

    def report(self, file: str, line: int | None, message: str, near: str | None = None) -> None:
        """Keeps a mistake; `file` is relative to the folder."""
        self.problems.append(ContentProblem(self.name(file), line, message, near))

    def reporter(self, file: str) -> Report:
        """`report` for one file."""

        def report(line: int | None, message: str, near: str | None = None) -> None:
            self.report(file, line, message, near)

        return report

    def name(self, file: str) -> str:
        """How mistakes name a file of the folder."""
        return f"{self.folder.name}/{file}"

    def stop_if_broken(self) -> None:
        """Raises ContentError with all mistakes up to here."""
        if self.problems:
            raise ContentError(self.problems)

    # Reading

    def has(self, file: str) -> bool:
        """Whether the folder has a file that it may do without."""
        return (self.folder / file).exists()

    def text(self, file: str) -> str | None:
        """The text of a file; None where there is none, which is reported."""
        path = self.folder / file
        self.used.add(path)
        try:
            if path.stat().st_size > MAX_FILE_BYTES:
                self.report(file, None, f"larger than {MAX_FILE_BYTES} bytes")
                return None
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            self.report(file, None, "file is missing", self._similar_file(path))
        except UnicodeDecodeError as error:
            self.report(file, None, f"not UTF-8 at byte {error.start}")
        except OSError as error:
            self.report(file, None, f"can't be read: {error.strerror}")
        return None

    def _similar_file(self, path: Path) -> str | None:
        if not path.parent.is_dir():
            return None
        return nearest(path.name, [item.name for item in path.parent.iterdir()])

    def document(self, file: str) -> Document | None:
        """A YAML file; None where it is none, which is reported."""
        text = self.text(file)
        if text is None:
            return None
        try:
            return read_yaml(self.name(file), text)
        except ContentError as error:
            self.problems.extend(error.problems)
            return None

    def fitted(
        self, document: Document, shape: type[_Shape], stand_ins: Mapping[Place, Any] | None = None
    ) -> Fitted[_Shape]:
        """What of a document has the shape; what has not is reported, texts included."""
        found = fit(document, shape, stand_ins or {})
        self.problems.extend(found.problems)
        self.check_texts(document, shape)
        return found

    def check_texts(self, document: Document, shape: Any) -> None:
        """A text needs each of the walkthrough's languages, and has no other."""
        if not self.languages:
            return
        for path, text in texts_in(shape, document.value):
            where = ".".join(str(part) for part in path)
            for code in self.languages:
                if code not in text:
                    self.problems.append(
                        ContentProblem(
                            document.file, document.line(path), f"{where}: no text in {code}"
                        )
                    )
            for code in text:
                if code not in self.languages and code not in self.tolerated:
                    self.problems.append(
                        ContentProblem(
                            document.file,
                            document.line((*path, code)),
                            f"{where}: language {code} is not one of this walkthrough's",
                            nearest(str(code), self.languages),
                        )
                    )

    def place(
        self, document: Document, path: Place, anchor: Anchor, candidates: Sequence[str], what: str
    ) -> int | None:
        """Where an anchor fits, from 0; None where it does not, which is reported."""
        try:
            return locate(anchor, candidates, what)
        except AnchorMissed as missed:
            self.problems.append(
                ContentProblem(document.file, document.line(path), missed.message, missed.nearest)
            )
            return None
