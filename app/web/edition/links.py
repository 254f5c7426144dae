# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Addresses of the program as places in a folder of files, under whatever path that is served.

`/tcp_close/drain?recv=300&lang=zh` is `zh/tcp_close/drain/?recv=300`, and its page is the file
`zh/tcp_close/drain/index.html`: the language is a folder, everything else stays in the query.
"""

from __future__ import annotations

import re
from html import escape, unescape

from app.i18n import DEFAULT_LANGUAGE, LANGUAGE_CODES

_ATTRIBUTE = re.compile(r'(?<=\s)(href|src|action|data-home)="(/[^"]*)"')


def place_of(address: str) -> str:
    """Where an address is below the edition's root: `zh/tcp_close/?recv=300`; `""` is the front."""
    rest, hash_mark, fragment = address.partition("#")
    path, _, query = rest.partition("?")
    pairs = [pair for pair in query.split("&") if pair]
    lang = next((pair[5:] for pair in pairs if pair.startswith("lang=")), DEFAULT_LANGUAGE)
    kept = "&".join(pair for pair in pairs if not pair.startswith("lang="))
    folder = path.strip("/")
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


def relative(html: str, up: str) -> str:
    """The page with each address as a place behind `up`, the way to the edition's root."""

    def replace(match: re.Match[str]) -> str:
        place = up + place_of(unescape(match[2]))
        return f'{match[1]}="{escape(place or "./")}"'

    return _ATTRIBUTE.sub(replace, html)


def up_from(file: str) -> str:
    """The way from a file's folder to the root: `../../`."""
    return "../" * file.count("/")
