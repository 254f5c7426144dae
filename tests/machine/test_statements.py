# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Statements, each small and alone: what runs, in which order, how often."""

import pytest

from tests.machine.running import run, value

# Declarations and scope


def test_a_declaration_gives_a_value() -> None:
    assert value("int a = 3; return a;") == 3


def test_a_declaration_may_use_the_one_before() -> None:
    assert value("int a = 3, b = a + 1; return a * 10 + b;") == 34


def test_a_declaration_converts_to_its_type() -> None:
    assert value("u8 a = 257; return a;") == 1
    assert value("unsigned int a = - 1; return a == 0xFFFFFFFF;") == 1


def test_an_inner_block_hides_the_outer_variable_and_gives_it_back() -> None:
    assert value("int a = 1; { int a = 2; a = 3; } return a;") == 1


def test_a_variable_of_a_loop_body_starts_anew_each_time() -> None:
    body = "int i = 0, sum = 0; while (i < 3) { int a = 5; a += i; sum += a; i++; } return sum;"
    assert value(body) == 5 + 6 + 7


def test_a_variable_of_a_for_lives_in_the_for() -> None:
    assert value("int i = 9; for (int i = 0; i < 3; i++) ; return i;") == 9


def test_a_declaration_without_a_value_is_no_step() -> None:
    assert run("int a;\nint b, c;\na = 1;\nreturn a;").lines == [5, 6]


# if


@pytest.mark.parametrize(("argument", "result"), [(1, 10), (0, 20), (-1, 10)])
def test_if_else_takes_one_side(argument: int, result: int) -> None:
    assert value("if (a) return 10; else return 20;", argument, parameters="int a") == result


@pytest.mark.parametrize(("argument", "result"), [(1, 10), (0, 20)])
def test_if_without_else_goes_on(argument: int, result: int) -> None:
    assert value("if (a) return 10; return 20;", argument, parameters="int a") == result


@pytest.mark.parametrize(("argument", "result"), [(1, 1), (2, 2), (3, 0)])
def test_else_if_chains(argument: int, result: int) -> None:
    body = "int r; if (a == 1) r = 1; else if (a == 2) r = 2; else r = 0; return r;"
    assert value(body, argument, parameters="int a") == result


def test_else_belongs_to_the_nearest_if() -> None:
    assert value("int r = 0; if (1) if (0) r = 1; else r = 2; return r;") == 2
    assert value("int r = 0; if (0) if (0) r = 1; else r = 2; return r;") == 0


def test_a_pointer_is_a_condition() -> None:
    assert value("if (the_box()) return 1; return 0;") == 1
    assert value("if (no_box()) return 1; return 0;") == 0
    assert value("if (!no_box()) return 1; return 0;") == 1


# Loops


def test_while_tests_before_each_round() -> None:
    assert value("int n = 0; while (n < 5) n++; return n;") == 5
    assert value("int n = 7; while (n < 5) n++; return n;") == 7


def test_do_tests_after_each_round() -> None:
    assert value("int n = 0; do n++; while (n < 5); return n;") == 5
    assert value("int n = 7; do n++; while (n < 5); return n;") == 8


def test_for_starts_tests_and_advances_in_this_order() -> None:
    ran = run("for (note(1); note(0) || note(2) < 2; note(3)) note(4); return 0;")
    assert ran.noted == [1, 0, 2]
    ran = run("int i; for (i = note(0); note(i) < 2; i += note(1)) note(9); return i;")
    assert ran.noted == [0, 0, 9, 1, 1, 9, 1, 2]
    assert ran.result == 2


def test_for_without_a_condition_goes_on_until_break() -> None:
    assert value("int n = 0; for (;;) { if (n == 4) break; n++; } return n;") == 4


@pytest.mark.parametrize("loop", ["while (note(n) < 3) n++;", "for (; note(n) < 3; n++) ;"])
def test_a_loop_may_be_the_first_statement(loop: str) -> None:
    assert run(f"{loop} return n;", 1, parameters="int n").result == 3


