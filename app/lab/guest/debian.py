# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Debian's kernels: the newest package of a series, by the system's package manager.

Nothing is installed: the package is downloaded and read in place.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.errors import LabError
from app.lab.namespace import die_with_parent

#: The smallest flavour: no drivers for hardware.
_NAME: Final = re.compile(r"linux-image-(\d+\.\d+)\.\S*-cloud-amd64")
_LIMIT_S: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package of an image: its name, its version, and how many bytes it has."""

    name: str
    version: str
    size: int


def newest(series: str) -> Package:
    """The newest package of a series (`6.1`) that apt knows. Raises LabError."""
    names = [
        name
        for name in _apt("apt-cache", "pkgnames", "linux-image-").split()
        if (match := _NAME.fullmatch(name)) and match[1] == series
    ]
    if not names:
        raise LabError(
            "kernel",
            f"apt knows no package linux-image-{series}.…-cloud-amd64; `apt-cache pkgnames "
            "linux-image-` lists those that it knows",
        )
    shown = _apt("apt-cache", "show", "--no-all-versions", *names)
    packages = [
        Package(name=fields["Package"], version=fields["Version"], size=int(fields["Size"]))
        for fields in (
            dict(re.findall(r"^(Package|Version|Size): (\S+)$", one, re.MULTILINE))
            for one in shown.split("\n\n")
        )
        if len(fields) == 3
    ]
    return max(packages, key=lambda one: [int(part) for part in re.findall(r"\d+", one.version)])


def fetch(package: Package, folder: Path, asks: Callable[[Package], bool]) -> Path:
    """The package's file in a folder; downloaded, if `asks` says yes, where it is not there yet.

    Raises LabError.
    """
    version = package.version.replace(":", "%3a")
    path = folder / f"{package.name}_{version}_amd64.deb"
    if path.exists() and path.stat().st_size == package.size:
        return path
    if not asks(package):
        raise LabError("kernel", f"{package.name} was not downloaded")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("partial-*"):
            if not Path("/proc", old.name.partition("-")[2]).exists():
                shutil.rmtree(old, ignore_errors=True)
        part = folder / f"partial-{os.getpid()}"
        part.mkdir(exist_ok=True)
        try:
            _apt("apt-get", "download", f"{package.name}={package.version}", folder=part)
            (part / path.name).replace(path)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise LabError("kernel", f"{path}: {error.strerror or error}") from None
    return path


def _apt(*command: str, folder: Path | None = None) -> str:
    if shutil.which(command[0]) is None:
        raise LabError(
            "kernel", f"{command[0]} is missing; debian:… takes Debian or Ubuntu. Name a file"
        )
    try:
        done = subprocess.run(  # noqa: S603
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=_LIMIT_S,
            preexec_fn=die_with_parent,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise LabError("kernel", f"{command[0]}: {error}") from None
    if done.returncode:
        last = (done.stderr.strip() or f"exit status {done.returncode}").splitlines()[-1]
        raise LabError("kernel", f"{' '.join(command[:2])}: {last}")
    return done.stdout
