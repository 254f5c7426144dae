# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Whole traces, compared with files that a person can read: golden/<name>.txt.

A file starts with the query (`?` and what differs from the default) and a sentence of intent;
the rest is what tcp_close does. To add one, write those two lines and run
`UPDATE_TRACES=1 pytest tests/traces`; then read what was written, line by line, before you keep it.
"""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.paths import CONTENT
from tests.conftest import IN_CI
from tests.kernel.closing import close, scenario
from tests.traces.telling import tell

FOLDER = Path(__file__).parent / "golden"
FILES = sorted(FOLDER.glob("*.txt"))
UPDATE = bool(os.environ.get("UPDATE_TRACES")) and not IN_CI

WALKTHROUGH = yaml.safe_load((CONTENT / "tcp_close" / "walkthrough.yaml").read_text())
PRESETS: list[dict[str, Any]] = WALKTHROUGH["presets"]


def head(path: Path) -> tuple[str, str]:
    """The query and the sentence at the top of a file."""
    lines = path.read_text().splitlines()
    assert len(lines) >= 2, f"{path.name} wants a query and a sentence"
    query, intent = lines[:2]
    assert query.startswith("?"), f"{path.name} starts with ? and the query"
    assert intent.endswith("."), f"{path.name} says in a sentence what it is about"
    return query.removeprefix("?"), intent


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_trace_is_as_written(path: Path) -> None:
    query, intent = head(path)
    text = f"?{query}\n{intent}\n\n{tell(close(query))}"
    if UPDATE:
        path.write_text(text)
    assert path.read_text() == text


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_query_is_the_canonical_one(path: Path) -> None:
    query, _ = head(path)
    assert scenario(query).query() == query


def test_no_scenario_is_told_twice() -> None:
    queries = [head(path)[0] for path in FILES]
    assert len(set(queries)) == len(queries)


@pytest.mark.parametrize("preset", PRESETS, ids=[preset["id"] for preset in PRESETS])
def test_each_preset_is_told(preset: dict[str, Any]) -> None:
    """Under its own name, with its own scenario."""
    path = FOLDER / f"{preset['id']}.txt"
    assert path.exists(), f"write {path.name}: the query and a sentence"
    told, _ = head(path)
    written = "&".join(f"{key}={value}" for key, value in preset["scenario"].items())
    assert scenario(told) == scenario(written)


def test_the_files_take_every_branch() -> None:
    """All 17 decisions, both ways, and every line that can be executed."""
    taken, lines = set(), set()
    for path in FILES:
        for step in close(head(path)[0]).steps:
            lines.add(step.site.span.line)
            if step.taken is not None:
                taken.add((step.site.number, step.taken))
    assert taken == {(number, outcome) for number in range(17) for outcome in (True, False)}
    assert lines >= {16, 36, 46, 50, 54, 86, 105, 125, 132, 135, 136, 144, 149, 160, 161, 169}
