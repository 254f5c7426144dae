# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Loads a content folder, and checks all of it.

Every mistake is collected, so that an author sees them all at once; none hides another, and what
only follows from another is not reported. A walkthrough that was loaded has none: each line is in
one block, each text in each language, each branch in a preset, each link leads somewhere.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeAlias

from app.csource.source import Source
from app.errors import nearest
from app.i18n import LANGUAGE_CODES, language
from app.kernel.model import compile_function
from app.kernel.neighbours import places
from app.machine.program import Program
from app.paths import CONTENT
from app.walkthrough.challenges import FILE as CHALLENGES
from app.walkthrough.challenges import Challenge
from app.walkthrough.changes import FILE as CHANGES
from app.walkthrough.changes import Change, check_changes
from app.walkthrough.checks.blocks import Commentary, check_blocks, check_strangers, read_commentary
from app.walkthrough.checks.challenges import check_challenges
from app.walkthrough.checks.decisions import check_decisions, check_ids
from app.walkthrough.checks.helpers import GLOSSARY, HELPERS, check_glossary, check_helpers
from app.walkthrough.checks.links import Names, ids_in
from app.walkthrough.checks.outside import AFTERWARDS, DIAGRAM, LIFE, check_outside
from app.walkthrough.checks.pairs import check_pairs
from app.walkthrough.checks.presets import check_branches, check_presets
from app.walkthrough.checks.source import compile_source
from app.walkthrough.checks.variants import FILE as VARIANTS
from app.walkthrough.checks.variants import check_variants
from app.walkthrough.content.documents import Document
from app.walkthrough.content.documents import Path as Place
from app.walkthrough.content.reading import MAX_SECONDS, Reading
from app.walkthrough.content.schema import (
    Helper,
    Term,
    VariantEntry,
    WalkthroughFile,
    is_id,
)
from app.walkthrough.gone import FILE as GONE
from app.walkthrough.gone import GonePlace, check_gone
from app.walkthrough.kernels import FILE as KERNELS
from app.walkthrough.kernels import KernelNotes, check_notes
from app.walkthrough.outside import Afterwards, Diagram, LifeFile
from app.walkthrough.overview import FILE as OVERVIEW
from app.walkthrough.overview import Overview, check_overview
from app.walkthrough.pairs import FILE as PAIRS
from app.walkthrough.pairs import PairEntry
from app.walkthrough.products import FILE as PRODUCTS
from app.walkthrough.products import Product, check_products
from app.walkthrough.questions import FILE as QUESTIONS
from app.walkthrough.questions import ChoiceQuestion, check_questions
from app.walkthrough.records import Decision, Edition, Walkthrough
from app.walkthrough.search.words import FILE as WORDS
from app.walkthrough.search.words import Words, check_words
from app.walkthrough.symptoms import FILE as SYMPTOMS
from app.walkthrough.symptoms import NO_SYMPTOMS, Symptoms

MAIN: Final = "walkthrough.yaml"
#: The YAML files of a content folder and their shapes; the first two have to be there.
FILES: Final[Mapping[str, Any]] = {
    MAIN: WalkthroughFile,
    HELPERS: list[Helper],
    VARIANTS: list[VariantEntry],
    PAIRS: list[PairEntry],
    CHALLENGES: list[Challenge],
    QUESTIONS: list[ChoiceQuestion],
    SYMPTOMS: Symptoms,
    GLOSSARY: list[Term],
    DIAGRAM: Diagram,
    AFTERWARDS: Afterwards,
    LIFE: LifeFile,
    CHANGES: list[Change],
    GONE: list[GonePlace],
    KERNELS: KernelNotes,
    WORDS: Words,
    OVERVIEW: Overview,
    PRODUCTS: list[Product],
}
#: What broken values of `walkthrough.yaml` are taken for, so that the rest of it can be checked.
_STAND_INS: Final[Mapping[Place, Any]] = {
    ("id",): "broken",
    ("title",): {},
    ("summary",): {},
    ("languages",): list(LANGUAGE_CODES),
    ("decisions",): [],
    ("source", "licence"): "",
    ("source", "path"): None,
    ("source", "kernel"): None,
    ("source", "origin"): {},
    ("call",): None,
    ("question",): None,
    ("opening",): [],
    ("source", "differences"): [],
    ("source", "browse"): None,
    ("source", "edition"): None,
    ("source", "nearest"): None,
}


Content: TypeAlias = Path | Sequence[Path]
"""A folder of walkthroughs, or several: where an id is in more than one, the first has it."""


