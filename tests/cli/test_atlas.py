# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough atlas` and `witness`: bad input is told before anything is made."""

import pytest
from click.testing import CliRunner, Result

from app.cli import main


def command(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), env={"COLUMNS": "160"})


def test_an_id_that_is_no_branch_is_told_with_the_nearest() -> None:
    result = command("witness", "unread/treu")
    assert result.exit_code == 2
    assert "unread/treu is no branch of this function. Did you mean unread/true?" in result.stderr


def test_all_filters_are_checked_at_once() -> None:
    result = command("atlas", "--fate", "destroid", "--segment", "SYN", "--branch", "x")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 3
    assert "Did you mean destroyed?" in result.stderr


@pytest.mark.parametrize(
    "words", [("atlas", "tcp_clos"), ("witness", "unread/true", "--variant=x")]
)
def test_an_unknown_walkthrough_or_variant_has_status_2(words: tuple[str, ...]) -> None:
    assert command(*words).exit_code == 2


def test_the_witness_of_a_branch_is_its_simplest_scenario() -> None:
    result = command("witness", "unread/true")
    assert result.exit_code == 0
    assert "witness    recv=300" in result.stdout
    assert "data is unread" in result.stdout


def test_each_case_of_a_condition_has_a_line_and_what_they_share_is_said_once() -> None:
    lines = command("witness", "linger2-negative/true").stdout.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("condition"))
    assert lines[at].endswith("`linger2` is -1 or less, and one of these 2:")
    assert lines[at + 3] == ""
    assert all(line.startswith("           - ") for line in lines[at + 1 : at + 3])


def test_of_many_cases_is_said_what_is_always_so() -> None:
    assert "condition  only when `state` is not" in command("witness", "gone/true").stdout
