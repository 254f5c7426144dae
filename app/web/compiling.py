# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Templates as they are compiled: in one language, whose fixed words stand in what is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from jinja2 import FileSystemBytecodeCache, nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from app import paths
from app.i18n import Language

#: `_('some words')`, with nothing else between the brackets.
_CALL: Final = ("name", "lparen", "string", "rparen")
#: Templates that are given records alone.
_OF_RECORDS: Final = ("base.html", "life/line.html", "line.html", "meta.html", "reading/")


class FixedWords(Extension):
    """`_('…')` becomes the words themselves, as HTML: `('…'|safe)`.

    The environment has the `Language` as `words`.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The tokens of a template, its fixed words translated."""
        words: Language = self.environment.words  # type: ignore[attr-defined]
        tokens, at = list(stream), 0
        while at < len(tokens):
            call = tokens[at : at + 4]
            if call[0].value == "_" and tuple(token.type for token in call) == _CALL:
                line = call[0].lineno
                # A percent sign is written twice in messages.
                text = words.gettext(call[2].value) % {}
                yield call[1]
                yield Token(line, "string", text)
                yield Token(line, "pipe", "|")
                yield Token(line, "name", "safe")
                yield call[3]
                at += 4
            else:
                yield call[0]
                at += 1


class Straight(CodeGenerator):
    """Code that puts HTML into a page as it is, where Jinja's own copies each piece first.

    An attribute of a record is read as Python does; who may be given a dict asks Jinja for it.
    """

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        is_block = isinstance(node.node, nodes.Name) and node.node.name == "self"
        if is_block or not (self.name or "").startswith(_OF_RECORDS):
            super().visit_Getattr(node, frame)
        else:
            self.visit(node.node, frame)
            self.write(f".{node.attr}")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write("(it if type(it := ")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write(") is Markup else escape(it))")


class CompiledTemplates(FileSystemBytecodeCache):
    """Compiled templates of a language, kept for the next start.

    Where the folder cannot be written to, each start compiles its own.
    """

    def __init__(self, words: Language) -> None:
        super().__init__(str(paths.cache_folder() / "templates" / words.code))
        self._words = words.digest + Path(__file__).read_text()

    def get_source_checksum(self, source: str) -> str:
        """What is kept is for this source in these words, compiled as it is here."""
        return hashlib.sha256((self._words + source).encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)
