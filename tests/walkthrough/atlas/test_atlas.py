# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The atlas against independent runs: nothing is missing, wrong, or could be left out."""

import random
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from app.csource.decisions import decisions_in_loops
from app.csource.parse import parse_function
from app.csource.source import Source
from app.kernel.model import Trace, compile_function, run
from app.kernel.scenario import Scenario
from app.machine.program import Program
from app.machine.trace import Branch, shown
from app.walkthrough.atlas.charts import Chart, class_of
from app.walkthrough.atlas.conditions import cubes_of
from app.walkthrough.atlas.covers import cover
from app.walkthrough.atlas.diagrams import FALSE, TRUE, Cube, Diagrams
from app.walkthrough.atlas.explore import Leaf, explore
from app.walkthrough.atlas.make import make_atlas
from app.walkthrough.atlas.numbers import Atom, below, linear
from app.walkthrough.atlas.records import Atlas, Bounds
from app.walkthrough.atlas.solve import Solver
from tests.conftest import shipped
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

CALLING = """
int is_last(struct sock *sk)
{
	if (sk->sk_state == TCP_LAST_ACK)
		return 1;
	return 0;
}
int f(struct sock *sk)
{
	if (is_last(sk))
		return 1;
	return 0;
}
"""


@cache
def chart_of(program: Program) -> Chart:
    return Chart(explore(program))


@cache
def loops_of(program: Program) -> frozenset[str]:
    numbers = decisions_in_loops(program.function)
    return frozenset(program.ids[number] for number in numbers)


@cache
def atlas() -> Atlas:
    return make_atlas(tcp_close())


def small() -> Program:
    return compile_function(parse_function(Source("small.c", SMALL), "f"))


def article() -> Program:
    return shipped().variants["article"].program


