# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Languages: the interface's texts come from gettext catalogues under `app/locale/`.

English is in the code and the templates; another language is a folder with a `.po` file, read
when it is first asked for. No compiled catalogues are kept: what is read is what is edited.
"""

from __future__ import annotations

import ast
import gettext
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from app.errors import Phrase

LOCALE: Final = Path(__file__).resolve().parent / "locale"
DOMAIN: Final = "walkthrough"
DEFAULT_LANGUAGE: Final = "en"

#: A space that has a Chinese character, or Chinese punctuation, on both sides.
_BETWEEN: Final = re.compile(
    r"(?<=[\u3001-\u30ff\u3400-\u9fff\uff01-\uff5e]) +(?=[\u3001-\u30ff\u3400-\u9fff\uff01-\uff5e])"
)


@dataclass(frozen=True)
class Language:
    """One language of the interface.

    `code` is how addresses name it (`zh`), `tag` its BCP 47 tag (`zh-CN`), `name` its own name.
    """

    code: str
    tag: str
    name: str
    translations: Catalogue

    @cached_property
    def digest(self) -> str:
        """It changes with any of the translations."""
        return hashlib.sha256(repr(self.translations.texts).encode()).hexdigest()

    def gettext(self, message: str) -> str:
        """The message in this language; the message itself where no translation is known."""
        return self.translations.gettext(message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The form of the message that fits the count."""
        return self.translations.ngettext(one, many, count)

    def phrase(self, text: str) -> str:
        """A `Phrase` in this language, with its values; any other text as it is."""
        if isinstance(text, Phrase):
            return self.gettext(text.template).format(**text.values)
        return text

    @property
    def space(self) -> str:
        """What stands between two sentences: Chinese has nothing there."""
        return "" if self.code == "zh" else " "

    def tight(self, text: str) -> str:
        """A text put together of pieces: no space between Chinese characters."""
        return _BETWEEN.sub("", text)

    def pick(self, texts: Mapping[str, str] | str) -> str:
        """This language's text of several, else English, else the first; a lone word as it is."""
        if isinstance(texts, str):
            return texts
        text = texts.get(self.code) or texts.get(DEFAULT_LANGUAGE)
        return text if text is not None else next(iter(texts.values()), "")


_LANGUAGES: Final = {"en": ("en", "English"), "zh": ("zh-CN", "中文")}
LANGUAGE_CODES: Final = tuple(_LANGUAGES)


@cache
def language(code: str) -> Language:
    """The language of a code in `LANGUAGE_CODES`. Raises KeyError for any other."""
    tag, name = _LANGUAGES[code]
    file = LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.po"
    # English needs no catalogue.
    texts = file.read_text(encoding="utf-8") if file.is_file() else ""
    return Language(code, tag, name, Catalogue(texts))


class Catalogue(gettext.NullTranslations):
    """The translations of a `.po` file as `tools/messages.py` writes it.

    Of a language whose nouns have one form, whatever the number, as in Chinese: that is all that
    is known of plurals here. A message without a translation stays as it is.
    """

    def __init__(self, po: str) -> None:
        super().__init__()
        #: The translation of each message; of one with a plural, by its singular.
        self.texts: dict[str, str] = {}
        for entry in po.split("\n\n"):
            parts: dict[str, str] = {}
            name = ""
            for line in entry.splitlines():
                if not line.startswith(("#", '"')):
                    name, _, line = line.partition(" ")
                if line.startswith('"'):
                    parts[name] = parts.get(name, "") + (
                        ast.literal_eval(line) if "\\" in line else line[1:-1]
                    )
            # The entry of no message is the file's head.
            if message := parts.get("msgid"):
                self.texts[message] = parts.get("msgstr") or parts.get("msgstr[0]") or message

    def gettext(self, message: str) -> str:
        return self.texts.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The translation; in English the form for the number."""
        return self.texts.get(msgid1) or super().ngettext(msgid1, msgid2, n)


def marked(message: str) -> str:
    """Marks a message for the catalogues where it is not translated on the spot."""
    return message
