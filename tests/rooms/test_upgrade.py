# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Upgrade and downgrade by a version: the wheel of the one before it beside this one, on one store.

It is built from the history and installed, once, and kept in pytest's cache.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest

from tests.conftest import LEFT_OUT, REPOSITORY, leave_out
from tests.rooms.conftest import RedisServer

pytestmark = pytest.mark.wheel

#: The version before this one.
BEFORE = "4f4de0b5e08886443aac56c2a812f6a4a79549ac"
START = "from app.cli import main; main()"


def git(*words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *words], cwd=REPOSITORY, capture_output=True, check=False)


@pytest.fixture(scope="module")
def former(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the version before this one is installed, with its packages."""
    if git("cat-file", "-e", f"{BEFORE}^{{commit}}").returncode:
        why = f"no commit {BEFORE[:7]} in this clone, so no upgrade from it was tried"
        if git("rev-parse", "--is-shallow-repository").stdout.strip() == b"true":
            pytest.skip(LEFT_OUT + why)
        leave_out(why)
    cache: Path = request.config.cache.mkdir("former")
    kept = cache / f"{BEFORE}-{sys.implementation.cache_tag}"
    if kept.exists():
        return kept
    folder = tmp_path_factory.mktemp("former")
    archive = folder / "source.tar"
    assert git("archive", "--output", str(archive), BEFORE).returncode == 0
    with tarfile.open(archive) as opened:
        opened.extractall(folder / "source", filter="data")
    pip = (sys.executable, "-m", "pip", "-qq")
    words = ("--no-build-isolation", "--wheel-dir", str(folder), str(folder / "source"))
    subprocess.run([*pip, "wheel", "--no-index", "--no-deps", *words], check=True, timeout=300)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened_wheel:
        opened_wheel.extractall(folder / "installed")
    # It needs packages that today's version does not.
    lock = folder / "runtime.txt"
    lock.write_bytes(git("show", f"{BEFORE}:requirements/runtime.txt").stdout)
    target = ("--target", str(folder / "installed"), "--require-hashes", "--requirement", str(lock))
    subprocess.run([*pip, "install", *target], check=True, timeout=300)
    # Several processes may test at the same time: it is there as a whole or not at all.
    with contextlib.suppress(OSError):
        shutil.move(folder / "installed", kept)
    return kept


class Server(NamedTuple):
    """A version that serves."""

    name: str
    client: httpx2.Client


@contextlib.contextmanager
def serving(name: str, code: Path, folder: Path, store: list[str]) -> Iterator[Server]:
    # A version refuses settings that it does not know.
    rest = {k: word for k, word in os.environ.items() if not k.startswith("WALKTHROUGH_")}
    options = ("--port", "0", "--log-format", "json", *store)
    with (folder / f"{name}.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", START, "serve", *options],
            cwd=folder,
            env={**rest, "PYTHONPATH": str(code)},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            assert process.stdout is not None
            address = json.loads(process.stdout.readline())["address"]
            with httpx2.Client(base_url=address, timeout=300, trust_env=False) as client:
                yield Server(name, client)
        finally:
            process.kill()
            process.communicate(timeout=300)


@pytest.fixture(scope="module", params=["file", "redis"])
def servers(
    request: pytest.FixtureRequest, former: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, Server]]:
    """The version before this one, and this one, on one store."""
    folder = tmp_path_factory.mktemp("servers")
    store = ["--data", str(folder / "rooms")]
    if request.param == "redis":
        redis: RedisServer = request.getfixturevalue("redis_server")
        store = ["--redis", redis.url]
    with (
        serving("former", former, folder, store) as old,
        serving("present", REPOSITORY, folder, store) as new,
    ):
        yield old, new


class Room:
    """A room, as whoever has its keys acts in it."""

    def __init__(self, server: Server) -> None:
        answer = server.client.post("live", json={"walkthrough": "tcp_close"})
        assert answer.status_code == 201, answer.text
        self.path = f"live/{answer.json()['room']}"
        self.keys = [answer.json()["key"]]
        self.last = 1
        self.question = 0

    def do(self, server: Server, what: str, presenter: int = 1, **rest: Any) -> dict[str, Any]:
        """A command; the server takes it in the state in which the other one has left the room."""
        if what == "reveal" and server.name == "former":
            # It refuses this until it has heard that the other one has ended the vote.
            self.state(server)
        answer = server.client.post(
            f"{self.path}/commands",
            json={"do": what, "expected": self.last, **rest},
            headers={"authorization": f"Bearer {self.keys[presenter - 1]}"},
        )
        assert answer.status_code == 200, (server.name, what, answer.text)
        found: dict[str, Any] = answer.json()
        self.last = found["number"]
        return found

    def vote(self, server: Server, option: str, voter: str) -> None:
        answer = server.client.post(
            f"{self.path}/votes",
            json={"question": self.question, "option": option},
            headers={"cookie": f"voter={voter:0>43}"},
        )
        assert answer.status_code == 200, (server.name, answer.text)

    def join(self, server: Server, invitation: str) -> int:
        """One more presenter; gives which."""
        answer = server.client.post(f"{self.path}/presenters", json={"invitation": invitation})
        assert answer.status_code == 201, (server.name, answer.text)
        self.keys.append(answer.json()["key"])
        self.last += 1
        return int(answer.json()["presenter"])

    def ask(self, server: Server, **what: str) -> None:
        self.question = self.do(server, "ask", 1, **what)["number"]

    def state(self, server: Server) -> dict[str, Any]:
        """The room, once this server knows of the last event."""
        deadline = time.monotonic() + 300
        while True:
            answer = server.client.get(f"{self.path}/state")
            assert answer.status_code == 200, (server.name, answer.text)
            found: dict[str, Any] = answer.json()
            if found["last"] == self.last:
                return found
            assert time.monotonic() < deadline, (server.name, found["last"], self.last)
            time.sleep(0.05)  # another process's news has nothing to wait on

    def events(self, server: Server) -> list[dict[str, Any]]:
        """All of them, as the stream gives them to who resumes behind the first."""
        found: list[dict[str, Any]] = []
        with server.client.stream("GET", f"{self.path}/events?after=1") as stream:
            for line in stream.iter_lines():
                data = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
                if "kind" in data:
                    found.append(data)
                if len(found) == self.last - 1:
                    break
        return found


@pytest.mark.parametrize("begins", ["former", "present"])
def test_a_room_goes_on_when_the_version_changes_and_back(
    servers: tuple[Server, Server], begins: str
) -> None:
    """Every kind of event, written by each version and read by the other, from the log and live."""
    one, other = servers if begins == "former" else servers[::-1]
    room = Room(one)
    room.do(one, "show", block="unread-data", query="recv=300", step=2)
    room.ask(one, decision="queued")
    room.vote(one, "true", "ann")
    # The other version reads what there is, and they go on in turns.
    for here, there in ((other, one), (one, other)):
        _say_the_same(room.state(here), room.state(there))
        room.vote(here, "false", "ann")
        room.vote(there, "true", "bob")
        room.do(there, "close")
        room.do(here, "reveal")
        assert room.state(there)["question"]["counts"] == {"true": 1, "false": 1}
        room.do(there, "black", on=True)
        room.do(here, "step", step=2)
        newest = room.join(there, room.do(here, "invite")["invitation"])
        room.do(here, "offer", to=newest)
        room.do(there, "withdraw")
        room.do(there, "offer", to=newest)
        room.do(here, "decline", newest)
        room.do(here, "offer", to=newest)
        room.do(there, "accept", newest)
        room.do(here, "offer", newest, to=1)
        room.do(there, "accept")
        room.ask(here, decision="queued")
        room.vote(there, "true", "ann")
    room.do(one, "reveal")
    room.ask(other, question="who-waits")
    room.do(one, "reveal")
    assert room.events(one) == room.events(other)
    for server in servers:
        for path, headers in (
            (room.path, {"accept": "text/html"}),
            (f"{room.path}/results.csv", {"authorization": f"Bearer {room.keys[0]}"}),
        ):
            assert server.client.get(path, headers=headers).status_code == 200, (server.name, path)
    room.do(other, "end")
    assert room.state(one)["is_ended"]
    assert room.state(other)["is_ended"]


def _say_the_same(one: Any, other: Any) -> None:
    """In what both versions tell; a newer one may tell more. Voters are counted now and then."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() & other.keys() - {"voted"}:
            _say_the_same(one[key], other[key])
    else:
        assert one == other


def test_links_lead_to_the_same_places(servers: tuple[Server, Server]) -> None:
    places = (REPOSITORY / "tests" / "permalinks.txt").read_text().splitlines()
    # The former version knows no lives.
    links = [place.split()[0] for place in places if place[:1] == "/" and "peer=" not in place]
    assert len(links) > 50
    for link in links[::9]:
        former, present = (server.client.get(link).status_code for server in servers)
        assert former == present, link
