# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""How many bytes a page's first view brings over the wire, and how many all that comes later."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TypeAlias
from urllib.parse import urljoin

from benchmarks.figures import Budget, Figure
from benchmarks.servers import PROGRAM, Server, running

PART = "bytes"

#: What a student uses: everything that these pages load, at first or at any time later.
DESK = ("/", "/tcp_close", "/tcp_close/symptoms", "/tcp_close/challenges")
_KB = 1000

_Imports: TypeAlias = Callable[[str], list[str]]


def measure(*, is_quick: bool = False) -> list[Figure]:
    """HTML, style sheets and scripts of /tcp_close, and of the preset with the largest page."""
    with running(*PROGRAM) as program:
        pages = list(_preset_pages(program).items())[: 2 if is_quick else None]
        sizes = {path: len(program.get(path).body) for _, path in pages}
        name, heaviest = max(pages, key=lambda page: sizes[page[1]])
        figures = []
        for page, path in (("/tcp_close", "/tcp_close"), (f"heaviest, {name}", heaviest)):
            view = FirstView(program)
            view.load(path)
            figures += [
                _figure(page, "HTML", view.html, 60),
                _figure(page, f"CSS, {len(view.sheets)} files", sum(view.sheets.values()), 12),
                _figure(page, f"JS, {len(view.scripts)} files", sum(view.scripts.values()), 20),
                _figure(page, "all that the first view loads", view.total, 110),
            ]
        desk = FirstView(program, with_later=True)
        for path in DESK:
            desk.load(path)
        for name, sizes_of_all, limit in (("JS", desk.scripts, 30), ("CSS", desk.sheets, 16)):
            files = f"{name}, {len(sizes_of_all)} files, those that come later too"
            figures.append(_figure("study desk", files, sum(sizes_of_all.values()), limit))
        return figures


def _figure(page: str, what: str, size: int, limit: int) -> Figure:
    return Figure(PART, f"{page}: {what}", round(size / _KB, 1), "kB", Budget(limit))


def _preset_pages(program: Server) -> dict[str, str]:
    """The page of each preset in each language, by a name for people."""
    answer = program.get("/api/tcp_close")
    walkthrough = json.loads(_text(answer.body, answer.headers))
    return {
        f"{preset['id']} ({lang})": "/tcp_close?"
        + "&".join(part for part in (preset["query"], f"lang={lang}") if part)
        for lang in walkthrough["languages"]
        for preset in walkthrough["presets"]
    }


@dataclass
class FirstView:
    """Loads a page as a browser without a cache does, and weighs what comes.

    `html`, `sheets` and `scripts` are sizes in bytes, the last two by address. What is only for
    paper is not part of it. With `with_later` also what a script brings in when it is needed.
    """

    server: Server
    with_later: bool = False
    html: int = 0
    sheets: dict[str, int] = field(default_factory=dict)
    scripts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of it, in bytes."""
        return self.html + sum(self.sheets.values()) + sum(self.scripts.values())

    def load(self, path: str) -> None:
        """The page and everything that it names."""
        text, self.html = self._get(path)
        links = _Links()
        links.feed(text)
        for href in links.sheets:
            self._follow(urljoin(path, href), self.sheets, css_imports)
        for src in links.scripts:
            self._follow(urljoin(path, src), self.scripts, script_imports)

    def _follow(self, path: str, sizes: dict[str, int], imports: _Imports) -> None:
        if path in sizes:
            return
        text, sizes[path] = self._get(path)
        for name in imports(text):
            self._follow(urljoin(path, name), sizes, imports)
        if self.with_later and sizes is self.scripts:
            for name in later_imports(text):
                self._follow(urljoin(path, name), sizes, imports)
            for sheet in later_sheets(text):
                sheets = path.partition("/js/")[0] + "/css/"
                self._follow(urljoin(sheets, sheet), self.sheets, css_imports)

    def _get(self, path: str) -> tuple[str, int]:
        answer = self.server.get(path)
        return _text(answer.body, answer.headers), len(answer.body)


def _text(body: bytes, headers: Mapping[str, str]) -> str:
    return (gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body).decode()


class _Links(HTMLParser):
    """The style sheets and scripts that a page names to a browser that runs scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[str] = []
        self.scripts: list[str] = []
        self._is_without_scripts = False

    def handle_endtag(self, tag: str) -> None:
        if tag == "noscript":
            self._is_without_scripts = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "noscript":
            self._is_without_scripts = True
        if self._is_without_scripts:
            return
        values = dict(attrs)
        rel = (values.get("rel") or "").lower().split()
        href, src = values.get("href"), values.get("src")
        if values.get("media") == "print":
            return
        if tag == "link" and href and "stylesheet" in rel and "alternate" not in rel:
            self.sheets.append(href)
        elif tag == "link" and href and "modulepreload" in rel:
            self.scripts.append(href)
        elif tag == "script" and src:
            self.scripts.append(src)


_COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)
_SCRIPT_IMPORT = re.compile(
    r"""(?:^|[;}\s])(?:import|export)\b(?:[^'"`;()]*?\bfrom)?\s*(['"])([^'"]+)\1""", re.MULTILINE
)
_LATER_IMPORT = re.compile(r"""\bimport\(\s*(['"])([^'"]+)\1\s*\)""")
_LATER_SHEET = re.compile(r"""\bneedSheet\(\s*(['"])([\w-]+)\1\s*\)""")
_CSS_IMPORT = re.compile(r"""@import\s+(?:url\(\s*)?['"]?([^'")\s;]+)""")


def script_imports(text: str) -> list[str]:
    """What an ES module imports statically, as it is written there."""
    return [match[2] for match in _SCRIPT_IMPORT.finditer(_COMMENT.sub("", text))]


def later_imports(text: str) -> list[str]:
    """What an ES module imports when it is needed, as it is written there."""
    return [match[2] for match in _LATER_IMPORT.finditer(_COMMENT.sub("", text))]


def later_sheets(text: str) -> list[str]:
    """The files of static/css/ that an ES module asks for when they are needed."""
    return [f"{match[2]}.css" for match in _LATER_SHEET.finditer(_COMMENT.sub("", text))]


def css_imports(text: str) -> list[str]:
    """What a style sheet imports."""
    return _CSS_IMPORT.findall(_COMMENT.sub("", text))
