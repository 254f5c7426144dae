# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What an operator relies on, with real processes: log, health, metrics, workers, the end."""

import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import httpx2
import pytest

from tests.cli.test_serve import START, serving
from tests.conftest import leave_out
from tests.rooms.conftest import RedisServer

Process: TypeAlias = "subprocess.Popen[str]"
WALK = {"walkthrough": "tcp_close"}
#: The end of a head: that the server wants the body says that it has begun with the request.
BEGUN = "Expect: 100-continue\r\n\r\n"


@pytest.fixture
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    program = shutil.which("redis-server") or leave_out(
        "no redis-server here, so workers that share rooms in Redis were not tested"
    )
    # The path of a socket has to be short.
    server = RedisServer(program, tmp_path_factory.mktemp("r"))
    server.start()
    yield server
    server.kill()


@contextmanager
def server(
    folder: Path, *words: str, open_files: int | None = None, program: str = START
) -> Iterator[tuple[Process, httpx2.Client, dict[str, Any]]]:
    """A process that logs JSON, a client at its address, and what it said when it was ready.

    It may have so many open files, or as many as this process may.
    """
    with (folder / "log").open("w") as log:
        options = ("--port", "0", "--log-format", "json", "--data", str(folder / "rooms"))
        limit = () if open_files is None else ("prlimit", f"--nofile={open_files}:{open_files}")
        with serving(folder, *options, *words, stderr=log, before=limit, program=program) as (
            process,
            line,
        ):
            # At the format that is for people it is a sentence.
            said = (
                json.loads(line)
                if line.startswith("{")
                else {"address": line.removeprefix("Serving on ").split()[0]}
            )
            with httpx2.Client(base_url=said["address"], timeout=300, trust_env=False) as client:
                yield process, client, said


def log_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "log").read_text().splitlines()]


def until(wanted: Callable[[], bool], what: str) -> None:
    """Another process's doing has nothing to wait on."""
    deadline = time.monotonic() + 300
    while not wanted():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def end(process: Process) -> None:
    """Ends it with SIGTERM, for which its status has to be 0."""
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=300) == 0


# The log


def test_a_request_is_a_line_with_its_route_and_nothing_of_who_asked(tmp_path: Path) -> None:
    with server(tmp_path) as (process, client, _):
        client.get("tcp_close/unread/true?recv=300&lang=zh")
        client.get("tcp_close/unread/true?recv=300&lang=zh")
        client.head("tcp_close")
        client.get("static/x/css/base.css")
        client.get("no/such/page/at/all")
        client.get("healthz")
        end(process)
    lines = log_of(tmp_path)
    for line in lines:
        assert list(line) == "time level event method route status duration_ms bytes".split()
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("GET", "/{walkthrough}/{decision}/{way}", 200),
        ("GET", "/{walkthrough}/{decision}/{way}", 200),
        ("HEAD", "/{walkthrough}", 200),
        ("GET", "/static/{path}", 200),
        ("GET", "none", 404),
    ]
    assert lines[0]["bytes"] == lines[1]["bytes"] > 10_000
    assert lines[1]["duration_ms"] < lines[0]["duration_ms"]
    assert lines[2]["bytes"] == 0


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_no_secret_gets_into_the_log(tmp_path: Path, log_format: str) -> None:
    """Whatever a reader sends, wherever it is put, by good requests and by bad ones."""
    secret, address = "Hunter2Hunter2", "203.0.113.77"
    headers = {
        "User-Agent": secret,
        "Referer": f"https://{secret}.example/",
        "Cookie": f"voter={secret}; {secret}=1",
        "Authorization": f"Bearer {secret}",
        "X-Forwarded-For": address,
        "Accept-Language": secret,
        "Last-Event-ID": secret,
        f"X-{secret}": secret,
    }
    with server(tmp_path, "--log-format", log_format) as (process, client, said):
        client.headers.update(headers)
        started = client.post("live", json=WALK).json()
        room, key = started["room"], started["key"]
        for path in (
            f"tcp_close?recv={secret}",
            f"tcp_close/{secret}",
            f"{secret}/{secret}/{secret}/{secret}",
            f"api/tcp_close/trace?{secret}={secret}",
            f"live/{secret}",
            f"live/{room}",
            f"live/{room}/state?after={secret}",
            f"oembed?url=https://{secret}/",
            f"card/tcp_close/{secret}.png?x={secret}",
            f"static/{secret}/{secret}.js",
        ):
            assert client.get(path).status_code < 500, path
        bearer = {"Authorization": f"Bearer {key}"}
        client.post(f"live/{room}/commands", json={"do": "black", "on": True}, headers=bearer)
        client.post(f"live/{room}/votes", json={"question": 1, "option": secret})
        client.post(f"live/{room}/commands", content=secret)
        client.request(secret.upper(), "tcp_close")
        with client.stream("GET", f"live/{room}/events") as stream:
            next(stream.iter_text())
        port = int(said["address"].rsplit(":", 1)[1].strip("/"))
        for raw in (f"{secret}\r\n\r\n", f"GET /{secret} HTTP/9\r\n\r\n", f"GET /?{secret}"):
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall(raw.encode())
        end(process)
    log = (tmp_path / "log").read_text()
    assert log.count("/live/{code}/commands") == 2
    for word in (secret.lower(), secret.upper().lower(), address, room, key.lower(), "127.0.0.1"):
        assert word not in log.lower()