def list_walkthroughs(content: Content) -> Mapping[str, Path]:
    """The folders of the walkthroughs by their ids, sorted within each folder of the content."""
    found: dict[str, Path] = {}
    for root in [content] if isinstance(content, Path) else content:
        for path in sorted(root.iterdir()):
            if is_walkthrough(path):
                found.setdefault(path.name, path)
    return found


def is_walkthrough(folder: Path) -> bool:
    """Whether a folder means to be one: what stands there as its file may be anything."""
    return os.path.lexists(folder / MAIN)


def came_along(folder: Path) -> bool:
    """Whether a walkthrough came with the program: it was checked whole before it did."""
    return folder.parent == CONTENT


def load_walkthrough(
    folder: Path, seconds: float = MAX_SECONDS, *, is_checked: bool = False
) -> Walkthrough:
    """The walkthrough in a folder.

    Raises ContentError with every problem; that it takes more than so many `seconds` of processor
    time is one too. Of a folder that `is_checked` already only what makes a walkthrough impossible
    is a problem, and it takes a third of the time.
    """
    reading = Reading(folder, is_checked=is_checked)
    found = None
    with reading.in_time(seconds):
        found = _check(reading)
    reading.stop_if_broken()
    assert found is not None, "what could not be made was reported"
    return found


def _check(reading: Reading) -> Walkthrough | None:
    """Reads and checks everything; None where too little is left to make a walkthrough of."""
    main = reading.document(MAIN)
    if main is not None:
        _read_languages(reading, main)
    fitted = reading.fitted(main, WalkthroughFile, _STAND_INS) if main else None
    helpers = reading.file(HELPERS, list[Helper])
    variants = reading.file(VARIANTS, list[VariantEntry], is_optional=True)
    symptoms = reading.file(SYMPTOMS, Symptoms, is_optional=True)
    challenges = reading.file(CHALLENGES, list[Challenge], is_optional=True)
    questions = reading.file(QUESTIONS, list[ChoiceQuestion], is_optional=True)
    pairs = reading.file(PAIRS, list[PairEntry], is_optional=True)
    words = reading.file(WORDS, Words, is_optional=True)
    products = reading.file(PRODUCTS, list[Product], is_optional=True)
    overview = reading.file(OVERVIEW, Overview, is_optional=True)
    gone = reading.file(GONE, list[GonePlace], is_optional=True)
    changes = reading.file(CHANGES, list[Change], is_optional=True)
    kernels = reading.file(KERNELS, KernelNotes, is_optional=True)
    glossary = check_glossary(reading)
    names = Names(
        blocks=ids_in(main, "blocks"),
        decisions=ids_in(main, "decisions"),
        presets=ids_in(main, "presets"),
        helpers=ids_in(helpers.original if helpers else None, None, "name"),
        symptoms=ids_in(symptoms.original if symptoms else None, "symptoms")
        if reading.has(SYMPTOMS)
        else (),
        terms={term.slug for term in glossary.values()},
    )
    commentary = _commentary(reading, names)
    entry = fitted.value if fitted else None
    if main is None or fitted is None or entry is None:
        return None
    tell = reading.teller(fitted.document)
    if main.value.get("id") == entry.id != reading.folder.name:
        tell(("id",), f"id {entry.id} is not the folder's name")
    check_ids(tell, entry.blocks, entry.decisions)

    source, program = _compiled(reading, entry)
    decisions: tuple[Decision, ...] = ()
    if program is not None:
        decisions = check_decisions(tell, entry.decisions, _count(main, "decisions"), program)
        if decisions:
            ids = [decision.id for decision in decisions]
            program = compile_function(program.function, ids)
    presets = check_presets(tell, entry.presets, program)
    outside = check_outside(reading, presets, program)
    if source is None:
        return None
    blocks = check_blocks(tell, entry.blocks, _count(main, "blocks"), source, commentary)
    edition = None
    if program is not None:
        callees, first_lines = places(source, program)
        edition = Edition(
            id=None,
            source=source,
            program=program,
            blocks=blocks,
            decisions=decisions,
            callees=callees,
            first_lines=first_lines,
        )
    editions: Mapping[str, Edition] = {}
    if variants:
        told = reading.teller(variants.document)
        editions = check_variants(told, variants.value or [], source, edition)
    if program is None or edition is None:
        return None
    functions = check_helpers(reading, helpers, program, source) if helpers else {}
    if decisions and len(presets) == _count(main, "presets"):
        check_branches(tell, decisions, presets)
    walkthrough = Walkthrough(
        id=entry.id,
        function=entry.function,
        title=entry.title,
        summary=entry.summary,
        languages=tuple(entry.languages),
        provenance=entry.source,
        edition=edition,
        variants=editions,
        presets=presets,
        helpers=functions,
        glossary=glossary,
        outside=outside,
        symptoms=(symptoms.value if symptoms else None) or NO_SYMPTOMS,
        challenges=check_challenges(
            reading.teller(challenges.document),
            challenges.value or [],
            decisions,
            names.decisions,
            program,
        )
        if challenges
        else (),
        questions=check_questions(reading.teller(questions.document), questions.value or [])
        if questions
        else (),
        called_as=entry.call or "",
        question=entry.question or {},
        opening=tuple(entry.opening),
    )
    if gone and gone.value:
        known = {*walkthrough.blocks_by_id, *walkthrough.decisions_by_id, *walkthrough.aliases}
        lost = check_gone(reading.teller(gone.document), gone.value, known)
        walkthrough = replace(walkthrough, gone=lost)
    if kernels and kernels.value:
        check_notes(reading.teller(kernels.document), kernels.value, names.blocks)
        walkthrough = replace(walkthrough, kernel_notes=kernels.value)
    if changes and changes.value:
        known_blocks = names.blocks and {*names.blocks, *walkthrough.aliases}
        checked_changes = check_changes(
            reading.teller(changes.document), changes.value, known_blocks
        )
        walkthrough = replace(walkthrough, changes=checked_changes)
    if symptoms and symptoms.value and not reading.is_checked:
        from app.walkthrough.checks.symptoms import check_symptoms

        tell = reading.teller(symptoms.document)
        check_symptoms(walkthrough, tell, symptoms.value, names.dead)
    if products and products.value:
        walkthrough = replace(
            walkthrough,
            products=check_products(
                reading.teller(products.document),
                products.value,
                walkthrough.decisions_by_id,
                [symptom.id for symptom in walkthrough.symptoms.symptoms],
            ),
        )
    if overview and overview.value:
        tell = reading.teller(overview.document)
        check_overview(tell, overview.value, walkthrough.blocks_by_id, names.dead)
        walkthrough = replace(walkthrough, overview=overview.value)
    if pairs and pairs.value:
        tell = reading.teller(pairs.document)
        checked = check_pairs(walkthrough, tell, pairs.value, names.presets)
        walkthrough = replace(walkthrough, pairs=checked)
    if words and words.value:
        if not reading.is_checked:
            from app.walkthrough.search.entries import entries_of

            spoken = language(reading.languages[0])
            targets = {entry.target for entry in entries_of(walkthrough, spoken)}
            check_words(reading.teller(words.document), words.value, targets)
        walkthrough = replace(walkthrough, words=words.value)
    return walkthrough


