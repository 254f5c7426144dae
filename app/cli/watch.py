# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough watch`."""

from __future__ import annotations

import json
import os
import select
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import IO, TYPE_CHECKING, Final, cast

import click

from app.cli import fail
from app.cli.common import Asked, asking, interruptible
from app.errors import LabError, OutsideFailure
from app.lab.rates import Row, Watch

if TYPE_CHECKING:
    from app.walkthrough.records import Walkthrough

#: The most of a text that is read, as on the page.
MOST_BYTES: Final = 2_000_000
#: A text is whole when nothing more has come for so many seconds.
PAUSE_S: Final = 0.5
#: What never pauses is read after so many seconds.
LONGEST_S: Final = 10.0
#: The exit status where nothing can be read.
FAILED: Final = 3


@click.command()
@click.argument("text", type=click.File("rb"), required=False)
@click.option("--pid", type=click.IntRange(1), help="Read the network namespace of this process.")
@click.option(
    "--namespace",
    metavar="PID|NAME",
    help="Read that of a process, or one of `ip netns`; else this one's.",
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
@asking("walkthrough", broken_content=2)
def watch(
    asked: Asked,
    text: IO[bytes] | None,
    pid: int | None,
    namespace: str | None,
    every: float,
    count: int | None,
) -> None:
    """Show what was counted of each way to abort on this host, then how often it happens.

    It only reads /proc. A counter is that of the whole network namespace: it says how often, not
    which connection. Of a container: --pid, or nsenter -t PID -n walkthrough watch.

    TEXT is a file, or - for standard input, with what a host has printed, such as nstat -az: that
    is shown instead; two readings in it say what rose. What goes on coming is read each time that
    it pauses. For example: ssh HOST 'while nstat -az; do sleep 10; done' | walkthrough watch -

    The exit status is 2 for bad input, and 3 where the counters cannot be read.
    """
    from app.lab.machine import this_kernel
    from app.lab.observe.counters import read_sockets
    from app.walkthrough.observables import observed

    if pid is not None and namespace is not None:
        raise click.UsageError("--pid and --namespace are two names for one thing: give one.")
    namespace = str(pid) if pid is not None else namespace
    try:
        with interruptible(0):
            if text is not None:
                walkthrough = asked.walkthrough
                _show_texts(walkthrough, Watch(observed(walkthrough)), text, asked.as_json)
                return
            kernel = this_kernel()
            read = _reader(namespace)
            read()
            walkthrough = asked.walkthrough
            watching = Watch(observed(walkthrough))
            looks = _looks(lambda: watching.look(read()), every, count)
            is_process = namespace is not None and namespace.isascii() and namespace.isdigit()
            sockets = partial(read_sockets, int(namespace) if namespace and is_process else None)
            if asked.as_json:
                for number, rows in enumerate(looks):
                    look = {
                        "at_s": round(number * every, 3),
                        "sockets": sockets(),
                        "counters": [_flat(row) for row in rows],
                    }
                    click.echo(json.dumps(look))
                return
            from app.cli.watch_screen import Screen

            whose = f"network namespace of {namespace}" if namespace else "this host"
            where = f"Linux {kernel.version}, {whose}, every {every:g} s"
            Screen(walkthrough, where, sockets).show(looks)
    except LabError as error:
        fail(f"The counters cannot be read: {error.message}", FAILED)
    except OutsideFailure as error:
        fail(f"The text cannot be read: {error}", FAILED)


def _show_texts(
    walkthrough: Walkthrough, watching: Watch, source: IO[bytes], as_json: bool
) -> None:
    """What texts have of the counters: as they are, and by how much they rose if they say so."""
    from app.pasted import read_pasted

    known: dict[str, int] = {}
    is_told = False
    for number, text in enumerate(_texts(source)):
        reading = read_pasted(text)
        counters, rises = reading["counters"], reading["rises"]
        there = {**rises, **counters}
        sockets = {key: count for key, count in (reading["states"] or {}).items() if count}
        sums = {"orphans": reading["orphans"], "in TIME_WAIT": reading["timewait"]}
        sockets |= {key: count for key, count in sums.items() if count is not None}
        if not there and not sockets and reading["states"] is None:
            continue
        is_told = True
        if there and not known:
            before = {key: max(value - rises.get(key, 0), 0) for key, value in counters.items()}
            watching.look(before, at=-1.0)
        is_first, risen = not known, {**known}
        known |= there
        # What a text does not say is not zero: it is left out.
        looked = watching.look(known, at=float(number)) if there else ()
        rows = [row for row in looked if row.key in there]
        shown = [
            _flat(row)
            | {
                "per_second": None,
                "now": counters.get(row.key),
                "since_start": rises.get(row.key) if is_first else row.since_start,
            }
            for row in rows
            # After the first text what has not moved since the last says nothing.
            if as_json or is_first or row.now != risen.get(row.key)
        ]
        if as_json:
            look = {"sockets": sockets, "counters": shown, "says": reading["says"]}
            click.echo(json.dumps(look))
            continue
        for one in shown:
            rose = "" if one["since_start"] is None else f"  rose by {one['since_start']:,}"
            now = "" if one["now"] is None else f"{one['now']:,}"
            click.echo(f"{one['counter']:<26}{now:>12}{rose}")
            for line in cast("tuple[int, ...]", one["lines"]):
                click.echo(f"    {line:>4}  {walkthrough.edition.source.lines[line - 1].strip()}")
        if sockets or not there:
            _say_sockets(sockets)
    if not is_told:
        raise LabError(
            "text", "the text has none of the counters and states that tell how sockets close"
        )


def _say_sockets(sockets: Mapping[str, int]) -> None:
    counts = [f"{count:,} {key}" for key, count in sockets.items()]
    click.echo(f"sockets: {', '.join(counts) or 'none'}")


def _texts(source: IO[bytes]) -> Iterator[str]:
    """What comes, a text each time that it pauses behind a line; all of a file is one."""
    try:
        descriptor = source.fileno()
    except OSError:
        yield _within_limit(source.read(MOST_BYTES + 1)).decode("utf-8", "replace")
        return
    text, piece, begun = b"", b" ", 0.0
    while piece:
        is_paused = text and (
            not select.select([descriptor], [], [], PAUSE_S)[0]
            or time.monotonic() > begun + LONGEST_S
        )
        if not is_paused:
            piece = os.read(descriptor, 1 << 16)
            begun = begun if text else time.monotonic()
            text = _within_limit(text + piece)
        end = text.rfind(b"\n") + 1 if piece else len(text)
        if end and (is_paused or not piece):
            yield text[:end].decode("utf-8", "replace")
            text = text[end:]


def _within_limit(text: bytes) -> bytes:
    if len(text) > MOST_BYTES:
        raise click.UsageError(f"The text is longer than {MOST_BYTES:,} bytes.")
    return text


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
        "now": row.now,
        "per_second": None if row.per_second is None else round(row.per_second, 3),
        "since_start": row.since_start,
    }
