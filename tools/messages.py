# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Brings the catalogues of the interface's texts up to date: `python -m tools.messages`.

Messages are collected from the code and the templates into the template catalogue
(`app/locale/walkthrough.pot`) and merged into each language's. A translation stays with its
message; nothing is guessed from similar ones. Line numbers and dates are left out of the files, so
that a difference is always a difference in the texts.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from app.i18n import DEFAULT_LANGUAGE, DOMAIN, LANGUAGE_CODES, LOCALE

ROOT: Final = Path(__file__).resolve().parent.parent
MAPPING: Final = ROOT / "tools" / "babel.cfg"
TEMPLATE: Final = LOCALE / f"{DOMAIN}.pot"

#: The last name before the bracket counts: `_` stands for `self._` as well.
KEYWORDS: Final = {**DEFAULT_KEYWORDS, "marked": None, "Phrase": None}

# REUSE-IgnoreStart: the header of the catalogues, not of this file
_HEADER: Final = """\
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT"""
# REUSE-IgnoreEnd

#: Header fields that would change, or say nothing.
_LEFT_OUT: Final = (
    '"POT-Creation-Date:',
    '"PO-Revision-Date:',
    '"Report-Msgid-Bugs-To:',
    '"Last-Translator:',
    '"Language-Team:',
    '"Generated-By:',
)


def extract_python(
    file: IO[bytes], keywords: Collection[str], comment_tags: object, options: object
) -> Iterator[tuple[int, str, tuple[str | None, ...], list[str]]]:
    """Line, function and literal arguments of each call that marks a message, as Babel asks.

    Babel's own reader of Python passes over f-strings before Python 3.12, and not after it.
    """
    for node in _nodes(ast.parse(file.read())):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in keywords:
                yield node.lineno, name, tuple(_literal(argument) for argument in node.args), []


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it, in the order of the text."""
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _nodes(child)


def _literal(node: ast.expr) -> str | None:
    """The text of a literal; None for what is known only when the program runs."""
    value: Any = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else None


def extract() -> Catalog:
    """The messages that the code and the templates have now."""
    catalogue = Catalog(
        project="tcp_close walkthrough",
        version="1",
        header_comment=_HEADER,
        fuzzy=False,
    )
    with MAPPING.open(encoding="utf-8") as text:
        methods, options = parse_mapping_cfg(text)  # type: ignore[no-untyped-call]
    folders = {ROOT / pattern.partition("/")[0] for pattern, _ in methods}
    for file, _, message, _comments, context in extract_from_dir(
        ROOT,
        methods,
        options,
        KEYWORDS,
        directory_filter=lambda path: any(
            Path(path).is_relative_to(folder) and "__pycache__" not in path for folder in folders
        ),
    ):
        catalogue.add(message, locations=[(file, 0)], context=context or None)
    return catalogue


def catalogue_file(code: str) -> Path:
    """Where the translations into a language are."""
    return LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(code: str) -> Catalog:
    """The translations into a language; empty where there is no file yet."""
    file = catalogue_file(code)
    if not file.is_file():
        return Catalog(locale=code, header_comment=_HEADER, fuzzy=False)
    with file.open("rb") as text:
        return read_po(text, locale=code)


def written(catalogue: Catalog) -> str:
    """The text of a catalogue's file.

    Sorted by message and without its places, so that moving a file changes nothing here.
    """
    output = io.BytesIO()
    write_po(output, catalogue, width=100, ignore_obsolete=True, no_location=True, sort_output=True)
    lines = output.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(_LEFT_OUT))


def untranslated(catalogue: Catalog) -> list[Message]:
    """Messages without a translation in every form of theirs."""
    return [
        message
        for message in catalogue
        if message.id
        and not (all(message.string) if isinstance(message.string, tuple) else message.string)
    ]


def main() -> None:
    """Writes the catalogues, and says what is to be translated and what went."""
    template = extract()
    LOCALE.mkdir(exist_ok=True)
    TEMPLATE.write_text(written(template), encoding="utf-8")
    for code in LANGUAGE_CODES:
        if code == DEFAULT_LANGUAGE:
            continue
        catalogue = read(code)
        catalogue.project, catalogue.version = template.project, template.version
        catalogue.update(template, no_fuzzy_matching=True)
        file = catalogue_file(code)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(written(catalogue), encoding="utf-8")
        missing = untranslated(catalogue)
        print(f"{file.relative_to(ROOT)}: {len(catalogue)} messages, {len(missing)} to translate")
        for message in missing:
            print(f"  + {message.id}")
        for message in catalogue.obsolete.values():
            print(f"  - {message.id} ({message.string})")


if __name__ == "__main__":
    main()
