# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Which language a reader gets: `?lang=`, else Accept-Language, else English."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from app.i18n import DEFAULT_LANGUAGE, LANGUAGE_CODES

#: A longer header is not worth reading; browsers send a tenth of it.
_MAX_HEADER: Final = 500


@lru_cache(maxsize=512)
def accepted_language(header: str) -> str:
    """The code of the language that an Accept-Language header asks for first."""
    accepted = parse_accept_header(header[:_MAX_HEADER], LanguageAccept)
    return accepted.best_match(LANGUAGE_CODES, DEFAULT_LANGUAGE) or DEFAULT_LANGUAGE
