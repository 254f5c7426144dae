# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The scripts that a reader takes home: run as printed, or laid beside what was captured."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.kernel.scenario import parse_scenario
from app.lab.experiment import LabCase, run_cases
from app.lab.left_out import LeftOut
from app.lab.machine import best_namespace
from app.lab.preview import Preview, preview_of
from app.lab.takehome.python_script import REST
from app.walkthrough.records import Walkthrough
from tests.lab.conftest import in_time, left_out_here

#: They are run as they are, so only those that need not wait.
RUN = (
    "plain-close unread-reset bare-fin pending-data listener-children after-reset half-close "
    "connect-given-up lingering-data killed-lingering orphan-data orphan-acked orphan-reset "
    "linger2-negative zero-linger-closing rto-floor fastopen-unread repair-unread held-back"
).split()


def previews(walkthrough: Walkthrough) -> dict[str, Preview]:
    held_back = parse_scenario([("backlog", "ack-data")])  # no preset has it
    return {
        preset.id: preview_of(walkthrough.trace(preset.scenario), preset.title["en"])
        for preset in walkthrough.presets
    } | {"held-back": preview_of(walkthrough.trace(held_back), "Data that Nagle held back")}


def test_every_recipe_has_a_python_script_and_lines_to_watch(tcp_close: Walkthrough) -> None:
    for name, preview in previews(tcp_close).items():
        assert (preview.python is None) == (preview.plan is None), name
        assert (preview.packetdrill is None) == (
            preview.plan is None or bool(preview.no_packetdrill)
        )
        assert preview.watch


def test_the_python_scripts_compile_and_fit_a_screen(tcp_close: Walkthrough) -> None:
    for name, preview in previews(tcp_close).items():
        if preview.python is not None:
            compile(preview.python, name, "exec")
            # What matters comes first; the page folds the rest.
            assert "one.close()" in preview.python.partition(REST)[0], name
            assert max(map(len, preview.python.splitlines())) <= 100, name


def test_the_python_scripts_do_what_they_say(tcp_close: Walkthrough, tmp_path: Path) -> None:
    """Run as printed, by a Python without any library."""
    if sys.platform != "linux" or best_namespace() == "none":
        left_out_here("no network namespace here, so the scripts were not run")
    every = previews(tcp_close)

    def run(name: str) -> tuple[str, subprocess.CompletedProcess[str]]:
        path = tmp_path / f"{name}.py"
        text = every[name].python
        assert text is not None
        path.write_text(text)
        command = [sys.executable, "-I", "-S", str(path)]
        return name, subprocess.run(
            command, capture_output=True, text=True, timeout=300, check=False
        )

    with ThreadPoolExecutor(4) as pool:
        for name, done in pool.map(run, RUN):
            assert done.returncode == 0, f"{name}: {done.stderr}"
            predicted = every[name].predicted
            counted = {
                row[0].removeprefix("TcpExt").removeprefix("Tcp"): int(row[2]) - int(row[1])
                for row in map(str.split, done.stdout.splitlines()[1:-1])
            }
            for counter, count in predicted.counters.items():
                # The peer is counted too: it is a socket of the same namespace.
                assert counted.get(counter, 0) >= count, f"{name}: {done.stdout}"
            assert done.stdout.splitlines()[-1] == f"left: {predicted.left or 'nothing'}", name


# ---- packetdrill ----

_EVENT = r"(0|\+[\d.]+(\.\.\.[\d.]+)?)"
_SIDES = (
    r"(?P<side>[<>]) (?P<flags>[SFRP.]+|-) (?P<seq>\d+:\d+\(\d+\))(?P<rest>( ack \d+)?( win \d+)?)"
)
PACKET = re.compile(rf"^{_EVENT}\s+{_SIDES}( <[^>]+>)?$")
CALL = re.compile(rf"^{_EVENT}\s+[a-z]+\(.*\) = (-?\d+|0x[0-9a-f]+)( .*)?$")
COMMAND = re.compile(r"^`sysctl -q -w net\.ipv4\.[a-z0-9_]+=\d+`$")


def packets(script: str) -> list[str]:
    """The packets of a script, without times and options."""
    found = []
    for line in script.splitlines():
        match = PACKET.match(line)
        if match:
            found.append(f"{match['side']} {match['flags']} {match['seq']}{match['rest']}")
    return found


def test_each_line_of_a_packetdrill_script_is_a_comment_a_command_a_call_or_a_packet(
    tcp_close: Walkthrough,
) -> None:
    """Our own check of the syntax, which is no proof: packetdrill itself is not run here."""
    for name, preview in previews(tcp_close).items():
        for line in (preview.packetdrill or "").splitlines():
            known = not line or line.startswith("// ")
            assert known or any(kind.match(line) for kind in (PACKET, CALL, COMMAND)), (name, line)


def test_both_scripts_say_what_newer_kernels_are_known_to_do(tcp_close: Walkthrough) -> None:
    shown = previews(tcp_close)["read-and-sent-again"]
    for script in (shown.python, shown.packetdrill):
        assert script is not None
        assert "Known of Linux 6.18 (6.1.158, 6.12.57) and later:" in script


def test_a_packetdrill_script_has_the_segments_that_a_kernel_sends(tcp_close: Walkthrough) -> None:
    """The lab's peer by hand says the same lines; a FIN that is sent again may come in between."""
    if sys.platform != "linux" or best_namespace() == "none":
        left_out_here("no network namespace here, so no segment was captured")
    names = [
        n for n in (*RUN, "passive-close", "unread-after-fin") if previews(tcp_close)[n].packetdrill
    ]
    presets = tcp_close.presets_by_id
    found = run_cases([LabCase(id=n, trace=tcp_close.trace(presets[n].scenario)) for n in names])
    assert len(names) >= 10
    for result in in_time(found.results):
        script = previews(tcp_close)[result.case.id].packetdrill
        assert script is not None
        assert result.observed is not None, result.left_out
        captured = iter(result.observed.wire or ())
        for packet in packets(script):
            assert packet in captured, f"{result.case.id}: {packet} not in {result.observed.wire}"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("orphan-acked", "inside-close"),
        ("killed-unread", "killed"),
        ("listener-children", "many-connections"),
    ],
)
def test_what_packetdrill_cannot_say_has_no_script(
    tcp_close: Walkthrough, name: str, code: str
) -> None:
    preview = previews(tcp_close)[name]
    assert preview.packetdrill is None
    assert preview.no_packetdrill == code


def test_a_scenario_without_a_recipe_still_says_how_to_watch(tcp_close: Walkthrough) -> None:
    preview = previews(tcp_close)["too-many-orphans"]
    assert preview.left_out == LeftOut("orphans")
    assert any("TcpExtTCPAbortOnMemory" in watch.run for watch in preview.watch)
