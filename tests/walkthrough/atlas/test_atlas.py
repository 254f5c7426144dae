# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The atlas against independent runs: nothing is missing, wrong, or could be left out."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from app.csource.parse import parse_function
from app.csource.source import Source
from app.kernel.model import Trace, compile_function, run
from app.kernel.scenario import Scenario
from app.machine.program import Program
from app.machine.trace import shown
from app.paths import CONTENT
from app.walkthrough.atlas.charts import Chart
from app.walkthrough.atlas.conditions import cubes_of
from app.walkthrough.atlas.diagrams import FALSE, TRUE, number_of
from app.walkthrough.atlas.explore import Leaf, decisions_in_loops, explore
from app.walkthrough.atlas.make import make_atlas
from app.walkthrough.atlas.records import Atlas
from app.walkthrough.atlas.space import Bounds
from app.walkthrough.load import load_walkthrough
from tests.differential.scenarios import sample
from tests.kernel.closing import scenario, tcp_close

SEED = 20_261_122
SMALL = """
int f(struct sock *sk, long timeout)
{
	int n = 0;
	while (n < 3)
		n++;
	if (tcp_sk(sk)->linger2 > 5000 && sk->sk_state == TCP_ESTABLISHED)
		return 1;
	if (timeout == 7000)
		return 2;
	return 0;
}
"""


@cache
def chart_of(program: Program) -> Chart:
    return Chart(explore(program))


@cache
def loops_of(program: Program) -> frozenset[int]:
    return decisions_in_loops(program)


@cache
def atlas() -> Atlas:
    return make_atlas(tcp_close())


def small() -> Program:
    return compile_function(parse_function(Source("small.c", SMALL), "f"))


def article() -> Program:
    return load_walkthrough(CONTENT / "tcp_close").variants["article"].program


def bounded(query: str) -> str:
    """The same with lists that are no longer than the atlas looks."""
    longest = {"recv": 2, "wait": 3, "backlog": 3}
    parts = []
    for part in filter(None, query.split("&")):
        key, value = part.split("=", 1)
        if key in longest:
            value = "-".join(value.split("-")[: longest[key]])
        parts.append(f"{key}={value}")
    return "&".join(parts)