def test_the_level_debug_has_health_checks(tmp_path: Path) -> None:
    with server(tmp_path, "--log-level", "debug") as (process, client, _):
        for path in ("healthz", "healthz/live", ""):
            client.get(path)
        end(process)
    assert [line["route"] for line in log_of(tmp_path)] == ["/healthz", "/healthz/live", "/"]


# Health


def test_readiness_tells_that_the_file_of_the_rooms_cannot_be_used(tmp_path: Path) -> None:
    file = tmp_path / "rooms" / "rooms.sqlite3"
    file.mkdir(parents=True)
    with server(tmp_path) as (process, client, _):
        for _ in range(2):
            failed = client.get("healthz")
            assert failed.status_code == 503
            assert failed.headers["cache-control"] == "no-store"
            rooms = failed.json()["checks"]["rooms"]
            assert rooms == {
                "status": "unavailable",
                "reason": "the file of the rooms does not answer",
            }
        # It lives, and has pages.
        assert client.get("healthz/live").json() == {"status": "ok"}
        assert client.get("tcp_close").status_code == 200
        file.rmdir()
        until(lambda: client.get("healthz").status_code == 200, "it does not recover")
        ready = client.get("healthz")
        assert ready.headers["cache-control"] == "no-store"
        assert ready.json()["checks"]["content"] == {"status": "ok", "walkthroughs": 1}
        end(process)
    told = [line["event"] for line in log_of(tmp_path) if line["level"] in {"error", "warning"}]
    assert len(told) == 2
    assert told[0].startswith("the file of the rooms does not answer: ")
    assert told[1] == "the log of the rooms answers again"


def test_readiness_tells_that_nothing_can_be_written(tmp_path: Path) -> None:
    """A file that may not grow is as good as a full disk, and takes no privilege."""
    with server(tmp_path) as (process, client, _):
        assert client.get("healthz").status_code == 200
        code = client.post("live", json=WALK).json()["room"]
        assert client.get(f"live/{code}").status_code == 200
        rooms = tmp_path / "rooms"
        smallest = min(file.stat().st_size for file in rooms.iterdir())
        before = resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (smallest, -1))
        until(lambda: client.get("healthz").status_code == 503, "the full disk is not missed")
        failed = client.get("healthz")
        reason = failed.json()["checks"]["rooms"]["reason"]
        assert reason == "the file of the rooms does not answer"
        assert client.post("live", json=WALK).status_code == 503
        assert client.get(f"live/{code}").status_code == 200
        # Longer than it takes to look again, which must not find that all is well.
        time.sleep(2)
        assert client.get("healthz").status_code == 503
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, before)
        until(lambda: client.get("healthz").status_code == 200, "it does not recover")
        assert client.post("live", json=WALK).status_code == 201
        end(process)
    told = [line["event"] for line in log_of(tmp_path) if line["level"] in {"error", "warning"}]
    assert len(told) == 2, told
    assert told[0].startswith("the file of the rooms does not answer: ")
    assert told[1] == "the log of the rooms answers again"


