# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Reads pages as a browser without scripts does: elements, attributes, texts, links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx2

VOID = frozenset(
    "area base br col embed hr img input link meta source track wbr path circle rect line".split()
)


@dataclass
class Element:
    """An element of a page; `inside` are the elements and texts that it holds."""

    tag: str
    attributes: dict[str, str]
    inside: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """The element and all below it, in the order of the page."""
        yield self
        for item in self.inside:
            if isinstance(item, Element):
                yield from item.walk()

    def all(self, tag: str = "", **wanted: str) -> list[Element]:
        """The elements below with this tag and these attributes (`class_` for class)."""
        pairs = {key.rstrip("_").replace("_", "-"): value for key, value in wanted.items()}
        return [
            element
            for element in self.walk()
            if tag in ("", element.tag)
            and all(
                value in element.attributes.get(key, "").split()
                if key == "class"
                else element.attributes.get(key) == value
                for key, value in pairs.items()
            )
        ]

    def one(self, tag: str = "", **wanted: str) -> Element:
        """The only element of that kind."""
        found = self.all(tag, **wanted)
        assert len(found) == 1, f"{len(found)} times <{tag}> {wanted}"
        return found[0]

    @property
    def text(self) -> str:
        """The text inside, white space folded."""
        parts = [item if isinstance(item, str) else item.text for item in self.inside]
        return " ".join(" ".join(parts).split())

    def __getitem__(self, attribute: str) -> str:
        return self.attributes[attribute]

    def get(self, attribute: str) -> str | None:
        """An attribute; None where there is none, empty where it has no value."""
        return self.attributes.get(attribute)


class _Reader(HTMLParser):
    """Elements have to be closed in the order in which they were opened."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def read(html: str) -> Element:
    """The elements of a page; what is not well-formed fails the test."""
    assert html.startswith("<!doctype html>"), html[:100]
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert len(reader.open) == 1, f"never closed: {[item.tag for item in reader.open[1:]]}"
    return reader.root


def document(response: httpx2.Response) -> Element:
    """The elements of an answer that is a page."""
    assert response.headers["content-type"] == "text/html; charset=utf-8", response.text[:300]
    return read(response.text)


def links(page: Element, base: str) -> set[str]:
    """The addresses on this host that a page leads to or loads, without fragments."""
    found = set()
    for element in page.walk():
        for attribute in ("href", "src", "action"):
            address = element.get(attribute)
            if address is None:
                continue
            parts = urlsplit(urljoin(f"http://testserver{base}", address))
            if parts.netloc == "testserver":
                found.add(parts.path + (f"?{parts.query}" if parts.query else ""))
    return found
