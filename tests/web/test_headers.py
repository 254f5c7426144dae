# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Headers: security on every answer, what may be kept, what is compressed."""

import gzip
import re

import pytest
from httpx2 import Response
from starlette.requests import Request
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from app.paths import STATIC
from app.web.app import create_app
from app.web.http.asked import HeadAsGet
from app.web.http.assets import assets_version
from app.web.http.headers import SECURITY_HEADERS
from app.web.settings import Settings

VERSION = assets_version(STATIC)
ANSWERS = [
    ("GET", "/", 200),
    ("GET", "/tcp_close", 200),
    ("HEAD", "/tcp_close", 200),
    ("GET", "/tcp_close/unread/true", 200),
    ("GET", "/api", 200),
    ("GET", "/api/walkthroughs", 200),
    ("GET", "/api/tcp_close", 200),
    ("GET", "/api/tcp_close/trace?recv=300", 200),
    ("GET", "/api/openapi.json", 200),
    ("GET", f"/static/{VERSION}/css/base.css", 200),
    ("GET", f"/static/{VERSION}/js/main.js", 200),
    ("GET", "/static/old/icon.svg", 200),
    ("GET", "/tcp_close/L9-L3", 301),
    ("GET", "/tcp_close?form=1", 303),
    ("GET", "/tcp_close/", 307),
    ("GET", "/nothing", 404),
    ("GET", "/api/nothing", 404),
    ("GET", "/static/x/nothing.css", 404),
    ("GET", "/static/x/../../pyproject.toml", 404),
    ("POST", "/tcp_close", 405),
    ("DELETE", "/api/tcp_close", 405),
    ("PUT", f"/static/{VERSION}/css/base.css", 405),
    ("GET", "/tcp_close?" + "a" * 2001, 414),
    ("GET", "/api/tcp_close/trace?" + "a" * 2001, 414),
    ("GET", "/tcp_close?rto=0", 422),
    ("GET", "/api/tcp_close/trace?rto=0", 422),
]


@pytest.mark.parametrize(
    ("method", "address", "status"), ANSWERS, ids=[f"{m} {a[:40]} {s}" for m, a, s in ANSWERS]
)
def test_every_answer_has_the_security_headers(
    client: TestClient, method: str, address: str, status: int
) -> None:
    response = client.request(method, address)
    assert response.status_code == status
    headers = response.headers
    policy = dict(
        part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "referrer-policy" in headers
    for name in ("content-security-policy", "x-content-type-options", "referrer-policy"):
        assert len(headers.get_list(name)) == 1
    assert "server" not in headers


def test_the_redirect_to_the_prefix_has_them_too(client: TestClient) -> None:
    app = create_app(settings=Settings(root_path="/kernel"))
    with TestClient(app, follow_redirects=False) as below:
        response = below.get("/kernel?lang=zh")
    assert (response.status_code, response.headers["location"]) == (308, "/kernel/?lang=zh")
    usual = client.get("/tcp_close").headers
    for name, _ in SECURITY_HEADERS:
        assert response.headers[name] == usual[name]


@pytest.fixture(scope="module")
def our_mistake() -> Response:
    """The answer of a program with a bug."""
    broken = create_app()

    def bug(_: Request) -> Response:
        raise RuntimeError("a secret of the house")

    # Before the pages, which would answer for it.
    broken.router.routes.insert(0, Route("/api/broken/bug", bug))
    with TestClient(broken, raise_server_exceptions=False) as client:
        return client.get("/api/broken/bug")


def test_our_own_mistake_tells_nothing_of_the_house(our_mistake: Response) -> None:
    assert our_mistake.status_code == 500
    assert our_mistake.headers["content-type"] == "application/problem+json"
    assert our_mistake.json()["status"] == 500
    assert "secret" not in our_mistake.text


def test_our_own_mistake_has_the_security_headers_too(our_mistake: Response) -> None:
    assert "content-security-policy" in our_mistake.headers
    assert our_mistake.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("method", "address", "kind"),
    [
        ("POST", "/tcp_close", "text/html; charset=utf-8"),
        ("DELETE", "/tcp_close/unread/true?lang=zh", "text/html; charset=utf-8"),
        ("PUT", f"/static/{VERSION}/css/base.css", "text/html; charset=utf-8"),
        ("PUT", "/api/tcp_close", "application/problem+json"),
        ("POST", "/api/tcp_close/nothing", "application/problem+json"),
    ],
)
def test_a_method_that_is_not_allowed_is_told_which_are(
    client: TestClient, method: str, address: str, kind: str
) -> None:
    response = client.request(method, address)
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD"
    assert response.headers["content-type"] == kind
    if kind.startswith("text/html"):
        assert method in response.text
        assert 'href="/tcp_close' in response.text


