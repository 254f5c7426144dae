# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a stranger may ask of a real process over loopback, and what it costs the others."""

import asyncio
import json
import os
import socket
import threading
import time
from contextlib import ExitStack, closing, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2

from app.rooms.clock import wall_clock_ms
from app.rooms.codes import digest, new_code, new_key
from app.rooms.room import Event, View, open_room
from app.rooms.sqlite_log import SqliteLog
from app.web.classroom.lesson import Lesson
from tests.cli.test_operation import WALK, Process, end, log_of, server, until
from tests.cli.test_serve import START
from tests.conftest import shipped

MB = 1024 * 1024


class Wire:
    """One connection, on which bytes are sent as they are."""

    def __init__(self, client: httpx2.Client, source: str = "127.0.0.1") -> None:
        where = urlsplit(str(client.base_url))
        assert where.hostname is not None
        assert where.port is not None
        there = (where.hostname, where.port)
        self.socket = socket.create_connection(there, timeout=300, source_address=(source, 0))
        self.file = self.socket.makefile("rb")

    def ask(self, *lines: str, body: bytes = b"") -> tuple[int, bytes]:
        """Status and body of the answer to a request that consists of these lines."""
        self.socket.sendall("\r\n".join((*lines, "", "")).encode("latin-1") + body)
        status = int(self.file.readline().split()[1])
        length = 0
        while (line := self.file.readline()) not in {b"\r\n", b""}:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return status, self.file.read(length)

    def get(self, path: str) -> tuple[int, bytes]:
        return self.ask(f"GET {path} HTTP/1.1", "Host: here")

    def post(self, path: str, body: Any, *lines: str) -> tuple[int, Any]:
        raw = json.dumps(body).encode()
        head = (f"POST {path} HTTP/1.1", "Host: here", "Content-Type: application/json")
        status, answer = self.ask(*head, f"Content-Length: {len(raw)}", *lines, body=raw)
        return status, json.loads(answer)

    def close(self) -> None:
        self.file.close()
        self.socket.close()


def wire(client: httpx2.Client, source: str = "127.0.0.1") -> closing[Wire]:
    """A connection from an address of this machine, which is closed in the end."""
    return closing(Wire(client, source))


def memory(process: Process, name: str = "VmRSS") -> int:
    """Bytes that a process has in memory; as `VmHWM` the most that it has ever had."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) * 1024


def worked(process: Process) -> float:
    """Seconds of the processor that a process has had."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def open_files(process: Process) -> int:
    """How many files and connections a process has."""
    return len(list(Path(f"/proc/{process.pid}/fd").iterdir()))


# Requests


def test_distinct_addresses_of_any_kind_are_not_kept_without_bound(tmp_path: Path) -> None:
    with server(tmp_path) as (process, client, _), wire(client) as one:
        static = client.get("tcp_close").text.partition('href="/static/')[2].partition('"')[0]
        before = memory(process)
        long = "x" * 60_000
        statuses = set()
        for number in range(200):
            for path in ("/robots.txt", f"/static/{static}", "/tcp_close", "/favicon.ico"):
                statuses.add((path[:5], one.get(f"{path}?{number}{long}")[0]))
            statuses.add(("short", one.get(f"/robots.txt?{number:01900}")[0]))
            statuses.add(("path", one.get(f"/{number}{long}")[0]))
        assert {status for kind, status in statuses if kind != "short"} == {414}
        assert ("short", 200) in statuses
        # What was sent is 60 MB.
        assert memory(process) - before < 25 * MB


#: The lines of a request, and the status that it gets.
REQUESTS: Final[tuple[tuple[list[str], int], ...]] = (
        (["GET /robots.txt HTTP/1.1"], 400),
        (["GET /robots.txt HTTP/1.1", "Host: a", "Host: a"], 400),
        (["GET /robots.txt HTTP/1.1", "Host: a", "host: b"], 400),
        (["GET /robots.txt HTTP/1.1", "Host: a"], 200),
        # Version 1.0 had no such header; some who look whether a server lives speak it.
        (["GET /robots.txt HTTP/1.0"], 200),
        (["POST /live HTTP/1.1", "Host: a", "Content-Type: application/json",
          "Content-Length: 28 \t "], 201),
)  # fmt: skip


