# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The source as HTML, line by line: Pygments' tokens, and links on names that are explained."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Final

from pygments.lexers.c_cpp import CLexer
from pygments.token import STANDARD_TYPES, Token, _TokenType

from app.csource.source import Source
from app.walkthrough.content.prose import with_chains

#: What style sheets dress (code.css, embed.css); other tokens need no element of their own.
_DRESSED: Final = frozenset({"k", "kt", "kr", "mi", "mh", "mo", "s", "s1", "c1", "cm", "cp", "nf"})

_NAME = r"(?:<a [^>]*>\w+</a>|\w+)"
#: A name, or the end of a call, with all members that arrows lead to: `sk->sk_prot->orphan_count`.
_CHAIN = re.compile(rf"(?:{_NAME}|\((?:{_NAME})?\)|\))(?:-&gt;{_NAME})+")


def token_lines(source: Source) -> list[list[tuple[_TokenType, str]]]:
    """The tokens of each line."""
    lines: list[list[tuple[_TokenType, str]]] = [[]]
    lexer = CLexer(stripnl=False, ensurenl=False)  # type: ignore[no-untyped-call]
    for token, text in lexer.get_tokens(source.text):
        for number, part in enumerate(text.split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append((token, part))
    return lines[: len(source.lines)]


def highlighted_lines(source: Source, explained: Mapping[str, str]) -> tuple[str, ...]:
    """The HTML of each line. A name in `explained` links to the fragment that it maps to."""
    return tuple(
        with_chains("".join(_element(token, part, explained) for token, part in line), _CHAIN)
        for line in token_lines(source)
    )


def _element(token: _TokenType, text: str, explained: Mapping[str, str]) -> str:
    html = escape(text, quote=False)
    if text in explained and Token.Comment not in token.split():
        return f'<a class="fn" href="#{explained[text]}">{html}</a>'
    kind = STANDARD_TYPES.get(token, "")
    return f'<span class="{kind}">{html}</span>' if kind in _DRESSED else html