def test_a_redis_that_does_not_answer_is_told_and_missed_until_it_is_back(
    tmp_path: Path, redis: RedisServer
) -> None:
    redis.kill()
    with server(tmp_path, "--redis", redis.url) as (process, client, _):
        # Nobody has asked for a room, nor for its health.
        until(lambda: len(log_of(tmp_path)) == 1, "it is not told at the start")
        assert client.get("tcp_close").status_code == 200
        redis.start()
        until(lambda: len(log_of(tmp_path)) == 3, "it is not told that it answers")
        assert client.post("live", json=WALK).status_code == 201
        assert client.get("healthz").status_code == 200
        redis.kill()
        until(lambda: client.get("healthz").status_code == 503, "Redis is not missed")
        failed = client.get("healthz")
        assert failed.json()["checks"]["rooms"]["reason"] == "Redis does not answer"
        assert client.get("healthz/live").status_code == 200
        redis.start()
        until(lambda: client.get("healthz").status_code == 200, "it does not recover")
        end(process)
    lines = log_of(tmp_path)
    assert lines[0]["level"] == "error"
    assert lines[0]["event"].startswith("Redis does not answer: ")
    assert lines[2]["event"] == "the log of the rooms answers again"


# The end


@pytest.mark.parametrize("workers", ["1", "2"])
def test_sigterm_ends_streams_with_a_hint_and_lets_answers_become_complete(
    tmp_path: Path, workers: str
) -> None:
    with server(tmp_path, "--workers", workers) as (process, client, said):
        room = client.post("live", json=WALK).json()["room"]
        port = int(said["address"].rsplit(":", 1)[1].strip("/"))
        body = json.dumps(WALK).encode()
        with (
            client.stream("GET", f"live/{room}/events") as stream,
            socket.create_connection(("127.0.0.1", port), timeout=300) as posting,
        ):
            parts = stream.iter_text()
            while "snapshot" not in next(parts):
                pass
            head = f"POST /live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{BEGUN}"
            posting.sendall(head.encode() + body[:5])
            assert posting.recv(1000).startswith(b"HTTP/1.1 100 ")
            process.send_signal(signal.SIGTERM)
            rest = "".join(parts)
            assert re.search(r"retry: \d+\n\n$", rest), rest
            posting.sendall(body[5:])
            answer = posting.recv(1000)
            assert answer.startswith(b"HTTP/1.1 201 "), answer
        assert process.wait(timeout=300) == 0
    assert [line for line in log_of(tmp_path) if line["level"] == "error"] == []


