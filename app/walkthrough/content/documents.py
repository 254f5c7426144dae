# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Documents, YAML files as they were read; the program's own are kept for the next start."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from app import paths

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """A parsed YAML file: its value, and the 1-based line of each place in it."""

    file: str
    value: Any
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """The line of a place, or of the nearest place around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def changed(self, removed: Collection[Path], replaced: Mapping[Path, Any]) -> Document:
        """The document without some places, and with other values in others.

        What follows in a list moves up, and keeps its line.
        """
        lines: dict[Path, int] = {}

        def rebuilt(value: Any, path: Path, new: Path) -> Any:
            lines[new] = self.line(path)
            if path in replaced:
                return replaced[path]
            if isinstance(value, Mapping):
                added = {str(at[-1]): replaced[at] for at in replaced if at[:-1] == path and at}
                kept = {
                    key: rebuilt(item, (*path, key), (*new, key))
                    for key, item in value.items()
                    if (*path, key) not in removed
                }
                return {**kept, **added}
            if isinstance(value, list):
                kept_items = [i for i in range(len(value)) if (*path, i) not in removed]
                return [
                    rebuilt(value[index], (*path, index), (*new, position))
                    for position, index in enumerate(kept_items)
                ]
            return value

        return Document(self.file, rebuilt(self.value, (), ()), lines)


def kept_document(file: str, text: str) -> Document:
    """The document of a text that was checked, in the user's cache folder since it was first read.

    It is read by module `yaml_lines`, and again where that or the text has changed. Raises
    ContentError as `read_yaml` does.
    """
    reader = (paths.PACKAGE / "walkthrough" / "content" / "yaml_lines.py").read_bytes()
    digest = hashlib.sha256(reader + text.encode()).hexdigest()
    path = paths.cache_folder() / "documents" / f"{file}.pickle"
    # As with templates, whoever may write there may do all that the program may. Whatever is wrong
    # with what is kept, the text is there.
    with suppress(Exception):
        known, value, lines = pickle.loads(path.read_bytes())  # noqa: S301
        if known == digest:
            return Document(file, value, lines)
    # A library that is not needed again.
    from app.walkthrough.content.yaml_lines import read_yaml

    document = read_yaml(file, text, is_checked=True)
    paths.keep(path, pickle.dumps((digest, document.value, document.lines)))
    return document
