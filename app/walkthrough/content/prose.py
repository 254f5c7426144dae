# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Commentary: Markdown in a fixed shape, with links to places of the walkthrough.

A file is a lead, then sections under `## why`, `## here`, `## seen`, `## rfc`, `## trap`. Links
name what they point at (`branch:unread/true`, `rfc:9293#3.6`), never an address. Raw HTML is
shown as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin

#: The sections in the order in which they stand, and whether each block has to have them.
SECTIONS: Final[Mapping[str, bool]] = {
    "why": True,
    "here": True,
    "seen": True,
    "rfc": False,
    "trap": False,
}
LINK_SCHEMES: Final = (
    *("block", "branch", "decision", "preset", "helper", "term", "scenario", "symptom", "rfc"),
)
_LINK: Final = re.compile(rf"(?P<scheme>{'|'.join(LINK_SCHEMES)}):(?P<target>.+)")
_CJK: Final = r"\u3000-\u9fff\uff00-\uffef"
_BETWEEN_CHINESE: Final = re.compile(rf"(?<=[{_CJK}]) (?=[{_CJK}])")
_ARROW: Final = "-&gt;"
_CHAIN: Final = re.compile(r"(?:(?<!\w)\w+|\(\w*\)|\))(?:-&gt;\w+)+")
_RFC: Final = re.compile(r"(?P<number>[1-9][0-9]{0,4})(#(?P<section>[0-9A-Z.]+))?")


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the commentary. `line` is 1-based in the Markdown file."""

    scheme: str
    target: str
    line: int


#: Gives the address of a link.
Resolver = Callable[[Link], str]


Stream = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """A commentary; its `text` is parsed when a part of it is first asked for."""

    text: str

    @property
    def lead(self) -> Stream:
        """What stands before the first section."""
        return _parts(self.text)[0]

    @property
    def sections(self) -> Mapping[str, Stream]:
        """The sections by their key."""
        return _parts(self.text)[1]

    @property
    def strays(self) -> Sequence[tuple[str, int]]:
        """Headings that are no section of ours, or out of order, with their 1-based line."""
        return _parts(self.text)[2]

    def links(self) -> Iterator[Link]:
        """Every link, in order."""
        for stream in (self.lead, *self.sections.values()):
            yield from _links(stream)


def prose_of(texts: Mapping[str, str]) -> Mapping[str, Prose]:
    """A text by language, as commentary."""
    return {code: Prose(text) for code, text in texts.items()}


# The statements of the source stand on every page.
@lru_cache(maxsize=4096)
def code_html(text: str) -> str:
    """Code as HTML, its arrows kept with the names that they join."""
    return with_chains(escape(text), _CHAIN)


def with_chains(html: str, chain: re.Pattern[str]) -> str:
    """Code in which what an arrow leads to stays on the line of its arrow.

    A browser breaks a line after a hyphen, also after that of an arrow. `chain` matches a name with
    all members that arrows lead to; a long one may break before its second arrow.
    """

    def kept(found: re.Match[str]) -> str:
        first, second, *rest = found[0].split(_ARROW)
        pieces = [first + _ARROW + second, *(_ARROW + name for name in rest)]
        return "<wbr>".join(f'<span class="o">{piece}</span>' for piece in pieces)

    return chain.sub(kept, html)


def _code(_: object, tokens: Sequence[Token], index: int, *__: object) -> str:
    return f"<code>{code_html(tokens[index].content)}</code>"


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).use(deflist_plugin)
    markdown.enable("table")
    # Images and raw HTML have no place in a commentary; both stay visible as text.
    markdown.disable(["image", "html_block", "html_inline"])
    # Our schemes (`branch:`) are let through here and checked one by one when content is loaded.
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]
    markdown.add_render_rule("code_inline", _code)
    return markdown


_MARKDOWN: Final = _markdown()


# A text is read once to be checked and once to be shown; nobody changes what is read.
@lru_cache(maxsize=2048)
def _parts(text: str) -> tuple[Stream, Mapping[str, Stream], Sequence[tuple[str, int]]]:
    """The lead, the sections and the strays of a commentary."""
    lead: list[Token] = []
    sections: dict[str, list[Token]] = {}
    strays: list[tuple[str, int]] = []
    current = lead
    tokens = _MARKDOWN.parse(text)
    order, last = list(SECTIONS), -1
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.type == "heading_open":
            key = tokens[position + 1].content.strip()
            line = (token.map or [0])[0] + 1
            rank = order.index(key) if token.tag == "h2" and key in SECTIONS else -1
            if rank <= last:
                strays.append((key, line))
            last = max(last, rank)
            current = sections.setdefault(key, [])
            position += 3
            continue
        current.append(token)
        position += 1
    return tuple(lead), {key: tuple(stream) for key, stream in sections.items()}, strays


def render(stream: Stream, resolve: Resolver) -> str:
    """HTML of a token stream, its links given addresses by `resolve`."""
    tokens = [_resolved(token, resolve) for token in stream]
    html: str = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return html


def plain_text(stream: Stream) -> str:
    """The words of a token stream on one line, without marks and links."""
    words: list[str] = []
    for token in stream:
        # A line break within Chinese stands for nothing.
        for child in token.children or ():
            words += " " if child.type == "softbreak" else child.content
        words.append(" ")
    return _BETWEEN_CHINESE.sub("", " ".join("".join(words).split()))


def paragraphs(stream: Stream, resolve: Resolver | None = None) -> Iterator[str]:
    """The paragraphs of a token stream, items of lists beginning with "- ".

    As Markdown with the addresses of `resolve`; without it as plain text, which has no links.
    """
    mark = ""
    for token in stream:
        if token.type == "list_item_open":
            mark = "- "
        elif token.type == "inline":
            text = "".join(_written(token.children or (), resolve))
            yield mark + _BETWEEN_CHINESE.sub("", text)
            mark = ""


def _written(children: Sequence[Token], resolve: Resolver | None) -> Iterator[str]:
    address = ""
    for child in children:
        match child.type:
            case "softbreak" | "hardbreak":
                yield " "
            case "link_open" if resolve is not None:
                address = resolve(_split(child, 0))
                yield "["
            case "link_close" if resolve is not None:
                yield f"]({address})"
            case "code_inline" if resolve is not None:
                yield f"`{child.content}`"
            case _:
                yield child.content if resolve is None else child.markup or child.content


# The same few reasons and effects stand on every page.
@lru_cache(maxsize=4096)
def render_inline(text: str) -> str:
    """HTML of one line of Markdown without links: code spans and emphasis."""
    return str(_INLINE.renderInline(text))


_INLINE: Final = MarkdownIt("zero").enable(["backticks", "emphasis", "escape"])
_INLINE.add_render_rule("code_inline", _code)


def rfc_address(target: str) -> str | None:
    """The address of `9293#3.10.4` at the RFC editor; None for what names no RFC."""
    match = _RFC.fullmatch(target)
    if match is None:
        return None
    section = match["section"]
    return f"https://www.rfc-editor.org/rfc/rfc{match['number']}" + (
        f"#section-{section}" if section else ""
    )


def _split(token: Token, line: int) -> Link:
    address = str(token.attrs.get("href", ""))
    match = _LINK.fullmatch(address)
    return Link(match["scheme"], match["target"], line) if match else Link("", address, line)


def _links(stream: Stream) -> Iterator[Link]:
    line = 1
    for token in stream:
        if token.map:
            line = token.map[0] + 1
        for child in token.children or ():
            if child.type == "link_open":
                yield _split(child, line)


def _resolved(token: Token, resolve: Resolver) -> Token:
    if not token.children:
        return token
    children = []
    for child in token.children:
        if child.type == "link_open":
            link = _split(child, 0)
            attrs: dict[str, str | int | float] = {"href": resolve(link)}
            attrs["class"] = f"to-{link.scheme}" if link.scheme else "to-web"
            if link.scheme == "rfc":
                attrs["rel"] = "external"
            child = child.copy(attrs=attrs)
        children.append(child)
    return token.copy(children=children)
