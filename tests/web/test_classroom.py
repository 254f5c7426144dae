# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The classroom's pages as the server makes them: slides, a room's page, its door, its QR code."""

import io
import json
from typing import Any

import pytest
import segno
from starlette.testclient import TestClient

from tests.web.conftest import ReadPage
from tests.web.reading import document

WALK = "state=CLOSE_WAIT&recv=300-fin"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def room(client: TestClient) -> dict[str, Any]:
    """A room, as its presenter knows it."""
    started: dict[str, Any] = client.post("/live", json={"walkthrough": "tcp_close"}).json()
    return started


def do(client: TestClient, room: dict[str, Any], what: str, **values: object) -> int:
    """A presenter's command; the number of its event."""
    answer = client.post(
        f"{room['url']}/commands",
        json={"do": what, **values},
        headers={"authorization": f"Bearer {room['key']}"},
    )
    assert answer.status_code == 200, answer.text
    number: int = answer.json()["number"]
    return number


# ---- slides ----


def test_there_is_a_slide_for_each_block_in_order(client: TestClient, page: ReadPage) -> None:
    facts = client.get("/api/tcp_close").json()
    slides = page(f"/tcp_close/present?{WALK}").all("section", class_="slide")
    assert [slide["id"] for slide in slides] == [
        "start",
        *(b["id"] for b in facts["blocks"]),
        "world",
        "afterwards",
    ]
    for slide, block in zip(slides[1:-2], facts["blocks"], strict=True):
        lines = [int(line["data-line"]) for line in slide.all(class_="line")]
        assert lines[0] == block["start"]
        assert lines == list(range(lines[0], lines[-1] + 1))
        assert lines[-1] <= block["end"]
        assert slide.one("div", class_="slide-text").text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_a_slide_says_is_short_enough_for_the_last_row(page: ReadPage, language: str) -> None:
    for slide in page(f"/tcp_close/present?lang={language}").all("section", class_="slide")[1:-2]:
        assert 0 < len(slide.one("div", class_="prose").text) <= 260, slide["id"]


def test_slides_show_the_scenario_and_the_step_of_the_address(page: ReadPage) -> None:
    shown = page(f"/tcp_close/present?{WALK}&step=20")
    assert shown.one("main")["data-step"] == "20"
    assert [line["data-line"] for line in shown.all(class_="line", data_when="now")] == ["47"]
    page("/tcp_close/present?recv=none&step=9999", status=422)
    page("/tcp_close/present?lingr=3", status=422)


def test_the_traces_of_all_presets_come_in_one_piece(client: TestClient) -> None:
    presets = client.get("/api/tcp_close").json()["presets"]
    body = client.get("/tcp_close/present/traces?lang=en").json()
    assert len({trace["query"] for trace in body["traces"]}) == len(body["traces"])
    assert len(body["traces"]) >= len(presets)
    one = client.get(f"/tcp_close/present/traces?lang=en&{WALK}").json()
    trace = client.get(f"/api/tcp_close/trace?{WALK}").json()
    assert [one["steps"][at]["line"] for at in one["traces"][0]["steps"]] == [
        s["line"] for s in trace["steps"]
    ]


def test_teachers_are_led_there(page: ReadPage) -> None:
    for address in ("/", "/tcp_close"):
        links = page(address).one("nav", aria_label="Site").all("a")
        assert "/tcp_close/present" in [link["href"] for link in links]
    start = {link["href"] for link in page("/").one("main").all("a")}
    assert {"/tcp_close/present", "/live"} <= start


# ---- a room ----


def test_the_room_shows_what_the_presenter_shows(client: TestClient, room: dict[str, Any]) -> None:
    do(client, room, "show", block="unread-data", query=WALK, step=20)
    for language in ("en", "zh"):
        answer = client.get(f"{room['url']}?lang={language}")
        shown = document(answer)
        assert [slide["id"] for slide in shown.all("section", class_="slide")] == ["unread-data"]
        assert shown.one(class_="line", data_when="now")["data-line"] == "47"
        study = shown.one("p", class_="study-link").one("a")["href"]
        assert "step=20" in study
        assert "recv=300-fin" in study
        assert room["key"] not in answer.text
        assert answer.headers["cache-control"] == "no-store"


