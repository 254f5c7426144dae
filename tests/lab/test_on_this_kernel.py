# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The lab on the kernel that the tests run on, as root and as an ordinary user.

What cannot be run here is reported as left out, with the reason; the numbers are printed.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli import main
from app.lab.experiment import Experiment, LabCase, run_cases
from app.lab.left_out import LeftOut
from app.lab.machine import best_namespace, this_kernel
from app.walkthrough.records import Walkthrough
from tests.lab.conftest import in_time, left_out_here

REPOSITORY = Path(__file__).resolve().parents[2]
AS_NOBODY = Path(__file__).parent / "as_nobody.py"
#: One of each family, none of which sleeps.
QUICK = set(
    "plain-close unread-reset listener-children linger2-61 orphan-acked killed-unread "
    "lingering-data zero-linger-closing fastopen-unread repair-unread connect-given-up".split()
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="LEFT OUT: this is not Linux")


#: In the environment of what a test starts, so that it is told from what others run meanwhile.
MARK = "LAB_OF_THIS_TEST"


def processes(mark: str) -> set[str]:
    """The command lines of what a test has started and that still runs."""
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        if path.name == str(os.getpid()):
            continue
        try:
            if f"{MARK}={mark}\0".encode() in (path / "environ").read_bytes():
                found.add(f"{path.name} {(path / 'cmdline').read_bytes()!r}")
        except OSError:
            continue
    return found


def namespaces(mark: str) -> set[str]:
    """The network namespaces that such processes are in, besides that of the test."""
    found = set()
    for process in processes(mark):
        try:
            found.add(str(Path("/proc", process.split()[0], "ns/net").readlink()))
        except OSError:
            continue
    return found - {str(Path("/proc/self/ns/net").readlink())}


def mounts() -> str:
    """What is mounted: a namespace without a process would be kept there."""
    return Path("/proc/self/mounts").read_text()


def command(
    *words: str, prefix: tuple[str | Path, ...] = (), mark: str = ""
) -> subprocess.Popen[str]:
    """`walkthrough lab` as a process of its own."""
    return subprocess.Popen(
        [sys.executable, *map(str, prefix), "-m", "app", "lab", *words],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", MARK: mark},
    )


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def finish(running: subprocess.Popen[str]) -> Done:
    stdout, stderr = running.communicate(timeout=600)
    return Done(running.returncode, stdout, stderr)


def lab(*words: str) -> Done:
    """`walkthrough lab` in this process; what it starts are processes of their own anyway."""
    result = CliRunner().invoke(main, ["lab", *words])
    return Done(result.exit_code, result.stdout, result.stderr)


def told(report: dict[str, Any], who: str) -> None:
    """Prints the number that ran, and why the others did not."""
    summary = report["summary"]
    print(f"\n{who} on Linux {report['kernel']} (namespace: {report['namespace']}): {summary}")
    for one in report["presets"]:
        if not one["supported"]:
            print(f"  left out: {one['id']}: {one['reason']}")


def judged(report: dict[str, Any]) -> None:
    """Asserts every verdict: what was observed agrees, or is explained."""
    for one in report["presets"]:
        if one["supported"]:
            assert one["verdict"] in {"agree", "explained"}, one
        else:
            assert one["reason"], one


def test_every_verdict_is_agreement(tcp_close: Walkthrough) -> None:
    """All presets, by whoever runs the tests and by an ordinary user, both at once.

    They have network namespaces of their own, and mostly wait.
    """
    mark, before = secrets.token_hex(8), mounts()
    prefix = (AS_NOBODY,) if os.geteuid() == 0 else ()
    running = command("--json", mark=mark), command("--json", prefix=prefix, mark=mark)
    own, ordinary = finish(running[0]), finish(running[1])
    report = json.loads(own.stdout)
    told(report, "as root" if os.geteuid() == 0 else "as the user of the tests")
    judged(report)
    assert own.stderr == ""
    assert own.returncode == 0
    assert len(report["presets"]) == len(tcp_close.presets)
    assert report["namespace"] == best_namespace()
    if report["namespace"] != "none":
        assert report["summary"]["agree"] >= 20
        assert report["summary"]["branches_confirmed"] >= 30
    # Without a namespace much is left out, and each time it is said why.
    assert report["summary"]["agree"] >= 10
    assert processes(mark) == set()
    assert mounts() == before
    if not ordinary.stdout:
        left_out_here(f"an ordinary user could not be made: {ordinary.stderr.strip()[-200:]}")
    report = json.loads(ordinary.stdout)
    told(report, "as an ordinary user")
    judged(report)
    assert ordinary.returncode == 0
    assert report["namespace"] in {"user", "none"}
    assert report["summary"]["agree"] >= 10


def test_on_shared_loopback_without_any_privilege() -> None:
    """Without a network namespace, what that takes is left out and says so."""
    names = ["plain-close", "unread-reset", "half-close", "last-ack", "connect-given-up"]
    left = ["pending-data", "fastopen-close", "repair-unread", "fin-timeout-above"]
    done = lab("--json", "--namespace", "none", *names, *left)
    report = json.loads(done.stdout)
    told(report, "on shared loopback")
    by_id = {one["id"]: one for one in report["presets"]}
    for name in left:
        assert not by_id[name]["supported"]
        assert "namespace" in by_id[name]["reason"]
    for name in names:
        # Another program's connections are counted too, if there are any; never against the model.
        assert by_id[name]["verdict"] in {"agree", "left_out"}
    assert by_id["unread-reset"]["observed"]["segments"] is None


