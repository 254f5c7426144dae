# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Everything in a walkthrough that can be found, as entries in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from app.i18n import Language, language
from app.walkthrough.content.prose import Prose, plain_text
from app.walkthrough.counters import nstat_name
from app.walkthrough.records import Block, Walkthrough
from app.walkthrough.symptoms import Symptom
from app.walkthrough.told import words_in

#: How much an entry of each kind is likely to be what was meant.
KINDS: Final[Mapping[str, int]] = {
    "symptom": 13,
    "page": 13,
    "block": 11,
    "term": 11,
    "helper": 11,
    "decision": 9,
    "preset": 9,
    "challenge": 8,
    "line": 5,
    "prose": 5,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing to be found. `target` names it in `words.yaml`; it is shown as `title` and `text`.

    `place` is what follows the address of the walkthrough's page: `symptoms/close-wait`,
    `?recv=300`, `#fn-sock_put`. `words` are found as well, and not shown.
    """

    kind: str
    id: str
    place: str
    title: str
    text: str = ""
    words: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """`symptom:close-wait`."""
        return f"{self.kind}:{self.id}"


def entries_of(walkthrough: Walkthrough, spoken: Language) -> tuple[Entry, ...]:
    """Every entry; of two that fit as well the first is the better one."""
    return tuple(_Finder(walkthrough, spoken).all())


class _Finder:
    def __init__(self, walkthrough: Walkthrough, spoken: Language) -> None:
        self.walkthrough, self.pick, self.code = walkthrough, spoken.pick, spoken.code
        self.others = [language(code) for code in walkthrough.languages if code != spoken.code]

    def all(self) -> Iterator[Entry]:
        yield from map(self.symptom, self.walkthrough.symptoms.symptoms)
        yield from self.pages()
        for block in self.walkthrough.blocks:
            yield from self.block(block)
        yield from self.names()
        yield from self.choices()
        source = self.walkthrough.edition.source.text
        for number, line in enumerate(source.splitlines(), 1):
            if any(letter.isalnum() for letter in line):
                place = f"L{number}"
                yield self.entry("line", place, place, str(number), line.strip())

    def entry(
        self, kind: str, name: str, place: str, title: str, text: str = "", *words: str
    ) -> Entry:
        more = self.walkthrough.words.of(f"{kind}:{name}")
        return Entry(kind=kind, id=name, place=place, title=title, text=text, words=(*words, *more))

    def titled(
        self, kind: str, name: str, place: str, titles: Mapping[str, str], text: str, *words: str
    ) -> Entry:
        """An entry that is found by its title in another language too."""
        others = [other.pick(titles) for other in self.others]
        return self.entry(kind, name, place, self.pick(titles), text, *words, *others)

    def plain(self, texts: Mapping[str, Prose]) -> str:
        prose = texts.get(self.code) or next(iter(texts.values()), None)
        return plain_text(prose.lead) if prose else ""

    def symptom(self, symptom: Symptom) -> Entry:
        texts = [symptom.sees, symptom.does, symptom.change, symptom.trap or {}]
        confirm = [f"{one.run} {self.plain(one.tells)}" for one in symptom.confirm]
        text = " ".join([*map(self.plain, texts), *confirm]).strip()
        place = f"symptoms/{symptom.id}"
        products = (
            f"{one.product} {one.call}"
            for one in self.walkthrough.products
            if symptom.id in one.symptoms
        )
        return self.titled("symptom", symptom.id, place, symptom.title, text, *products)

    def pages(self) -> Iterator[Entry]:
        for place, page in words_in("search")["pages"].items():
            texts = page["title"], page["text"]
            others = (part for one in self.others for part in map(one.pick, texts))
            yield self.entry("page", place, place, *map(self.pick, texts), *others)

    def block(self, block: Block) -> Iterator[Entry]:
        prose = block.prose.get(self.code) or next(iter(block.prose.values()))
        lead = plain_text(prose.lead)
        yield self.titled("block", block.id, block.id, block.title, lead)
        for name, stream in prose.sections.items():
            place = f"{block.id}#{name}-{block.id}"
            title = self.pick(block.title)
            yield self.entry("prose", f"{block.id}/{name}", place, title, plain_text(stream))

    def names(self) -> Iterator[Entry]:
        for term in self.walkthrough.glossary.values():
            place = f"#term-{term.slug}"
            nstat = (nstat_name(term.term),) if term.kind == "counter" else ()
            text = self.pick(term.text)
            yield self.entry("term", term.term, place, term.term, text, term.in_code, *nstat)
        for called, helper in self.walkthrough.helpers.items():
            text = f"{self.pick(helper.does)} {self.pick(helper.model)}"
            yield self.entry("helper", called, f"#fn-{called}", called, text, helper.name)

    def choices(self) -> Iterator[Entry]:
        for item in self.walkthrough.decisions:
            ways = f"{item.condition} {self.pick(item.when_true)} {self.pick(item.when_false)}"
            yield self.titled("decision", item.id, item.id, item.title, ways)
        for preset in self.walkthrough.presets:
            query, story = preset.scenario.query(), self.pick(preset.story)
            yield self.titled("preset", preset.id, f"?{query}", preset.title, story)
        for challenge in self.walkthrough.challenges:
            place, task = f"?challenge={challenge.id}", self.pick(challenge.task)
            yield self.titled("challenge", challenge.id, place, challenge.title, task)
