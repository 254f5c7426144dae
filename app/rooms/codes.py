# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Room codes: short enough to type from a wall, and too many to guess."""

from __future__ import annotations

import secrets
from typing import Final

#: No vowels, so that no word comes out; none of 0 o 1 l i, which look alike.
ALPHABET: Final = "23456789bcdfghjkmnpqrstvwxyz"
#: 28^8 codes, 38 bits: with 2,000 answers a second one of 100 rooms is guessed in three weeks. A
#: code lets in to look and to vote, and no more.
LENGTH: Final = 8


def new_code() -> str:
    """A random code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def canonical(text: str) -> str | None:
    """The code that somebody typed (capitals, hyphens and blanks do not matter); None for none."""
    code = text.casefold().translate({ord(" "): None, ord("-"): None})
    return code if len(code) == LENGTH and all(c in ALPHABET for c in code) else None


def readable(code: str) -> str:
    """A code as it stands on the wall: `bcdf-2345`."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"
