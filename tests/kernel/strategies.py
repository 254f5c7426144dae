# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Random scenarios for hypothesis: any at all, and those that get far into the function."""

from typing import Any

from hypothesis import strategies as st

from app.kernel.inputs import (
    EVENTS,
    INPUTS,
    MAX_SEGMENT_BYTES,
    ChoiceInput,
    EventsInput,
    Input,
    LingerInput,
    NumberInput,
    Segment,
    SegmentsInput,
)
from app.kernel.scenario import DEFAULT, Scenario

SEGMENTS = st.builds(
    Segment,
    st.sampled_from([1, 300, 1460, 1 << 29, MAX_SEGMENT_BYTES]) | st.integers(1, MAX_SEGMENT_BYTES),
    st.booleans(),
) | st.just(Segment(0, True))
QUEUES = st.lists(SEGMENTS, max_size=5).map(tuple)
EVENT_LISTS = st.lists(st.sampled_from(EVENTS), max_size=5).map(tuple)


def values_of(item: Input) -> st.SearchStrategy[Any]:
    """Values of an input: those that are tried, more often, and any other within its bounds."""
    tried = st.sampled_from([*item.tried])
    match item:
        case NumberInput() | LingerInput():
            edges = st.sampled_from([item.low, item.high])
            return tried | edges | st.integers(item.low, item.high)
        case SegmentsInput():
            return tried | QUEUES
        case EventsInput():
            return tried | EVENT_LISTS
        case ChoiceInput():
            return st.sampled_from(item.choices)
    raise NotImplementedError(type(item).__name__)


VALUES = {key: values_of(item) for key, item in INPUTS.items()}


def changes(*keys: str) -> st.SearchStrategy[dict[str, Any]]:
    """Values for any of these inputs."""
    return st.fixed_dictionaries({}, optional={key: VALUES[key] for key in keys})


#: Any scenario at all; most of them end in one of the four ways out.
ANY = changes(*INPUTS).map(lambda changed: DEFAULT.but(**changed))

#: Past the four ways out: to the wait, the backlog, FIN_WAIT2 and the limits.
_FAR = tuple(key for key in INPUTS if key not in {"recv", "repair", "accept_queue", "exiting"})
FAR = changes(*_FAR).map(lambda changed: DEFAULT.but(**{"linger": 5, **changed}))

SCENARIOS: st.SearchStrategy[Scenario] = ANY | FAR
