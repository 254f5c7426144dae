# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Reads pages as a browser without scripts does: elements, attributes, texts, links."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx2

VOID = frozenset(
    "area base br col embed hr img input link meta source track wbr path circle rect line".split()
)


@dataclass(eq=False)
class Element:
    """An element of a page; `inside` are the elements and texts that it holds.

    `page` are all elements of the page in order; those below this one are a slice of it.
    """

    tag: str
    attributes: dict[str, str]
    page: list[Element] = field(repr=False)
    inside: list[Element | str] = field(default_factory=list, repr=False)
    start: int = 0
    end: int = 0

    def walk(self) -> list[Element]:
        """The element and all below it, in the order of the page."""
        return self.page[self.start : self.end]

    def all(self, tag: str = "", **wanted: str) -> list[Element]:
        """The elements below with this tag and these attributes (`class_` for class)."""
        found = [element for element in self.walk() if tag in ("", element.tag)]
        for name, value in wanted.items():
            key = name.rstrip("_").replace("_", "-")
            if key == "class":
                found = [e for e in found if value in e.attributes.get(key, "").split()]
            else:
                found = [e for e in found if e.attributes.get(key) == value]
        return found

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
        self.page: list[Element] = []
        self.root = Element("", {}, self.page)
        self.page.append(self.root)
        self.open = [self.root]

    def close_last(self) -> None:
        """The innermost open element ends here."""
        self.open.pop().end = len(self.page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs}, self.page)
        element.start = len(self.page)
        self.page.append(element)
        self.open[-1].inside.append(element)
        self.open.append(element)
        if tag in VOID:
            self.close_last()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.close_last()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.close_last()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def read(html: str) -> Element:
    """The elements of a page; what is not well-formed fails the test."""
    assert html.startswith("<!doctype html>"), html[:100]
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert len(reader.open) == 1, f"never closed: {[item.tag for item in reader.open[1:]]}"
    reader.close_last()
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
