# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough watch`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial

import click

from app.cli.common import find_walkthrough, interruptible, told, walkthrough_option
from app.errors import LabError
from app.lab.rates import Row, Watch


@click.command()
@walkthrough_option
@click.option(
    "--namespace",
    metavar="PID|NAME",
    help="Read the network namespace of a process, or one of `ip netns`; else this one's.",
)
@click.option(
    "--every",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0.1, 60),
    help="Seconds between two looks.",
)
@click.option("--count", type=click.IntRange(1), help="Stop after so many looks; else at Ctrl+C.")
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each look.")
def watch(
    name: str | None, namespace: str | None, every: float, count: int | None, as_json: bool
) -> None:
    """Show how often each abort branch is being taken on this host, beside its lines.

    It only reads /proc. A counter is that of the whole network namespace: it says how often, not
    which connection.

    The exit status is 2 for bad input, and 3 where the counters cannot be read.
    """
    from app.lab.machine import this_kernel
    from app.walkthrough.observables import observed

    try:
        with told(broken_content=2), interruptible(0):
            kernel = this_kernel()
            read = _reader(namespace)
            read()
            walkthrough = find_walkthrough(name)
            watching = Watch(observed(walkthrough))
            looks = _looks(lambda: watching.look(read()), every, count)
            if as_json:
                for number, rows in enumerate(looks):
                    look = {
                        "at_s": round(number * every, 3),
                        "counters": [_flat(row) for row in rows],
                    }
                    click.echo(json.dumps(look))
                return
            from app.cli.watch_screen import Screen

            whose = f"network namespace of {namespace}" if namespace else "this host"
            Screen(walkthrough, f"Linux {kernel.version}, {whose}", every).show(looks)
    except LabError as error:
        click.echo(f"The counters cannot be read: {error.message}", err=True)
        sys.exit(3)


def _reader(namespace: str | None) -> Callable[[], Mapping[str, int]]:
    """What reads the counters of a namespace. Raises LabError where it may not be entered."""
    from app.lab.namespace import join
    from app.lab.observe.counters import read_counters

    if namespace is None:
        return read_counters
    if namespace.isascii() and namespace.isdigit():
        return partial(read_counters, int(namespace))
    join(namespace)
    return read_counters


def _looks(
    look: Callable[[], tuple[Row, ...]], every: float, count: int | None
) -> Iterator[tuple[Row, ...]]:
    """One look after the other; the time that a look takes does not add up."""
    due = time.monotonic()
    while True:
        yield look()
        if count is not None:
            count -= 1
            if not count:
                return
        due = max(due + every, time.monotonic())
        time.sleep(max(due - time.monotonic(), 0))


def _flat(row: Row) -> dict[str, object]:
    return {
        "counter": row.name,
        "lines": row.lines,
        "per_second": None if row.per_second is None else round(row.per_second, 3),
        "since_start": row.since_start,
    }
