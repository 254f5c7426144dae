# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A second walkthrough, of a function that no kernel has: alone, and beside the shipped one."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from click.testing import CliRunner, Result
from starlette.testclient import TestClient

from app.cli import main
from app.paths import CONTENT
from app.walkthrough.load import load_walkthrough
from app.walkthrough.records import Walkthrough
from app.web.app import create_app
from tests.conftest import REPOSITORY

FOLDER = Path(__file__).parent
NAME = "tiny_shutdown"

Command: TypeAlias = Callable[..., Result]
"""`command("trace", "tiny_shutdown")`: what the command line says with only that walkthrough."""


@pytest.fixture(scope="session")
def second() -> Walkthrough:
    """The walkthrough."""
    return load_walkthrough(FOLDER / NAME)


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of content with both."""
    return copy_both(tmp_path_factory.mktemp("both"))


def copy_both(content: Path) -> Path:
    """Both walkthroughs in a folder of content."""
    for folder in (CONTENT / "tcp_close", FOLDER / NAME):
        shutil.copytree(folder, content / folder.name)
    return content


@pytest.fixture(scope="module")
def alone() -> Iterator[TestClient]:
    """The program with nothing but the second walkthrough."""
    yield from client_of(FOLDER)


@pytest.fixture(scope="module")
def library(both: Path) -> Iterator[TestClient]:
    """The program with both."""
    yield from client_of(both)


def client_of(content: Path) -> Iterator[TestClient]:
    """A client of a program with this content; redirects are not followed."""
    headers = {"accept-language": "en", "accept-encoding": "identity"}
    with TestClient(create_app(content), follow_redirects=False, headers=headers) as client:
        yield client


@pytest.fixture
def command() -> Command:
    def command(*words: str | Path) -> Result:
        return CliRunner().invoke(main, ["--content", str(FOLDER), "--alone", *map(str, words)])

    return command


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The address of a real server with both."""
    yield from serve(FOLDER)


def serve(content: Path) -> Iterator[str]:
    """The address of a real server with more walkthroughs, as an author starts it."""
    server = subprocess.Popen(
        [sys.executable, "-m", "app", "--content", str(content), "serve", "--port", "0"],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    try:
        said = re.search(r"http://\S+[^/\s]", server.stdout.readline())
        assert said is not None
        yield said[0]
    finally:
        server.terminate()
        server.wait(timeout=300)
        server.stdout.close()
