# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What every template is given: links, and what is around the content of a page.

A page's `Maker` (app/web/study/maker.py) is its template's `page`, read together with the records
of the content. What is made for a template besides is a dataclass, `…View` or `…Page`, each field
explained where it is declared, save those that mean the same everywhere. `id` is what content or
kernel calls a thing in addresses, `name` what the kernel, a program or a command calls it; `title`,
`text`, `label` and `note` are words in the reader's language. `href` and `action` are addresses on
this site. `code` and `html` are C. `frame` is what is around the content, `walkthrough` the one
that the page is of; `blocks`, `lines`, `steps`, `effects`, `presets`, `variants`, `inputs` and
`paths` are these as the page shows them, in order. `is_current` says of one of many whether it is
where the reader is, `is_focus` whether the address names it.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.i18n import Language
from app.web.meta import PageMeta


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """A link: where it leads, what it says, whether it is where the reader is."""

    href: str
    text: str
    is_current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """A part of the site in the navigation; `id` is the class of its page's body."""

    id: str
    href: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchLinks:
    """What the search of a walkthrough needs: its page, the index, and what places are added to."""

    page: str  # for who has no script
    index: str  # as JSON
    home: str  # the page that its places are on


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFrame:
    """What every page has around its content.

    `brand` is the site's name; `function` is the walkthrough that the page belongs to, where the
    library has others too. `reading`, `search` and `parts` lead into the walkthrough, `foot` to the
    rest; on a page that belongs to none there are no parts.

    `lang` is the language to carry along in links: that of `?lang=`, else None. `languages` are
    links to the same page in each language, with their codes. `note` says which text the page is
    about, where its address names one and the page does not say it itself; `own` is its address
    with the walkthrough's own text.
    """

    language: Language  # the reader's
    lang: str | None
    title: str
    description: str  # of the page, for search engines
    meta: PageMeta  # for machines that read its head
    languages: tuple[tuple[str, str, LinkView], ...]
    manifest: str  # of the web application
    home: str  # the front page
    brand: str
    function: LinkView | None
    reading: str | None
    search: SearchLinks | None
    parts: tuple[PartView, ...]
    foot: tuple[PartView, ...]
    note: str
    own: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportView:
    """What the pages of the export say of it, in every template; None where there is a server."""

    #: The content security policy, which no header brings.
    policy: str
    #: The codes of the languages, with spaces between them; the first one has no folder.
    languages: str
