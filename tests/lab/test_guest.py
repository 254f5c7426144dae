# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Other kernels: what is refused, and Debian's, booted in the emulator."""

import io
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tarfile
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli import main
from app.errors import LabError
from app.lab.guest import debian
from app.lab.guest.emulator import QEMU
from app.lab.guest.files import archive
from app.lab.guest.image import read_image
from app.lab.machine import Kernel
from app.paths import cache_folder
from app.walkthrough.records import Walkthrough
from tests.conftest import REPOSITORY, leave_out
from tests.lab.test_on_this_kernel import MARK, processes

LAB = (sys.executable, "-P", "-m", "app", "lab")


# ---- images ----


def bzimage(
    release: str = "6.1.0-57-cloud-amd64 (x) #1 SMP Debian 6.1.192-3 (2026-11-26)",
) -> bytes:
    """The header of an image with one sector of code, and a body of 32 bytes."""
    image = bytearray(2 * 512 + 32)
    image[0x1F1] = 1
    struct.pack_into("<I", image, 0x1F4, 2)
    image[0x202:0x206] = b"HdrS"
    struct.pack_into("<H", image, 0x20E, 0x100)
    image[0x236] = 1
    image[0x300 : 0x300 + len(release)] = release.encode()
    return bytes(image)


def package(files: dict[str, bytes], *, compression: str = "xz") -> bytes:
    """A Debian package, as far as an image is looked for in it."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode=f"w:{compression}") as tar:  # type: ignore[call-overload]
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    parts = [b"!<arch>\n"]
    for name, content in (
        ("debian-binary", b"2.0\n"),
        ("control.tar.xz", b"odd"),
        (f"data.tar.{compression}", data.getvalue()),
    ):
        parts.append(f"{name:16}{0:<12}{0:<6}{0:<6}{644:<8}{len(content):<10}`\n".encode())
        parts.append(content + b"\n" * (len(content) % 2))
    return b"".join(parts)


MODULE = "./lib/modules/6.1.0/kernel/net/ipv4/inet_diag.ko"


def test_an_image_is_read_from_a_file_or_a_package(tmp_path: Path) -> None:
    file = tmp_path / "vmlinuz"
    file.write_bytes(bzimage())
    assert read_image(file).kernel.version == "6.1.192"
    deb = tmp_path / "linux-image.deb"
    deb.write_bytes(package({"./boot/vmlinuz-6.1.0": bzimage(), MODULE: b"module"}))
    found = read_image(deb)
    assert found.image == bzimage()
    assert found.modules == {"inet_diag": b"module"}


def test_modules_of_a_bare_image_are_found_below_a_folder(tmp_path: Path) -> None:
    file, folder = tmp_path / "vmlinuz", tmp_path / "modules" / "net"
    file.write_bytes(bzimage())
    folder.mkdir(parents=True)
    (folder / "tcp_diag.ko").write_bytes(b"module")
    assert read_image(file, tmp_path / "modules").modules == {"tcp_diag": b"module"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "neither a bzImage"),
        (b"\x7fELF" + bytes(1000), "neither a bzImage"),
        (bytes(0x38) + b"ARM\x64" + bytes(1000), "for arm64"),
        (bzimage()[:0x236] + bytes(1) + bzimage()[0x237:], "for 32-bit x86"),
        (bzimage()[:-40], "cut off"),
        (package({"./usr/share/doc/x": b""}), "without boot/vmlinuz"),
        (package({"./boot/vmlinuz-6": bzimage()})[:-90], "cannot be read"),
        (package({"./boot/vmlinuz-6": b"odd"}), "neither a bzImage"),
        (b"!<arch>\n" + b"data.tar.zst".ljust(58) + b"`\n", "data.tar.zst"),
        (b"!<arch>\nodd", "no data.tar"),
    ],
)
def test_what_is_no_image_for_this_machine_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(LabError, match=said):
        read_image(file)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for odd in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(LabError, match="is no file"):
            read_image(odd)


def test_a_download_that_fails_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nor does what a killed one has left stay."""
    (tmp_path / "partial-0").mkdir()

    def download(*command: str, folder: Path) -> str:
        (folder / "half").write_bytes(b"x")
        raise LabError("kernel", "no space left")

    monkeypatch.setattr(debian, "_apt", download)
    package = debian.Package(name="linux-image-x", version="1", size=10**7)
    with pytest.raises(LabError, match="no space left"):
        debian.fetch(package, tmp_path, lambda _: True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("release", "build", "version"),
    [
        ("6.18.44-fc", "#1 SMP @0", "6.18.44"),
        ("6.1.0-57-cloud-amd64", "#1 SMP Debian 6.1.192-3 (2026-11-26)", "6.1.192"),
        ("7.1", "", "7.1.0"),
    ],
)
def test_a_kernel_is_known_by_its_patch_level(release: str, build: str, version: str) -> None:
    assert Kernel(release=release, build=build).version == version


def test_an_archive_has_the_folders_before_what_is_in_them() -> None:
    whole = archive({"/a/b/file": b"12345"})
    names = [whole.index(name + b"\0") for name in (b"a", b"a/b", b"a/b/file", b"TRAILER!!!")]
    assert names == sorted(names)
    assert len(whole) % 4 == 0


# ---- the command ----


def lab(*words: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*LAB, *words],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)} | (environment or {}),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def test_without_the_emulator_its_package_is_named(tmp_path: Path) -> None:
    file = tmp_path / "vmlinuz"
    file.write_bytes(bzimage())
    done = lab("--kernel", str(file), "plain-close", environment={"PATH": str(tmp_path)})
    assert done.returncode == 3
    assert "apt-get install --no-install-recommends qemu-system-x86" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = lab("--kernel", str(tmp_path / "none"), "plain-close")
    assert done.returncode == 3
    assert "No such file" in done.stderr


