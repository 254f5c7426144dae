# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Random scenarios for hypothesis: any at all, and those that get far into the function."""

from typing import Any

from hypothesis import strategies as st

from app.kernel.scenario import (
    DEFAULT,
    EVENTS,
    INPUTS,
    MAX_SEGMENT_BYTES,
    STATES,
    Scenario,
    Segment,
)

SEGMENTS = st.builds(
    Segment,
    st.sampled_from([1, 300, 1460, 1 << 29, MAX_SEGMENT_BYTES]) | st.integers(1, MAX_SEGMENT_BYTES),
    st.booleans(),
) | st.just(Segment(0, True))
QUEUES = st.lists(SEGMENTS, max_size=5).map(tuple)
EVENT_LISTS = st.lists(st.sampled_from(EVENTS), max_size=5).map(tuple)
FLAGS = st.sampled_from([0, 1])


def numbers(key: str, *likely: int) -> st.SearchStrategy[int]:
    """Numbers within the bounds of an input, the likely ones more often."""
    item: Any = INPUTS[key]
    return st.sampled_from([*likely, item.low, item.high]) | st.integers(item.low, item.high)


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "state": st.sampled_from(STATES),
    "recv": QUEUES,
    "accept_queue": numbers("accept_queue", 1, 3),
    "pending": FLAGS,
    "repair": FLAGS,
    "linger": st.none() | numbers("linger", 0, 5, -1),
    "exiting": FLAGS,
    "linger2": numbers("linger2", 0, -1, 60, 61),
    "fin_timeout": numbers("fin_timeout", 60, 61, 1),
    "tw_timeout": numbers("tw_timeout", 60, 0),
    "rto": numbers("rto", 200, 201),
    "wait": EVENT_LISTS,
    "backlog": EVENT_LISTS,
    "orphans": FLAGS,
    "memory": FLAGS,
    "netns": st.sampled_from(["alive", "dying"]),
    "fastopen": FLAGS,
}


def changes(*keys: str) -> st.SearchStrategy[dict[str, Any]]:
    """Values for any of these inputs."""
    return st.fixed_dictionaries({}, optional={key: VALUES[key] for key in keys})


#: Any scenario at all; most of them end in one of the four ways out.
ANY = changes(*INPUTS).map(lambda changed: DEFAULT.but(**changed))

#: Past the four ways out: to the wait, the backlog, FIN_WAIT2 and the limits.
_FAR = tuple(key for key in INPUTS if key not in {"recv", "repair", "accept_queue", "exiting"})
FAR = changes(*_FAR).map(lambda changed: DEFAULT.but(**{"linger": 5, **changed}))

SCENARIOS: st.SearchStrategy[Scenario] = ANY | FAR
