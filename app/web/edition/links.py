# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Addresses of the program as places in a folder of files, under whatever path that is served.

`/tcp_close/drain?recv=300&lang=zh` is `zh/tcp_close/drain/?recv=300`, and its page is the file
`zh/tcp_close/drain/index.html`: the language is a folder, everything else stays in the query.
Several lines have no file of their own, as there are so many: `tcp_close/#L42-L48`.
"""

from __future__ import annotations

import re
from html import escape, unescape

from app.i18n import DEFAULT_LANGUAGE, LANGUAGE_CODES

_ATTRIBUTE = re.compile(r'(?<=\s)(href|src|action|data-home|data-notes)="(/[^"]*)"')
#: Addresses that do not name the language, since a field of the form or the page does.
_WITHOUT_LANGUAGE = frozenset({"action", "data-home"})
_RANGE = re.compile(r"L[0-9]{1,6}-L?[0-9]{1,6}", re.ASCII)
_LANGUAGE_FIELD = re.compile(r'\s*<input type="hidden" name="lang" value="[^"]*">')


def place_of(address: str) -> str:
    """Where an address is below the edition's root: `zh/tcp_close/?recv=300`; `""` is the front."""
    rest, hash_mark, fragment = address.partition("#")
    path, _, query = rest.partition("?")
    pairs = [pair for pair in query.split("&") if pair]
    lang = next((pair[5:] for pair in pairs if pair.startswith("lang=")), DEFAULT_LANGUAGE)
    kept = "&".join(pair for pair in pairs if not pair.startswith("lang="))
    folder = path.strip("/")
    name, _, place = folder.partition("/")
    if _RANGE.fullmatch(place):
        folder, hash_mark, fragment = name, "#", place
    if folder and not path.startswith("/static/"):
        folder += "/"
    if lang != DEFAULT_LANGUAGE and lang in LANGUAGE_CODES:
        folder = f"{lang}/{folder}"
    return folder + (f"?{kept}" if kept else "") + hash_mark + fragment


def file_of(address: str) -> str:
    """The file of a page: `zh/tcp_close/index.html`."""
    return place_of(address).partition("#")[0].partition("?")[0] + "index.html"


def linked(html: str) -> list[str]:
    """Every address that a page links to, as the program has it."""
    return [unescape(value) for _, value in _ATTRIBUTE.findall(html)]


def relative(html: str, up: str, lang: str = DEFAULT_LANGUAGE) -> str:
    """The page with each address as a place behind `up`, the way to the edition's root.

    `lang` is the page's language: forms lead to pages in the same one.
    """

    def replace(match: re.Match[str]) -> str:
        address = unescape(match[2])
        if match[1] in _WITHOUT_LANGUAGE and lang != DEFAULT_LANGUAGE:
            address = f"{address.partition('?')[0]}?lang={lang}"
        return f'{match[1]}="{escape(up + place_of(address) or "./")}"'

    return _ATTRIBUTE.sub(replace, _LANGUAGE_FIELD.sub("", html))


def up_from(file: str) -> str:
    """The way from a file's folder to the root: `../../`."""
    return "../" * file.count("/")
