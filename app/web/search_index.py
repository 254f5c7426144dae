# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Indexes of the walkthroughs, by language; and as the JSON that a browser searches."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.i18n import LOCALE, Language, language
from app.paths import CONTENT
from app.walkthrough import search
from app.walkthrough.records import Walkthrough
from app.walkthrough.told import words_in

if TYPE_CHECKING:
    from app.walkthrough.search.index import Index


class Indexes:
    """Each made when it is first asked for. `revisions` are those of the content folders."""

    def __init__(
        self, walkthroughs: Mapping[str, Walkthrough], revisions: Mapping[str, str]
    ) -> None:
        self._walkthroughs = walkthroughs
        made_by = [
            *Path(search.__path__[0]).glob("*.py"),
            *LOCALE.rglob("*.po"),
            CONTENT / "words" / "search.yaml",
            Path(__file__),
        ]
        program = b"".join(path.read_bytes() for path in sorted(made_by))
        self._versions = {
            name: hashlib.sha256(revision.encode() + program).hexdigest()[:10]
            for name, revision in revisions.items()
        }
        self._made = lru_cache(maxsize=32)(self._make)

    def version(self, walkthrough: str) -> str:
        """A short hash that changes with what the index is made of."""
        return self._versions[walkthrough]

    def index(self, walkthrough: str, lang: Language) -> Index:
        """What can be found in a walkthrough."""
        return self._made(walkthrough, lang.code)

    def _make(self, walkthrough: str, code: str) -> Index:
        from app.walkthrough.search.entries import entries_of
        from app.walkthrough.search.index import make_index

        found = self._walkthroughs[walkthrough]
        return make_index(entries_of(found, language(code)), found.words.spellings)

    def body(self, walkthrough: str, lang: Language) -> bytes:
        """The JSON: `kinds` in words, `entries` as [kind, title, text, place], and `words`."""
        index = self.index(walkthrough, lang)
        whole = {
            "kinds": {kind: lang.pick(name) for kind, name in words_in("search")["kinds"].items()},
            "entries": [[one.kind, one.title, one.text, one.place] for one in index.entries],
            "words": index.words,
        }
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