def experiment(walkthrough: Walkthrough, names: set[str]) -> Experiment:
    return run_cases(
        [
            LabCase(id=preset.id, trace=walkthrough.trace(preset.scenario))
            for preset in walkthrough.presets
            if preset.id in names
        ]
    )


def test_three_runs_give_the_same_verdicts(tcp_close: Walkthrough) -> None:
    needs_namespace()
    runs = [experiment(tcp_close, QUICK) for _ in range(3)]
    results = in_time(one for run in runs for one in run.results)
    assert {(one.case.id, one.word) for one in results if one.word != "agree"} == set()
    seen = {(one.case.id, one.observed and one.observed.segments) for one in results}
    assert len(seen) == len({one.case.id for one in results})


def test_a_sweep_of_every_path_has_no_disagreement() -> None:
    needs_namespace()
    done = lab("--json", "--sweep")
    report = json.loads(done.stdout)
    told(report, "in a sweep")
    assert [one for one in report["presets"] if one["verdict"] == "disagree"] == []
    assert len(report["presets"]) > 200


def test_data_of_the_peer_meets_close_itself(tcp_close: Walkthrough) -> None:
    """It comes while our FIN is on its way, and is answered later, before close() returns."""
    needs_namespace()
    (result,) = experiment(tcp_close, {"orphan-data"}).results
    if result.left_out is not None:
        left_out_here(f"data inside of close(): {result.left_out.code}")
    assert result.word == "agree"
    assert result.observed is not None
    assert result.observed.moments is not None
    segments = [what.split()[:2] for _, kind, what in result.observed.moments if kind != "state"]
    assert segments == [[">", "F."], ["<", "P."], [">", "R"], []]


def needs_namespace() -> None:
    if best_namespace() == "none":
        left_out_here("no network namespace can be made here")


def test_a_text_that_no_kernel_follows_is_contradicted() -> None:
    """The article's variant loses a plus sign, and sends a FIN where a kernel sends a RST."""
    needs_namespace()
    query = "state=CLOSE_WAIT&recv=300-fin"
    done = lab("--variant", "article", query)
    assert done.returncode == 1
    assert "DISAGREES" in done.stdout
    assert "segments: predicted FIN, observed RST" in done.stdout
    assert lab(query).returncode == 0


def test_a_newer_kernel_is_explained_and_does_not_count_as_agreement() -> None:
    needs_namespace()
    if this_kernel().numbers < (5, 7, 0):
        left_out_here("this kernel is older than the difference")
    done = lab("--json", "state=FIN_WAIT2&linger2=200")
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert report["summary"]["explained"] == 1
    assert report["summary"]["agree"] == 0
    assert report["presets"][0]["agree"] is False


def test_a_sysctl_that_is_not_there_leaves_out_and_is_no_failure() -> None:
    needs_namespace()
    if Path("/proc/sys/net/ipv4/tcp_tw_timeout").exists():
        left_out_here("this kernel has net.ipv4.tcp_tw_timeout")
    done = lab("--json", "state=FIN_WAIT2&tw_timeout=10")
    assert done.returncode == 0
    assert "net.ipv4.tcp_tw_timeout" in json.loads(done.stdout)["presets"][0]["reason"]


def test_the_lab_s_own_failure_is_no_disagreement() -> None:
    """Root of nothing: with --namespace root an ordinary user gets 3, not 1."""
    if os.geteuid() != 0:
        left_out_here("not root, so nobody could become an ordinary user")
    done = finish(command("--namespace", "root", "plain-close", prefix=(AS_NOBODY,)))
    if not done.stdout:
        left_out_here("an ordinary user could not be made here")
    assert done.returncode == 3
    assert "The lab itself failed" in done.stdout
    assert "DISAGREES" not in done.stdout


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_behind_after_a_signal(how: signal.Signals) -> None:
    needs_namespace()
    mark, before = secrets.token_hex(8), mounts()
    running = command("lingering-in-vain", "lingering-fin-only", mark=mark)
    try:
        # Its own end, and no clock, says that nothing will come any more.
        while not namespaces(mark):
            assert running.poll() is None, running.communicate()
            time.sleep(0.02)
        running.send_signal(how)
        running.communicate()
        # The kernel takes down what a killed process leaves after that process.
        while processes(mark):
            time.sleep(0.02)
    finally:
        running.kill()
        running.communicate()
    assert mounts() == before


def test_an_unknown_preset_is_bad_input() -> None:
    result = CliRunner().invoke(main, ["lab", "plain-clos", "lingr=3"])
    assert result.exit_code == 2
    assert "plain-close" in result.stderr
    assert "linger" in result.stderr


def test_evidence_is_recorded_for_all_presets_only() -> None:
    result = CliRunner().invoke(main, ["lab", "--record", "plain-close"])
    assert result.exit_code == 2
    assert "all presets" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--sweep", "plain-close"], "no PRESET"),
        (["--lives", "--variant", "article"], "no --variant"),
        (["--sweep", "--lives"], "not each other"),
        (["--to-the-end", "plain-close"], "takes --kernel"),
        (["--modules", ".", "plain-close"], "takes --kernel"),
    ],
)
def test_options_that_do_not_go_together_are_bad_input(arguments: list[str], says: str) -> None:
    result = CliRunner().invoke(main, ["lab", *arguments])
    assert result.exit_code == 2
    assert says in result.stderr


def test_what_is_left_out_is_never_called_agreement(tcp_close: Walkthrough) -> None:
    found = experiment(tcp_close, {"dying-namespace"})
    assert found.results[0].left_out == LeftOut("netns")
    assert found.count("left_out") == 1