def test_a_request_is_one_of_http_and_of_many_unknown_keys_the_first_are_told(
    tmp_path: Path,
) -> None:
    """It says once which host is asked, and blanks mean nothing."""
    with server(tmp_path) as (_, client, _):
        for lines, status in REQUESTS:
            with wire(client) as one:
                body = b'{"walkthrough": "tcp_close"}' if lines[0].startswith("POST") else b""
                assert one.ask(*lines, body=body)[0] == status, lines
        many = "&".join(f"key-{n}={n}" for n in range(90))
        sides = f"a={','.join(f'key-{n}:{n}' for n in range(90))}&b=recv:1"
        for address in (f"api/tcp_close/trace?{many}", f"api/tcp_close/compare?{sides}"):
            answer = client.get(address)
            assert (answer.status_code, len(answer.json()["problems"])) == (422, 8)
        page = client.get(f"tcp_close?{many}")
        assert (page.status_code, page.text.count("is not known.")) == (422, 8)


# Rooms


EVENTS = 5000
#: The kernel lets go of who does not read as always, but sooner than after a minute.
SOON = START.replace(
    "from app.__main__",
    "import app.cli.serve; sys.modules['app.cli.serve']._UNANSWERED_MS = 5000; from app.__main__",
)


def room_at_its_limit(folder: Path) -> tuple[str, str]:
    """Code and key of a room with as many events as there may be, as large as they get."""
    code, key = "bcdf2345", new_key()
    lesson = Lesson(shipped())
    query = "recv=300&linger=5&wait=" + "-".join(["ack", "data", "fin"] * 20)
    view = View(query=query)
    subject = lesson.which_way(view, "unread")

    async def fill() -> None:
        log = SqliteLog(folder / "rooms")
        at = wall_clock_ms()
        await log.create(code, open_room("tcp_close", digest(key), at, "c" * 32).entry())
        added = []
        for number in range(2, EVENTS + 1):
            kind, data = "closed", dict[str, Any](question=number - 1)
            if number == 2:
                kind, data = "shown", asdict(view)
            elif number % 2:
                kind, data = "asked", dict(subject)
            event = Event(number=number, at_ms=at, kind=kind, command="c" * 32, data=data)
            added.append(log.append(code, event.entry(), number if kind == "asked" else 0))
        assert all(await asyncio.gather(*added))
        await log.close()

    asyncio.run(fill())
    return code, key


class Pulse(threading.Thread):
    """Asks whether the process lives, all the time.

    `worst` is how long it worked until it answered, in seconds of its processor: how many others
    share the machine does not matter.
    """

    def __init__(self, client: httpx2.Client, process: Process) -> None:
        super().__init__(daemon=True)
        self.process = process
        self.wire = Wire(client)
        self.worst = 0.0
        self.is_over = False

    def run(self) -> None:
        while not self.is_over:
            before = worked(self.process)
            assert self.wire.get("/healthz/live")[0] == 200
            self.worst = max(self.worst, worked(self.process) - before)
            time.sleep(0.005)

    def end(self) -> float:
        self.is_over = True
        self.join()
        self.wire.close()
        return self.worst


def test_a_room_at_its_limit_holds_up_nobody(tmp_path: Path) -> None:
    """Readers of its whole past, of whom most do not read, its state, its page and its table."""
    code, key = room_at_its_limit(tmp_path)
    with ExitStack() as stack:
        process, client, _ = stack.enter_context(server(tmp_path, program=SOON))
        client.get("tcp_close")
        pulse = Pulse(client, process)
        pulse.start()
        assert client.get(f"live/{code}/state").json()["last"] == EVENTS
        before = memory(process)
        for _ in range(150):
            one = stack.enter_context(wire(client))
            one.socket.sendall(
                f"GET /live/{code}/events?after=1 HTTP/1.1\r\nHost: a\r\n\r\n".encode()
            )
        # The next reader has all of it, in order. Where others leave it no time to read, it is let
        # go too, and goes on where it was.
        numbers = [1]
        while numbers[-1] < EVENTS:
            address = f"live/{code}/events?after={numbers[-1]}"
            with suppress(httpx2.RemoteProtocolError), client.stream("GET", address) as stream:
                for line in stream.iter_lines():
                    if line.startswith("id: "):
                        numbers.append(int(line[4:]))
                        if numbers[-1] == EVENTS:
                            break
        assert numbers == list(range(1, EVENTS + 1))
        most = memory(process, "VmHWM") - before
        table = client.get(f"live/{code}/results.csv", headers={"Authorization": f"Bearer {key}"})
        assert table.text.count("\n") > EVENTS // 2
        assert pulse.end() < 0.5
        assert most < 80 * MB
        # The deaf are let go.
        until(lambda: open_files(process) < 100, "who does not read is let go")


