# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The stream: nothing missed, nothing doubled, whoever else reads slowly or goes away."""

from pathlib import Path

import pytest

from app.rooms.hub import HEARTBEAT_S, WINDOW
from tests.rooms.asking import house
from tests.rooms.conftest import MakeLog


async def test_it_begins_with_a_snapshot_and_goes_on_with_events(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        stream = await here.follow()
        assert stream.text.startswith("retry: ")
        assert stream.frames[0]["event"] == "snapshot"
        assert stream.frames[0]["data"]["view"]["block"] is None
        await here.do("show", block="drain", query="recv=300", step=3)
        await here.do("black", on=True)
        frames = await stream.until(3)
        assert [(f["event"], f["data"]["kind"]) for f in frames[1:]] == [
            ("event", "shown"),
            ("event", "black"),
        ]
        assert stream.numbers == [1, 2, 3]


async def test_a_late_comer_sees_the_present_state(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        await here.do("show", block="fin", query="linger=0", step=2)
        stream = await here.follow()
        snapshot = stream.frames[0]
        assert snapshot["id"] == "2"
        assert snapshot["data"]["view"] == {
            "block": "fin",
            "query": "linger=0",
            "step": 2,
            "variant": None,
        }
        state = await here.ask("GET", f"/live/{here.code}/state")
        assert state.json == snapshot["data"]


@pytest.mark.parametrize("how", ["header", "query"])
async def test_a_lost_connection_resumes_exactly(tmp_path: Path, how: str) -> None:
    async with house(tmp_path) as here:
        for step in range(1, 6):
            await here.do("show", step=step)
        for last in range(7):
            if how == "query":
                stream = await here.follow(path=f"/live/{here.code}/events?after={last}")
            else:
                stream = await here.follow(last_event_id=str(last))
            await stream.end()
            # An event number that this room has not reached is none of this room's.
            assert stream.numbers == ([*range(last + 1, 7)] if last <= 6 else [6])
        assert (await here.follow(last_event_id="99")).frames[0]["event"] == "snapshot"
        assert (await here.follow(last_event_id="x")).frames[0]["event"] == "snapshot"


async def test_one_who_was_away_for_long_resumes_from_the_log(tmp_path: Path) -> None:
    async with house(tmp_path, events_burst=5000) as here:
        for _ in range(2 * WINDOW + 10):
            await here.do("black", on=True)
        stream = await here.follow(last_event_id="3")
        last = 2 * WINDOW + 11
        await stream.until(last - 3)
        assert stream.numbers == list(range(4, last + 1))
        await here.do("black", on=False)
        await stream.until(last - 2)
        assert stream.numbers == list(range(4, last + 2))


async def test_a_slow_reader_holds_nobody_up_and_is_dropped(tmp_path: Path) -> None:
    async with house(tmp_path, events_burst=50) as here:
        slow, fast = await here.follow(reads=False), await here.follow()
        for count in range(2, 12):
            await here.do("black", on=True)
            assert len(await fast.until(count)) == count
        assert slow.numbers == [1]
        hub = here.classroom.hub
        for _ in range(3):
            here.clock.seconds += HEARTBEAT_S
            await hub.tick()
            await fast.until(11)
        assert slow.task is not None
        await slow.task
        assert not slow.is_complete
        assert len(hub.rooms[here.code].followers) == 1
        # It comes back, and has missed nothing.
        again = await here.follow(last_event_id="1")
        assert again.numbers == list(range(2, 12))


async def test_one_who_goes_away_is_forgotten(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        stream = await here.follow()
        followers = here.classroom.hub.rooms[here.code].followers
        assert len(followers) == 1
        await stream.end()
        assert not followers


async def test_heartbeats_are_comments(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        stream = await here.follow()
        await here.classroom.hub.tick()
        await stream.until(2)
        sent = len(stream.sent)
        here.clock.seconds += HEARTBEAT_S
        await here.classroom.hub.tick()
        while len(stream.sent) == sent:
            stream.news.clear()
            await stream.news.wait()
        assert stream.sent[-1] == b":\n\n"


async def test_the_number_of_voters_is_told_and_the_bars_are_not(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        stream = await here.follow()
        question = (await here.do("ask", question="who-waits")).json["number"]
        for name in ("ann", "bob"):
            assert (await here.vote(question, "second", name)).status == 200
        await here.classroom.hub.tick()
        _, _, followers, voters = await stream.until(4)
        assert (followers["event"], followers["data"]) == ("followers", {"followers": 1})
        assert voters["event"] == "voters"
        origins = {"devices": 2, "addresses": 1, "most": 2}
        assert voters["data"] == {"question": question, "voted": 2, "origins": origins}
        assert "id" not in followers | voters
        state = await here.ask("GET", f"/live/{here.code}/state")
        await here.do("close")
        await stream.until(5)
        hidden = stream.text + state.body.decode()
        assert '"first":' not in hidden
        assert '"counts":{' not in hidden
        assert "FIN_WAIT1, FIN_WAIT2" not in hidden
        await here.do("reveal")
        revealed = (await stream.until(6))[5]["data"]["data"]
        assert revealed["counts"] == {"first": 0, "second": 2, "both": 0, "server": 0}
        assert (revealed["answer"], revealed["voted"]) == ("first", 2)


async def test_two_processes_serve_one_room(make_log: MakeLog, tmp_path: Path) -> None:
    async with (
        house(tmp_path, log=make_log()) as here,
        house(tmp_path, log=make_log()) as there,
    ):
        there.code, there.key = here.code, here.key
        near, far = await here.follow(), await there.follow()
        await there.classroom.hub.hear()
        await here.do("show", block="drain")
        # Commands of the other process build on what it had not heard of.
        await there.do("show", block="fin")
        await there.classroom.hub.hear()
        await here.classroom.hub.hear()
        await here.classroom.hub.refresh()
        await near.until(3)
        await far.until(3)
        assert near.numbers == far.numbers == [1, 2, 3]
        assert [frame["data"] for frame in near.frames[1:]] == [
            frame["data"] for frame in far.frames[1:]
        ]
        question = (await here.do("ask", decision="queued")).json["number"]
        assert (await there.vote(question, "false", "ann")).status == 200
        assert (await here.vote(question, "true", "ann")).status == 200
        await there.do("reveal")
        await here.classroom.hub.refresh()
        state = await here.ask("GET", f"/live/{here.code}/state")
        assert state.json["question"]["counts"] == {"true": 1, "false": 0}


async def test_the_end_of_the_process_ends_streams_and_lets_nobody_in(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        stream = await here.follow()
        here.classroom.hub.stop()
        assert stream.task is not None
        await stream.task
        assert stream.is_complete
        refused = await here.ask("GET", f"/live/{here.code}/events")
        assert refused.status == 503
        assert int(refused.headers["retry-after"]) >= 1


async def test_who_has_all_of_an_ended_room_is_told_to_stop(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        last = (await here.do("end")).json["number"]
        path = f"/live/{here.code}/events"
        assert (await here.ask("GET", path, last_event_id=str(last))).status == 204
        stream = await here.follow(last_event_id="1")
        assert [frame["data"]["kind"] for frame in stream.frames] == ["ended"]


async def test_headers_let_the_stream_pass_proxies(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        stream = await here.follow()
        assert stream.start is not None
        headers = {name.decode(): value.decode() for name, value in stream.start["headers"]}
        assert headers["content-type"].startswith("text/event-stream")
        assert headers["x-accel-buffering"] == "no"
        assert headers["cache-control"] == "no-store, no-transform"
        assert "content-encoding" not in headers
        assert "content-length" not in headers
        assert "content-security-policy" in headers
