# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a class is told while nothing can be kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.rooms.redis_log import RedisLog
from tests.rooms.asking import House, house
from tests.rooms.conftest import RedisServer

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def redis(redis_server: RedisServer) -> Iterator[RedisServer]:
    """One that runs again for the next test."""
    yield redis_server
    redis_server.kill()
    redis_server.start()


async def asked(here: House) -> int:
    """The number of a question that takes votes, of which one is there."""
    question = (await here.do("ask", question="who-waits")).json["number"]
    assert (await here.vote(question, "first", "ann")).status == 200
    return int(question)


async def test_a_vote_that_is_not_kept_is_refused(tmp_path: Path, redis: RedisServer) -> None:
    async with house(tmp_path, log=RedisLog(redis.url)) as here:
        question = await asked(here)
        redis.kill()
        for token in ("ann", "bob"):
            refused = await here.vote(question, "both", token)
            assert (refused.status, refused.codes) == (503, ["no-answer"])
            assert int(refused.headers["retry-after"]) > 0
        redis.start()
        await here.classroom.hub.look()
        assert await here.classroom.log.tally(here.code, question) == {"first": 1}
        assert (await here.vote(question, "both", "bob")).status == 200


async def test_a_form_that_is_not_kept_says_so_on_a_page(
    tmp_path: Path, redis: RedisServer
) -> None:
    async with house(tmp_path, log=RedisLog(redis.url)) as here:
        question = await asked(here)
        redis.kill()
        refused = await here.ask(
            "POST",
            f"/live/{here.code}/votes",
            f"question={question}&option=both".encode(),
            content_type=FORM,
            accept="text/html,*/*;q=0.8",
        )
        assert refused.status == 503
        assert refused.headers["content-type"] == "text/html; charset=utf-8"
        page = refused.body.decode()
        assert "<h1>Your vote was not counted</h1>" in page
        assert f'<a href="/live/{here.code}">Back to the room</a>' in page


async def test_a_room_is_shown_and_says_that_it_keeps_no_votes(
    tmp_path: Path, redis: RedisServer
) -> None:
    async with house(tmp_path, log=RedisLog(redis.url)) as here:
        await asked(here)
        said = "The server can keep no votes at the moment"

        async def page() -> str:
            cookie = f"voter={'ann':0>43}"
            shown = await here.ask("GET", f"/live/{here.code}", cookie=cookie)
            assert shown.status == 200
            return shown.body.decode()

        assert said not in await page()
        redis.kill()
        assert said in await page()
        redis.start()
        await here.classroom.hub.look()
        assert said not in await page()
