# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the lab's tests share."""

import pytest

from app.paths import CONTENT
from app.walkthrough.load import load_walkthrough
from app.walkthrough.records import Walkthrough


@pytest.fixture(scope="session")
def tcp_close() -> Walkthrough:
    return load_walkthrough(CONTENT / "tcp_close")
