# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The evaluator and gcc take the same branches of a kernel's text and of the functions in it."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from app.kernel.scenario import parse_scenario
from app.machine.trace import Step
from app.walkthrough.records import Edition
from tests.conftest import leave_out
from tests.differential import gcc_side, python_side
from tests.differential.scenarios import sample
from tests.editions.conftest import DEBIAN

pytestmark = pytest.mark.differential

SEED, COUNT = 5793, 1000
#: What is added to the lines of the n-th function that is called.
APART = 1000
#: Compared besides the decisions.
KEYS = (
    *("state", "destroyed", "timewait", "segments", "keepalive_ms", "timewait_ms"),
    *("orphans", "refs", "locks_balanced"),
)


@pytest.mark.parametrize("version", DEBIAN)
def test_a_thousand_random_scenarios_come_out_the_same(
    kernels: Mapping[str, Edition], tmp_path: Path, version: str
) -> None:
    if shutil.which("gcc") is None:
        leave_out("no gcc here, so no kernel's text was compared with the compiled one")
    edition = kernels[version]
    queries = [
        "&".join(word for word in query.split("&") if not word.startswith("tw_timeout="))
        for query in sample(SEED, COUNT)
    ]
    runs = compiled(edition, tmp_path).run(queries)
    found = []
    for query, gcc in zip(queries, runs, strict=True):
        python = evaluated(edition, query)
        assert not gcc["misuse"], query
        keys = [key for key in python if python[key] != gcc[key]]
        found += [f"{query}: {k}\n  gcc    {gcc[k]}\n  python {python[k]}" for k in keys[:1]]
    assert not found, f"{len(found)} of {len(queries)} differ:\n" + "\n".join(found[:5])
    taken = gcc_side.branches(runs)
    lines = {line for line, _ in taken}
    assert {d.line for d in edition.decisions} <= lines
    assert max(lines) > APART * len(edition.callees)


def compiled(edition: Edition, folder: Path) -> gcc_side.Program:
    """The text with its functions and tables, as the tree has them, but for their order."""
    text = edition.text
    assert text is not None
    parts = [
        f"unsigned char {name}[] = {{{', '.join(map(str, values))}}};"
        for name, values in text.tables.items()
    ]
    for number, source in enumerate(edition.callees.values(), 1):
        parts.append(f"#line {number * APART + 1}\n{source.text}")
    parts.append(f"#line 1\n{edition.source.text}")
    file = folder / "kernel.c"
    file.write_text("\n".join(parts))
    features = text.features
    options = ["-DKERNEL", "-w", f"-DDROPS_REQUEST={int(features.drops_request)}"]
    options += ["-DLINGER_IN_64_BITS"] if features.linger_bits == 64 else []
    sanitizers = gcc_side.find_sanitizers(folder)
    return gcc_side.build(folder, sanitizers, file, "kernel", options)


def evaluated(edition: Edition, query: str) -> dict[str, Any]:
    """The evaluator's answer in the shape of gcc's."""
    pairs = [word.split("=", 1) for word in query.split("&") if word]
    trace = edition.trace(parse_scenario((key, value) for key, value in pairs))
    assert trace.error is None, query
    offsets = {name: number * APART for number, name in enumerate(edition.callees, 1)}
    outcome = trace.outcome
    counters = {n: c for n, c in outcome.counters.items() if n in python_side.COUNTERS and c}
    if outcome.gauges.get("CurrEstab"):
        counters["CurrEstab"] = outcome.gauges["CurrEstab"]
    found: dict[str, Any] = {key: getattr(outcome, key) for key in KEYS}
    return found | {
        "decisions": [list(item) for step in trace.steps for item in decided(step, 0, offsets)],
        "segments": list(outcome.segments),
        "counters": counters,
    }


def decided(step: Step, offset: int, offsets: Mapping[str, int]) -> Iterator[tuple[int, bool]]:
    """What is decided within a step, then itself: a condition is known when all in it is."""
    for frame in step.frames:
        for inner in frame.steps:
            yield from decided(inner, offsets[frame.function], offsets)
    if step.taken is not None:
        yield step.site.span.line + offset, step.taken
