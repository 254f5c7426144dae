# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The evaluator and gcc take the same branches of the same text, and end in the same place."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.kernel.inputs import INPUTS
from tests.differential import gcc_side, python_side
from tests.differential.scenarios import query as query_of
from tests.differential.scenarios import sample

pytestmark = pytest.mark.differential

CONTENT = gcc_side.SOURCE.parent / "walkthrough.yaml"
SEED = 9293
COUNT = 1500

#: Texts that a reader could make of the source: name, what it says, what it says instead.
EDITS = (
    ("the-articles-lost-plus", "data_was_unread += len;", "data_was_unread = len;"),
    ("a-fin-counts-twice", "len--;", "len -= 2;"),
    ("a-narrow-sum", "int data_was_unread = 0;", "u8 data_was_unread = 0;"),
    ("a-negative-sum", "else if (data_was_unread)", "else if (data_was_unread < 0)"),
    (
        "linger-the-other-way-round",
        "sock_flag(sk, SOCK_LINGER) && !sk->sk_lingertime",
        "!sk->sk_lingertime || sock_flag(sk, SOCK_LINGER)",
    ),
    ("a-fin-at-all-costs", "else if (tcp_close_state(sk))", "else if (tcp_close_state(sk), 1)"),
    (
        "a-rounded-wait",
        "sk_stream_wait_close(sk, timeout);",
        "sk_stream_wait_close(sk, timeout >> 13 << 13);",
    ),
    (
        "closed-sockets-stay",
        "state != TCP_CLOSE && sk->sk_state == TCP_CLOSE",
        "state == TCP_CLOSE || sk->sk_state == TCP_CLOSE",
    ),
    ("linger2-without-a-sign", "tp->linger2 < 0", "(u32)tp->linger2 > 60000u"),
    (
        "a-third-of-the-time",
        "const int tmo = tcp_fin_time(sk);",
        "const int tmo = tp->linger2 ? -tcp_fin_time(sk) / 3 : tcp_fin_time(sk) % 50000;",
    ),
    ("no-strict-comparison", "if (tmo > sock_net(sk)", "if (tmo >= sock_net(sk)"),
    (
        "a-mask-of-states",
        "if (sk->sk_state != TCP_CLOSE) {",
        "if (1 << sk->sk_state & ~(1 << TCP_CLOSE | 1 << TCP_LAST_ACK)) {",
    ),
)


def differences(
    queries: Sequence[str], compiled: Sequence[dict[str, Any]], source: Path
) -> list[str]:
    """One text for each scenario that the two sides see differently, with both views of it."""
    loaded = python_side.load(source)
    found = []
    for query, gcc in zip(queries, compiled, strict=True):
        python = python_side.python_side(loaded, query)
        keys = [key for key in python if python[key] != gcc[key]]
        found += [
            f"{query or '(default)'}: {key}\n  gcc    {gcc[key]}\n  python {python[key]}"
            for key in keys[:1]
        ]
    return found


def presets() -> dict[str, str]:
    """The query string of each preset by its id."""
    content = yaml.safe_load(CONTENT.read_text())
    return {preset["id"]: query_of(preset["scenario"]) for preset in content["presets"]}


def test_random_scenarios_come_out_the_same(compiled: gcc_side.Program) -> None:
    queries = sample(SEED, COUNT)
    found = differences(queries, compiled.run(queries), gcc_side.SOURCE)
    assert not found, f"{len(found)} of {COUNT} scenarios differ:\n" + "\n".join(found[:5])


@pytest.mark.parametrize("key", INPUTS)
def test_every_input_is_tried_against_gcc(compiled: gcc_side.Program, key: str) -> None:
    """The stubs obey it, too: without it some scenario ends differently, if any run reads it."""
    queries = [query for query in sample(SEED, COUNT) if f"&{key}=" in f"&{query}"]
    assert queries, "say in tests/differential/scenarios.py what is tried of it"
    without = ["&".join(p for p in q.split("&") if not p.startswith(f"{key}=")) for q in queries]
    loaded = python_side.load(gcc_side.SOURCE)
    is_read = any(key in python_side.traced(loaded, query).reads for query in queries)
    matters = compiled.run(queries) != compiled.run(without)
    assert matters == is_read, "driver.c: set_input and the traces differ on it"


def test_presets_come_out_the_same(compiled: gcc_side.Program) -> None:
    queries = list(presets().values())
    found = differences(queries, compiled.run(queries), gcc_side.SOURCE)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("linger", ["536870912", "-2147483648", "4294968", "-1"])
@pytest.mark.parametrize("more", ["", "&exiting=1", "&wait=ack"])
def test_extreme_linger_times_come_out_the_same(
    compiled: gcc_side.Program, linger: str, more: str
) -> None:
    """In jiffies l_linger is an unsigned int, which wraps around, the first two to 0."""
    queries = [f"linger={linger}{more}"]
    assert not differences(queries, compiled.run(queries), gcc_side.SOURCE)


def test_the_longest_lists_come_out_the_same(compiled: gcc_side.Program) -> None:
    queries = [
        f"recv={'-'.join(['200fin'] * 64)}",
        "state=LISTEN&accept_queue=64",
        f"linger=5&wait={'-'.join(['fin'] * 64)}",
        f"state=LAST_ACK&backlog={'-'.join(['data'] * 63)}-ack",
    ]
    assert not differences(queries, compiled.run(queries), gcc_side.SOURCE)


@pytest.mark.parametrize("which", ["random", "presets"])
def test_all_34_branches_are_exercised(compiled: gcc_side.Program, which: str) -> None:
    queries = sample(SEED, COUNT) if which == "random" else list(presets().values())
    assert len(gcc_side.branches(compiled.run(queries))) == 34


@pytest.mark.parametrize(("name", "code", "becomes"), EDITS, ids=[edit[0] for edit in EDITS])
def test_an_edited_source_is_followed_by_both_sides(
    build_folder: Path,
    sanitizers: gcc_side.Sanitizers,
    compiled: gcc_side.Program,
    name: str,
    code: str,
    becomes: str,
) -> None:
    """Mend a line, and the simulation follows: as far as gcc does, and no further."""
    text = gcc_side.SOURCE.read_text()
    assert text.count(code) == 1
    source = build_folder / f"{name}.c"
    source.write_text(text.replace(code, becomes))
    queries = sample(SEED, 600)
    runs = gcc_side.build(build_folder, sanitizers, source, name).run(queries)
    assert runs != compiled.run(queries), "the edit changes nothing in this sample"
    found = differences(queries, runs, source)
    assert not found, f"{len(found)} scenarios differ:\n" + "\n".join(found[:5])
