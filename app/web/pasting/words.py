# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Sentences about a reading; static/js/core/host-report.js chooses and fills them."""

from __future__ import annotations

from collections.abc import Mapping

from app.i18n import Language
from app.walkthrough.told import words_in


def sentences(language: Language, call: str) -> Mapping[str, str]:
    """The sentences in a language; `call` is what a program calls, such as `close()`.

    The form of a sentence for a count of one has `-1` behind its key.
    """
    texts = {key: language.pick(text) for key, text in words_in("pasted").items()}
    return {
        **{key: text.replace("{call}", call) for key, text in texts.items()},
        "space": language.space,
    }
