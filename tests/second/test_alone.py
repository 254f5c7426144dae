# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Everything works for a function of one's own, and nothing speaks of tcp_close()."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.walkthrough.load import FILES, load_walkthrough
from app.walkthrough.records import Walkthrough
from tests.second.conftest import FOLDER, NAME, Command, client_of
from tests.second.reading import crawled, strangers
from tests.web.reading import document

FORM = {"content-type": "application/x-www-form-urlencoded"}
#: What a walkthrough may do without.
OPTIONAL = ("challenges.yaml", "symptoms.yaml", "pairs.yaml", "variants.yaml")


# ---- the command line ----


def test_it_has_no_mistakes(command: Command) -> None:
    result = command("check")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"{NAME}: 33 lines in 6 blocks, 5 decisions, ")


def test_its_path_is_told_and_its_socket_stays_with_the_program(command: Command) -> None:
    result = command("trace", NAME, "recv=300-300")
    assert result.exit_code == 0
    assert "The connection is reset: a RST is sent." in result.stdout
    assert "The socket stays with its program, in CLOSE." in result.stdout
    assert f"/{NAME}?recv=300-300" in result.stdout


def test_all_its_paths_are_found_without_naming_it(command: Command) -> None:
    result = command("atlas", "--branch", "too-many/true", "--json")
    body = json.loads(result.stdout)
    assert {path["outcome"]["fate"] for path in body["paths"]} == {"kept"}
    assert [path["outcome"]["segments"] for path in body["paths"]] == [["RST"]] * 3


def test_each_branch_has_a_witness_that_takes_it(command: Command, second: Walkthrough) -> None:
    for decision in second.decisions:
        for way in ("true", "false"):
            result = command("witness", f"{decision.id}/{way}", "--json")
            assert result.exit_code == 0, result.output
            query = json.loads(result.stdout)["witness"]
            trace = command("trace", NAME, *filter(None, query.split("&")), "--json")
            taken = [(one["id"], one["taken"]) for one in json.loads(trace.stdout)["decisions"]]
            assert (decision.id, way == "true") in taken


def test_two_of_its_sockets_are_compared(command: Command) -> None:
    result = command("compare", "one-left", "two-left")
    assert "They part in line 23" in result.stdout
    result = command("compare", "one-left", "one-left,variant:strict")
    assert result.exit_code in {0, 2}


def test_the_lab_says_that_it_has_no_way_there(command: Command) -> None:
    result = command("lab", "--json", "polite")
    (preset,) = json.loads(result.stdout)["presets"]
    assert not preset["supported"]
    assert f"brings a socket to {NAME}()" in preset["reason"]


def test_an_editor_gets_a_schema_of_every_file(command: Command) -> None:
    assert command("schema").stdout.split() == list(FILES)
    for file in FILES:
        schema = json.loads(command("schema", file).stdout)
        assert schema["title"] == file
        assert "$schema" in schema
    properties = json.loads(command("schema", "walkthrough.yaml").stdout)["properties"]
    assert {"id", "blocks", "call", "question"} <= set(properties)


def test_a_folder_without_walkthroughs_is_named(command: Command, tmp_path: Path) -> None:
    result = command("--content", tmp_path, "check")
    assert result.exit_code == 2
    assert "no folder with a walkthrough.yaml" in result.stderr


# ---- every page ----


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_link_leads_somewhere_and_nothing_speaks_of_another_function(
    alone: TestClient, language: str
) -> None:
    pages = crawled(alone, f"/?lang={language}")
    assert strangers(pages) == []
    paths = {address.partition("?")[0] for address in pages}
    views = ("atlas", "compare", "symptoms", "challenges", "present")
    assert paths >= {f"/{NAME}", *(f"/{NAME}/{view}" for view in views)}


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[TestClient]:
    """The program with only what a walkthrough has to have."""
    shutil.copytree(FOLDER / NAME, tmp_path / NAME)
    for file in OPTIONAL:
        (tmp_path / NAME / file).unlink()
    yield from client_of(tmp_path)


def test_what_is_not_there_is_not_linked(bare: TestClient) -> None:
    pages = crawled(bare)
    assert strangers(pages) == []
    paths = {address.partition("?")[0] for address in pages}
    assert f"/{NAME}/compare" in paths
    assert not {f"/{NAME}/symptoms", f"/{NAME}/challenges"} & paths
    for view in ("symptoms", "challenges", "history"):
        assert bare.get(f"/{NAME}/{view}").status_code == 404


def test_the_page_has_a_rail_a_player_and_its_own_words(alone: TestClient) -> None:
    shown = document(alone.get(f"/{NAME}?recv=300-300&step=12"))
    assert len(shown.all("span", class_="fork")) == 5
    assert shown.one("walk-through")["data-count"] == "15"
    text = shown.text
    assert "The program calls shutdown()." in text
    assert "so the connection is reset" in text
    assert "Deliberate differences" not in text
    assert "The C does not return" not in text


def test_chinese_readers_miss_nothing(alone: TestClient) -> None:
    text = document(alone.get(f"/{NAME}?recv=300-300&lang=zh")).text
    assert "程序调用 shutdown()。" in text
    assert "所以复位连接" in text
    assert "仍归程序所有" in text