def test_an_image_that_does_not_boot_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    if shutil.which(QEMU) is None:
        leave_out(f"{QEMU} is missing")
    file = tmp_path / "vmlinuz"
    file.write_bytes(bzimage())
    mark = os.urandom(8).hex()
    done = lab("--kernel", str(file), "plain-close", environment={MARK: mark})
    assert done.returncode == 3, done
    assert "The lab itself failed" in done.stderr
    assert not processes(mark)


# ---- Debian's kernels ----


@cache
def image_of(series: str) -> Path:
    """Debian's newest image of a series, downloaded once."""
    if shutil.which(QEMU) is None:
        leave_out(f"{QEMU} is missing")
    try:
        return debian.fetch(debian.newest(series), cache_folder() / "kernels", lambda _: True)
    except LabError as error:
        leave_out(error.message)


def report_of(series: str, *words: str) -> dict[str, Any]:
    done = lab("--json", "--kernel", str(image_of(series)), *words)
    assert done.returncode == 0, done.stderr + done.stdout[-3000:]
    report: dict[str, Any] = json.loads(done.stdout)
    return report


#: One of each peer, of each state in which close() leaves a socket, and of each setting.
LIVES = (
    "peer=closes",
    "peer=never-closes",
    "rto=220&peer=closes&after=10000&rtt=20",
    "peer=sends&after=1000",
    "state=CLOSE_WAIT&peer=silent",
    "peer=silent&user_timeout=5000",
    "peer=silent&limit=orphans",
    "state=CLOSING&peer=reboots&after=10000",
    "pending=1&peer=shut-window",
    "pending=1&peer=silent&orphan_retries=3",
    "state=FIN_WAIT2&linger2=61&fin_timeout=120&peer=never-closes",
    "recv=300&peer=resets",
)


@pytest.mark.long
@pytest.mark.parametrize(("series", "agree"), [("6.1", 43), ("6.12", 43)])
def test_presets_and_lives_agree_on_another_kernel(
    tcp_close: Walkthrough, series: str, agree: int
) -> None:
    """In one boot; of the lives segments, states, counters and times."""
    presets = {preset.id for preset in tcp_close.presets}
    report = report_of(series, *sorted(presets), *LIVES)
    assert report["kernel"].startswith(f"{series}.")
    assert report["summary"]["disagree"] == 0
    assert report["summary"]["agree"] == agree + len(LIVES)
    lives = [one for one in report["presets"] if one["id"] not in presets]
    assert [one["verdict"] for one in lives] == ["agree"] * len(LIVES)
    left_out = {one["id"] for one in report["presets"] if not one["supported"]}
    # What no program brings about, on any machine.
    assert left_out == {"orphan-data", "dying-namespace"}
    assert not [one for one in report["presets"] if "itself failed" in (one["reason"] or "")]


def test_a_life_is_followed_to_its_end() -> None:
    """A mini-socket is gone after 60 s; a FIN that nobody acknowledges is repeated eight times."""
    report = report_of("6.12", "--to-the-end", "half-close", "plain-close")
    half, plain = (
        [(at / 1e6, kind, text) for at, kind, text in one["observed"]["life"]]
        for one in sorted(report["presets"], key=lambda one: one["id"])
    )
    assert [text for _, kind, text in half if kind == "left"] == ["FIN_WAIT2 timewait", "nothing"]
    # The wheel turns a timer of a minute up to 512 ticks of 4 ms later.
    assert 60 <= half[-1][0] <= 60 + 2.048 + 0.25
    assert [text for _, kind, text in plain if kind == "left"] == [
        "FIN_WAIT1 retransmit",
        "nothing",
    ]
    assert sum(text.startswith("> F. ") for _, _, text in plain) == 1 + 8
    assert plain[-1][0] == pytest.approx(110, abs=5)


@pytest.mark.long
def test_two_boots_give_the_same() -> None:
    """All of it; of the times, the microsecond is the other one in one boot of some twenty."""
    words = ("unread-reset", "lingering-in-vain", "half-close")
    first, second = report_of("6.12", *words), report_of("6.12", *words)
    for one, other in zip(first["presets"], second["presets"], strict=True):
        times, others = (
            [moment.pop(0) for moment in each["observed"]["moments"]] for each in (one, other)
        )
        assert times == pytest.approx(others, abs=1)
    assert first == second


def test_who_kills_it_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    mark = os.urandom(8).hex()
    image = image_of("6.12")
    started = subprocess.Popen(
        [*LAB, "--kernel", str(image), "plain-close"],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), MARK: mark, "TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 300
    while not any(QEMU in one for one in processes(mark)):
        assert time.monotonic() < until, "the emulator was not started"
        time.sleep(0.05)
    started.send_signal(signal.SIGKILL)
    started.wait()
    while processes(mark):
        assert time.monotonic() < until, processes(mark)
        time.sleep(0.05)


def test_a_download_that_nobody_allows_is_a_failure_of_the_lab(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And not a contradiction of the model, which is status 1."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    package = debian.Package(name="linux-image-x", version="1", size=10**7)
    monkeypatch.setattr(debian, "newest", lambda series: package)
    for answer, says in (("", "--yes downloads without asking"), ("n\n", "was not downloaded")):
        result = CliRunner().invoke(main, ["lab", "--kernel", "debian:6.1"], input=answer)
        assert result.exit_code == 3
        assert says in result.stderr