def test_a_request_body_is_ignored(client: TestClient) -> None:
    response = client.request("GET", "/api/tcp_close/trace", content=b"{" * 1000)
    assert response.status_code == 200


# Static files


def test_a_file_of_this_version_may_be_kept_for_ever(client: TestClient) -> None:
    response = client.get(f"/static/{VERSION}/css/base.css")
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize("file", ["js/main.js", "css/code.css", "icon-32.png"])
def test_a_file_travels_as_it_is(client: TestClient, file: str) -> None:
    address = f"/static/{VERSION}/{file}"
    written = (STATIC / file).read_bytes()
    assert client.get(address).content == written
    assert int(client.head(address).headers["content-length"]) == len(written)
    assert client.head(address).content == b""


@pytest.mark.parametrize("page", ["/", "/tcp_close", "/tcp_close/atlas", "/tcp_close/compare"])
def test_every_style_sheet_of_a_page_arrives_with_those_that_it_imports(
    client: TestClient, page: str
) -> None:
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', client.get(page).text)
    assert sheets
    for address in sheets:
        response = client.get(address)
        assert response.status_code == 200
        assert int(client.head(address).headers["content-length"]) == len(response.content)
        folder, file = (STATIC / "css"), address.rpartition("/")[2]
        written = (folder / file).read_text()
        while found := re.search(r'@import "([^"]+)";', written):
            written = written.replace(found[0], (folder / found[1]).read_text())
        assert response.text == written
        assert "@import" not in response.text
        # The comments of the sheets' heads stand in the way of nothing.
        assert response.text.count("{") == response.text.count("}") > 5


def test_a_file_of_another_version_is_found_but_not_kept(client: TestClient) -> None:
    response = client.get("/static/0123456789/css/base.css")
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "nothing.css",
        f"{VERSION}/nothing.css",
        f"{VERSION}/css",
        f"{VERSION}/",
        VERSION,
        f"{VERSION}/../app/paths.py",
        f"{VERSION}/..%2f..%2fpyproject.toml",
        f"{VERSION}/%2e%2e/%2e%2e/pyproject.toml",
        f"{VERSION}//etc/passwd",
        f"{VERSION}/%00",
        f"{VERSION}/css/base.css%00.js",
        f"{VERSION}/" + "x" * 300,
        f"{VERSION}/%ff",
    ],
)
def test_what_is_no_static_file_is_not_found(client: TestClient, path: str) -> None:
    response = client.get(f"/static/{path}")
    assert response.status_code == 404
    assert "[project]" not in response.text
    assert "root:" not in response.text


def test_pages_load_the_files_of_this_version(client: TestClient) -> None:
    assert f'href="/static/{VERSION}/css/every-page.css"' in client.get("/").text


def test_the_version_changes_with_any_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("static")
    versions = {assets_version(folder)}
    (folder / "a.css").write_text("a")
    versions.add(assets_version(folder))
    (folder / "a.css").write_text("b")
    versions.add(assets_version(folder))
    (folder / "a.css").rename(folder / "b.css")
    versions.add(assets_version(folder))
    assert len(versions) == 4


# Pages and JSON


