# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""YAML with line numbers, so that a mistake can be shown where it is."""

from __future__ import annotations

from typing import Any, Final

import yaml

from app.errors import HIDDEN, ContentError, ContentProblem
from app.walkthrough.content.documents import Document, Path

# libyaml's parser is several times faster; the wheels of PyYAML have it.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


#: Deeper than this, or larger, nothing is that an author meant: aliases can make it endless.
MAX_DEPTH: Final = 40
MAX_PLACES: Final = 50_000
#: Characters of a text; reading its Markdown takes longer than in proportion to them.
MAX_TEXT: Final = 1 << 14


def read_yaml(file: str, text: str, *, is_checked: bool = False) -> Document:
    """Parses one YAML document; how deep it is nested is known of one that `is_checked`.

    Raises ContentError for what is no YAML, has a key twice, is nested too deeply or endlessly, or
    has a text that is too long or has letters that nobody sees.
    """
    try:
        # Before it is composed: libyaml does that on the stack, and dies where it is too deep.
        if not is_checked and (line := _too_deep(text)):
            raise ContentError([ContentProblem(file, line, _TOO_DEEP)])
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark.line + 1 if error.problem_mark else None
        raise ContentError(
            [ContentProblem(file, at, f"not YAML: {error.problem or error}")]
        ) from None
    except yaml.YAMLError as error:
        raise ContentError([ContentProblem(file, None, f"not YAML: {error}")]) from None
    reader = _Reader(file)
    try:
        value = reader.convert(node, ())
    except _TooMuch as found:
        raise ContentError([ContentProblem(file, found.line, found.message)]) from None
    if reader.problems:
        raise ContentError(reader.problems)
    return Document(file, value, reader.lines)


_TOO_DEEP: Final = f"nested more than {MAX_DEPTH} deep"


def _too_deep(text: str) -> int | None:
    """The line where the nesting gets too deep; None where it does not."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                assert event.start_mark is not None, "both parsers give one"
                return event.start_mark.line + 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


class _TooMuch(Exception):
    """Something that the rest of the file is not read with."""

    def __init__(self, node: yaml.Node, message: str) -> None:
        self.line = node.start_mark.line + 1
        self.message = message
        super().__init__(message)


class _Reader:
    """Makes values of nodes, and notes the line of each."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path, int] = {}
        self.problems: list[ContentProblem] = []
        self._constructor = yaml.SafeLoader("")
        #: The collections that are being read, from the outside in.
        self._around: list[yaml.Node] = []

    def convert(self, node: yaml.Node | None, path: Path) -> Any:
        """The value of a node."""
        if node is None:
            return None
        self.lines[path] = node.start_mark.line + 1
        if len(self.lines) > MAX_PLACES:
            raise _TooMuch(node, f"more than {MAX_PLACES} values, with what aliases repeat")
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node)
        if any(node is other for other in self._around):
            raise _TooMuch(node, "stands inside of itself")
        if len(self._around) >= MAX_DEPTH:
            raise _TooMuch(node, _TOO_DEEP)
        self._around.append(node)
        value = (
            self.mapping(node, path)
            if isinstance(node, yaml.MappingNode)
            else [self.convert(child, (*path, index)) for index, child in enumerate(node.value)]
        )
        self._around.pop()
        return value

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        """A mapping; its keys are words, whatever YAML takes them for."""
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _TooMuch(key_node, "a key has to be a word")
            key = self.plain(key_node)
            if not isinstance(key, str):
                # YAML reads a bare `on` or `true` as a truth value; ids are words.
                key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in mapping:
                self.problems.append(ContentProblem(self.file, line, f"key {key} stands twice"))
            mapping[key] = self.convert(value_node, (*path, key))
            self.lines[(*path, key)] = line
        return mapping

    def scalar(self, node: yaml.ScalarNode) -> Any:
        """A single value."""
        if node.tag == "tag:yaml.org,2002:bool" and node.value.lower() not in ("true", "false"):
            # `off`, `on`, `yes` and `no` are words here (linger: off).
            return node.value
        return self.plain(node)

    def plain(self, node: yaml.ScalarNode) -> Any:
        """What YAML takes a node for; what is none, such as a bare `=`, is a problem."""
        wrong = None
        if len(node.value) > MAX_TEXT:
            wrong = f"a text of more than {MAX_TEXT} characters"
        elif hidden := HIDDEN.search(node.value):
            wrong = f"a character that nobody sees: {hidden[0]}"
        elif node.tag == "tag:yaml.org,2002:str":
            return node.value
        else:
            try:
                return self._constructor.construct_object(node)
            except Exception:
                wrong = f"no value: {node.value}"
        self.problems.append(ContentProblem(self.file, node.start_mark.line + 1, wrong))
        return None
