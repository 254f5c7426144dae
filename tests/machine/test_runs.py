# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""C that runs, each piece small and alone: what comes of it, in which order, and what stops it.

What runs stands in YAML beside this file: under a sentence the bodies of functions, and the value
of each, or of what it leaves (`noted`, `calls`, `lines`, `effects`) what is looked at; expressions
with their values alone.
"""

from typing import Any

import pytest

from app.errors import CSyntaxError, ExecutionError
from app.machine.trace import Recorder
from tests.conftest import table
from tests.machine.running import Ran, World, compiled, run

FILES = ("statements", "expressions", "errors", "types")
CASES = [
    pytest.param(body, case if isinstance(case, dict) else {"is": case}, id=sentence)
    for file in FILES
    for sentence, bodies in table(__file__, f"{file}.yaml")
    for body, cases in bodies.items()
    for case in (cases if isinstance(cases, list) else [cases])
] + [
    pytest.param(f"return {expression};", {"returns": "long long", "is": result}, id=expression)
    for file in ("values", "conversions")
    for expression, result in table(__file__, f"{file}.yaml")
]


def left(ran: Ran, what: str) -> Any:
    """What a run left, as the tables write it."""
    match what:
        case "is":
            return ran.result
        case "calls":
            return ran.recorder.calls
        case "effects":
            assert {effect.kind for effect in ran.effects} == {"assignment"}
            return [[effect.name, effect.before, effect.after] for effect in ran.effects]
    return getattr(ran, what)


@pytest.mark.parametrize(("body", "case"), CASES)
def test_what_comes_of_a_body(body: str, case: dict[str, Any]) -> None:
    expected = dict(case)
    parameters = expected.pop("with", "void").split(", ")
    arguments = [int(one.split(" = ")[1]) for one in parameters if " = " in one]
    options = {
        "parameters": ", ".join(one.split(" = ")[0] for one in parameters),
        "returns": expected.pop("returns", "int"),
    }
    if "refused" in expected:
        with pytest.raises(CSyntaxError) as refused:
            compiled(body, **options)
        assert str(refused.value) == expected["refused"]
        return
    program = compiled(body, **options)
    if "fails" in expected:
        with pytest.raises(ExecutionError) as failed:
            program.run(World(), Recorder(), arguments)
        error = failed.value
        assert f"{error.kind}: {error}" == expected["fails"]
        assert getattr(error, "nearest", None) == expected.get("nearest")
        return
    assert expected, "a case says what comes of it"
    # It runs again as if for the first time.
    for _ in range(2):
        world, recorder = World(), Recorder()
        ran = Ran(program.run(world, recorder, arguments), world, recorder)
        assert {what: left(ran, what) for what in expected} == expected


# Steps


def test_a_goto_step_knows_the_line_it_jumps_to() -> None:
    ran = run("goto out;\nnote(1);\nout:\n\treturn 0;")
    assert [(s.site.kind, s.site.span.line, s.site.goto_line) for s in ran.recorder.steps] == [
        ("goto", 3, 5),
        ("statement", 6, None),
    ]


def test_a_step_stands_for_each_statement_and_condition_that_ran() -> None:
    body = "int i = 0;\nwhile (i < 2)\n\ti++;\nif (i == 9)\n\ti = 0;\nelse\n\t;\nreturn i;"
    ran = run(body)
    assert ran.lines == [3, 4, 5, 4, 5, 4, 6, 10]
    taken = [step.taken for step in ran.recorder.steps]
    assert taken == [None, True, None, True, None, False, False, None]


def test_a_decision_step_has_the_number_of_its_decision() -> None:
    ran = run("if (1)\n\tif (0)\n\t\t;\nwhile (0)\n\t;\nreturn 0;")
    assert [step.site.number for step in ran.recorder.steps] == [0, 1, 2, None]


def test_break_and_continue_are_steps() -> None:
    ran = run("int i;\nfor (i = 0; i < 2; i++) {\n\tif (i)\n\t\tbreak;\n\tcontinue;\n}\nreturn i;")
    jumps = [step.site.span.line for step in ran.recorder.steps if step.site.kind == "jump"]
    assert jumps == [7, 6]
