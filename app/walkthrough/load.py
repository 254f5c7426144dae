# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Reads a content folder, and checks all of it. The only reader of `content/`.

Every mistake is collected, so that an author sees them all at once. A walkthrough that was
loaded has none: each line is in one block, each text in each language, each branch in a preset,
each link leads somewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from app.csource.decisions import calls_of
from app.csource.parse import parse_function
from app.csource.source import Source, fold
from app.errors import (
    ContentError,
    ContentProblem,
    InputProblem,
    ReaderError,
    SourceError,
    nearest,
)
from app.i18n import LANGUAGE_CODES
from app.kernel.helpers import FUNCTIONS
from app.kernel.model import compile_function, run
from app.kernel.scenario import parse_scenario
from app.machine.program import Program
from app.machine.trace import NOTE_FACTS
from app.walkthrough.anchors import AnchorMissed, locate
from app.walkthrough.challenge_check import check_challenges
from app.walkthrough.challenges import FILE as CHALLENGES
from app.walkthrough.challenges import Challenge, ChallengeEntry
from app.walkthrough.outside import (
    AfterwardsFile,
    DiagramFile,
    Outside,
    afterwards_problems,
    diagram_of,
    diagram_problems,
    stories_of,
)
from app.walkthrough.prose import LINK_SCHEMES, SECTIONS, Link, Prose, parse_prose, rfc_address
from app.walkthrough.records import (
    RESERVED_IDS,
    Block,
    Decision,
    Edit,
    Edition,
    Helper,
    Preset,
    Term,
    Walkthrough,
)
from app.walkthrough.schema import (
    Anchor,
    BlockEntry,
    GlossaryEntry,
    HelperEntry,
    PresetEntry,
    VariantEntry,
    WalkthroughFile,
)
from app.walkthrough.symptom_check import check_symptoms
from app.walkthrough.symptoms import FILE as SYMPTOMS
from app.walkthrough.symptoms import Symptoms, SymptomsFile, make_symptoms
from app.walkthrough.world import FACTS, PLACEHOLDERS, World, values_of
from app.walkthrough.yaml_lines import Document, read_yaml

MAX_FILE_BYTES: Final = 1 << 20

_Entry = TypeVar("_Entry", bound=BaseModel)


def list_walkthroughs(content: Path) -> list[str]:
    """The ids of the folders under `content/` that hold a walkthrough, sorted."""
    return sorted(file.parent.name for file in content.glob("*/walkthrough.yaml"))


def load_walkthrough(folder: Path) -> Walkthrough:
    """The walkthrough in a folder. Raises ContentError with every problem."""
    return _Loader(folder).load()


