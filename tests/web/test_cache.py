# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Kept answers are the same answers: per address, language and encoding; errors are not kept."""

from collections.abc import Awaitable, Callable, Iterator

import pytest
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from app.web.app import create_app
from app.web.http.cache import AnswerCache, reads_no_query

Answer = Callable[[Request], Awaitable[Response]]


class Counted:
    """A program that counts how often it is asked; `answer` makes its answers."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.asked += 1
            response = await self.answer(Request(scope))
            await response(scope, receive, send)


async def echo(request: Request) -> Response:
    """What the address and the headers say."""
    language = request.headers.get("accept-language", "")
    return Response(f"{request.url.path}?{request.url.query} in {language}")


def cached(answer: Answer, max_bytes: int = 1 << 20) -> tuple[Counted, AnswerCache, TestClient]:
    """A counted program, the cache in front of it, and a client of both."""
    counted = Counted(answer)
    cache = AnswerCache(counted, max_bytes=max_bytes)
    return counted, cache, TestClient(cache)


def test_a_second_request_is_answered_from_the_cache() -> None:
    counted, _, client = cached(echo)
    first, second = client.get("/a?b=1"), client.get("/a?b=1")
    assert counted.asked == 1
    assert first.content == second.content
    assert first.headers == second.headers


def test_another_address_is_another_answer() -> None:
    counted, _, client = cached(echo)
    answers = {client.get(address).text for address in ("/a", "/b", "/a?x=1", "/a?x=2")}
    assert len(answers) == counted.asked == 4


def test_languages_do_not_mix() -> None:
    counted, _, client = cached(echo)
    for _ in range(2):
        for header in ("en", "zh", "fr, zh;q=0.5"):
            client.get("/a", headers={"accept-language": header})
    assert counted.asked == 2


def test_who_takes_gzip_and_who_does_not_get_their_own() -> None:
    counted, _, client = cached(echo)
    for _ in range(2):
        client.get("/a", headers={"accept-encoding": "identity"})
        client.get("/a", headers={"accept-encoding": "gzip, deflate"})
    assert counted.asked == 2


@pytest.mark.parametrize("status", [301, 303, 404, 405, 422, 500])
def test_only_a_success_is_kept(status: int) -> None:
    async def answer(request: Request) -> Response:
        return Response("no", status_code=status)

    counted, cache, client = cached(answer)
    for _ in range(2):
        assert client.get("/a", follow_redirects=False).status_code == status
    assert counted.asked == 2
    assert not cache.kept


@pytest.mark.parametrize("method", ["POST", "PUT", "HEAD", "OPTIONS"])
def test_only_get_is_kept(method: str) -> None:
    counted, cache, client = cached(echo)
    client.get("/a")
    for _ in range(2):
        client.request(method, "/a")
    assert counted.asked == 3
    assert len(cache.kept) == 1


def test_a_stream_passes_through_whole() -> None:
    async def answer(request: Request) -> Response:
        async def parts() -> object:
            for number in range(3):
                yield str(number)

        return StreamingResponse(parts())  # type: ignore[arg-type]

    counted, cache, client = cached(answer)
    assert [client.get("/a").text for _ in range(2)] == ["012", "012"]
    assert counted.asked == 2
    assert not cache.kept


def test_an_answer_that_is_too_large_is_not_kept() -> None:
    async def answer(request: Request) -> Response:
        return Response(b"x" * (1024 * 1024 + 1))

    counted, cache, client = cached(answer, max_bytes=1 << 30)
    assert len(client.get("/a").content) == len(client.get("/a").content) == 1024 * 1024 + 1
    assert counted.asked == 2
    assert not cache.kept


def test_an_answer_larger_than_the_whole_cache_does_no_harm() -> None:
    counted, cache, client = cached(echo, max_bytes=100)
    assert client.get("/a").status_code == client.get("/a").status_code == 200
    assert counted.asked == 2
    assert not cache.kept


def test_the_cache_is_bounded_and_the_oldest_goes_first() -> None:
    counted, cache, client = cached(echo, max_bytes=20_000)
    for number in range(100):
        client.get(f"/{number}")
        client.get("/0")
    assert cache.kept.currsize <= 20_000
    assert len(cache.kept) < 20
    asked = counted.asked
    client.get("/99")
    client.get("/0")
    assert counted.asked == asked
    client.get("/1")
    assert counted.asked == asked + 1


def test_keys_and_headers_count_too() -> None:
    _, cache, client = cached(echo, max_bytes=200_000)
    for number in range(1000):
        client.get(f"/{number:0999}?{number:01999}")
    assert 10 < len(cache.kept) < 200_000 / (2 * 3000)


def test_what_reads_no_query_is_kept_once() -> None:
    async def whole(request: Request) -> Response:
        request.scope["endpoint"] = all_the_same
        return Response("the same")

    @reads_no_query
    def all_the_same() -> None: ...

    counted, cache, client = cached(whole)
    assert {client.get(f"/robots.txt?{n}").text for n in range(9)} == {"the same"}
    assert (counted.asked, len(cache.kept)) == (1, 1)


def test_a_failure_is_raised_and_not_kept() -> None:
    async def answer(request: Request) -> Response:
        raise RuntimeError("no")

    _, cache, client = cached(answer)
    with pytest.raises(RuntimeError):
        client.get("/a")
    assert not cache.kept


# In front of the real program


@pytest.fixture
def fresh() -> Iterator[TestClient]:
    """A program that nobody has asked anything yet."""
    with TestClient(create_app(), follow_redirects=False) as client:
        yield client


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize(
    "address", ["/", "/tcp_close?recv=300", "/tcp_close/unread/true", "/api/tcp_close/trace"]
)
def test_pages_are_the_same_bytes_from_the_cache(
    fresh: TestClient, address: str, encoding: str
) -> None:
    first, second = (fresh.get(address, headers={"accept-encoding": encoding}) for _ in range(2))
    assert first.content == second.content
    assert first.headers == second.headers


def test_a_reader_never_gets_the_language_of_another(fresh: TestClient) -> None:
    for _ in range(2):
        for header, tag in (("zh", "zh-CN"), ("en", "en"), ("fr", "en"), ("fr,zh;q=0.1", "zh-CN")):
            response = fresh.get("/tcp_close", headers={"accept-language": header})
            assert response.headers["content-language"] == tag


def test_two_language_headers_do_not_confuse_the_cache(fresh: TestClient) -> None:
    fresh.get("/tcp_close", headers=[("accept-language", "zh"), ("accept-language", "en")])
    response = fresh.get("/tcp_close", headers=[("accept-language", "en")])
    assert response.headers["content-language"] == "en"


def test_two_encoding_headers_do_not_confuse_the_cache(fresh: TestClient) -> None:
    fresh.headers.pop("accept-encoding", None)
    fresh.get("/tcp_close", headers=[("accept-encoding", "gzip"), ("accept-encoding", "identity")])
    response = fresh.get("/tcp_close", headers=[("accept-encoding", "identity")])
    assert "content-encoding" not in response.headers


def test_an_error_is_worked_out_anew(fresh: TestClient) -> None:
    for _ in range(2):
        assert fresh.get("/tcp_close?rto=0").status_code == 422
        assert fresh.get("/nothing").status_code == 404
        assert fresh.get("/api/tcp_close/trace?rto=0").status_code == 422
    assert fresh.get("/tcp_close").status_code == 200


def test_head_after_get_has_no_body(fresh: TestClient) -> None:
    assert fresh.get("/tcp_close").content
    assert fresh.head("/tcp_close").content == b""
    assert fresh.get("/tcp_close").content