def test_one_address_has_so_many_streams_and_no_more(tmp_path: Path) -> None:
    with ExitStack() as stack:
        _, client, _ = stack.enter_context(server(tmp_path, "--max-followers-of-address", "20"))
        code = client.post("live", json=WALK).json()["room"]
        wires = [stack.enter_context(wire(client)) for _ in range(22)]
        head = f"GET /live/{code}/events HTTP/1.1\r\nHost: a\r\n\r\n"
        statuses = []
        for one in wires[:-1]:
            one.socket.sendall(head.encode())
            statuses.append(int(one.file.readline().split()[1]))
        assert statuses == [200] * 20 + [429]
        wires[0].close()
        # One has left.
        until(lambda: wires[-1].ask(head.rstrip())[0] == 200, "there is room again")


def test_an_address_stuffs_no_ballot_and_a_class_behind_another_votes(tmp_path: Path) -> None:
    with ExitStack() as stack:
        _, client, _ = stack.enter_context(server(tmp_path))
        room = client.post("live", json=WALK).json()
        votes, bearer = f"/live/{room['room']}/votes", f"Authorization: Bearer {room['key']}"
        presenter = stack.enter_context(wire(client))
        command = {"do": "ask", "decision": "queued"}
        _, asked = presenter.post(f"/live/{room['room']}/commands", command, bearer)
        body = {"question": asked["number"], "option": "true"}
        # Each vote without a cookie is another device's.
        stuffer = stack.enter_context(wire(client, "127.0.0.66"))
        statuses = [stuffer.post(votes, body)[0] for _ in range(270)]
        assert statuses[:250] == [200] * 250
        assert set(statuses[250:]) == {429}
        class_ = stack.enter_context(wire(client, "127.0.0.77"))
        statuses = [
            class_.post(votes, body | {"option": "false"}, f"Cookie: voter={n:043d}")[0]
            for n in range(200)
        ]
        assert statuses == [200] * 200
        with client.stream("GET", f"live/{room['room']}/events") as stream:
            state = next(line for line in stream.iter_lines() if line.startswith("data: "))
        question = json.loads(state.removeprefix("data: "))["question"]
        assert question["origins"] == {"devices": 450, "addresses": 2, "most": 250}


def test_strangers_hold_up_no_presenter_and_no_newcomer(tmp_path: Path) -> None:
    """All of them behind one address, and the presenter too."""
    with ExitStack() as stack:
        # Else what was spent comes back while a busy machine takes its time.
        _, client, _ = stack.enter_context(server(tmp_path, "--misses-rate", "0.001"))
        room = client.post("live", json=WALK).json()
        here, bearer = f"/live/{room['room']}", f"Authorization: Bearer {room['key']}"
        stranger = stack.enter_context(wire(client))
        refusals: set[int] = set()
        for n in range(75):
            answer = stranger.post(f"{here}/commands", {"do": "end"}, "Authorization: Bearer x")
            refusals.add(answer[0])
            # Who has guessed so often is answered late: two kinds, of which thirty are too many.
            if n < 35:
                guess = stranger.post(f"{here}/presenters", {"invitation": f"guess-{n}"})
                refusals |= {guess[0], stranger.get(f"/live/{new_code()}/state")[0]}
        assert refusals == {401, 403, 404, 429}
        presenter = stack.enter_context(wire(client))
        for n in range(40):
            command = {"do": "step", "step": n % 5 + 1}
            assert presenter.post(f"{here}/commands", command, bearer)[0] == 200
        with wire(client) as newcomer:
            assert newcomer.get(f"{here}/state")[0] == 200
            assert newcomer.get(here)[0] == 200


def test_near_the_limit_of_open_files_streams_wait_and_pages_go_on(tmp_path: Path) -> None:
    with ExitStack() as stack:
        # What has been raised can't be lowered in another process before it has begun.
        process, client, said = stack.enter_context(server(tmp_path, open_files=150))
        assert said["followers"] == 35
        code = client.post("live", json=WALK).json()["room"]
        wires = [stack.enter_context(wire(client)) for _ in range(50)]
        for one, status in zip(wires, [200] * 35 + [503] * 15, strict=True):
            one.socket.sendall(f"GET /live/{code}/events HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            assert int(one.file.readline().split()[1]) == status
        refusal = list(iter(wires[-1].file.readline, b"\r\n"))
        assert any(line.lower().startswith(b"retry-after: ") for line in refusal)
        for address in ("tcp_close", f"live/{code}", "healthz"):
            assert client.get(address).status_code == 200
        end(process)
    warnings = [line["event"] for line in log_of(tmp_path) if line["level"] == "warning"]
    # At the start, and once a minute.
    assert [line.split(",")[0] for line in warnings] == [
        "the limit of open files allows 35 followers",
        "35 followers",
    ]
