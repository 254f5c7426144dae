# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Columns of text for a terminal, where a Chinese character takes two places."""

from __future__ import annotations

import unicodedata


def padded(text: str, width: int) -> str:
    """The text with blanks behind it, to so many places of a terminal."""
    places = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
    return text + " " * (width - places)
