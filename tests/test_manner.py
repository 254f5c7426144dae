# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The manner of the code: contexts are explained, and calls can be followed."""

import ast
import re
from pathlib import Path

import pytest

from app import errors

APP = Path(__file__).resolve().parent.parent / "app"
#: Records that are made for a template: those of a `contexts.py`, and what is named like this.
CONTEXT = re.compile(r"@dataclass\(.*\)\nclass \w+(View|Page|Input)\b")
CONTEXTS = sorted(path for path in APP.glob("web/**/*.py") if CONTEXT.search(path.read_text()))
#: A call with more of them is written with keywords, unless it may have any number of them.
MOST_POSITIONAL = 5
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
OPEN_ENDED = {"pack", "format", "syscall", "execute_command"}


def named_in(docstring: str | None) -> set[str]:
    """The names in backquotes."""
    return set(re.findall(r"`(\w+)`", docstring or ""))


#: Fields that mean the same everywhere.
SHARED = named_in(ast.get_docstring(ast.parse((APP / "web" / "contexts.py").read_text())))


@pytest.mark.parametrize("path", CONTEXTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_contexts_are_given_by_keyword_and_each_field_is_explained(path: Path) -> None:
    lines = path.read_text().splitlines()
    for record in ast.parse(path.read_text()).body:
        if not isinstance(record, ast.ClassDef) or not (
            path.stem == "contexts" or CONTEXT.search(ast.unparse(record))
        ):
            continue
        decorators = [ast.unparse(item) for item in record.decorator_list]
        if "TypedDict" in map(ast.unparse, record.bases):
            continue  # a report's schema says what its fields are
        assert "dataclass(frozen=True, slots=True, kw_only=True)" in decorators, record.name
        explained = SHARED | named_in(ast.get_docstring(record))
        for field in record.body:
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
                above = lines[field.lineno - 2].strip().startswith("#:")
                beside = "  # " in lines[(field.end_lineno or field.lineno) - 1]
                name = field.target.id
                assert above or beside or name in explained, f"{record.name}.{name}"


def is_public(name: str) -> bool:
    return not name.startswith("_")


def test_what_a_template_reads_of_a_view_is_explained() -> None:
    for path in sorted(APP.glob("web/**/*.py")):
        for view in ast.walk(ast.parse(path.read_text())):
            if isinstance(view, ast.ClassDef) and view.name.endswith(("View", "Page")):
                for item in view.body:
                    kinds = [ast.unparse(one) for one in getattr(item, "decorator_list", ())]
                    if isinstance(item, FUNCTIONS) and {"property", "cached_property"} & {*kinds}:
                        known = ast.get_docstring(item) or item.name in SHARED
                        assert known or not is_public(item.name), f"{view.name}.{item.name}"


def test_no_call_has_more_positional_arguments_than_one_can_follow() -> None:
    trees = {path: ast.parse(path.read_text()) for path in sorted(APP.rglob("*.py"))}
    own = [
        node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, FUNCTIONS)
    ]
    open_ended = OPEN_ENDED | {function.name for function in own if function.args.vararg}
    for path, tree in trees.items():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and len(call.args) > MOST_POSITIONAL:
                name = ast.unparse(call.func).rpartition(".")[2]
                assert name in open_ended, f"{path}:{call.lineno}: {ast.unparse(call.func)}"


def test_a_docstring_says_which_error_is_raised() -> None:
    """By its name or a base's, where the function itself raises it; a command's is its help."""
    own = {name: one for name, one in vars(errors).items() if isinstance(one, type)}
    for path in sorted(set(APP.rglob("*.py")) - set((APP / "cli").rglob("*.py"))):
        module = ast.parse(path.read_text())
        classes = [one for one in module.body if isinstance(one, ast.ClassDef)]
        bodies = [module.body, *(one.body for one in classes if is_public(one.name))]
        for body in bodies:
            for function in body:
                if not isinstance(function, FUNCTIONS) or not is_public(function.name):
                    continue
                said = ast.get_docstring(function)
                inner = {id(n) for one in ast.walk(function) if one is not function
                         and isinstance(one, FUNCTIONS) for n in ast.walk(one)}  # fmt: skip
                for one in ast.walk(function):
                    if said and isinstance(one, ast.Raise) and one.exc and id(one) not in inner:
                        name = ast.unparse(one.exc).partition("(")[0]
                        names = [base.__name__ for base in own[name].__mro__] if name in own else []
                        wanted = f"{path.name}: {function.name} raises {name}"
                        assert not names or any(base in said for base in names), wanted


def test_what_everybody_talks_about_is_one_class_each() -> None:
    names = [
        node.name
        for path in APP.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    ]
    for name in ("Site", "Fork", "Case", "World", "Step", "Decision"):
        assert names.count(name) == 1, name
