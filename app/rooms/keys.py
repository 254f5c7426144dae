# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Secrets: a presenter's key, an invitation, a voter's token. Only their hashes are kept.

Each is 256 random bits, so that a plain hash is enough: there is nothing to guess from.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_key() -> str:
    """A secret of 43 characters that need no encoding in an address or a header."""
    return secrets.token_urlsafe(32)


def digest(key: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def fits(key: str, kept: str | None) -> bool:
    """Whether a secret is the one that was kept; takes the same time either way."""
    return hmac.compare_digest(digest(key), kept or "")