def test_without_a_script_one_votes_with_a_form(client: TestClient, room: dict[str, Any]) -> None:
    do(client, room, "show", block="unread-data", query=WALK, step=19)
    number = do(client, room, "ask", decision="unread")
    form = document(client.get(room["url"])).one("form", method="post")
    assert [button["value"] for button in form.all("button")] == ["true", "false"]
    for option in ("false", "true"):
        body = f"question={number}&option={option}"
        answer = client.post(form["action"], content=body, headers=FORM)
        assert answer.status_code == 303
        shown = document(client.get(answer.headers["location"]))
        assert [b["value"] for b in shown.all("button", aria_pressed="true")] == [option]
        assert "%" not in shown.one("form", method="post").text
    do(client, room, "reveal")
    shown = document(client.get(room["url"]))
    assert "1 · 100 %" in shown.one("form", method="post").text
    assert "Votes: 1" in shown.one("section", class_="vote").text


def test_the_qr_code_has_the_rooms_address(client: TestClient, room: dict[str, Any]) -> None:
    answer = client.get(f"{room['url']}/qr.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    picture = io.BytesIO()
    segno.make_qr(f"http://testserver{room['url']}", error="m").save(
        picture, kind="svg", border=4, dark="#000", light="#fff", omitsize=True, xmldecl=False
    )
    assert answer.content == picture.getvalue()
    assert room["key"] not in answer.text


def test_the_door_leads_to_the_room_however_its_code_is_typed(
    client: TestClient, room: dict[str, Any]
) -> None:
    code = room["room"]
    for typed in (code, code.upper(), f"{code[:4]}-{code[4:]}", f" {code} "):
        answer = client.get("/live", params={"code": typed, "lang": "zh"})
        assert answer.status_code == 303, typed
        assert answer.headers["location"] == f"/live/{code}?lang=zh"


@pytest.mark.parametrize("code", ["bcdf2345", "x", "<script>", "%00", "../.."])
def test_the_door_says_that_there_is_no_such_room(client: TestClient, code: str) -> None:
    answer = client.get("/live", params={"code": code})
    assert answer.status_code == 404
    assert document(answer).one("p", id="code-problem").text
    assert "<script>" not in answer.text.replace("<script src", "")


def test_an_ended_room_says_so_and_can_still_be_studied(client: TestClient) -> None:
    room = client.post("/live", json={"walkthrough": "tcp_close"}).json()
    do(client, room, "show", block="fin", query="recv=300", step=None)
    assert document(client.get(room["url"])).one("p", class_="by-hand").all("a")
    do(client, room, "end")
    shown = document(client.get(room["url"]))
    assert "has ended" in shown.one("p", class_="follow-state").text
    assert shown.one("p", class_="study-link").one("a")["href"].startswith("/tcp_close")
    # Nothing more comes, so there is nothing to refresh; how it went is told by colour, too.
    assert not shown.all("p", class_="by-hand")
    assert shown.one("main")["data-state"] == "ended"
    assert shown.one("div", class_="caption")["data-tone"] == "reset"
    assert json.loads(client.get(f"{room['url']}/state").text)["is_ended"]


def test_who_has_a_wrong_address_of_a_room_is_led_to_the_door(client: TestClient) -> None:
    answer = client.get("/live/bcdf2345?lang=zh")
    assert answer.status_code == 404
    links = [link["href"] for link in document(answer).one("main").all("a")]
    assert links[0] == "/live?lang=zh"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_cover_has_notes_for_the_presenter(page: ReadPage, lang: str) -> None:
    cover = page(f"/tcp_close/present?lang={lang}").one("section", id="start")
    paragraphs = cover.one("details", class_="slide-notes").all("p")
    assert len(paragraphs) == 5
    assert ("还欠对端" in paragraphs[1].text) == (lang == "zh")


def test_every_slide_has_notes(page: ReadPage) -> None:
    slides = page("/tcp_close/present").all("section", class_="slide")
    assert all(slide.all("details", class_="slide-notes") for slide in slides[:-2])
