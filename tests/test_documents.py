# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""README, CHANGELOG and CONTRIBUTING are true: the files they name, the example, the numbers."""

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main
from tests.conftest import shipped

REPOSITORY = Path(__file__).resolve().parent.parent
README = (REPOSITORY / "README.md").read_text()
CHANGELOG = (REPOSITORY / "CHANGELOG.md").read_text()
CONTRIBUTING = (REPOSITORY / "CONTRIBUTING.md").read_text()
FOLDERS = "app|benchmarks|content|docs|requirements|static|templates|tests|tools"
#: A path from the root; `<block>` and the like stand for any name.
PATH = re.compile(rf"(?<![\w/.])(?:{FOLDERS})/[\w./<>*-]*")


def folded(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


@pytest.mark.parametrize("document", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_every_file_that_is_named_is_there(document: str) -> None:
    named = {path.rstrip(".") for path in PATH.findall(document)}
    assert len(named) > 10
    for path in named - {"benchmarks/__init__.py"}:
        pattern = re.sub(r"<\w+>", "*", path).rstrip("/")
        assert any(REPOSITORY.glob(pattern)), path


def test_the_tree_in_the_readme_names_folders() -> None:
    tree = README.partition("## Where things are\n```\n")[2].partition("```")[0]
    folder = REPOSITORY
    for line in tree.splitlines():
        name = line.split()[0]
        folder = (REPOSITORY / "app" if line.startswith("  ") else REPOSITORY) / name
        assert name.endswith("/"), line
        assert folder.is_dir(), line


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^(\w+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make (\w+)", README + CONTRIBUTING, re.MULTILINE))
    assert {"serve", "test", "check", "bench"} <= named <= targets


def test_the_example_in_the_readme_is_what_the_command_prints() -> None:
    example = README.partition("four of them, and the end:\n```\n")[2].partition("```")[0]
    arguments = ["trace", "tcp_close", "state=CLOSE_WAIT", "recv=300-fin"]
    assert f"walkthrough {' '.join(arguments)} " in README
    run = CliRunner(env={"COLUMNS": "100"}).invoke(main, arguments)
    printed = folded(run.output)
    place = 0
    for line in folded(example):
        if line != "…":
            assert line in printed[place:]
            place = printed.index(line, place) + 1
    assert max(int(line.split()[0]) for line in printed if re.match(r"\d+ \d+ ", line)) == 42


def test_the_numbers_that_are_given_are_right() -> None:
    walkthrough = shipped()
    presets, blocks = len(walkthrough.presets), len(walkthrough.blocks)
    lines = len(walkthrough.edition.source.lines)
    assert f"{presets} situations" in " ".join(README.split())
    assert f"one of {presets} presets" in " ".join(CHANGELOG.split())
    assert f"its {lines} lines in {blocks} blocks" in " ".join(CHANGELOG.split())


def test_no_line_of_the_changelog_is_longer_than_120_characters() -> None:
    assert [line for line in CHANGELOG.splitlines() if len(line) > 120] == []


def test_the_changelog_has_the_present_version() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert f"## [{project['version']}]" in CHANGELOG