def _count(document: Document, key: str) -> int | None:
    """How many entries a list of the file has, those without the right shape included."""
    value = document.value.get(key)
    return len(value) if isinstance(value, list) else None


def _read_languages(reading: Reading, main: Document) -> None:
    """The languages, each once; one that the interface has not is a mistake."""
    value = main.value.get("languages") if isinstance(main.value, dict) else None
    if not isinstance(value, list):
        return
    codes = [code for code in value if isinstance(code, str)]
    for index, code in enumerate(codes):
        line = main.line(("languages", index))
        if code not in LANGUAGE_CODES:
            reading.report(
                MAIN,
                line,
                f"language {code} has no interface, allowed: {', '.join(LANGUAGE_CODES)}",
                nearest(code, LANGUAGE_CODES),
            )
        elif code in codes[:index]:
            reading.report(MAIN, line, f"language {code} stands twice")
    reading.languages = tuple(dict.fromkeys(c for c in codes if c in LANGUAGE_CODES))
    if set(codes) - set(LANGUAGE_CODES):
        # Which one was meant cannot be known: texts in any of them are let through.
        reading.tolerated = frozenset((*codes, *LANGUAGE_CODES))


def _commentary(reading: Reading, names: Names) -> Commentary:
    """The commentaries, their links checked; files of no block are reported."""
    if names.blocks is None or not reading.languages:
        return {}
    commentary = read_commentary(reading, dict.fromkeys(filter(is_id, names.blocks)))
    if reading.is_checked:
        return commentary
    for block, by_language in commentary.items():
        for code, prose in by_language.items():
            for link in prose.links():
                for message, near in names.dead(link):
                    reading.report(f"blocks/{block}.{code}.md", link.line, message, near)
    check_strangers(reading)
    return commentary


def _compiled(reading: Reading, entry: WalkthroughFile) -> tuple[Source | None, Program | None]:
    """The source and its program; no program where the text is not C that can be run."""
    file, function = entry.source.file, entry.function
    text = reading.text(file)
    if text is None:
        return None, None
    source = Source(reading.name(file), text)
    program, problems = compile_source(source, function)
    reading.keep(problems)
    return source, program