def test_break_leaves_the_innermost_loop() -> None:
    body = """
    int i, n = 0;
    for (i = 0; i < 3; i++)
        while (1) { n++; break; }
    return n;"""
    assert value(body) == 3


def test_continue_in_a_while_tests_again() -> None:
    body = "int i = 0, n = 0; while (i < 5) { i++; if (i == 2) continue; n += i; } return n;"
    assert value(body) == 1 + 3 + 4 + 5


def test_continue_in_a_do_tests_again() -> None:
    assert (
        value("int i = 0, n = 0; do { i++; if (i < 9) continue; n++; } while (i < 3); return n;")
        == 0
    )


def test_continue_in_a_for_advances_first() -> None:
    assert (
        value("int i, n = 0; for (i = 0; i < 5; i++) { if (i == 2) continue; n += i; } return n;")
        == 8
    )


# switch


SWITCH = """
    int r = 0;
    switch (a) {
    case 1:
        r += 1;
    case 2:
        r += 10;
        break;
    case 3: {
        r += 100;
        break;
    }
    case SEVEN:
    case 8:
        r += 1000;
        break;
    default:
        r += 10000;
    }
    return r;"""


@pytest.mark.parametrize(
    ("argument", "result"),
    [(1, 11), (2, 10), (3, 100), (7, 1000), (8, 1000), (4, 10000), (-1, 10000)],
)
def test_switch_falls_through_until_break(argument: int, result: int) -> None:
    assert value(SWITCH, argument, parameters="int a") == result


@pytest.mark.parametrize(("argument", "result"), [(1, 111), (2, 11), (3, 10)])
def test_default_may_stand_in_the_middle(argument: int, result: int) -> None:
    body = "int r = 0; switch (a) { case 1: r += 100; case 2: r += 1; default: r += 10; } return r;"
    assert value(body, argument, parameters="int a") == result
    body = """
    int r = 0;
    switch (a) { default: r += 10; break; case 1: r += 100; case 2: r += 1; }
    return r;"""
    assert value(body, argument, parameters="int a") == {1: 101, 2: 1, 3: 10}[argument]


def test_switch_without_a_match_and_a_default_does_nothing() -> None:
    assert value("int r = 5; switch (r) { case 1: r = 6; } return r;") == 5


@pytest.mark.parametrize(
    ("a", "b", "result"), [(1, 1, 11), (1, 2, 12), (1, 9, 10), (2, 1, 20), (3, 1, 30)]
)
def test_switches_nest(a: int, b: int, result: int) -> None:
    body = """
    int r = 0;
    switch (a) {
    case 1:
        switch (b) {
        case 1: r = 1; break;
        case 2: r = 2; break;
        }
        r += 10;
        break;
    case 2:
        r = 20;
        break;
    default:
        r = 30;
    }
    return r;"""
    assert value(body, a, b, parameters="int a, int b") == result


def test_a_case_may_stand_inside_of_a_loop() -> None:
    """Duff's device: the switch jumps into the middle of a do."""
    body = """
    int n = 0, rounds = 2;
    switch (3) {
    case 0: do { n++;
    case 3:      n++;
    case 2:      n++;
            } while (--rounds > 0);
    }
    return n;"""
    assert value(body) == 2 + 3


def test_break_in_a_switch_does_not_leave_the_loop() -> None:
    body = """
    int i, n = 0;
    for (i = 0; i < 3; i++) {
        switch (i) { case 1: break; default: n++; }
        n += 10;
    }
    return n;"""
    assert value(body) == 32


def test_continue_in_a_switch_is_that_of_the_loop() -> None:
    body = (
        "int i, n = 0; for (i = 0; i < 3; i++) { switch (i) { case 1: continue; } n++; } return n;"
    )
    assert value(body) == 2


def test_a_case_may_be_any_constant_expression() -> None:
    assert value("switch (15) { case SEVEN * 2 + 1: return 1; } return 0;") == 1
    assert value("switch (- 1) { case - 1: return 1; } return 0;") == 1


