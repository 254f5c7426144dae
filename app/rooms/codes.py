# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Codes and keys of a room: one to type from a wall, the other for whoever presents or votes.

A code is short, and there are too many to guess. A key is 256 random bits, so that a plain hash is
enough to keep: there is nothing to guess from.
"""

from __future__ import annotations

import hashlib
import hmac
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


def new_key() -> str:
    """A secret of 43 characters that need no encoding in an address or a header."""
    return secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def fits(key: str, kept: str | None) -> bool:
    """Whether a secret is the one that was kept; takes the same time either way."""
    return hmac.compare_digest(digest(key), kept or "")
