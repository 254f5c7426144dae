# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Cards: a picture for every page, in its language, of the right size, with letters in it."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from fontTools.ttLib import TTFont
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.i18n import LANGUAGE_CODES, language
from app.paths import CONTENT, STATIC, TEMPLATES
from app.walkthrough.records import Walkthrough
from app.web.addresses import Addresses, branch_place
from app.web.app import create_app
from app.web.cards.files import CardFiles
from app.web.cards.fonts import FOLDER, MONO, MONO_BOLD, SANS, SANS_BOLD, width
from app.web.cards.page_card import front_caption, page_card, view_caption
from app.web.cards.study_card import study_card
from app.web.settings import Settings
from app.web.site import Site
from app.web.study.page_cache import PageCache
from app.web.study.places import Focus, find_place, witness_of
from app.web.study.study import Study
from tests.web.reading import document

PUBLIC = "https://kernel.example"
#: What those that make previews say of themselves and ask for.
BOT = {
    "user-agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "accept": "*/*",
    "range": "bytes=0-32768",
}
PAGES = [
    "/",
    "/tcp_close",
    "/tcp_close?state=CLOSE_WAIT&recv=300-fin",
    "/tcp_close/drain?lang=zh",
    "/tcp_close/unread",
    "/tcp_close/unread/true",
    "/tcp_close/in-fin-wait2/false?lang=zh",
    "/tcp_close/L42-L48",
    "/tcp_close/symptoms?lang=zh",
    "/tcp_close/symptoms/reset-after-close",
    "/tcp_close/challenges",
    "/tcp_close/history",
    "/tcp_close/lab?lang=zh",
    "/tcp_close/compare",
    "/api",
]


@pytest.fixture(scope="module")
def unfurler() -> Iterator[TestClient]:
    """A bot in front of a server that knows how it is reached."""
    app = create_app(settings=replace(Settings.from_environment(), public_url=PUBLIC))
    with TestClient(app, headers=BOT) as client:
        yield client


def rows_of_png(picture: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and the packed rows of a picture (its filters still on them)."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    w, h, depth, kind = struct.unpack(">IIBB", picture[16:26])
    packed, at = b"", 8
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        if picture[at + 4 : at + 8] == b"IDAT":
            packed += picture[at + 8 : at + 8 + length]
        at += 12 + length
    data = zlib.decompress(packed)
    stride = 1 + w * {2: 3, 6: 4}[kind] * depth // 8
    return w, h, [data[n * stride : (n + 1) * stride] for n in range(h)]


@pytest.mark.parametrize("address", PAGES)
def test_an_unfurler_finds_a_picture_of_each_page(unfurler: TestClient, address: str) -> None:
    answer = unfurler.get(address)
    assert answer.status_code == 200
    said = {
        meta.get("property") or meta.get("name"): meta["content"]
        for meta in document(answer).all("meta")
        if meta.get("content")
    }
    assert said["og:title"]
    assert said["og:description"]
    assert said["twitter:card"] == "summary_large_image"
    assert said["og:image"] == said["twitter:image"]
    assert f"lang={'zh' if 'lang=zh' in address else 'en'}" in said["og:image"]
    picture = unfurler.get(said["og:image"].removeprefix(PUBLIC))
    assert picture.status_code == 200
    assert picture.headers["content-type"] == said["og:image:type"] == "image/png"
    assert picture.headers["cross-origin-resource-policy"] == "cross-origin"
    assert 10_000 < len(picture.content) <= 200_000
    w, h, rows = rows_of_png(picture.content)
    assert (str(w), str(h)) == (said["og:image:width"], said["og:image:height"]) == ("1200", "630")
    # A blank picture has the same row again and again.
    assert len(set(rows)) > h / 3


def test_pictures_in_two_languages_differ(unfurler: TestClient) -> None:
    pictures = {
        unfurler.get(f"/card/tcp_close/unread/true.png?lang={code}").content
        for code in LANGUAGE_CODES
    }
    assert len(pictures) == len(LANGUAGE_CODES)


def test_the_same_picture_as_svg(unfurler: TestClient) -> None:
    answer = unfurler.get("/card/tcp_close/unread/true.svg")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    root = ET.fromstring(answer.content)
    assert root.get("viewBox") == "0 0 1200 630"
    texts = " ".join("".join(item.itertext()) for item in root.iter())
    assert "data_was_unread" in texts
    assert "The connection is reset: a RST is sent." in texts
    # The server's policy allows no inline style.
    assert b"<style" not in answer.content
    assert b"style=" not in answer.content


def test_the_pictures_that_are_kept_are_bounded(unfurler: TestClient) -> None:
    files = CardFiles(Site(CONTENT, TEMPLATES, STATIC), max_bytes=30_000)
    app = Starlette(routes=files.routes())
    with TestClient(app) as client:
        for rto in range(201, 207):
            client.get(f"/card/tcp_close.svg?rto={rto}")
    assert 0 < files.kept.currsize <= 30_000


@pytest.mark.parametrize(("asked", "given"), [("300", 300), ("1", 200), ("99999", 1200)])
def test_a_width_that_is_asked_for_is_taken_into_bounds(
    unfurler: TestClient, asked: str, given: int
) -> None:
    picture = unfurler.get(f"/card/tcp_close/listen.png?width={asked}").content
    assert rows_of_png(picture)[0] == given


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/card/tcp_close/EVIL.png", 404),
        ("/card/EVIL.png", 404),
        ("/card/tcp_close/unread/EVIL.svg", 404),
        ("/card/tcp_close/L900.svg?EVIL=1", 422),
        ("/card/tcp_close.svg?state=EVIL", 422),
        ("/card/tcp_close.svg?EVIL=1&lang=zh", 422),
        ("/card/tcp_close.svg?width=EVIL", 422),
        ("/card/tcp_close/symptoms/EVIL.svg", 404),
    ],
)
def test_a_bad_address_gets_a_small_picture_without_the_strangers_text(
    unfurler: TestClient, address: str, status: int
) -> None:
    answer = unfurler.get(address)
    assert answer.status_code == status
    if ".png" in address:
        w, h, rows = rows_of_png(answer.content)
        assert (w, h) == (600, 315)
        assert len(set(rows)) > 20
    else:
        assert b"EVIL" not in answer.content
        ET.fromstring(answer.content)


def test_another_kind_of_picture_is_not_there(unfurler: TestClient) -> None:
    assert unfurler.get("/card/tcp_close.gif").status_code == 404
    assert unfurler.get("/card/").status_code == 404


# The fonts


def cards(tcp_close: Walkthrough, code: str) -> Iterator[str]:
    """Every card of a language as SVG, but for those of scenarios that are no preset's."""
    cache = PageCache(tcp_close, language(code), Addresses("", "x"))

    def of(scenario: object, focus: Focus | None) -> str:
        return study_card(
            Study(cache, scenario, step=None, variant=None, lang=code, focus=focus)  # type: ignore[arg-type]
        )

    for preset in tcp_close.presets:
        yield of(preset.scenario, None)
    places = [block.id for block in tcp_close.blocks]
    places += [branch_place(item.id, way) for item in tcp_close.decisions for way in (True, False)]
    for place in places:
        focus = find_place(tcp_close, place)
        assert isinstance(focus, Focus)
        yield of(witness_of(tcp_close, focus), focus)
    views = ["symptoms", "challenges", "compare", "history", "lab"]
    views += [f"symptoms/{symptom.id}" for symptom in tcp_close.symptoms.symptoms]
    yield page_card(cache, "tcp_close()", *front_caption(cache, tcp_close))
    for view in views:
        caption = view_caption(cache, view)
        assert caption is not None
        yield page_card(cache, "tcp_close()", *caption)


@pytest.mark.parametrize("code", LANGUAGE_CODES)
def test_the_fonts_have_every_letter_of_every_card(tcp_close: Walkthrough, code: str) -> None:
    known = {
        face: set(TTFont(FOLDER / face.file).getBestCmap())
        for face in (SANS, SANS_BOLD, MONO, MONO_BOLD)
    }
    missing = set()
    for svg in cards(tcp_close, code):
        for item in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
            family, is_bold = item.attrib["font-family"], "font-weight" in item.attrib
            face = next(f for f in known if f.family in family and f.is_bold == is_bold)
            missing |= {letter for letter in item.text or "" if ord(letter) not in known[face]}
            # And what is written stays on the card.
            size, x = float(item.attrib["font-size"]), float(item.attrib["x"])
            if "text-anchor" not in item.attrib:
                assert x + width(item.text or "", face, size) <= 1190, item.text
    assert not missing, f"python -m tools.fonts; missing: {missing}"