@pytest.mark.parametrize("place", ["goodbye", "too-many", "too-many/true", "L18-L20"])
def test_places_have_links_cards_frames_and_quotations(alone: TestClient, place: str) -> None:
    assert alone.get(f"/{NAME}/{place}").status_code == 200
    card = alone.get(f"/card/{NAME}/{place}.svg")
    assert card.headers["content-type"] == "image/svg+xml"
    assert f"{NAME}()" in card.text.replace("</tspan>", "") or NAME in card.text
    assert alone.get(f"/embed/{NAME}/{place}").status_code == 200
    assert alone.get(f"/copy/{NAME}/{place}").status_code == 200
    described = alone.get(f"/oembed?url=http://testserver/{NAME}/{place}").json()
    assert described["provider_name"] == f"{NAME}()"


@pytest.mark.parametrize("view", ["front", NAME, f"{NAME}/challenges", f"{NAME}/symptoms"])
def test_pages_have_cards_with_a_rail_on_them(alone: TestClient, view: str) -> None:
    path = document(alone.get("/" if view == "front" else f"/{view}"))
    image = next(m["content"] for m in path.all("meta") if m.get("property") == "og:image")
    answer = alone.get(image.removeprefix("http://testserver"))
    assert answer.status_code == 200
    assert answer.content.startswith(b"\x89PNG")


def test_a_symptom_and_a_challenge_work(alone: TestClient, second: Walkthrough) -> None:
    (symptom,) = second.symptoms.symptoms
    assert alone.get(f"/{NAME}/symptoms/{symptom.id}").status_code == 200
    (challenge,) = second.challenges
    before = document(alone.get(f"/{NAME}?challenge={challenge.id}"))
    after = document(alone.get(f"/{NAME}?state=CLOSE_WAIT&challenge={challenge.id}"))
    assert "CLOSE_WAIT becomes LAST_ACK." not in before.one("main").text
    assert "CLOSE_WAIT becomes LAST_ACK." in after.one("main").text


def test_a_class_follows_and_votes(alone: TestClient) -> None:
    slides = document(alone.get(f"/{NAME}/present")).all("section", class_="slide")
    # A cover, the blocks, and what the world sees.
    assert len(slides) == 1 + 6 + 1
    room: dict[str, Any] = alone.post("/live", json={"walkthrough": NAME}).json()

    def do(what: str, **values: object) -> int:
        answer = alone.post(
            f"{room['url']}/commands",
            json={"do": what, **values},
            headers={"authorization": f"Bearer {room['key']}"},
        )
        assert answer.status_code == 200, answer.text
        number: int = answer.json()["number"]
        return number

    do("show", block="goodbye", query="recv=300-300", step=11)
    number = do("ask", decision="too-many")
    form = document(alone.get(room["url"])).one("main").one("form")
    body = f"question={number}&option=true"
    assert alone.post(form["action"], content=body, headers=FORM).status_code == 303
    do("reveal")
    assert "1 · 100 %" in document(alone.get(room["url"])).one("main").one("form").text


def test_programs_get_the_same(alone: TestClient, second: Walkthrough) -> None:
    body = alone.get(f"/api/{NAME}").json()
    assert [block["id"] for block in body["blocks"]] == [block.id for block in second.blocks]
    assert body["source"]["path"] is None
    trace = alone.get(f"/api/{NAME}/trace?recv=300-300").json()
    assert (trace["outcome"]["fate"], trace["outcome"]["segments"]) == ("kept", ["RST"])
    strict = alone.get(f"/api/{NAME}/trace?recv=300&variant=strict").json()
    assert strict["outcome"]["segments"] == ["RST"]
    assert alone.get(f"/api/{NAME}/atlas").json()["total"] == 15
    assert alone.get(f"/api/{NAME}/compare?a=one-left&b=two-left").status_code == 200
    document_of_it = alone.get("/api/openapi.json")
    assert document_of_it.json()["info"]["title"] == f"{NAME}(), explained"
    assert "tcp_close" not in document_of_it.text
    assert f"/{NAME}/too-many/true" in alone.get("/sitemap.xml").text


# ---- without a server ----


def test_it_can_be_exported(command: Command, tmp_path: Path) -> None:
    result = command("export", tmp_path / "site", "--quiet")
    assert result.exit_code == 0, result.output
    for page in ("index.html", "404.html", f"{NAME}/L18/index.html", f"zh/{NAME}/index.html"):
        text = (tmp_path / "site" / page).read_text()
        assert f"{NAME}()" in text
        assert strangers({page: text}) == []
        assert "Linux None" not in text
    assert not (tmp_path / "site" / "tcp_close").exists()


# ---- the content itself ----


def test_it_has_both_languages_and_is_ours() -> None:
    walkthrough = load_walkthrough(FOLDER / NAME)
    assert walkthrough.languages == ("en", "zh")
    assert walkthrough.provenance.licence == "MIT"
    assert walkthrough.provenance.kernel is None
