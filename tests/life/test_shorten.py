# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What would shorten a life: what a reader is told, and that it is so."""

from urllib.parse import parse_qsl, urlencode

import pytest

from app.kernel.life.shorten import shorten
from app.kernel.model import run
from tests.kernel.closing import tcp_close
from tests.life.telling import life_of


def told(query: str) -> dict[str, float]:
    """By what is changed, how many seconds the life lasts then."""
    found = shorten(life_of(query), lambda scenario: run(tcp_close(), scenario))
    changes = [(f"{one.item.key}={one.item.flat(one.value)}", one.life) for one in found]
    for change, life in changes:
        # The same life is there at the address that a reader is sent to.
        again = life_of(urlencode(dict(parse_qsl(f"{query}&{change}"))))
        assert again.ends_us == life.ends_us
    return {change: (life.ends_us or 0) / 1e6 for change, life in changes}


@pytest.mark.parametrize(
    ("query", "expected", "without"),
    [
        # A silent peer: a smaller number, or the program's own limit.
        ("peer=silent", {"orphan_retries=1": 1.6, "user_timeout=5000": 5.4}, "fin_timeout"),
        # A shut window that is probed: no number of retries but 1, which meets the rate limit.
        (
            "pending=1&peer=shut-window",
            {"user_timeout=5000": 5.2, "rto_max=1000": 2.4},
            "keepalive",
        ),
        ("state=CLOSE_WAIT&peer=never-closes", {}, ""),
        ("recv=300", {}, ""),
        # Nothing ends it, and three things would.
        (
            "pending=1&peer=shut-window&orphan_retries=20",
            {"user_timeout=5000": 5.2, "limit=memory": 0.2},
            "rto_max",
        ),
        ("peer=never-closes", {"fin_timeout=10": 10.04, "linger2=-1": 0.04}, "orphan_retries"),
        ("peer=closes", {"tw_timeout=10": 10, "limit=buckets": 0}, "fin_timeout"),
    ],
)
def test_what_shortens_a_life(query: str, expected: dict[str, float], without: str) -> None:
    found = told(query)
    assert expected.items() <= found.items()
    assert bool(expected) == bool(found)
    assert not without or not any(change.startswith(without) for change in found)
