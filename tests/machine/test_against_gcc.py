# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Random integer expressions: the machine computes what gcc's program computes.

Undefined behaviour is kept out: gcc wraps (-fwrapv), counts of shifts are masked, divisors are
made odd and positive, which also rules out the one quotient that does not fit.
"""

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from app.machine.types import INTEGER_TYPES, IntegerType
from tests.conftest import leave_out, table
from tests.machine.running import value

pytestmark = pytest.mark.differential

#: C's own spelling, which both sides know: gcc has no u32.
TYPES = (
    *("signed char", "unsigned char", "short", "unsigned short", "int", "unsigned int"),
    *("long", "unsigned long", "bool"),
)
VARIABLES = {
    f"{letter}{number}": type_ for number, type_ in enumerate(TYPES) for letter in ("a", "b")
}
ARITHMETIC = ("+", "-", "*", "&", "|", "^")
COMPARISON = ("==", "!=", "<", ">", "<=", ">=")
COMPOUND = ("+", "-", "*", "&", "|", "^", "/", "%", "<<", ">>")
CONSTANTS = (
    "0 1 7 255 65536 2147483647 2147483648 4294967295 0x7FFFFFFF 0x80000000 0xFFFFFFFF "
    "037777777777 1u 4294967295u 1L 0xFFFFFFFFFFFFFFFF 9223372036854775807 1ul 'a'"
).split()


class Writer:
    """Writes random expressions and statements over the variables."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def initial_value(self, type_: IntegerType) -> int:
        """Of any size, but often at an end of the range."""
        low = -(1 << (type_.bits - 1)) if type_.signed else 0
        high = low + (1 << type_.bits) - 1
        if type_.name == "bool":
            high = 1
        near = self.chance.choice((low, low + 1, 0, 1, high - 1, high))
        return self.chance.choice((near, self.chance.randint(low, high)))

    def leaf(self) -> str:
        if self.chance.random() < 0.75:
            return self.chance.choice(tuple(VARIABLES))
        return self.chance.choice(CONSTANTS)

    def expression(self, depth: int) -> str:
        if depth == 0:
            return self.leaf()
        choose = self.chance.random()
        if choose < 0.40:
            return f"({self.inner(depth)} {self.chance.choice(ARITHMETIC)} {self.inner(depth)})"
        if choose < 0.50:
            return f"({self.inner(depth)} {self.chance.choice(COMPARISON)} {self.inner(depth)})"
        if choose < 0.58:
            sign = self.chance.choice("/%")
            return f"({self.inner(depth)} {sign} (({self.inner(depth)} & 0x7E) + 1))"
        if choose < 0.68:
            sign = self.chance.choice(("<<", ">>"))
            return f"({self.inner(depth)} {sign} ({self.inner(depth)} & {self.count()}))"
        if choose < 0.80:
            return f"({self.chance.choice('-+~!')} {self.inner(depth)})"
        if choose < 0.88:
            return f"(({self.chance.choice(TYPES)}){self.inner(depth)})"
        if choose < 0.94:
            return f"({self.inner(depth)} ? {self.inner(depth)} : {self.inner(depth)})"
        if choose < 0.97:
            return f"({self.inner(depth)} ?: {self.inner(depth)})"
        sign = self.chance.choice(("&&", "||"))
        return f"({self.inner(depth)} {sign} {self.inner(depth)})"

    def inner(self, depth: int) -> str:
        return self.expression(self.chance.randint(0, depth - 1))

    def count(self) -> int:
        """A mask for shift counts: below 32, which is in range whatever is shifted."""
        return self.chance.choice((7, 31))

    def statement(self) -> str:
        """A compound assignment or an update; bools are left to a test of their own."""
        target = self.chance.choice([name for name, t in VARIABLES.items() if t != "bool"])
        if self.chance.random() < 0.3:
            return self.chance.choice((f"{target}++;", f"--{target};", f"++{target};"))
        sign = self.chance.choice(COMPOUND)
        right = self.expression(2)
        if sign in {"/", "%"}:
            right = f"(({right} & 0x7E) + 1)"
        if sign in {"<<", ">>"}:
            right = f"({right} & {self.count()})"
        return f"{target} {sign}= {right};"

    def body(self) -> str:
        """Declarations, a few statements, and a value made of an expression."""
        lines = []
        for name, type_ in VARIABLES.items():
            integer = INTEGER_TYPES[" ".join(sorted(type_.split()))]
            number = self.initial_value(integer)
            # The least value has no constant of its own in C.
            text = f"(- {-(number + 1)}L - 1)" if number < 0 else f"{number}u"
            lines.append(f"{type_} {name} = {text};")
        lines += [self.statement() for _ in range(self.chance.randint(0, 3))]
        lines.append(f"return {self.expression(4)};")
        return "\n".join(lines)


def through_gcc(bodies: list[str], folder: Path) -> list[int]:
    """What each body returns, as a long long, compiled in one program."""
    if shutil.which("gcc") is None:
        leave_out("No gcc was found to compare the machine's arithmetic with.")
    functions = "\n".join(
        f"static long long f{number}(void)\n{{\n{body}\n}}" for number, body in enumerate(bodies)
    )
    calls = "\n".join(f'printf("%lld\\n", f{number}());' for number in range(len(bodies)))
    source = folder / "expressions.c"
    source.write_text(
        f"#include <stdbool.h>\n#include <stdio.h>\n{functions}\nint main(void)\n{{\n{calls}\n}}\n"
    )
    program = folder / "expressions"
    subprocess.run(
        ["gcc", "-std=gnu11", "-O0", "-fwrapv", "-w", "-o", str(program), str(source)],
        check=True,
        capture_output=True,
    )
    ran = subprocess.run([program], check=True, capture_output=True, text=True, timeout=300)
    return [int(line) for line in ran.stdout.split()]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_machine_computes_what_gcc_computes(seed: int, tmp_path: Path) -> None:
    writer = Writer(random.Random(seed))
    bodies = [writer.body() for _ in range(500)]
    expected = through_gcc(bodies, tmp_path)
    for body, result in zip(bodies, expected, strict=True):
        assert value(body, returns="long long") == result, body


def test_gcc_agrees_with_the_results_that_other_tests_state(tmp_path: Path) -> None:
    """The conversions that are stated by hand, so that nobody has to believe them."""
    codes, results = zip(*table(__file__, "conversions.yaml"), strict=True)
    assert through_gcc([f"return {code};" for code in codes], tmp_path) == list(results)
