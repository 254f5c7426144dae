# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the lab's tests share."""

from collections.abc import Iterable
from typing import NoReturn

import pytest

from app.lab.experiment import Result
from tests.conftest import LEFT_OUT

#: Why a result is left out on a machine that is too busy to bring it about.
TOO_BUSY = {"answer-late", "machine-late", "peer-late"}


def left_out_here(why: str) -> NoReturn:
    """Skips the test with a reason that the summary repeats, with CI=true too.

    What a machine's kernel lets nobody do is no mistake of a change; the lab says so itself.
    """
    pytest.skip(LEFT_OUT + why)


def in_time(results: Iterable[Result]) -> list[Result]:
    """Those that the machine was not too busy for; skips the test where it was for all."""
    done = [one for one in results if one.left_out is None or one.left_out.code not in TOO_BUSY]
    return done or left_out_here("this machine is too busy")
