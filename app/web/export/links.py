# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Addresses of the program as places in a folder of files, under whatever path that is served.

`/tcp_close/drain?recv=300&lang=zh` is `zh/tcp_close/drain/?recv=300`, and its page is the file
`zh/tcp_close/drain/index.html`: the language is a folder, everything else stays in the query.
Several lines have no file of their own, as there are so many: `tcp_close/#L42-L48`.

The program is asked for its pages under a path that occurs nowhere else, so that every address in
them begins with it, and ends with the attribute that it is in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape
from typing import Final

from app.i18n import DEFAULT_LANGUAGE, LANGUAGE_CODES
from app.kernel.life.conditions import CONDITIONS

#: The path under which the program is asked; in a finished page it stands for the export's root.
ROOT: Final = "/~root~"
#: The language is a folder, and files have no lives but those under the usual conditions.
_NOT_KEPT: Final = frozenset({"lang", *CONDITIONS})
_RANGE: Final = re.compile(r"L[0-9]{1,6}-L?[0-9]{1,6}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address of the program, without the path that it is served under."""

    #: `/tcp_close/drain`; the front page is `/`.
    path: str
    #: Without the language: `recv=300`; empty where there is none.
    query: str = ""
    #: None where the address names none.
    lang: str | None = None
    #: What follows `#`.
    fragment: str = ""

    @property
    def is_file(self) -> bool:
        """Whether it is data, and no page."""
        return self.path.endswith(".json")

    def without(self, *keys: str) -> str:
        """The query without some of its fields."""
        return "&".join(
            pair for pair in self.query.split("&") if pair and pair.partition("=")[0] not in keys
        )

    def place(self, lang: str = DEFAULT_LANGUAGE) -> str:
        """Where it is below the root: `zh/tcp_close/?recv=300`; `""` is the front page.

        `lang` is the language where the address names none.
        """
        folder, fragment = self.path.strip("/"), self.fragment
        name, _, place = folder.partition("/")
        if _RANGE.fullmatch(place):
            folder, fragment = name, place
        if self.path.startswith("/static/"):
            return folder
        spoken = self.lang or lang
        if spoken in LANGUAGE_CODES and spoken != DEFAULT_LANGUAGE:
            folder = f"{spoken}/{folder}"
        if self.is_file:
            return folder
        folder = folder.strip("/")
        return (
            (f"{folder}/" if folder else "")
            + (f"?{self.query}" if self.query else "")
            + (f"#{fragment}" if fragment else "")
        )


def read_address(text: str) -> Address:
    """An address such as `/tcp_close?recv=300&lang=zh#L4`."""
    rest, _, fragment = text.partition("#")
    path, _, query = rest.partition("?")
    pairs = [pair for pair in query.split("&") if pair]
    lang = next((pair[5:] for pair in pairs if pair.startswith("lang=")), None)
    kept = "&".join(pair for pair in pairs if pair.partition("=")[0] not in _NOT_KEPT)
    return Address(path=path, query=kept, lang=lang, fragment=fragment)


def place_of(address: str) -> str:
    """Where an address of the program is below the root."""
    return read_address(address).place()


def file_of(path: str, lang: str) -> str:
    """The file of a page: `zh/tcp_close/index.html`."""
    return Address(path=path).place(lang) + "index.html"


def relative(html: str, file: str) -> str:
    """A finished page as it stands in its file: the root is as many folders up as it lies deep."""
    return html.replace(f"{ROOT}/", "../" * file.count("/") or "./")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A finished page: each address in it is a place behind `ROOT`."""

    html: str
    #: Where it leads, each address once.
    links: frozenset[Address] = frozenset()
    #: The scenario that its own steps repeat; None where it has no steps.
    scenario: str | None = None


def finished(html: str, lang: str, home: str | None = None) -> Page:
    """The page that the program has answered with, `lang` being its language.

    Where `home` is given the page shows one scenario of that walkthrough. Links to its steps lose
    the scenario (`?step=4`), so that the same step is the same text in every page.
    """
    head, *rest = html.split(f"{ROOT}/")
    parts, links = [head], set()
    scenario = None
    for part in rest:
        text, quote, more = part.partition('"')
        address, place = _read_link(text, lang)
        links.add(address)
        if address.path == home and "step=" in address.query:
            scenario = address.without("step")
            place = f"?step={address.query.rpartition('step=')[2]}"
        parts += [place, quote, more]
    return Page(html="".join(parts), links=frozenset(links), scenario=scenario)


@lru_cache(maxsize=65_536)
def _read_link(text: str, lang: str) -> tuple[Address, str]:
    """What follows `ROOT` in a page, and what takes its place; most are in many pages."""
    address = read_address(unescape(f"/{text}"))
    return address, f"{ROOT}/{escape(address.place(lang))}"
