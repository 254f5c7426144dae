# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Content folders for the tests: a tiny one to break, a copy of the real one, the real one."""

from pathlib import Path

import pytest

from tests.walkthrough import building


@pytest.fixture
def tiny(tmp_path: Path) -> building.Folder:
    """A valid walkthrough of a dozen lines."""
    return building.tiny(tmp_path)


@pytest.fixture
def copied(tmp_path: Path) -> building.Folder:
    """A copy of the real walkthrough."""
    return building.copy_of_tcp_close(tmp_path)
