# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Whatever a reader sends is answered: shown, redirected, or refused with every problem named.

The client raises what gets out of the program, so a 500 fails these tests by itself.
"""

from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.kernel.inputs import INPUTS
from tests.web.reading import document

SETTINGS = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
PAGES = ("/", "/tcp_close", "/tcp_close/unread/true", "/tcp_close/L42", "/tcp_close/drain", "/api")
API = ("/api/walkthroughs", "/api/tcp_close", "/api/tcp_close/trace")

WORDS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        """LISTEN TIME_WAIT established TCP_CLOSE 300 300-fin fin 200fin 0 1 -1 2 off on none ack
        ack-fin rst-rst data alive dying zh en fr article 1e9 ١ 00 -0 9999999999999999999999
        2147483647 -2147483648 - -- 1- -1-1 null true {} %s ../.. <b> ' " ` ; \\ \x00""".split()
    ),
    st.integers().map(str),
    st.sampled_from(("-".join(["1"] * 65), "-".join(["rst"] * 64), "9" * 400, "-" * 300)),
)
KEYS = st.one_of(
    st.sampled_from((*INPUTS, "step", "variant", "lang", "form")),
    st.text(max_size=8),
    st.sampled_from(("State", "state ", "recv[]", "__class__", "query", "_")),
)
PAIRS = st.lists(st.tuples(KEYS, WORDS), max_size=8)
JUNK = st.sampled_from(
    ("%", "%%", "%zz", "%f", "%00", "%ff%fe", "%u1234", "+", "&&", "=", "==", ";")
)


def encoded(pairs: list[tuple[str, str]]) -> str:
    """A query with each key and value percent-encoded."""
    return "&".join(f"{safe(key)}={safe(value)}" for key, value in pairs)


def safe(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"))


QUERIES = st.one_of(
    PAIRS.map(encoded),
    st.binary(max_size=60).map(quote_from_bytes),
    st.lists(st.one_of(JUNK, KEYS.map(safe), WORDS.map(safe)), max_size=10).map("".join),
    st.tuples(PAIRS.map(encoded), st.integers(1, 3000)).map(
        lambda p: "&".join([p[0]] * p[1])[:9000]
    ),
)


def check_page(client: TestClient, address: str, query: str) -> None:
    """A page, a redirect to a page, or a page with every problem."""
    response = client.get(f"{address}?{query}")
    if response.status_code == 303:
        response = client.get(response.headers["location"])
        assert response.status_code in {200, 422}
    assert response.status_code in {200, 414, 422}, response.status_code
    if response.status_code != 200:
        problems = document(response).one("ul", id="problems").text
        assert "Allowed: " in problems or "允许" in problems


def check_api(client: TestClient, address: str, query: str) -> None:
    """JSON, or problem details with key and what is allowed."""
    response = client.get(f"{address}?{query}")
    assert response.status_code in {200, 414, 422}, response.status_code
    body = response.json()
    if response.status_code == 200:
        assert response.headers["content-type"] == "application/json"
        return
    assert response.headers["content-type"] == "application/problem+json"
    assert body["status"] == response.status_code
    assert body["problems"]
    for problem in body["problems"]:
        assert problem["code"]
        assert problem["allowed"]
        assert isinstance(problem["key"], str)
        assert len(problem["key"]) <= 80


@SETTINGS
@given(address=st.sampled_from(PAGES), query=QUERIES)
def test_pages_answer_any_query(client: TestClient, address: str, query: str) -> None:
    check_page(client, address, query)


@SETTINGS
@given(address=st.sampled_from(API), query=QUERIES)
def test_the_api_answers_any_query(client: TestClient, address: str, query: str) -> None:
    check_api(client, address, query)


@SETTINGS
@given(
    path=st.one_of(
        st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=5).map(
            lambda parts: "/".join(map(safe, parts))
        ),
        st.binary(min_size=1, max_size=30).map(quote_from_bytes),
        st.sampled_from(("tcp_close/", "api/", "static/", "tcp_close/L", "api/tcp_close/")).flatmap(
            lambda start: st.text(max_size=12).map(lambda rest: start + safe(rest))
        ),
    )
)
def test_any_path_is_answered(client: TestClient, path: str) -> None:
    response = client.get(f"/{path}")
    assert response.status_code in {200, 301, 303, 307, 404, 405}, response.status_code
    assert "content-security-policy" in response.headers


@SETTINGS
@given(
    language=st.one_of(
        st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40),
        st.lists(st.sampled_from("zh en fr zh-CN * ;q=0.5 ;q=2 ;q= , - ;".split())).map("".join),
    ),
    encoding=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20),
)
def test_any_header_is_answered(client: TestClient, language: str, encoding: str) -> None:
    headers = {
        b"accept-language": language.encode("latin-1"),
        b"accept-encoding": encoding.encode("latin-1"),
    }
    with client.stream("GET", "/", headers=list(headers.items())) as response:
        assert response.status_code == 200
        assert response.headers["content-language"] in {"en", "zh-CN"}


@pytest.mark.parametrize("address", [*PAGES, *API])
@pytest.mark.parametrize(
    "query",
    [
        "&" * 2000,
        "=" * 2000,
        "a&" * 1000,
        "%" * 2000,
        "+" * 2000,
        "state=" + "%F0%9F%98%80" * 100,
        "%ED%A0%80=%ED%A0%80",
        "state=LISTEN%00",
        "state=LISTEN#fragment",
        "a=1;b=2",
        "&".join(f"k{n}={n}" for n in range(5000)),
        "\u00e9=\u00e9",
    ],
    ids=lambda query: str(query)[:20].encode("ascii", "replace").decode(),
)
def test_known_trouble_is_answered(client: TestClient, address: str, query: str) -> None:
    (check_api if address in API else check_page)(client, address, query)
