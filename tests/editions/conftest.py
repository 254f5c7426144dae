# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Debian's kernels, imported once by the real command; left out, and said so, without them."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli import main
from app.editions.store import Kernels, Store
from app.paths import cache_folder
from app.walkthrough.records import Edition
from tests.conftest import leave_out, once, shipped

#: The packages that tests read, by the two numbers of their version.
DEBIAN = ("6.1", "6.12")


def package_of(version: str) -> Path:
    """The tarball of Debian's package: the system's, else fetched once into the cache folder."""
    installed = Path(f"/usr/src/linux-source-{version}.tar.xz")
    if installed.exists():
        return installed
    kept = cache_folder() / "kernels" / installed.name
    if not kept.exists() and shutil.which("apt-get") and shutil.which("dpkg"):
        kept.parent.mkdir(parents=True, exist_ok=True)
        for words in (
            ["apt-get", "download", f"linux-source-{version}"],
            ["sh", "-c", f"dpkg -x linux-source-{version}_*.deb unpacked"],
        ):
            subprocess.run(words, cwd=kept.parent, capture_output=True, check=False)
        found = kept.parent / "unpacked/usr/src" / kept.name
        if found.exists():
            found.replace(kept)
        shutil.rmtree(kept.parent / "unpacked", ignore_errors=True)
        for package in kept.parent.glob("*.deb"):
            package.unlink()
    if not kept.exists():
        leave_out(f"no linux-source-{version} here, so Debian's kernel was not imported")
    return kept


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Mapping[str, Any]]:
    """The store with both kernels, and what the command said, by the package's version."""

    def make(part: Path) -> None:
        sources = [str(package_of(version)) for version in DEBIAN]
        environment = {"WALKTHROUGH_EDITIONS": str(part / "store")}
        result = CliRunner().invoke(main, ["import", *sources, "--json"], env=environment)
        assert result.exit_code == 0, result.output
        (part / "said.json").write_text(result.stdout)

    folder = once(tmp_path_factory, "imported", make)
    said = json.loads((folder / "said.json").read_text())["imported"]
    return folder / "store", dict(zip(DEBIAN, said, strict=True))


@pytest.fixture(scope="session")
def kernels(imported: tuple[Path, Mapping[str, Any]]) -> Mapping[str, Edition]:
    """Their editions, by the package's version."""
    walkthrough = shipped()
    found = Kernels(walkthrough, Store(imported[0], "tcp_close").all())
    return {version: found[imported[1][version]["label"]] for version in DEBIAN}
