# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough check`: every mistake with file and line; the exit status says if there are any."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from tests.conftest import BLOCKS
from tests.walkthrough import building


def check(*words: str | Path) -> Result:
    """The command, run in-process."""
    return CliRunner().invoke(main, ["check", *map(str, words)])


def test_the_bundled_content_has_no_mistakes() -> None:
    result = check()
    assert result.exit_code == 0
    assert result.stdout.startswith(f"tcp_close: 171 lines in {BLOCKS} blocks, 17 decisions, ")
    assert result.stdout.endswith("no mistakes\n")
    assert result.stderr == ""


def test_one_folder_is_checked_alone(tmp_path: Path) -> None:
    folder = building.tiny(tmp_path)
    result = check(folder.path)
    assert result.exit_code == 0
    assert result.stdout == (
        "tiny: 16 lines in 4 blocks, 2 decisions, 3 presets, 5 helpers, languages en, zh: "
        "no mistakes\n"
    )


def test_a_folder_of_folders_is_checked_whole(tmp_path: Path) -> None:
    building.tiny(tmp_path)
    building.copy_of_tcp_close(tmp_path)
    result = check(tmp_path)
    assert result.exit_code == 0
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == ["tcp_close", "tiny"]


def test_mistakes_are_told_with_file_and_line_and_counted(tmp_path: Path) -> None:
    folder = building.tiny(tmp_path)
    first = folder.edit("blocks/fin.en.md", "(preset:listener)", "(preset:lisener)")
    second = folder.edit("walkthrough.yaml", '{en: "Lock", zh: "加锁"}', '{en: "Lock"}')
    result = check(folder.path)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        f"tiny/blocks/fin.en.md:{first}: dead link preset:lisener (nearest: listener)",
        f"tiny/walkthrough.yaml:{second}: blocks.0.title: no text in zh",
        "2 mistakes",
    ]


def test_one_mistake_is_one_mistake(tmp_path: Path) -> None:
    folder = building.tiny(tmp_path)
    folder.edit("blocks/fin.en.md", "(preset:listener)", "(preset:lisener)")
    assert check(folder.path).stderr.splitlines()[-1] == "1 mistake"


def test_a_good_folder_beside_a_bad_one_is_told_too(tmp_path: Path) -> None:
    building.copy_of_tcp_close(tmp_path)
    folder = building.tiny(tmp_path)
    folder.edit("blocks/fin.en.md", "(preset:listener)", "(preset:lisener)")
    result = check(tmp_path)
    assert result.exit_code == 1
    assert "tcp_close: 171 lines" in result.stdout
    assert "tiny/blocks/fin.en.md" in result.stderr


def test_a_folder_without_a_walkthrough_is_no_success(tmp_path: Path) -> None:
    result = check(tmp_path)
    assert result.exit_code == 1
    assert "no walkthrough.yaml here" in result.stderr


def test_a_folder_that_is_not_there_is_a_wrong_word(tmp_path: Path) -> None:
    result = check(tmp_path / "nothing")
    assert result.exit_code == 2
    assert "does not exist" in result.stderr


def test_a_relative_folder_has_a_name_in_the_messages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = building.tiny(tmp_path)
    folder.edit("blocks/fin.en.md", "(preset:listener)", "(preset:lisener)")
    monkeypatch.chdir(folder.path)
    assert check(".").stderr.startswith("tiny/blocks/fin.en.md:7: ")
    monkeypatch.chdir(folder.path / "blocks")
    assert check("..").stderr.startswith("tiny/blocks/fin.en.md:7: ")
