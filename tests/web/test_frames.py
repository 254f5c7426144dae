# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Frames for pages of others: small, framable (nothing else is), with steps; and oEmbed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote, urljoin, urlsplit

import pytest
from starlette.testclient import TestClient

from app.web.app import create_app
from app.web.settings import Settings
from tests.conftest import shipped
from tests.web.reading import Element, document

PUBLIC = "https://kernel.example"


@pytest.fixture(scope="module")
def public() -> Iterator[TestClient]:
    app = create_app(settings=replace(Settings.from_environment(), public_url=PUBLIC))
    with TestClient(app, follow_redirects=False, headers={"accept-language": "en"}) as client:
        yield client


def framed(client: TestClient, address: str) -> Element:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:300]
    return document(answer)


def test_a_frame_may_be_framed_and_nothing_else_may(public: TestClient) -> None:
    answer = public.get("/embed/tcp_close/unread/true")
    policy = answer.headers.get_list("content-security-policy")
    assert len(policy) == 1
    assert "frame-ancestors *" in policy[0]
    assert "script-src 'self'" in policy[0]
    assert "x-frame-options" not in answer.headers
    for address in ("/tcp_close/unread/true", "/copy/tcp_close", "/embed/tcp_close/nothing"):
        headers = public.get(address).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"


def test_a_frame_and_all_that_it_loads_are_small(public: TestClient) -> None:
    """At most 30 kB, before compression even."""
    largest = 0
    for block in shipped().blocks:
        address = f"/embed/tcp_close/{block.id}"
        page = framed(public, address)
        loaded = [link["href"] for link in page.all("link", rel="stylesheet")]
        loaded += [script["src"] for script in page.all("script")]
        size = len(public.get(address).content)
        size += sum(len(public.get(urljoin(address, name)).content) for name in loaded)
        largest = max(largest, size)
    assert largest <= 30_000


def test_a_frame_has_code_commentary_and_outcome(public: TestClient) -> None:
    page = framed(public, "/embed/tcp_close/unread/true")
    assert page.one("h1").text == "Line 47, Unread data? true"
    assert "data_was_unread" in page.one("pre", class_="code").text
    assert "A FIN would" in page.one("p", class_="why").text or page.one("p", class_="why").text
    assert "a RST is sent" in page.one("p", class_="outcome").text
    way_out = page.one("a", class_="open")
    assert (way_out["href"], way_out["target"]) == ("/tcp_close/unread/true", "_blank")
    assert page.one("link", rel="canonical")["href"] == f"{PUBLIC}/tcp_close/unread/true"


def test_the_steps_lead_through_the_frame(public: TestClient) -> None:
    address, seen = "/embed/tcp_close/unread/true?lang=zh", []
    for _ in range(40):
        page = framed(public, address)
        forward = page.one("a", data_go="forward").get("href")
        if forward is None:
            break
        assert forward.startswith("/embed/tcp_close/unread/true?")
        assert "lang=zh" in forward
        address = forward
        seen.append(framed(public, address).all("span", data_when="now"))
    assert len(seen) == 36
    assert all(seen)


def test_an_old_place_is_redirected_and_a_bad_one_refused(public: TestClient) -> None:
    moved = public.get("/embed/tcp_close/L48-L42")
    assert (moved.status_code, moved.headers["location"]) == (301, "/embed/tcp_close/L42-L48")
    for address, status in (("nothing", 404), ("unread/true?recv=x", 422), ("drain?step=999", 422)):
        assert public.get(f"/embed/tcp_close/{address}").status_code == status


# oEmbed


def test_a_consumer_follows_the_discovery_link_to_a_frame_that_is_there(public: TestClient) -> None:
    for path in (
        "/tcp_close/unread/true",
        "/tcp_close/drain?lang=zh",
        "/tcp_close?state=CLOSE_WAIT&recv=300-fin",
    ):
        found = document(public.get(path)).one("link", type="application/json+oembed")["href"]
        assert found.startswith(f"{PUBLIC}/oembed?")
        answer = public.get(found.removeprefix(PUBLIC))
        assert answer.headers["access-control-allow-origin"] == "*"
        said = answer.json()
        assert (said["version"], said["type"]) == ("1.0", "rich")
        match = re.fullmatch(r'<iframe src="([^"]+)" title="[^"]+" .*></iframe>', said["html"])
        assert match
        frame = match[1].replace("&amp;", "&")
        assert frame.startswith(f"{PUBLIC}/embed/tcp_close")
        assert public.get(frame.removeprefix(PUBLIC)).status_code == 200
        picture = public.get(said["thumbnail_url"].removeprefix(PUBLIC))
        assert picture.headers["content-type"] == "image/png"


@pytest.mark.parametrize(("asked", "given"), [(100, 240), (500, 500), (99_999, 720)])
def test_sizes_are_taken_into_bounds(public: TestClient, asked: int, given: int) -> None:
    url = quote(f"{PUBLIC}/tcp_close/drain", safe="")
    said = public.get(f"/oembed?url={url}&maxwidth={asked}").json()
    assert said["width"] == given
    assert f'width="{given}"' in said["html"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        ("url=", 422),
        ("url=https://evil.example/tcp_close", 404),
        ("url=https://kernel.example.evil/tcp_close", 404),
        ("url=https://kernel.example@evil/tcp_close", 404),
        ("url=file:///etc/passwd", 404),
        ("url=http://169.254.169.254/latest", 404),
        ("url=https://kernel.example/tcp_close/nothing", 404),
        ("url=https://kernel.example/tcp_close/symptoms", 404),
        ("url=https://kernel.example/nothing", 404),
        ("url=https://kernel.example/tcp_close?recv=x", 422),
        ("url=https://kernel.example/tcp_close&maxwidth=x", 422),
        ("url=https://kernel.example/tcp_close&x=1", 422),
        ("url=https://kernel.example/tcp_close&format=xml", 501),
        ("url=https://[kernel/tcp_close", 404),
    ],
)
def test_other_addresses_are_refused_with_problem_details(
    public: TestClient, query: str, status: int
) -> None:
    answer = public.get(f"/oembed?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_without_a_public_address_frames_are_at_the_address_that_was_asked(
    client: TestClient,
) -> None:
    answer = client.get(
        "/oembed?url=http://a.example/tcp_close/drain", headers={"host": "a.example"}
    )
    frame = re.findall(r'src="([^"]+)"', answer.json()["html"])[0]
    assert urlsplit(frame).netloc == "a.example"
    assert answer.headers["cache-control"] == "no-store"
