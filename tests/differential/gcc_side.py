# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The quoted source, compiled with gcc against the stubs in this folder, and run."""

import json
import os
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "content" / "tcp_close" / "tcp_close.c"

FLAGS = ("-std=gnu11", "-D_GNU_SOURCE", "-O1", "-g", "-Wall", "-Wextra", "-Werror")
SANITIZERS = ("-fsanitize=undefined,address", "-fno-sanitize-recover=all")


class BuildError(Exception):
    """gcc refused the source or the stubs."""


@dataclass(frozen=True)
class Sanitizers:
    """What this machine's gcc can watch: compiler options, and the run's environment."""

    options: tuple[str, ...]
    environment: dict[str, str]

    @property
    def found(self) -> bool:
        """Whether undefined behaviour and bad memory accesses end the program."""
        return bool(self.options)


def find_sanitizers(folder: Path) -> Sanitizers:
    """The sanitizers that work here: all, all but the search for leaks, or none."""
    source = folder / "trivial.c"
    source.write_text("int main(void) { return 0; }\n")
    program = folder / "trivial"
    built = subprocess.run(
        ["gcc", *SANITIZERS, "-o", str(program), str(source)], capture_output=True, check=False
    )
    if built.returncode == 0:
        for environment in ({}, {"ASAN_OPTIONS": "detect_leaks=0"}):
            ran = subprocess.run(
                [program], capture_output=True, check=False, env={**os.environ, **environment}
            )
            if ran.returncode == 0:
                return Sanitizers(SANITIZERS, environment)
    return Sanitizers((), {})


@dataclass(frozen=True)
class Program:
    """A compiled subject: scenarios in, outcomes out."""

    path: Path
    sanitizers: Sanitizers

    def run(self, queries: Sequence[str]) -> list[dict[str, Any]]:
        """One outcome a query, in order.

        Shape: the keys of the API's `outcome` but `fate` (the counters without those
        that are 0), `decisions` as [line, taken] in the order of evaluation, `calls`,
        and of our own: `sk_err` (an errno or None), `freed` (the socket's memory was
        given back) and `misuse` (kernel rules that were broken; always empty).

        Raises RuntimeError when the program fails, with what it wrote.
        """
        ran = subprocess.run(
            [self.path],
            input="".join(f"{query}\n" for query in queries),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            env={**os.environ, **self.sanitizers.environment},
        )
        if ran.returncode != 0:
            raise RuntimeError(f"{self.path.name} ended with {ran.returncode}:\n{ran.stderr}")
        return [json.loads(line) for line in ran.stdout.splitlines()]


def build(
    folder: Path,
    sanitizers: Sanitizers,
    source: Path = SOURCE,
    name: str = "tcp_close",
    options: Sequence[str] = (),
) -> Program:
    """Compiles `source`, as it stands, with the stubs. Raises BuildError."""
    program = folder / name
    built = subprocess.run(
        [
            "gcc",
            *FLAGS,
            *sanitizers.options,
            *options,
            f'-DSUBJECT="{source}"',
            "-o",
            str(program),
            *(str(path) for path in sorted(HERE.glob("*.c"))),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode != 0:
        raise BuildError(built.stderr)
    return Program(program, sanitizers)


def branches(runs: Iterable[dict[str, Any]]) -> set[tuple[int, bool]]:
    """The (line, taken) pairs that occur in these runs."""
    return {(line, taken) for run in runs for line, taken in run["decisions"]}
