# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What pyproject.toml declares is what app/ imports: nothing is missing, and nothing idle."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

# Named to uvicorn, which imports them.
NOT_IMPORTED_BY_US = {"httptools", "uvloop"}


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> set[str]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    wanted = chain(project["dependencies"], *extras)
    names = (re.match(r"[\w.-]+", requirement) for requirement in wanted)
    return {normalized(name.group()) for name in names if name}


def imported() -> set[str]:
    modules: set[str] = set()
    for path in (REPOSITORY / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules.add(node.module.partition(".")[0])
    distributions = packages_distributions()
    return {
        normalized(name)
        for module in modules - sys.stdlib_module_names - {"app"}
        for name in distributions[module]
    }


def test_every_import_is_declared() -> None:
    assert imported() <= declared()


def test_every_declared_dependency_is_used() -> None:
    assert declared() - NOT_IMPORTED_BY_US <= imported()


def test_locks_name_no_index_and_no_machine() -> None:
    for lock in (REPOSITORY / "requirements").glob("*.txt"):
        assert not re.findall(
            r"https?://|file:|^-{1,2}\w.*|/(?:home|root|tmp)/", lock.read_text(), re.MULTILINE
        )
