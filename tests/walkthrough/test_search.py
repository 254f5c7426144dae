# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What is typed finds what is meant; a browser finds the same in the same order."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from app.i18n import LANGUAGE_CODES, language
from app.walkthrough.records import Walkthrough
from app.walkthrough.search.entries import entries_of
from app.walkthrough.search.index import Index, find, make_index

CORE = Path(__file__).parents[2] / "static/js/core/search.js"
QUERIES = [
    (lang, query, set(targets.split()))
    for line in Path(__file__).with_name("queries.txt").read_text().splitlines()
    if not line.startswith("#")
    for lang, query, targets in [line.split(" | ")]
]
#: Broken, endless, or none of ours: they find little, and the same on both sides.
STRANGE = [
    "",
    " ",
    "☃",
    "a" * 300,
    "_",
    "__",
    "锁",
    "ＦＩＮ",
    "6.12",
    "tcp.c:131",
    "%%%",
    "l linger",
]


@pytest.fixture(scope="module")
def indexes(tcp_close: Walkthrough) -> dict[str, Index]:
    return {
        code: make_index(entries_of(tcp_close, language(code)), tcp_close.words.spellings)
        for code in LANGUAGE_CODES
    }


def test_of_what_people_type_the_right_one_is_among_the_first_three(
    indexes: dict[str, Index],
) -> None:
    assert len(QUERIES) >= 60
    missed = []
    for lang, query, targets in QUERIES:
        index = indexes[lang]
        first = [index.entries[number].target for number in find(index, query)[:3]]
        if not targets & set(first):
            missed.append((lang, query, first))
    assert len(missed) * 20 <= len(QUERIES), missed
    known = {entry.target for entry in indexes["en"].entries}
    assert known >= {target for _, _, targets in QUERIES for target in targets}


@pytest.mark.parametrize("query", STRANGE)
def test_whatever_is_typed_is_looked_up(indexes: dict[str, Index], query: str) -> None:
    for index in indexes.values():
        assert len(find(index, query)) < len(index.entries) / 2


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_a_browser_ranks_as_the_server_does(indexes: dict[str, Index]) -> None:
    asked = [(lang, query) for lang, query, _ in QUERIES]
    asked += [(code, query) for code in LANGUAGE_CODES for query in STRANGE]
    words = {code: index.words for code, index in indexes.items()}
    script = f"""
        import {{ find }} from {json.dumps(str(CORE))};
        const {{ words, asked }} = JSON.parse(await new Response(process.stdin).text());
        const found = asked.map(([lang, query]) => find(words[lang], query));
        console.log(JSON.stringify(found));"""
    told = subprocess.run(
        ["node", "--input-type=module", "-e", script],
        input=json.dumps({"words": words, "asked": asked}),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    expected = [find(indexes[lang], query) for lang, query in asked]
    assert json.loads(told.stdout) == expected
