# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a reader gets: the language (`?lang=`, else Accept-Language, else English), and gzip."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from werkzeug.datastructures import Accept, LanguageAccept
from werkzeug.http import parse_accept_header

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
    return _gzip(header[:_MAX_HEADER].lower())


@lru_cache(maxsize=512)
def _language(header: str) -> str:
    accepted = parse_accept_header(header, LanguageAccept)
    return accepted.best_match(LANGUAGE_CODES, DEFAULT_LANGUAGE) or DEFAULT_LANGUAGE


@lru_cache(maxsize=512)
def _gzip(header: str) -> bool:
    return "gzip" in header and parse_accept_header(header, Accept).quality("gzip") > 0
