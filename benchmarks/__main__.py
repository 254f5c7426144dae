# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`python -m benchmarks [part] …`: what does not take long unless some are named."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence

import benchmarks
from benchmarks import (
    against,
    atlas,
    captures,
    classroom,
    export,
    fairness,
    guests,
    hold,
    kernels,
    pages,
    pasted,
    sharing,
    start,
    steps,
    traces,
    wire,
)
from benchmarks.figures import Figure, table

PARTS: Mapping[str, Callable[[argparse.Namespace], list[Figure]]] = {
    "traces": lambda options: traces.measure(is_quick=options.quick),
    "kernels": lambda options: kernels.measure(is_quick=options.quick),
    "pasted": lambda options: pasted.measure(is_quick=options.quick),
    "atlas": lambda options: atlas.measure(is_quick=options.quick),
    "captures": lambda options: captures.measure(is_quick=options.quick),
    "guests": lambda options: guests.measure(is_quick=options.quick),
    "export": lambda _: export.measure(),
    "pages": lambda options: pages.measure(is_quick=options.quick),
    "start": lambda options: start.measure(is_quick=options.quick, with_imports=options.imports),
    "bytes": lambda options: wire.measure(is_quick=options.quick),
    "sharing": lambda options: sharing.measure(is_quick=options.quick),
    "steps": lambda options: steps.measure(is_quick=options.quick),
    "fairness": lambda options: fairness.measure(is_quick=options.quick),
    "classroom": lambda options: classroom.measure(is_quick=options.quick),
    "hold": lambda options: hold.measure(is_quick=options.quick),
}
#: Take minutes, so they are measured where they are named.
_LONG = frozenset({"hold", "guests"})


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print one table or one JSON object."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=benchmarks.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="part", help=" ".join(PARTS))
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--imports", action="store_true", help="tell where import time goes")
    parser.add_argument(
        "--quick", action="store_true", help="very few rounds, to see that it runs at all"
    )
    parser.add_argument(
        "--against", metavar="REVISION", help="only the ratios to another revision, built for it"
    )
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.parts) - set(PARTS)):
        parser.error(f"unknown part {', '.join(unknown)} (there are {', '.join(PARTS)})")
    figures: list[Figure] = []
    named = options.parts or ([] if options.against else PARTS.keys() - _LONG)
    if options.against:
        figures = against.measure(options.against, is_quick=options.quick)
    for name, part in PARTS.items():
        if name in named:
            if not options.json and sys.stderr.isatty():
                print(f"measuring {name} …", end="\r", file=sys.stderr, flush=True)
            figures += part(options)
    machine = (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"load average {os.getloadavg()[0]:.1f}"
    )
    if options.json:
        shown = {"machine": machine, "figures": [figure.to_json() for figure in figures]}
        print(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        print(table(figures))
        print(f"\n{machine}; read python -m benchmarks --help before comparing figures")


if __name__ == "__main__":
    main()
