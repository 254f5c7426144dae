# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Open files: a process may have so many, and each follower of a room is one of them."""

from __future__ import annotations

import contextlib
import resource


def raise_limit() -> None:
    """As far as it goes without a privilege: the usual 1,024 are not enough for 1,000 followers."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def most_streams() -> int | None:
    """How many streams the limit allows this process; a tenth and a hundred are for all else.

    None where there is no limit.
    """
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else max(0, soft - soft // 10 - 100)
