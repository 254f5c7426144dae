# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The record of where everything comes from (docs/provenance.yaml) fits what is there."""

import ast
import hashlib
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
import yaml

from app.kernel.helpers import FUNCTIONS
from app.paths import CONTENT

REPOSITORY = Path(__file__).resolve().parent.parent
RECORD: dict[str, Any] = yaml.safe_load((REPOSITORY / "docs" / "provenance.yaml").read_text())
ENTRIES: list[dict[str, Any]] = RECORD["functions"]
SURROUNDINGS: list[dict[str, Any]] = RECORD["surroundings"]
EXPLAINED: list[dict[str, Any]] = yaml.safe_load(
    (CONTENT / "tcp_close" / "helpers.yaml").read_text()
)
KEYS = {"name", "model", "kernel", "left_out", "differs"}


def names(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["name"] for entry in entries]


def test_every_modelled_function_is_listed_once_and_no_other() -> None:
    assert sorted(names(ENTRIES)) == sorted(FUNCTIONS)


@pytest.mark.parametrize("entry", ENTRIES, ids=names(ENTRIES))
def test_the_model_named_is_the_one_that_runs(entry: dict[str, Any]) -> None:
    body = FUNCTIONS[entry["name"]].body
    assert isinstance(body, FunctionType)
    module = body.__module__.removeprefix("app.").replace(".", "/")
    assert entry["model"] == f"{module}.py {body.__name__}"


@pytest.mark.parametrize("entry", ENTRIES, ids=names(ENTRIES))
def test_the_docstring_names_a_kernel_file_of_the_record(entry: dict[str, Any]) -> None:
    docstring = FUNCTIONS[entry["name"]].body.__doc__ or ""
    assert any(place["file"] in docstring for place in entry["kernel"])


@pytest.mark.parametrize("entry", EXPLAINED, ids=names(EXPLAINED))
def test_what_a_reader_is_told_names_a_kernel_file_of_the_record(entry: dict[str, Any]) -> None:
    recorded = next(one for one in ENTRIES if one["name"] == entry["name"])
    assert entry["file"] in {place["file"] for place in recorded["kernel"]}


@pytest.mark.parametrize("entry", SURROUNDINGS, ids=names(SURROUNDINGS))
def test_what_is_modelled_around_the_function_exists(entry: dict[str, Any]) -> None:
    file, name = entry["model"].split()
    tree = ast.parse((REPOSITORY / "app" / file).read_text())
    assert name in {getattr(node, "name", None) for node in tree.body}


@pytest.mark.parametrize("entry", [*ENTRIES, *SURROUNDINGS], ids=names([*ENTRIES, *SURROUNDINGS]))
def test_an_entry_has_the_keys_that_the_record_explains(entry: dict[str, Any]) -> None:
    assert entry.keys() <= KEYS
    assert entry["kernel"]
    assert all(place.keys() == {"file", "symbol"} for place in entry["kernel"])
    for key in ("left_out", "differs"):
        assert all(isinstance(text, str) and text for text in entry.get(key, []))


def test_the_quoted_source_is_the_recorded_one() -> None:
    (source,) = RECORD["source"]
    text = (REPOSITORY / source["file"]).read_bytes()
    assert hashlib.sha256(text).hexdigest() == source["sha256"]
    assert len(text.splitlines()) == source["lines"]
    walkthrough = yaml.safe_load((CONTENT / "tcp_close" / "walkthrough.yaml").read_text())
    assert source["licence"] == walkthrough["source"]["licence"]
    assert source["kernel"]["file"] == walkthrough["source"]["path"]
    assert RECORD["version"] == walkthrough["source"]["kernel"]
