# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Languages: the interface's texts come from gettext catalogues under `app/locale/`.

English is in the code and the templates; another language is a folder with a `.po` file, read
when it is first asked for. No compiled catalogues are kept: what is read is what is edited.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
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
    translations: gettext.NullTranslations

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

    def pick(self, texts: Mapping[str, str]) -> str:
        """This language's text of several, else English, else the first."""
        text = texts.get(self.code) or texts.get(DEFAULT_LANGUAGE)
        return text if text is not None else next(iter(texts.values()), "")


_LANGUAGES: Final = {"en": ("en", "English"), "zh": ("zh-CN", "中文")}
LANGUAGE_CODES: Final = tuple(_LANGUAGES)


@cache
def language(code: str) -> Language:
    """The language of a code in `LANGUAGE_CODES`. Raises KeyError for any other."""
    tag, name = _LANGUAGES[code]
    file = LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.po"
    translations = gettext.NullTranslations()
    if file.is_file():
        # English needs no catalogue, and its readers don't wait for a library that reads one.
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        with file.open("rb") as text:
            catalogue = read_po(text, locale=code)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        translations = gettext.GNUTranslations(compiled)
    return Language(code, tag, name, translations)


def marked(message: str) -> str:
    """Marks a message for the catalogues where it is not translated on the spot."""
    return message
