# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Modules that travel as one file: a browser pays more for a request than for what comes with it.

`every-page.js` has in it the modules that it imports, and theirs, each in a scope of its own; it
exports their exports, a module's as one object. Other modules that import one of these get it from
there, so that each is there once. What has no document (core/, workers/) is not redirected: a
worker has no use for elements, and pure functions may be there twice.

The modules are our own, and plain: `import { a, b } from "./x.js";` on a line of its own, and
`export` before what is declared.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ENTRY: Final = "every-page.js"
_IMPORT: Final = re.compile(r'^import (?:\{ ([^}]+) \} from )?"(\.[^"]+)";\n', re.MULTILINE)
_LATER: Final = re.compile(r'(?<=\bimport\(")(\.[^"]+)(?="\))')
_EXPORT: Final = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_APART: Final = ("core", "workers")


def travelling_script(path: Path) -> str:
    """A module as it goes over the wire. Its folder is `js`, or within it."""
    root = next(folder for folder in path.parents if folder.name == "js")
    if path == root / ENTRY:
        return _together(root)
    text = path.read_text("utf-8")
    if path.relative_to(root).parts[0] in _APART:
        return text
    shared = _modules(root)

    def redirected(found: re.Match[str]) -> str:
        module = _target(path, found[2])
        if module not in shared or not found[1]:
            return found[0]
        name, entry = _name(root, module), os.path.relpath(root / ENTRY, path.parent)
        entry = entry if entry.startswith(".") else f"./{entry}"
        return f'import {{ {name} }} from "{entry}";\n{_taken(found[1], name)}'

    return _IMPORT.sub(redirected, text)


def _target(path: Path, address: str) -> Path:
    return Path(os.path.normpath(path.parent / address))


def _name(root: Path, module: Path) -> str:
    return re.sub(r"\W", "_", module.relative_to(root).with_suffix("").as_posix())


def _taken(names: str, module: str) -> str:
    return f"const {{ {names.replace(' as ', ': ')} }} = {module};\n"


@cache
def _modules(root: Path) -> tuple[Path, ...]:
    """What the entry imports, and what these import, each behind those that it needs."""
    found: dict[Path, None] = {}

    def visit(path: Path) -> None:
        for _, address in _IMPORT.findall(path.read_text("utf-8")):
            module = _target(path, address)
            if module not in found:
                visit(module)
                found[module] = None

    visit(root / ENTRY)
    return tuple(found)


def _together(root: Path) -> str:
    modules = _modules(root)
    names = ", ".join(_name(root, module) for module in modules)
    return "\n".join([*_scopes(root, modules), f"export {{ {names} }};\n"])


def _scopes(root: Path, modules: tuple[Path, ...]) -> Iterator[str]:
    for path in modules:
        text = path.read_text("utf-8")
        names = ", ".join(_EXPORT.findall(text))

        def taken(found: re.Match[str], path: Path = path) -> str:
            return _taken(found[1], _name(root, _target(path, found[2])))

        def later(found: re.Match[str], path: Path = path) -> str:
            return f"./{_target(path, found[1]).relative_to(root).as_posix()}"

        text = _LATER.sub(later, _EXPORT.sub("", _IMPORT.sub(taken, text)))
        own = f'new URL("{path.relative_to(root).as_posix()}", import.meta.url).href'
        text = text.replace("import.meta.url", own)
        yield f"const {_name(root, path)} = (() => {{\n{text}return {{ {names} }};\n}})();"
