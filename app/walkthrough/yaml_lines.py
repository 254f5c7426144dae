# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""YAML with line numbers, so that a mistake can be shown where it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from app.errors import ContentError, ContentProblem

Path = tuple[str | int, ...]

# libyaml's parser is several times faster; the wheels of PyYAML have it.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Document:
    """A parsed YAML file: its value, and the 1-based line of each place in it."""

    file: str
    value: Any
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """The line of a place, or of the nearest place around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(file: str, text: str) -> Document:
    """Parses one YAML document. Raises ContentError for what is no YAML, or has a key twice."""
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise ContentError(
            [ContentProblem(file, line, f"not YAML: {error.problem or error}")]
        ) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise ContentError([ContentProblem(file, None, f"not YAML: {error}")]) from None
    lines: dict[Path, int] = {}
    problems: list[ContentProblem] = []
    constructor = yaml.SafeLoader("")

    def plain(node: yaml.Node) -> Any:
        try:
            return constructor.construct_object(node)
        except Exception:
            # Such as a bare `=`, or a date that is none.
            line = node.start_mark.line + 1
            problems.append(ContentProblem(file, line, f"no value: {node.value}"))
            return None

    def convert(node: yaml.Node | None, path: Path) -> Any:
        if node is None:
            return None
        lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            mapping: dict[Any, Any] = {}
            for key_node, value_node in node.value:
                key = plain(key_node)
                if not isinstance(key, str):
                    # YAML reads a bare `on` or `true` as a truth value; ids are words.
                    key = str(key_node.value)
                if key in mapping:
                    problems.append(
                        ContentProblem(
                            file, key_node.start_mark.line + 1, f"key {key} stands twice"
                        )
                    )
                mapping[key] = convert(value_node, (*path, key))
                lines[(*path, key)] = key_node.start_mark.line + 1
            return mapping
        if isinstance(node, yaml.SequenceNode):
            return [convert(child, (*path, i)) for i, child in enumerate(node.value)]
        if node.tag == "tag:yaml.org,2002:bool" and node.value.lower() not in ("true", "false"):
            # `off`, `on`, `yes` and `no` are words here (linger: off).
            return node.value
        return plain(node)

    try:
        value = convert(node, ())
    except RecursionError:
        problems.append(ContentProblem(file, None, "nested too deeply, or inside of itself"))
        value = None
    if problems:
        raise ContentError(problems)
    return Document(file, value, lines)
