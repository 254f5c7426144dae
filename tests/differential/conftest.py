# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""One compiled tcp_close a session, shared by the tests of this folder."""

import os
import shutil
from pathlib import Path

import pytest

from tests.differential import gcc_side


@pytest.fixture(scope="session")
def build_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to compile in. Without gcc the test is skipped; it fails if CI is "true"."""
    if shutil.which("gcc") is None:
        left_out = "LEFT OUT: no gcc here, so tcp_close was not compared with the compiled source"
        if os.environ.get("CI") == "true":
            pytest.fail(left_out)
        pytest.skip(left_out)
    return tmp_path_factory.mktemp("differential")


@pytest.fixture(scope="session")
def sanitizers(build_folder: Path) -> gcc_side.Sanitizers:
    return gcc_side.find_sanitizers(build_folder)


@pytest.fixture(scope="session")
def compiled(build_folder: Path, sanitizers: gcc_side.Sanitizers) -> gcc_side.Program:
    return gcc_side.build(build_folder, sanitizers)