class _Loader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[ContentProblem] = []
        self.used_files: set[Path] = set()
        self.documents: dict[str, Document] = {}

    # Reporting

    def report(self, file: str, line: int | None, message: str, near: str | None = None) -> None:
        self.problems.append(ContentProblem(self.name(file), line, message, near))

    def name(self, file: str) -> str:
        return f"{self.folder.name}/{file}"

    def stop_if_broken(self) -> None:
        if self.problems:
            raise ContentError(self.problems)

    # Reading

    def read(self, file: str) -> str | None:
        path = self.folder / file
        self.used_files.add(path)
        try:
            if path.stat().st_size > MAX_FILE_BYTES:
                self.report(file, None, f"larger than {MAX_FILE_BYTES} bytes")
                return None
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            self.report(file, None, "file is missing", self.similar_file(path))
        except UnicodeDecodeError as error:
            self.report(file, None, f"not UTF-8 at byte {error.start}")
        except OSError as error:
            self.report(file, None, f"can't be read: {error.strerror}")
        return None

    def similar_file(self, path: Path) -> str | None:
        if not path.parent.is_dir():
            return None
        return nearest(path.name, [item.name for item in path.parent.iterdir()])

    def document(self, file: str) -> Document | None:
        text = self.read(file)
        if text is None:
            return None
        try:
            return read_yaml(self.name(file), text)
        except ContentError as error:
            self.problems.extend(error.problems)
            return None

    def validated(self, document: Document, type_: type[_Entry] | Any) -> Any:
        try:
            return TypeAdapter(type_).validate_python(document.value)
        except ValidationError as error:
            for item in error.errors():
                # Pydantic puts the member of a union into the path; YAML knows nothing of it.
                path = tuple(p for p in item["loc"] if not str(p).startswith(("Numbered", "str")))
                where = ".".join(str(part) for part in path)
                self.problems.append(
                    ContentProblem(document.file, document.line(path), f"{where}: {item['msg']}")
                )
            return None

    # The whole

    def load(self) -> Walkthrough:
        main = self.document("walkthrough.yaml")
        helpers_document = self.document("helpers.yaml")
        variants_document = self.document("variants.yaml")
        entry: WalkthroughFile | None = self.validated(main, WalkthroughFile) if main else None
        helper_entries: list[HelperEntry] = (
            self.validated(helpers_document, list[HelperEntry]) if helpers_document else None
        ) or []
        variant_entries: list[VariantEntry] = (
            self.validated(variants_document, list[VariantEntry]) if variants_document else None
        ) or []
        if main is None or entry is None:
            self.stop_if_broken()
            raise AssertionError("a missing walkthrough.yaml is a problem")
        if entry.id != self.folder.name:
            self.report(
                "walkthrough.yaml", main.line(("id",)), f"id {entry.id} is not the folder's name"
            )
        for code in entry.languages:
            if code not in LANGUAGE_CODES:
                self.report(
                    "walkthrough.yaml",
                    main.line(("languages",)),
                    f"language {code} has no interface, allowed: {', '.join(LANGUAGE_CODES)}",
                )
        for document in (main, helpers_document, variants_document):
            if document is not None:
                self.check_translations(document, document.value, (), entry.languages)
        glossary = self.glossary(entry.languages)
        source, program = self.compile(entry.source.file, entry.function)
        if source is None or program is None:
            self.stop_if_broken()
            raise AssertionError("a source that does not compile is a problem")
        helpers = self.helpers(helpers_document, helper_entries, program, source)
        blocks = self.blocks(main, entry, source)
        decisions = self.decisions(main, entry, program)
        self.check_ids(main, entry)
        presets = self.presets(main, entry, program)
        if decisions and presets:
            self.check_branches(main, decisions, presets)
        variants = self.variants(variants_document, variant_entries, source, entry.function)
        symptoms_document, symptoms = self.symptoms(entry.languages)
        walkthrough = Walkthrough(
            entry.id,
            entry.function,
            entry.title,
            entry.summary,
            tuple(entry.languages),
            entry.source,
            Edition(None, source, program),
            variants,
            blocks,
            decisions,
            presets,
            helpers,
            glossary,
            self.outside(entry.languages, presets, program),
            symptoms=make_symptoms(symptoms) if symptoms else Symptoms(),
            challenges=self.challenges(entry.languages, decisions, program),
        )
        self.check_links(walkthrough)
        if symptoms_document is not None and symptoms is not None:

            def report(line: int | None, message: str, near: str | None) -> None:
                self.report(SYMPTOMS, line, message, near)

            check_symptoms(walkthrough, symptoms_document, symptoms, report, self.dead)
        self.check_strangers()
        self.stop_if_broken()
        return walkthrough

    # Texts

    def check_translations(
        self, document: Document, value: Any, path: tuple[str | int, ...], languages: list[str]
    ) -> None:
        """A mapping with a language for a key is a text: it needs all of them, and no other."""
        if isinstance(value, Mapping):
            if any(code in value for code in LANGUAGE_CODES):
                for code in languages:
                    if not value.get(code):
                        where = ".".join(str(part) for part in path)
                        self.problems.append(
                            ContentProblem(
                                document.file, document.line(path), f"{where}: no text in {code}"
                            )
                        )
                for code in value:
                    if code not in languages:
                        where = ".".join(str(part) for part in path)
                        self.problems.append(
                            ContentProblem(
                                document.file,
                                document.line((*path, code)),
                                f"{where}: language {code} is not one of this walkthrough's",
                            )
                        )
                return
            for key, item in value.items():
                self.check_translations(document, item, (*path, key), languages)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                self.check_translations(document, item, (*path, index), languages)

    # Source and helpers

    def compile(self, file: str, function: str) -> tuple[Source | None, Program | None]:
        text = self.read(file)
        if text is None:
            return None, None
        source = Source(self.name(file), text)
        try:
            program = compile_function(parse_function(source, function))
        except SourceError as error:
            self.problems.append(
                ContentProblem(source.file, error.line, f"{error.message}: {error.text}")
            )
            return source, None
        for fault in program.faults:
            self.problems.append(
                ContentProblem(
                    source.file,
                    fault.line,
                    f"{fault.message}: {fault.text}",
                    getattr(fault, "nearest", None),
                )
            )
        return source, program

    def helpers(
        self,
        document: Document | None,
        entries: Sequence[HelperEntry],
        program: Program,
        source: Source,
    ) -> Mapping[str, Helper]:
        helpers: dict[str, Helper] = {}
        called: dict[str, int] = {}
        for name, span in calls_of(program.function):
            called.setdefault(name, span.line)
        for index, entry in enumerate(entries):
            line = document.line((index,)) if document else None
            as_called = entry.called or entry.name
            if entry.name not in FUNCTIONS:
                self.report(
                    "helpers.yaml",
                    line,
                    f"helper {entry.name} is not modelled",
                    nearest(entry.name, FUNCTIONS),
                )
            if as_called in helpers:
                self.report("helpers.yaml", line, f"helper {as_called} stands twice")
            if as_called not in called:
                self.report(
                    "helpers.yaml",
                    line,
                    f"{as_called} is not called in the source",
                    nearest(as_called, called),
                )
            for code, texts in entry.reasons.items():
                for text in texts.values():
                    try:
                        text.format(**dict.fromkeys(NOTE_FACTS, 0))
                    except (KeyError, ValueError, IndexError, AttributeError):
                        path = (index, "reasons", code)
                        self.report(
                            "helpers.yaml",
                            document.line(path) if document else None,
                            f"reason {code} has a placeholder that no fact fills: {text}; "
                            f"allowed: {', '.join(NOTE_FACTS)}",
                        )
            helpers[as_called] = Helper(
                entry.name,
                as_called,
                entry.file,
                entry.kind,
                entry.does,
                entry.model,
                entry.reasons,
            )
        for name, line in called.items():
            if name not in helpers:
                self.problems.append(
                    ContentProblem(
                        source.file,
                        line,
                        f"{name} is called here, but helpers.yaml does not explain it",
                        nearest(name, helpers),
                    )
                )
        return helpers

    def glossary(self, languages: list[str]) -> Mapping[str, Term]:
        """The terms by their spelling in the source; a walkthrough may do without any."""
        if not (self.folder / "glossary.yaml").exists():
            return {}
        document = self.document("glossary.yaml")
        if document is None:
            return {}
        self.check_translations(document, document.value, (), languages)
        terms: dict[str, Term] = {}
        for index, entry in enumerate(self.validated(document, list[GlossaryEntry]) or []):
            in_code = entry.in_code or entry.term
            if in_code in terms:
                self.report(
                    "glossary.yaml", document.line((index,)), f"term {in_code} stands twice"
                )
            terms[in_code] = Term(entry.term, in_code, entry.kind, entry.file, entry.text)
        return terms

    # What the world sees

    def outside(self, languages: list[str], presets: Sequence[Preset], program: Program) -> Outside:
        """The state diagram and the stories of what is left; a walkthrough may do without."""
        diagram_file: DiagramFile | None = self.optional("diagram.yaml", DiagramFile, languages)
        stories: AfterwardsFile | None = self.optional("afterwards.yaml", AfterwardsFile, languages)
        if diagram_file is not None:
            self.check_outside("diagram.yaml", diagram_problems(diagram_file))
        if stories is not None:
            found = list(afterwards_problems(stories, FACTS, PLACEHOLDERS))
            self.check_outside("afterwards.yaml", found or self.untold(stories, presets, program))
        return Outside(
            diagram_of(diagram_file) if diagram_file else None,
            stories_of(stories) if stories else (),
            stories.sysctls if stories else {},
        )

    def optional(self, file: str, type_: type[_Entry], languages: list[str]) -> Any:
        """The content of a YAML file that need not be there; None without it or with mistakes."""
        document = self.document(file) if (self.folder / file).exists() else None
        if document is None:
            return None
        self.documents[file] = document
        self.check_translations(document, document.value, (), languages)
        return self.validated(document, type_)

    def check_outside(
        self, file: str, problems: Iterable[tuple[tuple[str | int, ...], str]]
    ) -> None:
        for path, message in problems:
            self.report(file, self.documents[file].line(path), message)

    def untold(
        self, file: AfterwardsFile, presets: Sequence[Preset], program: Program
    ) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Each preset ends in a story, whose placeholders all stand for something there."""
        stories = Outside(stories=stories_of(file))
        for preset in presets:
            trace = run(program, preset.scenario)
            told = World(trace).afterwards(stories)
            if told is None:
                yield ("stories",), f"no story fits how the preset {preset.id} ends"
                continue
            for name in sorted(told.story.placeholders() - set(values_of(trace))):
                index = [entry.id for entry in file.stories].index(told.story.id)
                yield (
                    ("stories", index, "story"),
                    f"story {told.story.id}: {{{name}}} is not there in preset {preset.id}",
                )

    # Blocks and decisions

    def place(
        self,
        document: Document,
        path: tuple[str | int, ...],
        anchor: Anchor,
        candidates: Sequence[str],
        what: str,
    ) -> int | None:
        try:
            return locate(anchor, candidates, what)
        except AnchorMissed as missed:
            self.problems.append(
                ContentProblem(document.file, document.line(path), missed.message, missed.nearest)
            )
            return None

    def blocks(
        self, document: Document, entry: WalkthroughFile, source: Source
    ) -> tuple[Block, ...]:
        spans: list[tuple[int, int, int]] = []
        for index, item in enumerate(entry.blocks):
            start = self.place(
                document, ("blocks", index, "from"), item.from_, source.lines, "line"
            )
            end = self.place(document, ("blocks", index, "to"), item.to, source.lines, "line")
            if start is None or end is None:
                continue
            if end < start:
                self.report(
                    "walkthrough.yaml",
                    document.line(("blocks", index, "to")),
                    f"block {item.id} ends in line {end + 1}, before it starts in {start + 1}",
                )
                continue
            spans.append((index, start + 1, end + 1))
        if len(spans) < len(entry.blocks):
            return ()
        spans = self.covered(document, entry, source, spans)
        return tuple(
            Block(
                item.id,
                number,
                item.title,
                start,
                end,
                tuple(item.aliases),
                self.prose(item, entry.languages),
            )
            for number, (index, start, end) in enumerate(spans, 1)
            for item in [entry.blocks[index]]
        )

    def covered(
        self,
        document: Document,
        entry: WalkthroughFile,
        source: Source,
        spans: list[tuple[int, int, int]],
    ) -> list[tuple[int, int, int]]:
        """The blocks in the order of the source, blank lines given to the block before them."""
        spans.sort(key=lambda span: span[1])
        result: list[tuple[int, int, int]] = []
        expected = 1
        for index, start, end in spans:
            line = document.line(("blocks", index))
            blocks = entry.blocks
            while expected < start and not source.line(expected).strip() and result:
                previous = result[-1]
                result[-1] = (previous[0], previous[1], expected)
                expected += 1
            if start < expected:
                other = blocks[result[-1][0]].id if result else ""
                self.report(
                    "walkthrough.yaml",
                    line,
                    f"line {start} is in two blocks, {other} and {blocks[index].id}: "
                    f"{fold(source.line(start))}",
                )
            elif start > expected:
                self.report(
                    "walkthrough.yaml",
                    line,
                    f"lines {expected} to {start - 1} are in no block (before "
                    f"{blocks[index].id}): {fold(source.line(expected))}",
                )
            result.append((index, start, end))
            expected = max(expected, end + 1)
        while expected <= len(source.lines) and not source.line(expected).strip():
            previous = result[-1]
            result[-1] = (previous[0], previous[1], expected)
            expected += 1
        if expected <= len(source.lines):
            self.report(
                "walkthrough.yaml",
                None,
                f"lines {expected} to {len(source.lines)} are in no block: "
                f"{fold(source.line(expected))}",
            )
        return result

    def prose(self, entry: BlockEntry, languages: Sequence[str]) -> Mapping[str, Prose]:
        found: dict[str, Prose] = {}
        for code in languages:
            file = f"blocks/{entry.id}.{code}.md"
            text = self.read(file)
            if text is None:
                continue
            prose = found[code] = parse_prose(text)
            if not prose.lead:
                self.report(file, 1, "no lead before the first section")
            for key, line in prose.strays:
                self.report(
                    file,
                    line,
                    f"section {key} is unknown, or out of order; allowed in this order: "
                    + ", ".join(SECTIONS),
                    nearest(key, SECTIONS),
                )
            for key, is_required in SECTIONS.items():
                if is_required and key not in prose.sections:
                    self.report(file, None, f"section {key} is missing")
        return found

    def decisions(
        self, document: Document, entry: WalkthroughFile, program: Program
    ) -> tuple[Decision, ...]:
        codes = [decision.code for decision in program.decisions]
        by_number: dict[int, Decision] = {}
        for index, item in enumerate(entry.decisions):
            number = self.place(
                document, ("decisions", index, "code"), item.code, codes, "decision"
            )
            if number is None:
                continue
            line = document.line(("decisions", index))
            if number in by_number:
                self.report(
                    "walkthrough.yaml",
                    line,
                    f"decision {item.id} is the same as {by_number[number].id}",
                )
                continue
            parsed = program.decisions[number]
            by_number[number] = Decision(
                item.id,
                number,
                parsed.keyword,
                parsed.line,
                parsed.span.end_line,
                parsed.condition,
                item.title,
                item.when_true,
                item.when_false,
                tuple(item.aliases),
            )
        complete = True
        for parsed in program.decisions:
            if parsed.number not in by_number:
                complete = False
                self.report(
                    "walkthrough.yaml",
                    document.line(("decisions",)),
                    f"the decision in line {parsed.line} has no entry: {parsed.code}",
                )
        return tuple(by_number[n] for n in sorted(by_number)) if complete else ()

    def check_ids(self, document: Document, entry: WalkthroughFile) -> None:
        """Blocks and decisions share their addresses, with each other and with old ids."""
        seen: dict[str, str] = {}
        for kind in ("blocks", "decisions"):
            for index, item in enumerate(getattr(entry, kind)):
                for name in (item.id, *item.aliases):
                    line = document.line((kind, index, "id"))
                    if name in RESERVED_IDS:
                        self.report("walkthrough.yaml", line, f"id {name} is the name of a page")
                    if name in seen:
                        self.report(
                            "walkthrough.yaml", line, f"id {name} is used twice ({seen[name]})"
                        )
                    seen[name] = f"{kind[:-1]} {item.id}"
        presets: set[str] = set()
        for index, preset in enumerate(entry.presets):
            if preset.id in presets:
                self.report(
                    "walkthrough.yaml",
                    document.line(("presets", index, "id")),
                    f"preset {preset.id} stands twice",
                )
            presets.add(preset.id)

    # Presets

    def presets(
        self, document: Document, entry: WalkthroughFile, program: Program
    ) -> tuple[Preset, ...]:
        found: list[Preset] = []
        for index, item in enumerate(entry.presets):
            preset = self.preset(document, index, item, program)
            if preset is not None:
                found.append(preset)
        return tuple(found)

    def preset(
        self, document: Document, index: int, item: PresetEntry, program: Program
    ) -> Preset | None:
        pairs = [(key, str(value)) for key, value in item.scenario.items()]
        try:
            scenario = parse_scenario(pairs)
        except ReaderError as error:
            for problem in error.problems:
                self.problems.append(
                    ContentProblem(
                        document.file,
                        document.line(("presets", index, "scenario", problem.key)),
                        f"preset {item.id}: {describe(problem)}",
                        problem.nearest,
                    )
                )
            return None
        trace = run(program, scenario)
        if trace.error is not None:
            self.report(
                "walkthrough.yaml",
                document.line(("presets", index)),
                f"preset {item.id} does not run: {trace.error}",
            )
            return None
        return Preset(
            item.id,
            item.title,
            item.story,
            scenario,
            frozenset(
                (step.site.decision, step.taken)
                for step in trace.steps
                if step.site.decision is not None and step.taken is not None
            ),
            frozenset(
                line
                for step in trace.steps
                for line in range(step.site.span.line, step.site.span.end_line + 1)
            ),
        )

    def check_branches(
        self, document: Document, decisions: Sequence[Decision], presets: Sequence[Preset]
    ) -> None:
        taken = frozenset[tuple[int, bool]]().union(*(preset.branches for preset in presets))
        for decision in decisions:
            for way in (True, False):
                if (decision.number, way) not in taken:
                    self.report(
                        "walkthrough.yaml",
                        document.line(("presets",)),
                        f"no preset takes the branch {decision.id}/{str(way).lower()} "
                        f"(line {decision.line})",
                    )

    # Variants

    def variants(
        self,
        document: Document | None,
        entries: Sequence[VariantEntry],
        source: Source,
        function: str,
    ) -> Mapping[str, Edition]:
        found: dict[str, Edition] = {}
        for index, entry in enumerate(entries):
            assert document is not None
            lines = list(source.lines)
            edits: list[Edit] = []
            for number, item in enumerate(entry.edits):
                path = (index, "edits", number, "code")
                position = self.place(document, path, item.code, source.lines, "line")
                if position is None:
                    continue
                if "\n" in item.becomes:
                    self.report("variants.yaml", document.line(path), "an edit stays in its line")
                    continue
                original = lines[position]
                indent = original[: len(original) - len(original.lstrip())]
                lines[position] = indent + item.becomes
                edits.append(Edit(position + 1, fold(original), fold(item.becomes), item.effect))
            text = "\n".join(lines) + "\n"
            try:
                # Faults stay: to show text that does not compile is what a variant may be for.
                program = compile_function(parse_function(Source(source.file, text), function))
            except SourceError as error:
                self.report(
                    "variants.yaml",
                    document.line((index,)),
                    f"variant {entry.id}: line {error.line}: {error.message}: {error.text}",
                )
                continue
            found[entry.id] = Edition(
                entry.id,
                Source(source.file, text),
                program,
                entry.title,
                entry.note,
                tuple(edits),
            )
        return found

    # Symptoms

    def symptoms(self, languages: list[str]) -> tuple[Document | None, SymptomsFile | None]:
        """`symptoms.yaml`, which a walkthrough may do without."""
        if not (self.folder / SYMPTOMS).exists():
            return None, None
        document = self.document(SYMPTOMS)
        if document is None:
            return None, None
        self.check_translations(document, document.value, (), languages)
        return document, self.validated(document, SymptomsFile)

    # Challenges

    def challenges(
        self, languages: list[str], decisions: Sequence[Decision], program: Program
    ) -> tuple[Challenge, ...]:
        """`challenges.yaml`, which a walkthrough may do without."""
        if not (self.folder / CHALLENGES).exists():
            return ()
        document = self.document(CHALLENGES)
        if document is None:
            return ()
        self.check_translations(document, document.value, (), languages)
        entries: list[ChallengeEntry] = self.validated(document, list[ChallengeEntry]) or []

        def report(line: int | None, message: str, near: str | None) -> None:
            self.report(CHALLENGES, line, message, near)

        return check_challenges(document, entries, decisions, program, report)

    # Links

    def check_links(self, walkthrough: Walkthrough) -> None:
        for block in walkthrough.blocks:
            for code, prose in block.prose.items():
                file = f"blocks/{block.id}.{code}.md"
                for link in prose.links():
                    for message, near in self.dead(walkthrough, link):
                        self.report(file, link.line, message, near)

    def dead(self, walkthrough: Walkthrough, link: Link) -> Iterator[tuple[str, str | None]]:
        target = link.target
        known: Mapping[str, Any] | None = None
        match link.scheme:
            case "block":
                known = walkthrough.blocks_by_id
            case "decision":
                known = walkthrough.decisions_by_id
            case "preset":
                known = walkthrough.presets_by_id
            case "helper":
                known = {helper.name: helper for helper in walkthrough.helpers.values()}
            case "symptom":
                known = {symptom.id: symptom for symptom in walkthrough.symptoms.symptoms}
            case "branch":
                target, _, way = target.partition("/")
                known = walkthrough.decisions_by_id
                if way not in {"true", "false"}:
                    yield f"dead link branch:{link.target}: true or false", None
            case "scenario":
                pairs = [tuple(part.partition("=")[::2]) for part in target.split("&")]
                try:
                    parse_scenario(pairs)  # type: ignore[arg-type]
                except ReaderError as error:
                    for problem in error.problems:
                        yield f"dead link: {describe(problem)}", problem.nearest
            case "rfc":
                if rfc_address(target) is None:
                    yield f"dead link rfc:{target}: a number, or number#section", None
            case _:
                yield (
                    f"dead link {target}: use one of {', '.join(LINK_SCHEMES)}",
                    nearest(target.partition(":")[0], LINK_SCHEMES),
                )
        if known is not None and target not in known:
            yield f"dead link {link.scheme}:{link.target}", nearest(target, known)

    def check_strangers(self) -> None:
        """A commentary that belongs to no block would be forgotten."""
        for path in sorted((self.folder / "blocks").glob("*")):
            if path not in self.used_files:
                file = f"blocks/{path.name}"
                known = [used.name for used in self.used_files]
                self.report(file, None, "belongs to no block", nearest(path.name, known))


def describe(problem: InputProblem) -> str:
    """A reader's or an author's input problem in a line of English."""
    value = "" if problem.value is None else f"={problem.value}"
    return f"{problem.key}{value}: {problem.code}, allowed: {problem.allowed}"
