# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Pages are made beside the event loop: in turn between addresses, in a bounded queue."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from starlette.responses import FileResponse
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from app.errors import TooBusy
from app.web.app import create_app
from app.web.http.rendering import FairLines, Rendering, RenderQueue, client_key


def test_lines_take_turns() -> None:
    lines: FairLines[str] = FairLines(10)
    for item in ("a1", "a2", "a3", "b1", "c1", "c2"):
        assert lines.add(item[0], item) is None
    assert [lines.take() for _ in range(7)] == ["a1", "b1", "c1", "a2", "c2", "a3", None]
    assert len(lines) == 0


def test_where_all_is_full_the_longest_line_loses_its_last() -> None:
    lines: FairLines[str] = FairLines(3)
    for item in ("a1", "a2", "a3"):
        lines.add("a", item)
    assert lines.add("b", "b1") == "a3"
    assert lines.add("a", "a4") == "a4"
    # Among lines of one length it is the newcomer's own that loses.
    assert lines.add("b", "b2") == "b2"
    assert [lines.take() for _ in range(4)] == ["a1", "b1", "a2", None]


def test_what_is_taken_out_has_no_turn() -> None:
    lines: FairLines[str] = FairLines(3)
    lines.add("a", "a1")
    lines.add("a", "a2")
    lines.remove("a", "a1")
    lines.remove("a", "a1")
    lines.remove("b", "b1")
    assert [lines.take(), lines.take()] == ["a2", None]


@pytest.mark.parametrize(
    ("host", "line"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("testclient", ""),
    ],
)
def test_a_network_of_ipv6_is_one_client(host: str, line: str) -> None:
    assert client_key(host) == line


class Gate:
    """Work that ends when `opened` is set; `threads` are the names of those that began it."""

    def __init__(self) -> None:
        self.began, self.opened = threading.Event(), threading.Event()
        self.threads: list[str] = []

    async def work(self) -> str:
        self.threads.append(threading.current_thread().name)
        self.began.set()
        await asyncio.to_thread(self.opened.wait)
        return "made"


async def test_work_is_done_in_a_thread_of_its_own_while_the_loop_goes_on() -> None:
    queue, gate = RenderQueue(), Gate()
    async with queue.running():
        task = asyncio.create_task(queue.run("a", gate.work))
        await asyncio.to_thread(gate.began.wait)
        gate.opened.set()
        assert await task == "made"
    assert gate.threads == ["rendering"]


async def test_who_waits_too_long_or_in_vain_is_refused_and_the_others_are_answered() -> None:
    queue, gate = RenderQueue(turns=1, capacity=1, timeout_s=0.05), Gate()
    async with queue.running():
        first = asyncio.create_task(queue.run("a", gate.work))
        await asyncio.to_thread(gate.began.wait)
        second = asyncio.create_task(queue.run("a", gate.work))
        await asyncio.sleep(0)
        assert len(queue.waiting) == 1
        with pytest.raises(TooBusy, match="full"):
            await queue.run("a", gate.work)
        with pytest.raises(TooBusy, match="no turn"):
            await second
        gate.opened.set()
        assert await first == "made"
        # The turn was given back.
        assert await queue.run("a", gate.work) == "made"
    assert len(gate.threads) == 2


async def test_an_error_of_the_work_is_raised_to_who_asked() -> None:
    async def fail() -> None:
        raise ValueError("no")

    queue = RenderQueue(turns=1)
    async with queue.running():
        for _ in range(2):
            with pytest.raises(ValueError, match="no"):
                await queue.run("a", fail)


def test_a_request_that_went_away_is_not_rendered() -> None:
    asked: list[str] = []
    began, opened = threading.Event(), threading.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(scope["path"])
        began.set()
        await asyncio.to_thread(opened.wait)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"page"})

    async def check() -> list[Message]:
        queue = RenderQueue(turns=1)
        rendering = Rendering(app, queue)
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def stay() -> Message:
            await asyncio.Event().wait()
            raise AssertionError

        async def leave() -> Message:
            return {"type": "http.disconnect"}

        def scope(path: str) -> Scope:
            return {"type": "http", "method": "GET", "path": path, "client": ("192.0.2.1", 1)}

        async with queue.running():
            first = asyncio.create_task(rendering(scope("/first"), stay, send))
            await asyncio.to_thread(began.wait)
            await rendering(scope("/left"), leave, send)
            opened.set()
            await first
            await rendering(scope("/last"), stay, send)
        return sent

    sent = asyncio.run(check())
    assert asked == ["/first", "/last"]
    assert [message.get("body") for message in sent] == [None, b"page"] * 2


# In front of the real program


def test_what_listens_for_who_goes_away_ends_all_the_same(tmp_path: Path) -> None:
    """A file does, while it is sent; it kept the thread, and with it every page."""
    file = tmp_path / "icon"
    file.write_bytes(b"icon")
    sent: list[Message] = []

    async def scenario() -> None:
        queue = RenderQueue()
        async with queue.running():
            asked = asyncio.Event()

            async def receive() -> Message:
                await asked.wait()
                return {"type": "http.disconnect"}

            async def send(message: Message) -> None:
                sent.append(message)

            scope = {"type": "http", "method": "GET", "path": "/icon", "headers": []}
            async with asyncio.timeout(300):
                await Rendering(FileResponse(file), queue)(scope, receive, send)

    asyncio.run(scenario())
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]


def test_pages_are_the_same_from_the_thread() -> None:
    paths = ("/tcp_close?recv=300", "/api/tcp_close/trace", "/nothing", "/tcp_close?rto=0", "/")
    with TestClient(create_app()) as plain, TestClient(create_app(render_queue=RenderQueue())) as c:
        for path in paths:
            here, there = plain.get(path), c.get(path)
            assert (here.status_code, here.content) == (there.status_code, there.content), path
            assert here.headers == there.headers


def test_a_full_queue_says_so_in_the_readers_language_and_when_to_come_back() -> None:
    queue = RenderQueue(turns=0, capacity=0)
    with TestClient(create_app(render_queue=queue)) as client:
        page = client.get("/tcp_close", headers={"accept": "text/html", "accept-language": "zh"})
        assert page.status_code == 503
        assert int(page.headers["retry-after"]) > 0
        assert page.headers["content-language"] == "zh-CN"
        assert "请稍后再试" in page.text
        problem = client.get("/api/tcp_close/trace")
        assert problem.status_code == 503
        assert problem.headers["content-type"] == "application/problem+json"
        assert problem.json()["problems"][0]["code"] == "too-busy"
        # What the loop answers itself does not wait.
        assert client.get("/healthz/live").status_code == 200


def test_templates_are_compiled_anew_where_nothing_can_be_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "full").touch()
    for cache, kept in (("full", False), ("empty", True)):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / cache))
        assert TestClient(create_app()).get("/").status_code == 200
        assert any(tmp_path.rglob("*.cache")) == kept
