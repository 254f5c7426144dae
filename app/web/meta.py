# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a page says of itself to programs: search engines, and those that make previews of links."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from markupsafe import Markup

from app.i18n import Language
from app.walkthrough.records import Walkthrough
from app.walkthrough.wording import kernel_name

#: The width and height of a card in pixels: what previews are made for.
CARD_SIZE: Final = (1200, 630)
_OPEN_GRAPH_LOCALES: Final = {"en": "en_US", "zh": "zh_CN"}


@dataclass(frozen=True, slots=True)
class PageMeta:
    """Whole addresses where the server's own is known, else paths.

    `alternates` are (BCP 47 tag, address) of the page in each language, `any_language` is the
    address that negotiates; `card` is the picture of a preview, `oembed` the address of a
    description of the page's frame, None where it has none; `data` is JSON-LD.
    """

    canonical: str
    any_language: str
    alternates: tuple[tuple[str, str], ...]
    card: str
    card_size: tuple[int, int]
    kind: str
    locale: str
    other_locales: tuple[str, ...]
    site_name: str
    oembed: str | None
    data: Markup


@dataclass(frozen=True, slots=True)
class Share:
    """What a page adds to what every page says of itself; addresses are paths.

    `type` and `about` are for JSON-LD: schema.org's type, and members besides the usual ones.
    """

    card: str | None = None
    oembed: str | None = None
    type: str = "WebPage"
    about: Mapping[str, Any] = field(default_factory=dict)


def about_function(walkthrough: Walkthrough, language: Language) -> dict[str, Any]:
    """JSON-LD of a page that explains a function: what it is about, and under which licence."""
    source = walkthrough.provenance
    code: dict[str, Any] = {
        "@type": "SoftwareSourceCode",
        "name": f"{walkthrough.function}()",
        "programmingLanguage": "C",
        "license": f"https://spdx.org/licenses/{source.licence}",
    }
    if kernel := kernel_name(walkthrough, language):
        code["isPartOf"] = {"@type": "SoftwareApplication", "name": kernel}
    return {
        "about": code,
        "license": "https://spdx.org/licenses/MIT",
        "isAccessibleForFree": True,
        "learningResourceType": "annotated source code",
    }


def locales(code: str, known: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The language's locale as Open Graph has it, and those of the others."""
    found = {name: _OPEN_GRAPH_LOCALES.get(name, name) for name in known}
    return found[code], tuple(locale for name, locale in found.items() if name != code)


def data_block(data: dict[str, Any]) -> Markup:
    """What a page says of itself in schema.org's words, for a script element."""
    return script_json({"@context": "https://schema.org", **data})


def script_json(data: Any) -> Markup:
    """JSON that can stand in a script element: nothing in it can end one."""
    text = json.dumps(data, ensure_ascii=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - the three signs of markup are escaped above