def scenarios(count: int) -> Iterator[Scenario]:
    """So many different scenarios, with lists of up to 64 items."""
    queries = dict.fromkeys(sample(SEED, count + count // 4))
    assert len(queries) >= count
    return map(scenario, list(queries)[:count])


def bounded(count: int) -> Iterator[Scenario]:
    """The same with lists that are no longer than the atlas looks."""
    return (
        chosen.but(**{key: chosen[key][:2] for key in ("recv", "wait", "backlog")})
        for chosen in scenarios(count)
    )


def decided(program: Program, trace: Trace) -> tuple[Branch, ...]:
    loops = loops_of(program)
    return tuple(
        (step.site.decision, step.taken)
        for step in trace.steps
        if step.site.decision is not None
        and step.taken is not None
        and step.site.decision not in loops
    )


def trace_leaf(program: Program, trace: Trace) -> Leaf:
    """The end of one run."""
    return Leaf(
        decisions=decided(program, trace),
        lines=frozenset(),
        outcome=trace.outcome,
        times={},
        error=trace.error,
    )


def path_of(leaf: Leaf) -> Any:
    """What makes it a path, but for times, which are open in an atlas."""
    decisions, *rest = class_of(leaf)
    return decisions, *rest[:7], *rest[9:]


def few(counts: Any) -> dict[str, int]:
    return {name: max(-2, min(2, count)) for name, count in counts.items() if count}


def functions(chart: Chart) -> dict[Branch, int]:
    """For each branch the diagram of when it is taken."""
    return {
        sight: chart.where(ends)
        for sight, ends in chart.ends_of_sights.items()
        if isinstance(sight, tuple)
    }


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


def test_no_run_takes_a_path_that_the_atlas_lacks() -> None:
    """Nor do scenarios with longer lists than the atlas looks at."""
    program = tcp_close()
    chart = chart_of(program)
    paths = {path_of(leaf) for leaf in chart.paths}
    beyond = 0
    for chosen in scenarios(20_000):
        leaf = chart.path_at(chosen)
        if leaf is not None:
            assert_is(program, chart, leaf, chosen)
        else:
            beyond += 1
            trace = run(program, chosen)
            assert path_of(trace_leaf(program, trace)) in paths, chosen.query()
    assert beyond > 3_000


@pytest.mark.parametrize("program", [article(), small()], ids=["article", "small"])
def test_it_works_for_other_texts(program: Program) -> None:
    chart = chart_of(program)
    for chosen in bounded(300):
        leaf = chart.path_at(chosen)
        assert leaf is not None
        assert_is(program, chart, leaf, chosen)


def test_functions_within_steps_have_as_many_operations_as_in_a_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Enough for each run, and far from enough for all of them together.
    monkeypatch.setattr("app.machine.trace.FRAMES_LIMIT", 6)
    program = compile_function(parse_function(Source("calling.c", CALLING), "f"))
    assert {path.ending.error for path in make_atlas(program).paths} == {None}


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


@pytest.mark.parametrize(
    ("condition", "query"),
    [
        ("timeout > 0", "linger=1"),
        ("timeout > 1000", "linger=2"),
        ("timeout > 1500 && timeout < 2500", "linger=2"),
        ("sk->sk_lingertime > 5000", "linger=6"),
        # Only a product that wraps around is in between: nobody would look for it.
        ("timeout > 300 && timeout < 1000", None),
    ],
)
def test_a_witness_has_the_numbers_that_a_person_would_choose(
    condition: str, query: str | None
) -> None:
    text = (
        f"void f(struct sock *sk, long timeout)\n{{\n\tif ({condition})\n\t\tlock_sock(sk);\n}}\n"
    )
    atlas = make_atlas(compile_function(parse_function(Source("f.c", text), "f"), ["wanted"]))
    branch = atlas.branch(("wanted", True))
    assert (branch.witness and branch.witness.query) == query
    assert bool(branch.paths) is (query is not None)


def test_paths_and_their_ids_are_distinct() -> None:
    ids = [path.id for path in atlas().paths]
    assert len(set(ids)) == len(ids) > 60
    assert atlas().bounds.undecided == 0


def test_a_condition_is_true_exactly_where_its_branch_is_taken() -> None:
    chart = chart_of(tcp_close())
    covers = {branch: cubes_of(chart, function) for branch, function in functions(chart).items()}
    for chosen in bounded(1_000):
        point = chart.point(chosen)
        assert point is not None
        taken = set(run(tcp_close(), chosen).branches)
        for branch, cubes in covers.items():
            assert cubes is not None
            holds = any(all(a & b for a, b in zip(point, cube, strict=True)) for cube in cubes)
            assert holds is (branch in taken), (branch, chosen.query())


def test_nothing_can_be_left_out_of_a_condition() -> None:
    chart = chart_of(tcp_close())
    diagrams = chart.diagrams
    for function in set(functions(chart).values()):
        cubes = cubes_of(chart, function)
        assert cubes is not None
        for cube in cubes:
            for place, full in enumerate(diagrams.full):
                if cube[place] != full:
                    wider = (*cube[:place], full, *cube[place + 1 :])
                    assert diagrams.reaches(function, wider, FALSE)
            rest = function
            for other in cubes:
                if other is not cube:
                    rest = diagrams.without(rest, other)
            assert rest != FALSE


def test_a_condition_is_a_product_also_where_inputs_of_one_factor_lie_between_the_others() -> None:
    numbers = random.Random(SEED)
    outer, inner = (0, 1, 6, 7), (2, 3, 4, 5)
    for _ in range(200):
        diagrams, root = Diagrams([3] * 8), TRUE
        known: dict[int, list[Cube]] = {}
        for factor in (outer, inner) * 4:
            left_out = {v: numbers.choice((1, 2)) for v in numbers.sample(factor, 2)}
            root = diagrams.without(root, tuple(left_out.get(v, 3) for v in range(8)))
        cubes = cover(diagrams, root, lambda variable: variable, known)
        assert cubes is not None
        rest = root
        for cube in cubes:
            assert not diagrams.reaches(root, cube, FALSE)
            rest = diagrams.without(rest, cube)
        assert rest == FALSE
        # Nothing was looked for in both at once.
        for part in known:
            asked = {diagrams.variable(node) for node in diagrams.reachable(part)}
            assert asked <= set(outer) or asked <= set(inner)


def test_what_is_said_to_be_always_so_is_so_in_every_run() -> None:
    """Also in the cases that are too many to be shown, and on the paths that are their union."""
    chart = chart_of(tcp_close())
    bounding = {
        branch: chart.diagrams.bounding(function) for branch, function in functions(chart).items()
    }
    for chosen in bounded(1_000):
        point = chart.point(chosen)
        assert point is not None
        for branch in run(tcp_close(), chosen).branches:
            assert all(a & b for a, b in zip(point, bounding[branch], strict=True))


def test_only_few_cases_are_kept_of_a_branch() -> None:
    counts = [len(branch.cases) for branch in atlas().branches]
    assert max(counts) <= 6
    assert counts.count(1) > 15
    assert counts.count(0) > 5


def test_a_branch_leads_to_the_lines_that_every_run_of_it_executes() -> None:
    leading = {(b.decision, b.taken): set(b.lines) for b in atlas().branches}
    assert leading[tcp_close().ids[1], True] >= {24, 26}
    for chosen in scenarios(1_000):
        trace = run(tcp_close(), chosen)
        lines = {
            line
            for step in trace.steps
            for line in range(step.site.span.line, step.site.span.end_line + 1)
        }
        for branch, those in leading.items():
            assert those <= lines if branch in trace.branches else not those & lines


def test_what_cannot_be_never_is() -> None:
    impossible = {(record.first, record.second) for record in atlas().impossible}
    first, second = ((tcp_close().ids[number], True) for number in (5, 6))
    assert (first, second) in impossible
    for chosen in bounded(3_000):
        taken = set(run(tcp_close(), chosen).branches)
        assert not any(first in taken and second in taken for first, second in impossible)


def test_what_is_found_after_a_branch_is_found_in_every_run() -> None:
    """The reason that is given for what cannot be holds for more than the witnesses."""
    reasons = {
        (record.first, record.second[0]): record.values
        for record in atlas().impossible
        if record.values
    }
    assert len(reasons) > 15
    met: Counter[tuple[Branch, str]] = Counter()
    for chosen in bounded(3_000):
        steps = [step for step in run(tcp_close(), chosen).steps if step.taken is not None]
        taken = {step.branch for step in steps}
        for (first, second), values in reasons.items():
            for step in steps if first in taken else ():
                if step.site.decision == second:
                    operand = step.operands[-1 if step.site.logic else 0]
                    assert shown(operand.left, operand.leaf.names) in values, chosen.query()
                    met[first, second] += 1
    assert set(met) == set(reasons)


def test_two_events_find_the_paths_of_three() -> None:
    wide = make_atlas(tcp_close(), Bounds(events=3))
    assert [path.id for path in wide.paths] == [path.id for path in atlas().paths]
    assert [path.witness for path in wide.paths] == [path.witness for path in atlas().paths]


def test_longer_lists_are_explored_where_the_bounds_say_so() -> None:
    wide = Chart(explore(small(), Bounds(segments=3, events=4)))
    assert wide.space.located(scenario("wait=ack-ack-ack-ack")) is not None
    assert chart_of(small()).space.located(scenario("wait=ack-ack-ack-ack")) is None


def test_facts_without_a_number_in_common_are_solved_as_they_are_alone() -> None:
    random_ = random.Random(7)
    atoms = [Atom(name, -9, 9, key=name, default=0) for name in "abcd"]
    outcomes = Counter[str]()
    for _ in range(150):
        groups = []
        for one, other in (atoms[:2], atoms[2:]):
            forms = [
                linear({one: random_.choice((0, 1)), other: random_.choice((-2, 1))}, number)
                for number in random_.choices(range(-9, 10), k=3)
            ]
            verdicts = [verdict for form in forms if not isinstance(verdict := below(form), bool)]
            groups.append(frozenset((test, random_.random() < 0.5) for test, _ in verdicts))
        solver = Solver()
        alone = [solver.solve(group) for group in groups]
        together = solver.solve(groups[0] | groups[1])
        if isinstance(together, dict):
            assert all(test.holds(together) is holds for test, holds in groups[0] | groups[1])
            assert together == {
                a: n for one in alone if isinstance(one, dict) for a, n in one.items()
            }
        else:
            assert together in alone
        assert not solver.is_impossible(groups[0] | groups[1]) or together is None
        outcomes["none" if together is None else "some"] += 1
    assert min(outcomes["none"], outcomes["some"]) > 20
