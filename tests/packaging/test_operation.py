# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""docs/Containerfile and docs/walkthrough.service: they name what is there, and it runs so."""

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from app.cli.serve import serve
from app.web.settings import Settings, read_settings
from tests.conftest import leave_out

REPOSITORY = Path(__file__).resolve().parents[2]
CONTAINERFILE = REPOSITORY / "docs" / "Containerfile"
UNIT = REPOSITORY / "docs" / "walkthrough.service"
#: What a Containerfile may say here; ADD, which fetches and unpacks, is not among it.
INSTRUCTIONS = set(
    "FROM COPY RUN WORKDIR USER VOLUME ENV EXPOSE STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD".split()
)


@dataclass(frozen=True)
class Instruction:
    name: str
    text: str

    @property
    def words(self) -> list[str]:
        return shlex.split(self.text)

    @property
    def flags(self) -> dict[str, str]:
        found = (word[2:].partition("=") for word in self.words if word.startswith("--"))
        return {name: value for name, _, value in found}


def instructions() -> list[list[Instruction]]:
    """The stages, each with its instructions, FROM first."""
    text = re.sub(r"^\s*#.*\n", "", CONTAINERFILE.read_text(), flags=re.MULTILINE)
    stages: list[list[Instruction]] = []
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip():
            name, _, rest = line.partition(" ")
            assert name in INSTRUCTIONS, line
            if name == "FROM":
                stages.append([])
            stages[-1].append(Instruction(name, rest.strip()))
    return stages


def named(stage: list[Instruction], name: str) -> list[Instruction]:
    return [one for one in stage if one.name == name]


def one(stage: list[Instruction], name: str) -> Instruction:
    (found,) = named(stage, name)
    return found


# The image


def test_every_base_is_pinned_by_a_full_version() -> None:
    for stage in instructions():
        assert re.fullmatch(r"[\w./-]+:\d+\.\d+\.\d+[\w.-]*", stage[0].words[0]), stage[0]


def test_all_stages_have_the_same_base_so_that_the_packages_fit() -> None:
    assert len({stage[0].words[0] for stage in instructions()}) == 1


def test_what_is_copied_is_there() -> None:
    stages = instructions()
    names = {words[2] for words in (stage[0].words for stage in stages) if len(words) == 3}
    for stage in stages:
        for copy in named(stage, "COPY"):
            *sources, target = [word for word in copy.words if not word.startswith("--")]
            if "from" in copy.flags:
                assert copy.flags["from"] in names
                continue
            for source in sources:
                assert (REPOSITORY / source).exists(), source
            folders = [source for source in sources if (REPOSITORY / source).is_dir()]
            # Of a folder the contents are copied, so it has to be named again.
            assert all(len(sources) == 1 and target.endswith(f"/{f}") for f in folders)


def test_packages_are_installed_with_their_hashes_and_nothing_else_is() -> None:
    installs = [
        run.text
        for stage in instructions()
        for run in named(stage, "RUN")
        if re.search(r"\b(pip|apt-get|curl|wget)\b", run.text)
    ]
    assert len(installs) == 1
    assert "--require-hashes" in installs[0]
    assert "requirements/runtime.txt" in installs[0]


def test_it_does_not_run_as_root() -> None:
    user = one(instructions()[-1], "USER").text
    assert user.isdigit()
    assert int(user) > 0


def test_it_says_how_its_health_is_asked_for() -> None:
    check = one(instructions()[-1], "HEALTHCHECK")
    command = json.loads(check.text[check.text.index("CMD ") + 4 :])
    assert "/healthz/live" in command[-1]
    compile(command[-1], "HEALTHCHECK", "exec")


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the build copies into the folder of the program, and no others."""
    root = tmp_path_factory.mktemp("image")
    for copy in named(instructions()[0], "COPY"):
        *sources, target = copy.words
        for source in sources:
            place = root / target.lstrip("/")
            if (REPOSITORY / source).is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(REPOSITORY / source, place, ignore=ignored)
            else:
                place = place / source if target.endswith("/") else place
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(REPOSITORY / source, place)
    return root


def test_its_command_serves_from_what_was_copied(image: Path, tmp_path: Path) -> None:
    last = instructions()[-1]
    folder = image / one(last, "WORKDIR").text.lstrip("/")
    given = dict(word.split("=", 1) for env in named(last, "ENV") for word in env.words)
    volume = one(last, "VOLUME").text
    assert all(
        value.startswith(f"{volume}/")
        for name, value in given.items()
        if name in {"WALKTHROUGH_DATA", "XDG_CACHE_HOME"}
    )
    # On this machine another port, and another volume.
    environment = {name: value.replace(volume, str(tmp_path)) for name, value in given.items()}
    environment |= {"WALKTHROUGH_PORT": "0", "PATH": os.environ["PATH"]}
    python, *words = json.loads(one(last, "ENTRYPOINT").text) + json.loads(one(last, "CMD").text)
    assert python.startswith("/opt/walkthrough/.venv/bin/")
    process = subprocess.Popen(
        [sys.executable, *words], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        address = line["address"].replace("0.0.0.0", "127.0.0.1")
        for path in ("tcp_close", "healthz", "healthz/live"):
            assert httpx2.get(address + path, timeout=300, trust_env=False).status_code == 200
        process.terminate()
        assert process.wait(timeout=300) == 0
    finally:
        process.kill()
        process.communicate()


# The unit


def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(UNIT.read_text())
    return parser


def settings_of_the_unit() -> Settings:
    """What the program makes of the command and of the variables."""
    program, name, *words = shlex.split(unit()["Service"]["ExecStart"])
    assert Path(program).name == "walkthrough"
    assert name == "serve"
    options = serve.make_context("serve", words).params
    environment = dict(word.split("=", 1) for word in shlex.split(unit()["Service"]["Environment"]))
    return read_settings(
        {key: value for key, value in options.items() if key != "lab"}, environment
    )


def test_the_unit_starts_what_the_program_accepts() -> None:
    settings = settings_of_the_unit()
    assert settings.workers > 1
    assert settings.root_path
    assert settings.metrics is not None
    assert settings.metrics[0] == "127.0.0.1"


def test_the_unit_waits_for_the_end_as_long_as_it_may_take() -> None:
    assert int(unit()["Service"]["TimeoutStopSec"]) > settings_of_the_unit().shutdown_seconds + 5


def test_the_unit_gives_the_program_no_more_than_it_needs() -> None:
    service = unit()["Service"]
    for name in "DynamicUser ProtectHome PrivateTmp PrivateDevices NoNewPrivileges".split():
        assert service[name] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    # The only places that it may write into, under the names that it uses.
    assert str(settings_of_the_unit().data) == f"%S/{service['StateDirectory']}"
    assert service["CacheDirectory"] == "tcp-close-walkthrough"


def test_systemd_reads_the_unit_without_a_complaint(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze") or leave_out(
        "no systemd-analyze here, so the unit was not read by systemd"
    )
    program = unit()["Service"]["ExecStart"].split()[0]
    file = tmp_path / UNIT.name
    # The program is elsewhere on this machine, and systemd looks whether it is there.
    file.write_text(UNIT.read_text().replace(program, "/bin/true"))
    done = subprocess.run([analyze, "verify", file], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0
