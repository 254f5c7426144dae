# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The wheel has everything in it: installed elsewhere, it serves from an empty folder."""

import json
import re
import socket
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from app.web.http.assets import travelling

REPOSITORY = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.wheel


def run(*command: str | Path, cwd: Path) -> str:
    """What the command prints; the test fails with its complaint if it fails."""
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def fetch(url: str) -> bytes:
    answer = httpx2.get(url, timeout=300, trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.content


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as `pip install .` builds it, but with the locked hatchling."""
    folder = tmp_path_factory.mktemp("dist")
    pip = (sys.executable, "-m", "pip", "-qq", "wheel", "--no-index", "--no-deps")
    run(*pip, "--no-build-isolation", "--wheel-dir", folder, REPOSITORY, cwd=folder)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of a fresh virtual environment with the wheel in it.

    The dependencies are those of the environment that runs the tests, seen through a .pth file.
    The repository is not seen.
    """
    folder = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "-qq", "--python", python)
    run(*pip, "install", "--no-index", "--no-deps", wheel, cwd=folder)
    [packages] = folder.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python.parent


@pytest.fixture(scope="module")
def address(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where `walkthrough serve` answers, started in an empty folder; it has said so, too."""
    empty = tmp_path_factory.mktemp("empty")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("log") / "log.txt"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [installed / "walkthrough", "serve", "--port", str(port)],
            cwd=empty,
            env={"PYTHONUNBUFFERED": "1", "PATH": "/usr/bin:/bin"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_it_says(server, log, address)
        socket.create_connection(("127.0.0.1", port)).close()
        yield address
    finally:
        server.terminate()
        server.wait(timeout=300)


def wait_until_it_says(server: subprocess.Popen[bytes], log: Path, address: str) -> None:
    """Returns when it says where it listens; fails if it ends, or after five minutes."""
    for _ in range(3000):
        if address in log.read_text():
            return
        try:
            server.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    pytest.fail(f"the command does not say that it listens at {address}, but:\n{log.read_text()}")


def test_wheel_carries_templates_static_files_and_content(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder in ("templates", "static", "content"):
        in_repository = {
            f"app/bundled/{folder}/{path.relative_to(REPOSITORY / folder).as_posix()}"
            for path in (REPOSITORY / folder).rglob("*")
            if path.is_file()
        }
        assert in_repository
        assert in_repository <= names


def test_wheel_has_nothing_of_the_tests_and_tools(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        roots = {name.partition("/")[0] for name in archive.namelist()}
    assert {root for root in roots if not root.endswith(".dist-info")} == {"app"}


def test_wheel_names_both_licences_and_carries_their_texts(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        [metadata] = [name for name in names if name.endswith(".dist-info/METADATA")]
        text = archive.read(metadata).decode()
    assert "License-Expression: MIT AND GPL-2.0-or-later" in text
    assert [name for name in names if name.endswith("licenses/LICENSES/MIT.txt")]
    assert [name for name in names if name.endswith("licenses/LICENSES/GPL-2.0-or-later.txt")]


def test_installed_program_finds_its_files_in_the_package(installed: Path, tmp_path: Path) -> None:
    ask = "from app import paths; print(paths.TEMPLATES, paths.STATIC, paths.CONTENT, sep='\\n')"
    folders = run(installed / "python", "-c", ask, cwd=tmp_path).splitlines()
    assert len(folders) == 3
    for folder in folders:
        assert Path(folder).is_relative_to(installed.parent)
        assert Path(folder).is_dir()


def test_declared_dependencies_are_met_by_the_locked_ones(installed: Path, tmp_path: Path) -> None:
    pip = (sys.executable, "-m", "pip", "--python", installed / "python")
    assert "No broken requirements found" in run(*pip, "check", cwd=tmp_path)


def test_page_is_served_from_an_empty_folder(address: str) -> None:
    page = fetch(f"{address}/tcp_close").decode()
    assert "data_was_unread" in page


def test_files_that_the_page_links_are_those_of_the_repository(address: str) -> None:
    page = fetch(f"{address}/tcp_close").decode()
    links = sorted(set(re.findall(r'(?:href|src)="(/static/[^/"]+/([^"?#]+))"', page)))
    assert links
    for link, path in links:
        assert fetch(address + link) == travelling(REPOSITORY / "static" / path)


def test_api_quotes_the_source_as_it_is_in_the_repository(address: str) -> None:
    answer = json.loads(fetch(f"{address}/api/tcp_close"))
    source = (REPOSITORY / "content" / "tcp_close" / "tcp_close.c").read_text()
    assert len(answer["source"]["lines"]) == len(source.splitlines())
