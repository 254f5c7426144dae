# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Which part of the program may import which: read from the imports, nothing is executed."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parent.parent / "app"
MODULES = sorted(path for path in APP.rglob("*.py") if "bundled" not in path.parts)

#: Each part may import itself, what stands before it, and the leaves.
ORDER = ("csource", "machine", "kernel", "walkthrough", "editions")
LEAVES = frozenset({"background", "errors", "i18n", "paths"})
ALLOWED = {
    **{part: frozenset(ORDER[: place + 1]) for place, part in enumerate(ORDER)},
    "lab": frozenset({"kernel", "walkthrough", "lab"}),
    "rooms": frozenset({"rooms"}),
    "pasted": frozenset({"pasted"}),
    "web": frozenset({*ORDER, "lab", "rooms", "pasted", "web"}),
    "cli": frozenset({*ORDER, "lab", "rooms", "pasted", "web", "cli"}),
    "background": frozenset({"errors"}),
    "errors": frozenset(),
    "i18n": frozenset({"errors"}),
    "paths": frozenset(),
    "__main__": frozenset({"cli"}),
    "__init__": frozenset(),
}
#: The web, from what everybody uses to what uses everybody; a row knows nothing of its own row.
WEB_ORDER = (
    {"addresses", "compiling", "meta", "query", "settings", "svg", "wrapping"},
    {"contexts", "http"},
    {"study", "navigation", "search_index"},
    {"site"},
    {"api", "resolve", "operation", "pasting", "visit", "waiting", "world"},
    {"life"},
    {
        "atlas",
        "challenges",
        "classroom",
        "compare",
        "front",
        "history",
        "search",
        "sharing",
        "symptoms",
    },
    {"cards", "lab", "reading", "which"},
    {"json_api", "parts"},
    {"app", "connections"},
    {"export", "server"},
    {"workers"},
)
PLACE_IN_WEB = {name: place for place, row in enumerate(WEB_ORDER) for name in row}
#: Libraries that belong to the web and the command line.
WEB_LIBRARIES = frozenset({"fastapi", "starlette", "uvicorn", "jinja2", "httpx", "httpx2"})
CLI_LIBRARIES = frozenset({"click", "rich"})

#: The modules that may know a database.
KNOWS_DATABASE = {"app.rooms.sqlite_log": {"sqlite3"}, "app.rooms.redis_log": {"redis"}}


def name_of(path: Path) -> str:
    """`app.machine.types`; of a package its own name."""
    parts = path.relative_to(APP.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__") or "app"


#: Every module's name.
NAMES = frozenset(name_of(path) for path in MODULES)


def part_of(module: str) -> str:
    """`machine` of `app.machine.types`."""
    return module.split(".")[1] if "." in module else "__init__"


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


@cache
def imports_of(path: Path) -> tuple[str, ...]:
    """Every module that is imported, wherever the import stands."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            if module == "app":
                yield from (f"app.{alias.name}" for alias in node.names)
            else:
                yield module


def parts_imported(path: Path) -> set[str]:
    return {part_of(name) for name in imports_of(path) if name.split(".")[0] == "app"}


def libraries_imported(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports_of(path)} - {"app"}


def test_imports_go_one_way() -> None:
    """Csource <- machine <- kernel <- walkthrough <- editions, lab <- web, cli; rooms apart."""
    for path in MODULES:
        part = part_of(name_of(path))
        assert part in ALLOWED, f"say here what {part} may import"
        leaves = LEAVES - {part} if part not in LEAVES else frozenset()
        assert parts_imported(path) <= ALLOWED[part] | leaves, path


def test_only_the_parser_knows_tree_sitter() -> None:
    for path in MODULES:
        if name_of(path) != "app.csource.parse":
            assert not {"tree_sitter", "tree_sitter_c"} & libraries_imported(path), path


def test_only_the_reader_of_pasted_texts_knows_v8() -> None:
    for path in MODULES:
        assert name_of(path) == "app.pasted" or "py_mini_racer" not in libraries_imported(path)


def test_nothing_below_the_web_knows_of_it() -> None:
    for path in MODULES:
        if part_of(name_of(path)) not in {"web", "cli", "__main__"}:
            assert not (WEB_LIBRARIES | CLI_LIBRARIES) & libraries_imported(path), path


def test_the_errors_import_nothing_of_the_package() -> None:
    assert parts_imported(APP / "errors.py") == set()


def test_the_machine_never_imports_the_kernel() -> None:
    for path in (APP / "machine").rglob("*.py"):
        assert "kernel" not in parts_imported(path)


@pytest.mark.parametrize("part", ["csource", "machine", "kernel"])
def test_the_engine_reads_no_files_and_knows_no_languages(part: str) -> None:
    for path in (APP / part).rglob("*.py"):
        assert not {"paths", "i18n"} & parts_imported(path), path
        assert not {"yaml", "pathlib", "gettext", "babel"} & libraries_imported(path), path


def test_rooms_know_nothing_of_what_is_explained_and_of_no_language() -> None:
    for path in (APP / "rooms").rglob("*.py"):
        assert parts_imported(path) <= {"rooms", "errors", "background"}, path


def test_only_the_logs_know_their_databases() -> None:
    for path in MODULES:
        databases = {"sqlite3", "redis"} & libraries_imported(path)
        assert databases <= KNOWS_DATABASE.get(name_of(path), set()), path


def test_a_part_of_the_web_imports_only_what_stands_before_it() -> None:
    """A capability is a folder: it knows what all pages share, and others only as listed here."""
    for path in MODULES:
        names = name_of(path).split(".")
        if names[:2] != ["app", "web"] or len(names) == 2:
            continue
        assert names[2] in PLACE_IN_WEB, f"say in WEB_ORDER where {names[2]} stands"
        for module in imports_of(path):
            if module.startswith("app.web."):
                other = module.split(".")[2]
                knows = other == names[2] or PLACE_IN_WEB[other] < PLACE_IN_WEB[names[2]]
                assert knows, f"{path}: {module}"


def test_no_module_imports_itself_in_a_circle() -> None:
    """An import at the top of a module that leads back to it breaks depending on who is first."""
    graph = {name_of(path): set(top_level_imports(path)) for path in MODULES}
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " -> ".join((*way[way.index(module) :], module))
        if module in done or module not in graph:
            return
        for other in sorted(graph[module]):
            visit(other, (*way, module))
        done.add(module)

    for module in graph:
        visit(module, ())


def top_level_imports(path: Path) -> Iterator[str]:
    """Modules of the package that are imported when this one is.

    `from app.csource import nodes` means the module `app.csource.nodes`.
    """
    for node in tree_of(path).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "app":
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in NAMES else str(node.module)
        elif isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.split(".")[0] == "app")
