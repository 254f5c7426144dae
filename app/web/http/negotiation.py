# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a reader gets: the language (`?lang=`, else Accept-Language, else English), and gzip."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from app.i18n import DEFAULT_LANGUAGE, LANGUAGE_CODES

#: A longer header is not worth reading; browsers send a tenth of it.
_MAX_HEADER: Final = 500


def accepted_language(header: str) -> str:
    """The code of the language that an Accept-Language header asks for first."""
    return _language(header[:_MAX_HEADER])


def takes_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header names gzip, and does not refuse it (RFC 9110, 12.5.3).

    Who takes anything (`*`) gets plain bytes, which whoever says that can read.
    """
    return _gzip(header[:_MAX_HEADER])


@lru_cache(maxsize=512)
def _language(header: str) -> str:
    # A region or a script (`zh-Hans-CN`) is no reason to be refused a language.
    asked = [(name.partition("-")[0], weight) for name, weight in _weights(header)]
    named = {name for name, _ in asked}
    best, most = DEFAULT_LANGUAGE, 0.0
    for name, weight in asked:
        others = (code for code in LANGUAGE_CODES if code not in named)
        code = next(others, "") if name == "*" else name
        # The first of several with the same weight.
        if code in LANGUAGE_CODES and weight > most:
            best, most = code, weight
    return best


@lru_cache(maxsize=512)
def _gzip(header: str) -> bool:
    return any(name == "gzip" and weight > 0 for name, weight in _weights(header))


_ITEM: Final = re.compile(r"([\w*-]+)(?:\s*;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?", re.ASCII)


def _weights(header: str) -> list[tuple[str, float]]:
    """What a header lists, in lower case, with its weight; what is no item is passed over."""
    items = (_ITEM.fullmatch(part.strip()) for part in header.lower().split(","))
    return [(item[1], float(item[2] or 1)) for item in items if item is not None]
