# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a walkthrough's pages in one language share, whatever the scenario."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from markupsafe import Markup

from app.csource.tracks import Rail, rails_of
from app.i18n import Language, marked
from app.kernel.inputs import INPUTS, ChoiceInput
from app.lab.evidence import NOTHING_SEEN, Sightings
from app.machine.trace import Branch
from app.walkthrough.content.prose import SECTIONS, Link, render, render_inline, rfc_address
from app.walkthrough.products import Product
from app.walkthrough.records import Block, Walkthrough
from app.walkthrough.wording import Wording
from app.web.addresses import SYMPTOMS, Addresses, branch_place
from app.web.study.code import highlighted_lines
from app.web.study.contexts import StateMap
from app.web.study.state_map import state_map

if TYPE_CHECKING:
    from app.walkthrough.observables import Observables

SECTION_HEADINGS = {
    "why": marked("Why it is so"),
    "here": marked("How a socket gets here"),
    "seen": marked("Seen from outside"),
    "rfc": marked("What the standards say"),
    "trap": marked("The trap"),
}
assert list(SECTION_HEADINGS) == list(SECTIONS)

T = TypeVar("T")

#: Stands in HTML that is kept where each page puts in its own; in none by itself.
HOLE: Final = "\0"
#: How many parts of pages a cache keeps, of a few kilobytes each.
_KEPT_PARTS: Final = 1024


class Kept(Generic[T]):
    """Something that is made for the first page that has it, compared by its `key`.

    Nothing that `make` gives may depend on more than the key. Whoever keeps it (`macro|once`,
    `PageCache.once`) takes it once: what is kept of it then holds no page.
    """

    __slots__ = ("_hash", "_key", "_make")

    def __init__(self, key: Hashable, make: Callable[[], T]) -> None:
        self._key, self._hash, self._make = key, hash(key), make

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Kept) and bool(self._key == other._key)

    def taken(self) -> T:
        """The thing itself."""
        made = self._make()
        del self._make
        return made


class PageCache:
    """What a walkthrough's pages in one language share; worked out once."""

    def __init__(
        self,
        walkthrough: Walkthrough,
        language: Language,
        addresses: Addresses,
        sightings: Sightings = NOTHING_SEEN,
    ) -> None:
        self.walkthrough = walkthrough
        self.sightings = sightings
        self.language = language
        self.addresses = addresses
        self.wording = Wording(walkthrough, language)
        self._kept: dict[Hashable, Any] = {}
        self._once = lru_cache(maxsize=_KEPT_PARTS)(Kept[Any].taken)

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` returns, made once. The keys are few: texts, languages, ids."""
        if key not in self._kept:
            self._kept[key] = make()
        found: T = self._kept[key]
        return found

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` returns; only what was asked for lately is kept."""
        found: T = self._once(Kept(key, make))
        return found

    def code(self, variant: str | None, *, is_linked: bool = True) -> tuple[Markup, ...]:
        """The highlighted lines of the source, or of a variant.

        The names in it lead to their explanations, if `is_linked`: on the page that has them.
        """
        source = self.walkthrough.edition_of(variant).source
        return self.kept(
            ("code", variant, is_linked),
            lambda: tuple(
                Markup(html)  # noqa: S704 - made by our highlighter, which escapes
                for html in highlighted_lines(source, self._explained if is_linked else {})
            ),
        )

    def callee(self, variant: str | None, name: str) -> tuple[Markup, ...]:
        """The highlighted lines of a function that is executed within steps."""
        source = self.walkthrough.edition_of(variant).callees[name]
        return self.kept(
            ("callee", variant, name),
            lambda: tuple(
                Markup(html)  # noqa: S704 - made by our highlighter, which escapes
                for html in highlighted_lines(source, {})
            ),
        )

    def rail(self, variant: str | None) -> Rail:
        """The rail of the source, or of a variant."""
        program = self.walkthrough.edition_of(variant).program
        return self.kept(("rail", variant), lambda: rails_of(program.functions, program.decisions))

    def prose(
        self, block: Block, lang: str | None
    ) -> tuple[Markup, tuple[tuple[str, str, Markup], ...]]:
        """Lead and sections of a block's commentary; links carry `lang` along."""
        # A block of another text has another remark before its commentary.
        return self.kept(("prose", id(block), lang), lambda: self._prose(block, lang))

    def _prose(
        self, block: Block, lang: str | None
    ) -> tuple[Markup, tuple[tuple[str, str, Markup], ...]]:
        prose = block.prose.get(self.language.code) or next(iter(block.prose.values()))

        def resolve(link: Link) -> str:
            return self.resolve(link, lang)

        lead = Markup(render(prose.lead, resolve))  # noqa: S704 - raw HTML is off
        sections = tuple(
            (
                name,
                self.language.gettext(SECTION_HEADINGS[name]),
                Markup(render(stream, resolve)),  # noqa: S704 - raw HTML is off
            )
            for name, stream in prose.sections.items()
        )
        return lead, sections

    def products(
        self, *, branch: Branch | None = None, symptom: str | None = None
    ) -> tuple[Product, ...]:
        """What does it in servers, proxies and run-times: what takes a branch, or a symptom."""
        place = branch_place(*branch) if branch else ""
        return tuple(
            one
            for one in self.walkthrough.products
            if one.branch == place or symptom in one.symptoms
        )

    def resolve(self, link: Link, lang: str | None) -> str:
        """The address of a link in the commentary."""
        page = self.addresses.page
        match link.scheme:
            case "helper":
                called = next(
                    h.called for h in self.walkthrough.helpers.values() if h.name == link.target
                )
                return f"#fn-{called}"
            case "term":
                return f"#term-{link.target}"
            case "rfc":
                return rfc_address(link.target) or link.target
            case "preset":
                preset = self.walkthrough.presets_by_id[link.target]
                return page(self.walkthrough.id, query=preset.query, lang=lang)
            case "scenario":
                return page(self.walkthrough.id, query=link.target, lang=lang)
            case "symptom":
                return page(self.walkthrough.id, SYMPTOMS, lang=lang) + f"#{link.target}"
            case _:
                return page(self.walkthrough.id, link.target, lang=lang)

    @cached_property
    def _explained(self) -> dict[str, str]:
        """Names in the code, and the fragment that explains them."""
        terms = {t.in_code: f"term-{t.slug}" for t in self.walkthrough.glossary.values()}
        return terms | {called: f"fn-{called}" for called in self.walkthrough.helpers}

    def browse(self, file: str | None) -> str | None:
        """The address of a file in the kernel's own tree."""
        address = self.walkthrough.provenance.browse
        return address.format(path=file) if address and file else None

    @cached_property
    def state_map(self) -> StateMap | None:
        """The states as buttons, if the walkthrough has a diagram."""
        diagram, states = self.walkthrough.outside.diagram, INPUTS["state"]
        if diagram is None or not isinstance(states, ChoiceInput):
            return None
        return state_map(diagram, states.choices)

    @cached_property
    def observed(self) -> Observables:
        """Which lines are behind the numbers of a host."""
        from app.walkthrough.observables import observed

        return observed(self.walkthrough)


def inline(text: str) -> Markup:
    """A sentence with code in backticks, as HTML."""
    return Markup(render_inline(text))  # noqa: S704 - raw HTML is off
