# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What programs find out about the site: meta of pages, sitemap, robots.txt, manifest, icons."""

import json
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from app.web.app import create_app
from app.web.http.origin import Origin
from app.web.settings import Settings
from tests.web.conftest import ReadPage
from tests.web.reading import Element, document

PUBLIC = "https://kernel.example"
STRANGER = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil"}
PAGES = [
    "/",
    "/tcp_close",
    "/tcp_close?state=CLOSE_WAIT&recv=300-fin",
    "/tcp_close/drain",
    "/tcp_close/unread",
    "/tcp_close/unread/true",
    "/tcp_close/L42-L48",
    "/tcp_close/unread/true?lang=zh",
    "/tcp_close/symptoms",
    "/tcp_close/challenges?lang=zh",
    "/tcp_close/history?lang=zh",
    "/tcp_close/lab",
    "/tcp_close/compare",
    "/api",
]
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def public() -> Iterator[TestClient]:
    """A client of a server that knows how it is reached."""
    app = create_app(settings=replace(Settings.from_environment(), public_url=f"{PUBLIC}/"))
    with TestClient(app, follow_redirects=False) as client:
        yield client


def properties(page: Element) -> dict[str, str]:
    """The meta elements by name or property, the first of each."""
    found: dict[str, str] = {}
    for meta in page.all("meta"):
        name = meta.get("property") or meta.get("name")
        if name:
            found.setdefault(name, meta["content"])
    return found


@pytest.mark.parametrize("address", PAGES)
def test_a_page_says_what_it_is(public: TestClient, address: str) -> None:
    page = document(public.get(address))
    said = properties(page)
    assert said["og:title"] == said["twitter:title"] == page.one("head").one("title").text
    assert said["og:description"] == said["description"]
    canonical = page.one("link", rel="canonical")["href"]
    assert said["og:url"] == canonical
    assert canonical.startswith(f"{PUBLIC}/")
    assert said["og:image"].startswith(f"{PUBLIC}/")
    assert said["og:locale"] == ("zh_CN" if "lang=zh" in address else "en_US")
    # What it calls itself leads to it.
    again = document(public.get(canonical.removeprefix(PUBLIC)))
    assert again.one("link", rel="canonical")["href"] == canonical


@pytest.mark.parametrize("address", PAGES)
def test_the_data_block_says_the_same(public: TestClient, address: str) -> None:
    page = document(public.get(address))
    data = json.loads(page.one("script", type="application/ld+json").text)
    assert data["@context"] == "https://schema.org"
    assert data["url"] == page.one("link", rel="canonical")["href"]
    assert data["inLanguage"] == page.one("html")["lang"]
    assert data["headline"]


def test_the_languages_of_a_page_name_each_other(public: TestClient) -> None:
    pages = [document(public.get(f"/tcp_close/unread/true?lang={code}")) for code in ("en", "zh")]
    names = [
        {link["hreflang"]: link["href"] for link in page.all("link", rel="alternate", hreflang=tag)}
        for page in pages
        for tag in ("en", "zh-CN", "x-default")
    ]
    assert names[:3] == names[3:]
    assert names[2] == {"x-default": f"{PUBLIC}/tcp_close/unread/true"}


@pytest.mark.parametrize("address", ["/", "/tcp_close/unread/true", "/nothing", "/robots.txt"])
def test_what_a_request_says_of_the_host_is_not_believed(
    client: TestClient, public: TestClient, address: str
) -> None:
    for asked in (client, public):
        assert "evil" not in asked.get(address, headers=STRANGER).text


def test_without_a_public_address_the_addresses_are_paths(page: ReadPage) -> None:
    said = properties(page("/tcp_close/unread/true"))
    assert said["og:url"] == "/tcp_close/unread/true"
    assert said["og:image"].startswith("/")


@pytest.mark.parametrize(
    "text",
    ["example.org", "ftp://x", "https://", "https://a/b", "https://a?b", "https://a b", "//a"],
)
def test_a_public_address_is_a_scheme_and_a_host(text: str) -> None:
    with pytest.raises(ValueError, match="--public-url"):
        Origin(text)


def test_text_of_the_content_cannot_end_the_data_block(public: TestClient) -> None:
    text = public.get("/tcp_close/L55?recv=1").text
    block = text.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert not set("<>&") & set(block)


# Fixed addresses


def test_every_page_of_the_sitemap_is_there_and_says_the_same_of_itself(public: TestClient) -> None:
    response = public.get("/sitemap.xml")
    assert response.headers["content-type"].startswith("application/xml")
    root = ET.fromstring(response.content)
    places = [str(item.text) for item in root.iter(f"{SITEMAP}loc")]
    assert len(places) == len(set(places)) > 200
    assert all(place.startswith(f"{PUBLIC}/") for place in places)
    for place in places[::9]:
        answer = public.get(place.removeprefix(PUBLIC))
        assert answer.status_code == 200, place
        assert document(answer).one("link", rel="canonical")["href"] == place


def test_an_answer_with_the_host_in_it_is_not_kept(client: TestClient) -> None:
    response = client.get("/sitemap.xml", headers={"host": "reader.example:8080"})
    assert "<loc>http://reader.example:8080/tcp_close?lang=en</loc>" in response.text
    assert response.headers["cache-control"] == "no-store"
    assert "reader.example" not in client.get("/sitemap.xml").text


@pytest.mark.parametrize("host", ["<b>", "a/b", "a@b", "a b", "x" * 300, ""])
def test_a_host_that_is_none_is_left_out(client: TestClient, host: str) -> None:
    text = client.get("/sitemap.xml", headers={"host": host}).text
    assert "<loc>/tcp_close?lang=en</loc>" in text


def test_robots_are_told_where_the_sitemap_is(public: TestClient, client: TestClient) -> None:
    assert f"Sitemap: {PUBLIC}/sitemap.xml" in public.get("/robots.txt").text
    assert "Sitemap" not in client.get("/robots.txt").text


def test_the_manifest_names_icons_that_are_there(client: TestClient, page: ReadPage) -> None:
    for code in ("en", "zh"):
        manifest = client.get(page(f"/?lang={code}").one("link", rel="manifest")["href"]).json()
        assert manifest["lang"].startswith(code)
        for icon in manifest["icons"]:
            answer = client.get(icon["src"])
            assert answer.status_code == 200
            assert answer.headers["content-type"] == icon["type"]
        assert urlsplit(manifest["start_url"]).path == "/"


def test_icons_are_there_for_tabs_and_home_screens(client: TestClient, page: ReadPage) -> None:
    start = page("/")
    icons = [*start.all("link", rel="icon"), *start.all("link", rel="apple-touch-icon")]
    assert len(icons) == 3
    for address in [*(icon["href"] for icon in icons), "/favicon.ico"]:
        assert client.get(address).status_code == 200