def test_a_step_before_the_first_case_never_runs() -> None:
    assert run("switch (1) { note(5); case 1: note(6); } return 0;").noted == [6]


# goto


def test_goto_jumps_forwards() -> None:
    assert run("note(1); goto out; note(2); out: note(3); return 0;").noted == [1, 3]


def test_goto_jumps_backwards() -> None:
    assert value("int n = 0; again: n++; if (n < 4) goto again; return n;") == 4


def test_goto_jumps_into_a_block() -> None:
    assert run("goto inside; { note(1); inside: note(2); } note(3); return 0;").noted == [2, 3]


def test_goto_jumps_into_a_loop_which_then_goes_on() -> None:
    body = "int i = 1; goto inside; while (i < 4) { note(i); inside: note(10 + i); i++; } return i;"
    assert run(body).noted == [11, 2, 12, 3, 13]


def test_goto_jumps_out_of_nested_loops() -> None:
    body = "int i; for (i = 0; ; i++) for (;;) if (i == 3) goto out; else break; out: return i;"
    assert value(body) == 3


def test_goto_into_the_branch_not_taken() -> None:
    body = "goto inside; if (note(0)) { inside: note(1); } else note(2); return 0;"
    assert run(body).noted == [1]


def test_a_label_at_the_very_end_is_a_target() -> None:
    assert run("goto out; note(1); out: ;", returns="void").noted == []


def test_two_labels_may_name_one_place() -> None:
    assert run("goto two; one: two: note(1); return 0;").noted == [1]


def test_a_goto_step_knows_the_line_it_jumps_to() -> None:
    ran = run("goto out;\nnote(1);\nout:\n\treturn 0;")
    assert [(s.site.kind, s.site.span.line, s.site.goto_line) for s in ran.recorder.steps] == [
        ("goto", 3, 5),
        ("statement", 6, None),
    ]


# return


def test_return_ends_the_function_at_once() -> None:
    ran = run("note(1); return 4; note(2);")
    assert (ran.result, ran.noted) == (4, [1])


def test_return_converts_to_the_type_of_the_function() -> None:
    assert value("return 300;", returns="u8") == 44
    assert value("return - 1;", returns="unsigned int") == 0xFFFF_FFFF
    assert value("return 256;", returns="bool") == 1


def test_a_void_function_ends_without_a_return() -> None:
    ran = run("note(1);", returns="void")
    assert (ran.result, ran.noted) == (None, [1])
    assert run("note(1); if (1) return; note(2);", returns="void").noted == [1]


def test_an_empty_function_ends() -> None:
    assert run("", returns="void").lines == []


# Steps


def test_a_step_stands_for_each_statement_and_condition_that_ran() -> None:
    body = "int i = 0;\nwhile (i < 2)\n\ti++;\nif (i == 9)\n\ti = 0;\nelse\n\t;\nreturn i;"
    ran = run(body)
    assert ran.lines == [3, 4, 5, 4, 5, 4, 6, 10]
    assert [step.taken for step in ran.recorder.steps] == [
        None,
        True,
        None,
        True,
        None,
        False,
        False,
        None,
    ]


def test_a_decision_step_has_the_number_of_its_decision() -> None:
    ran = run("if (1)\n\tif (0)\n\t\t;\nwhile (0)\n\t;\nreturn 0;")
    assert [step.site.number for step in ran.recorder.steps] == [0, 1, 2, None]


def test_break_and_continue_are_steps() -> None:
    ran = run("int i;\nfor (i = 0; i < 2; i++) {\n\tif (i)\n\t\tbreak;\n\tcontinue;\n}\nreturn i;")
    jumps = [step.site.span.line for step in ran.recorder.steps if step.site.kind == "jump"]
    assert jumps == [7, 6]


def test_a_program_runs_again_as_if_for_the_first_time() -> None:
    first, second = run("int a = 0; a++; return a;"), run("int a = 0; a++; return a;")
    assert first.result == second.result == 1
    assert first.effects == second.effects