@pytest.mark.parametrize("workers", ["1", "2"])
def test_who_never_finishes_does_not_hold_up_the_end(tmp_path: Path, workers: str) -> None:
    words = ("--shutdown-seconds", "1", "--workers", workers, "--body-seconds", "600")
    with server(tmp_path, *words) as (process, client, said):
        assert client.get("healthz").status_code == 200
        port = int(said["address"].rsplit(":", 1)[1].strip("/"))
        with socket.create_connection(("127.0.0.1", port), timeout=300) as posting:
            head = f"POST /live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            head += f"Content-Type: application/json\r\nContent-Length: 100\r\n{BEGUN}{{"
            posting.sendall(head.encode())
            assert posting.recv(1000).startswith(b"HTTP/1.1 100 ")
            end(process)


# Workers


def children(process: Process) -> set[int]:
    """The workers: those of the process's children that have the program's address."""
    found = set()
    for task in Path(f"/proc/{process.pid}/task").iterdir():
        found |= {int(pid) for pid in (task / "children").read_text().split()}
    return {pid for pid in found if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def test_workers_share_rooms_and_one_that_dies_is_replaced(
    tmp_path: Path, redis: RedisServer
) -> None:
    with server(tmp_path, "--workers", "2", "--redis", redis.url) as (process, client, said):
        assert said["workers"] == 2
        started = client.post("live", json=WALK).json()
        room, bearer = started["room"], {"Authorization": f"Bearer {started['key']}"}
        before = children(process)
        assert len(before) == 2
        # Of a dozen connections each worker has some.
        streams = [httpx2.Client(trust_env=False, verify=False, timeout=300) for _ in range(12)]
        opened = [
            stream.stream("GET", f"{said['address']}live/{room}/events") for stream in streams
        ]
        try:
            texts = [one.__enter__().iter_text() for one in opened]
            for text in texts:
                while "snapshot" not in next(text):
                    pass
            client.post(
                f"live/{room}/commands",
                json={"do": "black", "on": True},
                headers=bearer,
            ).raise_for_status()
            for text in texts:
                while '"black"' not in next(text):
                    pass
        finally:
            for stream in streams:
                stream.close()
        dead = before.pop()
        os.kill(dead, signal.SIGKILL)
        until(lambda: dead not in children(process) and len(children(process)) == 2, "no other")
        for _ in range(8):
            with httpx2.Client(trust_env=False, verify=False, timeout=300) as fresh:
                assert fresh.get(f"{said['address']}live/{room}/state").status_code == 200
        end(process)
        assert not any(Path(f"/proc/{pid}").exists() for pid in before)
    told = [line["event"] for line in log_of(tmp_path) if line["level"] in {"error", "warning"}]
    assert told == [f"worker {dead} died; another takes its place"]


def test_a_folder_that_cannot_be_written_is_told_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with server(tmp_path, "--data", str(file / "rooms")) as (process, _, _):
        end(process)
    (line,) = log_of(tmp_path)
    assert line["level"] == "warning"
    assert line["event"].startswith(f"--data {file / 'rooms'} cannot be written: ")


def test_workers_are_told_that_they_want_redis_and_end_with_who_started_them(
    tmp_path: Path,
) -> None:
    with server(tmp_path, "--workers", "2") as (process, client, _):
        assert client.get("healthz").status_code == 200
        until(lambda: len(children(process)) == 2, "no workers")
        workers = children(process)
        process.kill()
        until(lambda: not any(_runs(pid) for pid in workers), "orphans")
    (line,) = (line for line in log_of(tmp_path) if line["level"] == "warning")
    assert line["event"].startswith("2 workers without --redis: ")


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


# Metrics


def sums(text: str) -> dict[str, float]:
    """The samples, by name and labels."""
    return {
        name: float(value)
        for name, _, value in (
            line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")
        )
    }


@pytest.mark.parametrize("workers", ["1", "2"])
def test_metrics_are_the_sum_of_what_happened(tmp_path: Path, workers: str) -> None:
    words = ("--metrics", "127.0.0.1:0", "--workers", workers)
    with server(tmp_path, *words) as (process, client, said):

        def now() -> dict[str, float]:
            return sums(client.get(said["metrics"]).text)

        # No reader's address has them.
        assert client.get("metrics").status_code == 404
        for number in range(30):
            # A connection each, so that each worker gets some.
            with httpx2.Client(trust_env=False, verify=False, timeout=300) as fresh:
                address = f"{said['address']}tcp_close?linger={number % 3 + 1}"
                assert fresh.get(address).status_code == 200
        for number in range(100):
            client.get(f"{number}/{number}/{number}/{number}/{number}")
        started = client.post("live", json=WALK).json()
        room, bearer = started["room"], {"Authorization": f"Bearer {started['key']}"}
        client.post(
            f"live/{room}/commands", json={"do": "ask", "decision": "unread"}, headers=bearer
        ).raise_for_status()
        asked = client.get(f"live/{room}/votes/mine").json()["question"]
        vote = {"question": asked, "option": "true"}
        client.post(f"live/{room}/votes", json=vote).raise_for_status()
        client.get("card/tcp_close.svg").raise_for_status()
        with client.stream("GET", f"live/{room}/events") as stream:
            parts = stream.iter_text()
            while "snapshot" not in next(parts):
                pass
            until(lambda: now()["walkthrough_followers"] == 1, "no follower")
            until(lambda: now()["walkthrough_votes_total"] == 1, "no vote")
            until(lambda: now()["walkthrough_cards_drawn_total"] == 1, "no card")
            found = now()
            assert found["walkthrough_requests_in_progress"] == 1
            assert found["walkthrough_rooms"] == 1
        page = 'method="GET",route="/{walkthrough}",status="200"'
        assert found[f"walkthrough_requests_total{{{page}}}"] == 30
        assert found['walkthrough_request_duration_seconds_count{route="/{walkthrough}"}'] >= 30
        hits = found['walkthrough_answer_cache_total{result="hit"}']
        # Each worker makes each of the three pages once.
        assert 30 - 3 * int(workers) <= hits <= 27
        assert found["walkthrough_workers"] == int(workers)
        (build,) = (name for name in found if name.startswith("walkthrough_build_info"))
        assert re.search(r'version="\d+\.\d+\.\d+"', build)
        assert any(re.search(r'revision="[0-9a-f]{10}"', name) for name in found)
        # A hundred addresses that lead nowhere are one route.
        routes = {match for name in found for match in re.findall(r'route="([^"]*)"', name)}
        assert "none" in routes
        assert not any(re.search(r"\d", route) for route in routes)
        assert room not in "".join(found)
        until(lambda: now()["walkthrough_followers"] == 0, "the follower does not go")
        end(process)
    assert not list(tmp_path.glob("walkthrough-metrics-*"))


def test_metrics_at_an_address_that_is_taken_are_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with serving(tmp_path, "--port", "0", "--metrics", address) as (process, line):
            assert process.wait(timeout=300) == 1
            assert line == ""
            assert process.stderr is not None
            assert process.stderr.read().startswith("Can't listen on 127.0.0.1 port ")


# The prefix, without a proxy; tests/browser/test_prefix.py has one


def test_the_prefix_may_be_passed_on_or_taken_away(tmp_path: Path) -> None:
    with server(tmp_path, "--root-path", "/kernel") as (process, client, said):
        assert said["address"].endswith("/kernel/")
        origin = said["address"].removesuffix("/kernel/")
        for before in ("/kernel", ""):
            _answers_below_its_prefix(client, origin, before)
        # Alone it leads to the front page.
        bare = client.get(said["address"].rstrip("/") + "?lang=zh", follow_redirects=False)
        assert bare.status_code == 308
        assert bare.headers["location"] == "/kernel/?lang=zh"
        end(process)


def _answers_below_its_prefix(client: httpx2.Client, origin: str, before: str) -> None:
    def get(path: str) -> httpx2.Response:
        return client.get(f"{origin}{before}{path}", follow_redirects=False)

    assert 'href="/kernel/tcp_close' in get("/").text
    assert get("/healthz").status_code == 200
    assert get("/api/tcp_close/trace?recv=300").json()["url"] == "/kernel/tcp_close?recv=300"
    assert get("/api/openapi.json").json()["servers"] == [{"url": "/kernel"}]
    assert "/kernel/api/openapi.json" in get("/api/no/such/thing").text
    assert get("/tcp_close/L9-L3").headers["location"] == "/kernel/tcp_close/L3-L9"
    assert get("/tcp_close/").headers["location"] == "/kernel/tcp_close"
    assert get("/manifest.webmanifest").json()["start_url"].startswith("/kernel/")
    assert "Disallow: /kernel/api/" in get("/robots.txt").text
    assert f"<loc>{origin}/kernel/tcp_close" in get("/sitemap.xml").text
    frame = get(f"/oembed?url={origin}/kernel/tcp_close/unread/true").json()
    assert f'src="{origin}/kernel/embed/tcp_close/unread/true' in frame["html"]
    assert frame["thumbnail_url"].startswith(f"{origin}/kernel/card/")
    made = client.post(f"{origin}{before}/live", json=WALK).json()
    assert made["url"] == f"/kernel/live/{made['room']}"
    cookie = get(f"/live/{made['room']}/votes/mine").headers["set-cookie"]
    assert f"Path=/kernel/live/{made['room']};" in cookie
    shouted = get(f"/live/{made['room'].upper()}/state?x=1")
    assert shouted.headers["location"] == f"/kernel/live/{made['room']}/state?x=1"