def scenarios(count: int) -> Iterator[Scenario]:
    """So many different scenarios within the bounds."""
    queries = {bounded(query) for query in sample(SEED, count + count // 4)}
    assert len(queries) >= count
    return map(scenario, sorted(queries)[:count])


def decided(program: Program, trace: Trace) -> tuple[tuple[int, bool], ...]:
    loops = loops_of(program)
    return tuple(
        (step.site.decision, step.taken)
        for step in trace.steps
        if step.site.decision is not None
        and step.taken is not None
        and step.site.decision not in loops
    )


def few(counts: Any) -> dict[str, int]:
    return {name: max(-2, min(2, count)) for name, count in counts.items() if count}


def assert_is(program: Program, chart: Chart, leaf: Leaf, chosen: Scenario) -> None:
    """A run is the path that the atlas says it is, down to the milliseconds of its timers."""
    trace = run(program, chosen)
    located = chart.space.located(chosen)
    assert located is not None
    values = located[1]
    outcome, recorded = trace.outcome, leaf.outcome
    assert decided(program, trace) == leaf.decisions, chosen.query()
    for name in ("state", "destroyed", "timewait", "fate", "orphans", "refs", "locks_balanced"):
        assert getattr(outcome, name) == getattr(recorded, name), (name, chosen.query())
    assert few(outcome.counters) == few(recorded.counters), chosen.query()
    assert few(outcome.gauges) == few(recorded.gauges), chosen.query()
    for name in ("keepalive_ms", "timewait_ms"):
        form = leaf.times.get(name)
        expected = form.value(values) if form is not None else getattr(recorded, name)
        assert getattr(outcome, name) == expected, (name, chosen.query())
    assert (trace.error is None) == (leaf.error is None)


def leaf_of(chart: Chart, chosen: Scenario) -> Leaf:
    point = chart.point(chosen)
    assert point is not None
    return chart.leaves[number_of(chart.diagrams.value(chart.root, point))]


def test_no_run_takes_a_path_that_the_atlas_lacks() -> None:
    program = tcp_close()
    chart = chart_of(program)
    for chosen in scenarios(20_000):
        assert_is(program, chart, leaf_of(chart, chosen), chosen)


@pytest.mark.parametrize("program", [article(), small()], ids=["article", "small"])
def test_it_works_for_other_texts(program: Program) -> None:
    chart = chart_of(program)
    for chosen in scenarios(300):
        assert_is(program, chart, leaf_of(chart, chosen), chosen)


def test_comparisons_of_the_source_split_numbers_that_nobody_listed() -> None:
    queries = {path.witness.query for path in make_atlas(small()).paths}
    assert {"linger2=6", "", "linger=7"} <= queries


def test_each_witness_runs_again_as_recorded() -> None:
    program = tcp_close()
    for path in atlas().paths:
        trace = run(program, scenario(path.witness.query))
        assert decided(program, trace) == path.decisions
        assert trace.outcome.segments == path.ending.segments
        assert trace.outcome.keepalive_ms == path.ending.keepalive_ms
        assert trace.outcome.timewait_ms == path.ending.timewait_ms
        assert trace.caveats == path.witness.caveats
        assert len(trace.scenario.changed()) == path.witness.changed


def test_a_witness_that_can_be_has_no_caveats() -> None:
    found = [record.real_witness for record in atlas().paths]
    found += [record.real_witness for record in atlas().branches]
    for witness in found:
        if witness is not None:
            assert run(tcp_close(), scenario(witness.query)).caveats == ()


def test_no_sampled_scenario_takes_a_branch_with_fewer_inputs_than_its_witness() -> None:
    least = {
        (branch.decision, branch.taken): branch.witness.changed
        for branch in atlas().branches
        if branch.witness
    }
    for chosen in scenarios(5_000):
        changed = len(chosen.changed())
        if changed > 3:
            continue
        for branch in run(tcp_close(), chosen).branches:
            assert least[branch] <= changed, chosen.query()


def test_paths_and_their_ids_are_distinct() -> None:
    ids = [path.id for path in atlas().paths]
    assert len(set(ids)) == len(ids) > 60
    assert atlas().bounds.undecided == 0


def test_a_condition_is_true_exactly_where_its_branch_is_taken() -> None:
    chart = chart_of(tcp_close())
    functions = chart.passed(lambda seen: seen[0])
    covers = {branch: cubes_of(chart, function) for branch, function in functions.items()}
    for chosen in scenarios(1_000):
        point = chart.point(chosen)
        assert point is not None
        taken = {(s.site.decision, s.taken) for s in run(tcp_close(), chosen).steps}
        for branch, cubes in covers.items():
            holds = any(all(a & b for a, b in zip(point, cube, strict=True)) for cube in cubes)
            assert holds is (branch in taken), (branch, chosen.query())


def test_nothing_can_be_left_out_of_a_condition() -> None:
    chart = chart_of(tcp_close())
    diagrams = chart.diagrams
    for function in set(chart.passed(lambda seen: seen[0]).values()):
        cubes = cubes_of(chart, function)
        for cube in cubes:
            for place, full in enumerate(diagrams.full):
                if cube[place] != full:
                    wider = (*cube[:place], full, *cube[place + 1 :])
                    assert diagrams.reaches(function, wider, FALSE)
            rest = diagrams.mapped(function, lambda t: TRUE if t == TRUE else FALSE)
            for other in cubes:
                if other is not cube:
                    rest = diagrams.without(rest, other)
            assert rest != FALSE


def test_what_cannot_be_never_is() -> None:
    impossible = {(record.first, record.second) for record in atlas().impossible}
    assert ((5, True), (6, True)) in impossible
    for chosen in scenarios(3_000):
        taken = {(s.site.decision, s.taken) for s in run(tcp_close(), chosen).steps}
        assert not any(first in taken and second in taken for first, second in impossible)


def test_what_is_found_after_a_branch_is_found_in_every_run() -> None:
    """The reason that is given for what cannot be holds for more than the witnesses."""
    reasons = {
        (record.first, record.second[0]): record.values
        for record in atlas().impossible
        if record.keys and record.values
    }
    assert len(reasons) > 15
    met: Counter[tuple[tuple[int, bool], int]] = Counter()
    for chosen in scenarios(3_000):
        steps = [step for step in run(tcp_close(), chosen).steps if step.taken is not None]
        taken = {(step.site.decision, step.taken) for step in steps}
        for (first, second), values in reasons.items():
            for step in steps if first in taken else ():
                if step.site.decision == second:
                    operand = step.operands[-1 if step.site.logic else 0]
                    assert shown(operand.left, operand.leaf.names) in values, chosen.query()
                    met[first, second] += 1
    assert set(met) == set(reasons)


def test_longer_lists_are_explored_where_the_bounds_say_so() -> None:
    wide = Chart(explore(small(), Bounds(segments=3, events=4)))
    assert wide.space.located(scenario("wait=ack-ack-ack-ack")) is not None
    assert chart_of(small()).space.located(scenario("wait=ack-ack-ack-ack")) is None
