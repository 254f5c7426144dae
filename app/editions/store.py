# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The store of the reader's kernels: a folder with a small file for each text.

A file is named after the digest of its text, so that the same text is kept once, with all its
labels. A label that two texts have is told apart by the digest: `6.1.0~5f2c81ab`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.errors import NotTaken
from app.paths import editions_folder
from app.walkthrough.content.shapes import adapter
from app.walkthrough.records import Edition, Walkthrough

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from app.editions.records import Kept

#: Texts of a function that are kept at most, and bytes of the file of one.
MAX_TEXTS: Final = 500
MAX_BYTES: Final = 1_000_000


def _json() -> TypeAdapter[Kept]:
    # Most readers have imported none.
    from app.editions.records import Kept

    return adapter(Kept)


class Store:
    """The texts of one function."""

    def __init__(self, folder: Path, function: str) -> None:
        self.folder = folder / function

    def all(self) -> list[Kept]:
        """Every text that can be read, by label; files of anything else are passed over."""
        found = []
        try:
            paths = sorted(self.folder.glob("*.json"))[:MAX_TEXTS]
        except OSError:
            # Somebody else's folder: there are none for who may not look.
            return []
        for path in paths:
            try:
                if path.stat().st_size <= MAX_BYTES:
                    found.append(_json().validate_json(path.read_bytes()))
            except (OSError, ValueError):
                continue
        return sorted(found, key=lambda kept: _version(kept.label))

    def add(self, kept: Kept) -> Kept:
        """Keep a text; where it is kept already, it gets the label too. Raises NotTaken."""
        every = self.all()
        known = next((item for item in every if item.digest == kept.digest), None)
        (label,) = kept.labels
        others = {item.name for other in every if other is not known for item in other.labels}
        if label.name in others:
            # As long as an address takes.
            label = replace(label, name=f"{label.name[:39]}~{kept.digest}")
        if known is not None:
            rest = tuple(item for item in known.labels if item.name != label.name)
            kept = replace(known, labels=(*rest, label))
        else:
            kept = replace(kept, labels=(label,))
            if len(every) >= MAX_TEXTS:
                raise NotTaken(f"{self.folder} has {MAX_TEXTS} texts already: remove some")
        path = self.folder / f"{kept.digest}.json"
        part = path.with_suffix(f".{os.getpid()}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(_json().dump_json(kept))
            part.replace(path)
        except OSError as error:
            raise NotTaken(f"{path} cannot be written: {error.strerror}") from error
        return kept

    def remove(self, name: str) -> Kept:
        """Forget a label, and the text with its last one. Raises NotTaken."""
        for kept in self.all():
            rest = tuple(label for label in kept.labels if label.name != name)
            if len(rest) < len(kept.labels) or kept.digest == name:
                path = self.folder / f"{kept.digest}.json"
                try:
                    if rest and kept.digest != name:
                        path.write_bytes(_json().dump_json(replace(kept, labels=rest)))
                    else:
                        path.unlink()
                except OSError as error:
                    raise NotTaken(f"{path} cannot be changed: {error.strerror}") from error
                return kept
        known = ", ".join(label.name for kept in self.all() for label in kept.labels) or "none"
        raise NotTaken(f"no text is called {name}; there are: {known}")


def _version(label: str) -> tuple[tuple[int, int | str], ...]:
    """A label in the order of versions: 6.6 before 6.12."""
    parts = "".join(c if c.isalnum() else "." for c in label).split(".")
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in parts)


class Kernels(Mapping[str, Edition]):
    """The editions of a walkthrough that were imported, by label.

    Each is made when it is asked for; one that cannot be made any more is not there.
    """

    def __init__(self, walkthrough: Walkthrough, kept: list[Kept]) -> None:
        self._walkthrough = walkthrough
        self._kept = {label.name: item for item in kept for label in item.labels}
        self._made: dict[str, Edition | None] = {}

    def __getitem__(self, label: str) -> Edition:
        kept = self._kept[label]
        if label not in self._made:
            try:
                from app.editions.loading import load

                self._made[label] = replace(load(kept, self._walkthrough).edition, id=label)
            except NotTaken:
                self._made[label] = None
        edition = self._made[label]
        if edition is None:
            raise KeyError(label)
        return edition

    def __iter__(self) -> Iterator[str]:
        return (label for label in self._kept if label in self)

    def __contains__(self, label: object) -> bool:
        return (
            isinstance(label, str) and label in self._kept and self._made.get(label, 0) is not None
        )

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @cached_property
    def kept(self) -> Mapping[str, Kept]:
        """What is kept of each."""
        return self._kept


def with_kernels(walkthrough: Walkthrough, folder: Path | None = None) -> Walkthrough:
    """The walkthrough with the editions that its reader has imported."""
    found = Store(folder or editions_folder(), walkthrough.id).all()
    return replace(walkthrough, kernels=Kernels(walkthrough, found)) if found else walkthrough
