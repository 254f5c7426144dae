# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Words that are content and belong to no one walkthrough: the files of `content/words`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from app.paths import CONTENT
from app.walkthrough.content.documents import kept_document


@cache
def words_in(file: str) -> Mapping[str, Any]:
    """What a file says, by its sections: texts by language, or a word that is the same in each."""
    name = f"{file}.yaml"
    value: Mapping[str, Any] = kept_document(name, (CONTENT / "words" / name).read_text()).value
    return value
