# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the lab's tests share."""

from typing import NoReturn

import pytest

from tests.conftest import LEFT_OUT


def left_out_here(why: str) -> NoReturn:
    """Skips the test with a reason that the summary repeats, with CI=true too.

    What a machine's kernel lets nobody do is no mistake of a change; the lab says so itself.
    """
    pytest.skip(LEFT_OUT + why)
