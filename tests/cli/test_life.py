# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough life`: a table for people, JSON for programs, status 2 for bad input."""

import json

import pytest
from click.testing import CliRunner, Result
from starlette.testclient import TestClient

from app.cli import main
from app.web.app import create_app


def life(*words: str) -> Result:
    return CliRunner().invoke(main, ["life", *words], env={"COLUMNS": "200"})


def test_the_table_has_a_row_for_each_event_and_says_what_ends_it() -> None:
    result = life("tcp_close", "peer=silent")
    assert result.exit_code == 0
    assert "timer:(on,800ms,2)" in result.stdout
    assert "102.4 s after close() nothing is left of it at this end." in result.stdout
    assert "/tcp_close/life?peer=silent" in result.stdout


@pytest.mark.parametrize(
    ("words", "address"),
    [(("peer=silent",), "?peer=silent"), (("--many", "silent=20"), "/many?silent=20")],
)
def test_its_json_is_that_of_the_api(words: tuple[str, ...], address: str) -> None:
    result = life("tcp_close", "--json", *words)
    with TestClient(create_app()) as client:
        assert json.loads(result.stdout) == client.get(f"/api/tcp_close/life{address}").json()


def test_many_are_told_with_their_limits() -> None:
    result = life("tcp_close", "--many", "rate=3000", "silent=20", "--lang", "zh")
    assert "tcp_max_tw_buckets" in result.stdout
    assert "任一时刻" in result.stdout


def test_its_help_has_an_example_on_each_line() -> None:
    lines = [line.split()[-4:] for line in life("-h").stdout.splitlines()]
    assert ["tcp_close", "--many", "rate=2000", "silent=20"] in lines


def test_every_problem_is_named() -> None:
    result = life("tcp_close", "peer=slient", "foo=1")
    assert result.exit_code == 2
    assert "silent" in result.stderr
    assert "foo" in result.stderr
