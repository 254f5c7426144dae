# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The command as a whole: its help, its subcommands, how it can be started."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from app.cli import main

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_the_help_names_each_subcommand(option: str) -> None:
    result = CliRunner().invoke(main, [option])
    assert result.exit_code == 0
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        assert command.help is not None
        words = " ".join(command.help.split()[:3])
        assert re.search(rf"\n  {name} +{re.escape(words)}", result.stdout)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("serve", ("--host", "--port", "127.0.0.1", "8000")),
        ("check", ("FOLDER", "mistake")),
        ("trace", ("KEY=VALUE", "--json", "--variant", "--lang", "exit status is 2")),
    ],
)
def test_each_subcommand_has_a_help_of_its_own(name: str, words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    for word in words:
        assert word in result.stdout


def test_an_unknown_subcommand_has_status_2() -> None:
    result = CliRunner().invoke(main, ["trase"])
    assert result.exit_code == 2
    assert "trase" in result.stderr


def test_it_can_be_started_as_a_module() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "app", "trace", "tcp_close", "--json", "recv=300"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert '"RST"' in result.stdout


def test_output_into_a_closed_pipe_is_no_traceback() -> None:
    result = subprocess.run(
        f"{sys.executable} -m app trace tcp_close | head -n 1",
        shell=True,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "Traceback" not in result.stderr
