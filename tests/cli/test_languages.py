# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A command that has `--lang` speaks it throughout: the kernel's names stay as they are."""

import re

import pytest
from click.testing import CliRunner

from app.cli import main
from app.cli.common import padded

COMMANDS = {
    "trace": ("trace", "tcp_close", "state=LISTEN"),
    "compare": ("compare", "recv:300", "zero-linger"),
    "compare the same": ("compare", "default", "default"),
    "witness": ("witness", "needs-fin/false"),
    "witness hypothetical": ("witness", "fastopen-request/true"),
    "atlas": ("atlas", "--branch", "unread/true"),
}


def said(language: str, *words: str) -> str:
    result = CliRunner().invoke(main, [*words, "--lang", language], env={"COLUMNS": "240"})
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_no_heading_is_left_in_english(words: tuple[str, ...]) -> None:
    headings = (
        "step|line|code|why, and|state|fate|segments|counters|keepalive|mini-socket|orphans|inputs"
        "|link|path|sends|counts|simplest|decision|what is left|witness|condition|Pairs"
    )
    pattern = re.compile(rf"^(?:{headings})(?: |$)", re.MULTILINE)
    assert pattern.search(said("en", *words))
    assert not pattern.search(said("zh", *words))


def test_chinese_takes_two_places_a_character() -> None:
    assert padded("结局", 6) == "结局  "
    assert padded("fate", 6) == "fate  "


@pytest.mark.parametrize(
    "words",
    [
        ("trace", "tcp_close", "state=LISTENN"),
        ("compare", "recv:x", "default"),
        ("witness", "unread/treu"),
        ("atlas", "--fate", "destroid"),
        ("lab", "unread-rest"),
    ],
    ids=lambda words: words[0],
)
def test_bad_input_is_told_in_the_language(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*words, "--lang", "zh"])
    assert result.exit_code == 2
    assert "允许" in result.stderr
    assert not re.search(r"Allowed|Did you mean|can't be", result.stderr)
