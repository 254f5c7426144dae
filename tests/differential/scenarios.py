# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Random scenarios, the same ones for the same seed, in the words of the query string."""

import random
from collections.abc import Callable, Sequence

from app.kernel.inputs import EVENTS, INPUTS, STATES, Input

SEGMENTS = ("1", "256", "300", "1460", "65535", "fin", "1fin", "200fin", "1073741824")
# Sums about 2^31, where an int changes its sign, and 2^32, where nothing is left of it.
HUGE_QUEUES = (
    "1073741824-1073741824",
    "1073741824-1073741824-1073741824-1073741824",
    "1073741824fin-1073741824-1073741824fin-1073741824-fin",
    "1073741824-1073741824-1073741824-1073741823-1",
    "1073741824-1073741824-1073741824-1073741824-1",
)
SECONDS = ("0", "1", "2", "5", "10", "59", "60", "61", "100", "120", "3600", "2147483")
RTOS = ("1", "3", "200", "201", "1000", "17143", "120000")
LINGERS = ("0", "0", "1", "5", "60", "-1")
LINGER2S = ("-1", "-60", "1", "30", "60", "61", "100", "3600", "2147483", "-2147483")

Scenario = dict[str, str]


def query(scenario: Scenario) -> str:
    """The query string of a scenario, in the order of its keys."""
    return "&".join(f"{key}={value}" for key, value in scenario.items())


def joined(chance: random.Random, words: Sequence[str], most: int) -> str:
    """One to `most` of the words, as a list value."""
    return "-".join(chance.choices(words, k=chance.randint(1, most)))


def tried(chance: random.Random, item: Input) -> str:
    """A value of an input that nothing more is known about: one that is tried, not the default."""
    others = [str(item.flat(value)) for value in item.tried if value != item.default]
    return others[0] if len(others) == 1 else chance.choice(others)


def uniform(chance: random.Random) -> Scenario:
    """Each input away from its default every other time, whatever the others are."""
    inputs: dict[str, Callable[[], str]] = {
        key: lambda item=item: tried(chance, item) for key, item in INPUTS.items()
    } | {
        "state": lambda: chance.choice(STATES),
        "recv": lambda: (
            chance.choice(HUGE_QUEUES) if chance.random() < 0.2 else joined(chance, SEGMENTS, 4)
        ),
        "accept_queue": lambda: str(chance.choice((1, 2, 3, 64))),
        "linger": lambda: chance.choice(LINGERS),
        "linger2": lambda: chance.choice(LINGER2S),
        "fin_timeout": lambda: chance.choice(SECONDS),
        "tw_timeout": lambda: chance.choice(SECONDS),
        "rto": lambda: chance.choice(RTOS),
        "wait": lambda: joined(chance, EVENTS, 4),
        "backlog": lambda: joined(chance, EVENTS, 4),
    }
    chosen = [key for key in inputs if chance.random() < 0.5]
    chance.shuffle(chosen)
    return {key: inputs[key]() for key in chosen}


def by_a_way_out(chance: random.Random) -> Scenario:
    """One of the early ends, in any state: a listener, repair, unread data, zero linger."""
    scenario = uniform(chance)
    for key in ("state", "repair", "recv", "linger"):
        scenario.pop(key, None)
    return scenario | chance.choice(
        (
            {"state": "LISTEN", "accept_queue": chance.choice(("1", "2", "64"))},
            {"state": chance.choice(STATES), "repair": "1"},
            {"state": chance.choice(STATES), "recv": chance.choice(SEGMENTS)},
            {"state": chance.choice(STATES), "linger": "0"},
            {"state": chance.choice(("CLOSING", "LAST_ACK")), "linger": "0"},
        )
    )


def past_the_ways_out(chance: random.Random) -> Scenario:
    """Nothing unread, no repair, no zero linger: to the wait, the backlog and FIN_WAIT2."""
    scenario = uniform(chance)
    for key in ("repair", "recv", "linger", "exiting"):
        scenario.pop(key, None)
    scenario["state"] = chance.choice(
        ("ESTABLISHED", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT1", "CLOSE_WAIT", "LAST_ACK", "CLOSING")
    )
    if chance.random() < 0.5:
        scenario["linger"] = chance.choice(("1", "5", "-1"))
        scenario["exiting"] = chance.choice("0001")
    if chance.random() < 0.2:
        scenario["recv"] = "fin"
    return scenario


def orphaned_in_fin_wait2(chance: random.Random) -> Scenario:
    """FIN_WAIT2, found, waited for or reached in the backlog; limits often exceeded."""
    scenario = past_the_ways_out(chance)
    for key in ("wait", "backlog"):
        scenario.pop(key, None)
    how = chance.choice(("state", "wait", "backlog"))
    if how == "state":
        scenario["state"] = "FIN_WAIT2"
    else:
        scenario["state"] = chance.choice(("ESTABLISHED", "SYN_RECV", "FIN_WAIT1"))
        scenario[how] = chance.choice(("ack", "ack-ack", "ack-fin", "ack-data", "ack-rst"))
        if how == "wait":
            scenario |= {"linger": "5", "exiting": "0"}
    return scenario


def kept_in_fin_wait2(chance: random.Random) -> Scenario:
    """The few that stay in FIN_WAIT2 longer than a mini-socket would: to the limits."""
    scenario = {
        key: value
        for key, value in orphaned_in_fin_wait2(chance).items()
        if key not in ("linger2", "fin_timeout", "tw_timeout", "rto")
    }
    return scenario | chance.choice(
        (
            {"linger2": "61"},
            {"fin_timeout": "3600"},
            {"tw_timeout": "1", "rto": "1000"},
            {"linger2": "2", "tw_timeout": "0"},
        )
    )


def with_a_fast_open_request(chance: random.Random) -> Scenario:
    """Closed while the request socket of Fast Open is still there."""
    scenario = uniform(chance) if chance.random() < 0.5 else past_the_ways_out(chance)
    scenario.pop("netns", None)
    return scenario | {"state": chance.choice(("SYN_RECV", "FIN_WAIT1")), "fastopen": "1"}


FAMILIES = (
    uniform,
    by_a_way_out,
    past_the_ways_out,
    orphaned_in_fin_wait2,
    kept_in_fin_wait2,
    with_a_fast_open_request,
)


def sample(seed: int, count: int) -> list[str]:
    """`count` different queries, the families in turn."""
    chance = random.Random(seed)
    queries: dict[str, None] = {}
    while len(queries) < count:
        queries[query(FAMILIES[len(queries) % len(FAMILIES)](chance))] = None
    return list(queries)