@pytest.mark.parametrize("address", ["/", "/tcp_close", "/api/tcp_close", "/api/tcp_close/trace"])
def test_an_answer_that_changes_with_the_program_is_asked_after(
    client: TestClient, address: str
) -> None:
    response = client.get(address)
    assert response.headers["cache-control"] == "no-cache"
    vary = {name.strip().lower() for name in response.headers["vary"].split(",")}
    assert vary >= {"accept-language", "accept-encoding"}


@pytest.mark.parametrize(
    "address", ["/tcp_close", "/api/tcp_close", f"/static/{VERSION}/css/base.css", "/nothing"]
)
def test_answers_are_compressed_for_those_who_take_it(client: TestClient, address: str) -> None:
    plain = client.get(address)
    small = client.get(address, headers={"accept-encoding": "gzip, br"})
    assert "content-encoding" not in plain.headers
    assert small.headers["content-encoding"] == "gzip"
    assert small.content == plain.content
    with client.stream("GET", address, headers={"accept-encoding": "gzip"}) as stream:
        raw = b"".join(stream.iter_raw())
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content)


def test_head_says_what_get_would(client: TestClient) -> None:
    for address, status in (
        ("/", 200),
        ("/tcp_close", 200),
        ("/tcp_close/unread/true", 200),
        ("/api", 200),
        ("/api/openapi.json", 200),
        ("/api/walkthroughs", 200),
        ("/api/tcp_close", 200),
        ("/api/tcp_close/trace?recv=300", 200),
        ("/api/tcp_close/trace?recv=x", 422),
        ("/api/tcp_close/nothing", 404),
        (f"/static/{VERSION}/css/base.css", 200),
        ("/tcp_close/L9-L3", 301),
    ):
        get, head = client.get(address), client.head(address)
        assert (get.status_code, head.status_code, head.content) == (status, status, b"")
        assert head.headers == get.headers


def test_head_of_an_endless_answer_ends() -> None:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        # Far more than a client would wait for: each piece but the first is kept back.
        for _ in range(1000):
            await send({"type": "http.response.body", "body": b"x" * 1000, "more_body": True})

    response = TestClient(HeadAsGet(answer)).head("/")
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    ("accepted", "is_small"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("gzip, *;q=0", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, br", False),
        ("*, gzip;q=0", False),
        ("identity", False),
        ("*;q=0", False),
        ("*", False),
        ("gzipped", False),
        ("", False),
    ],
)
def test_gzip_is_for_who_takes_it(client: TestClient, accepted: str, is_small: bool) -> None:
    """Of a page that is kept, of one that is not, of a file and of a problem."""
    for path in ("/tcp_close", "/tcp_close", "/live", "/static/x/css/base.css", "/api/tcp_close"):
        response = client.get(path, headers={"accept-encoding": accepted})
        assert (response.headers.get("content-encoding") == "gzip") is is_small, path
        assert "accept-encoding" in response.headers["vary"].lower()


OPENER = "cross-origin-opener-policy"
BROWSER = {"upgrade-insecure-requests": "1", "host": "192.0.2.7:8000"}
TRUSTED = {**BROWSER, "sec-fetch-mode": "navigate"}


def test_over_plain_http_a_browser_has_no_opener_policy_to_complain_of(client: TestClient) -> None:
    for _ in range(2):  # the second one is kept
        assert OPENER not in client.get("/tcp_close/L10", headers=BROWSER).headers
        assert client.get("/tcp_close/L10", headers=TRUSTED).headers[OPENER] == "same-origin"
        assert client.get("/tcp_close/L10").headers[OPENER] == "same-origin"


def test_with_https_the_opener_policy_is_always_there() -> None:
    for url, public in (("https://testserver", None), ("http://testserver", "https://a.example")):
        app = create_app(settings=Settings(public_url=public))
        with TestClient(app, base_url=url) as client:
            assert client.get("/", headers=BROWSER).headers[OPENER] == "same-origin"
