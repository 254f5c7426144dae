# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough trace`: a table for people, JSON for programs, status 2 for bad input."""

import json
import re

import pytest
from click.testing import CliRunner, Result
from starlette.testclient import TestClient

from app.cli import main
from app.web.app import create_app


def trace(*words: str, width: int = 160) -> Result:
    """The command, run in-process with its output in a column of that width."""
    return CliRunner().invoke(main, ["trace", *words], env={"COLUMNS": str(width)})


def test_the_table_has_a_row_for_each_step_with_its_reason() -> None:
    result = trace("tcp_close", "state=FIN_WAIT2", "linger2=-1")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert re.match(r"step +line +code +why, and what it changed", lines[0])
    assert any(re.match(r"1 +4 +int data_was_unread = 0;", line) for line in lines)
    (decided,) = [line for line in lines if "tp->linger2 < 0" in line]
    assert "true" in decided
    assert "linger2 is -1" in decided
    assert "· TCPAbortOnLinger +1" in result.stdout
    assert result.stderr == ""


def test_below_the_table_stands_what_is_left() -> None:
    result = trace("tcp_close", "state=FIN_WAIT2", "linger2=-1")
    outcome, source = result.stdout.split("\n\n")[-2:]
    assert source.endswith("line 1 is the function’s first\n")
    assert "TCP_LINGER2 is negative" in outcome
    facts = dict(re.findall(r"^(\w[\w, -]*?)  +(\S.*?) *$", outcome, re.MULTILINE))
    assert facts["state"] == "CLOSE"
    assert facts["fate"] == "destroyed"
    assert facts["segments"] == "RST"
    assert "TCPAbortOnLinger+1" in facts["counters"]
    assert facts["link"] == "/tcp_close?state=FIN_WAIT2&linger2=-1"


def test_a_mini_socket_and_a_timer_are_told_with_their_time() -> None:
    assert re.search(r"mini-socket +60000 ms", trace("tcp_close", "state=FIN_WAIT2").stdout)
    result = trace("tcp_close", "state=FIN_WAIT2", "fin_timeout=120")
    assert re.search(r"keepalive +60000 ms", result.stdout)


def test_a_hypothetical_socket_is_called_so() -> None:
    assert "Only hypothetical" in trace("tcp_close", "state=LISTEN", "recv=300").stdout


def test_without_inputs_the_default_socket_is_closed() -> None:
    result = trace("tcp_close")
    assert result.exit_code == 0
    assert "An orderly close: a FIN is sent." in result.stdout


def test_a_narrow_terminal_loses_nothing() -> None:
    result = trace("tcp_close", "recv=300", width=60)
    assert result.exit_code == 0
    assert all(len(line) <= 60 for line in result.stdout.splitlines() if "link" not in line)
    assert "data_was_unread" in result.stdout.replace("\n", "")


def test_markup_in_the_source_is_not_taken_for_colour() -> None:
    # "[/red]" and the like would be eaten by a table that reads markup.
    assert "\x1b[" not in trace("tcp_close").stdout


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ((), ""),
        (("state=FIN_WAIT2", "linger2=-1"), "state=FIN_WAIT2&linger2=-1"),
        (("recv=300-fin", "--variant", "article"), "recv=300-fin&variant=article"),
        (("wait=ack-fin", "linger=5", "--lang", "zh"), "wait=ack-fin&linger=5&lang=zh"),
        (
            ("state=FIN_WAIT2", "linger2=-1", "--variant=article"),
            "state=FIN_WAIT2&linger2=-1&variant=article",
        ),
    ],
)
def test_the_json_is_that_of_the_api(words: tuple[str, ...], query: str) -> None:
    result = trace("tcp_close", "--json", *words)
    assert result.exit_code == 0
    with TestClient(create_app()) as client:
        answer = client.get(f"/api/tcp_close/trace?{query}", headers={"accept-language": "en"})
    assert json.loads(result.stdout) == answer.json()


def test_the_json_is_readable_in_any_language() -> None:
    result = trace("tcp_close", "--json", "--lang=zh")
    assert "关闭" in result.stdout
    assert "\\u" not in result.stdout


def test_a_variant_that_stops_is_shown_up_to_there() -> None:
    result = trace("tcp_close", "state=FIN_WAIT2", "linger2=-1", "--variant=article")
    assert result.exit_code == 0
    assert "The C stops in line 124" in result.stdout


def test_all_problems_of_the_input_are_named_at_once() -> None:
    result = trace("tcp_close", "stat=LISTEN", "rto=0", "recv=x", "recv=1", "nonsense")
    assert result.exit_code == 2
    assert result.stdout == ""
    problems = result.stderr.splitlines()
    assert len(problems) == 5
    assert any(p.startswith("stat is not known. Did you mean state?") for p in problems)
    assert any(p.startswith("rto is out of range: 0. Allowed: 1 to 120000 ms") for p in problems)
    assert any(p.startswith("recv has an item that is no segment: x.") for p in problems)
    assert any(p.startswith("recv is given twice.") for p in problems)
    assert any("nonsense" in p and "KEY=VALUE" in p for p in problems)


def test_an_unknown_walkthrough_is_named_with_the_nearest() -> None:
    result = trace("tcp_clos", "rto=0", "--json")
    assert result.exit_code == 2
    assert "There is no walkthrough tcp_clos. Did you mean tcp_close?" in result.stderr
    assert "rto is out of range: 0." in result.stderr


@pytest.mark.parametrize("name", ["../content/tcp_close", "/etc", "", ".", "tcp_close/"])
def test_a_path_is_no_walkthrough(name: str) -> None:
    result = trace(name)
    assert result.exit_code == 2
    assert f"There is no walkthrough {name}." in result.stderr


def test_an_unknown_variant_is_named_with_the_nearest() -> None:
    result = trace("tcp_close", "rto=0", "--variant=artikel")
    assert result.exit_code == 2
    assert "variant can't be artikel. Did you mean article?" in result.stderr
    assert "rto is out of range" in result.stderr


@pytest.mark.parametrize("state", ["TIME_WAIT", "NEW_SYN_RECV"])
def test_mini_sockets_are_told_why_not(state: str) -> None:
    result = trace("tcp_close", f"state={state}")
    assert result.exit_code == 2
    assert "never reaches the function" in result.stderr


def test_an_unknown_option_and_an_unknown_language_have_status_2() -> None:
    assert trace("tcp_close", "--nothing").exit_code == 2
    result = trace("tcp_close", "--lang=fr")
    assert result.exit_code == 2
    assert "'en', 'zh'" in result.stderr


def test_a_value_may_have_an_equals_sign_and_still_be_refused_kindly() -> None:
    result = trace("tcp_close", "state=A=B", "=", "=x")
    assert result.exit_code == 2
    assert "state can't be A=B." in result.stderr
