# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Words of the questions, of their answers, and of how a path shows itself."""

from __future__ import annotations

from app.i18n import Language
from app.walkthrough.atlas.records import AtlasPath
from app.walkthrough.atlas.words import AtlasWords
from app.walkthrough.counters import in_ss
from app.walkthrough.segment_words import segment_list
from app.walkthrough.told import words_in


class WhichWords:
    """The sentences in one language; `call` is what a program calls, such as `close()`."""

    def __init__(self, language: Language, call: str) -> None:
        self._, self.pick = language.gettext, language.pick
        self.told = words_in("which")
        self.call = call
        self.words = AtlasWords(language)

    def question(self, question: str) -> str:
        """What is asked."""
        return self.pick(self.told["questions"][question]["text"]).format(call=self.call)

    def hint(self, question: str) -> str:
        """Where to look."""
        return self.pick(self.told["questions"][question]["hint"]).format(call=self.call)

    def answer(self, question: str, answer: str) -> str:
        """An answer; a state as `ss` writes it."""
        text = self.told["questions"][question]["answers"].get(answer) or self.told["any"].get(
            answer
        )
        if text is not None:
            return self.pick(text)
        return answer if question == "counter" else in_ss(answer)

    def ends(self, path: AtlasPath) -> str:
        """How a path ends: what it sends and counts, and what becomes of the socket."""
        ending = path.ending
        sends = segment_list(ending.segments)
        parts = [self._("sends {segments}").format(segments=sends or self._("nothing"))]
        if counted := sorted(name for name in ending.counters if name != "OutRsts"):
            parts.append(self._("counts {names}").format(names=" ".join(counted)))
        parts.append(self.pick(words_in("trace")["fates"][ending.fate]))
        return self._("; ").join(parts)

    def condition(self, path: AtlasPath) -> str:
        """When it is taken, where that is short enough to be read; else nothing."""
        return self.words.condition(path.condition) if len(path.condition) <= 2 else ""
