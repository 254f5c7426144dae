# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Symptoms to hand on: texts to copy, frames, JSON and the command, each whole in itself."""

import json
import re

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from app.cli import main
from app.web.wrapping import COLUMNS, columns
from tests.conftest import shipped
from tests.web.conftest import ReadPage
from tests.web.reading import document

SYMPTOMS = shipped().symptoms.symptoms
IDS = [symptom.id for symptom in SYMPTOMS]
HOST = "http://testserver"


def text_of(client: TestClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    return answer.text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_text_has_cause_commands_change_and_link_in_72_columns(
    client: TestClient, lang: str
) -> None:
    for symptom in SYMPTOMS:
        text = text_of(client, f"/copy/tcp_close/symptoms/{symptom.id}.txt?lang={lang}")
        lines = text.splitlines()
        commands = [f"  $ {command.run}" for command in symptom.confirm]
        assert [line for line in lines if line.startswith("  $ ")] == commands
        assert not [
            line for line in lines[:-1] if columns(line) > COLUMNS and line not in commands
        ], symptom.id
        assert lines[-1] == f"{HOST}/tcp_close/symptoms/{symptom.id}?lang={lang}"
        assert text.isascii() == (lang == "en")
        assert len([line for line in lines if line.isupper()]) >= 3 or lang == "zh"


def test_markdown_has_commands_in_fences_and_links_that_lead_on(client: TestClient) -> None:
    for symptom in SYMPTOMS:
        text = text_of(client, f"/copy/tcp_close/symptoms/{symptom.id}.md")
        assert text.startswith(
            f"## [{symptom.title['en']}]({HOST}/tcp_close/symptoms/{symptom.id})"
        )
        fences = re.findall(r"^```sh\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL)
        assert fences == [command.run for command in symptom.confirm]
        for address in re.findall(r"\]\((.*?)\)", text):
            assert address.startswith((HOST, "https://")), address


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_symptom_has_a_page_of_texts_a_frame_a_description_and_a_card(
    client: TestClient, page: ReadPage, lang: str
) -> None:
    place = "tcp_close/symptoms/close-wait"
    shown = page(f"/copy/{place}?lang={lang}")
    forms = [part["data-form"] for part in shown.all("section", class_="copy-text")]
    assert forms == ["link", "mail", "markdown", "html"]
    framed = client.get(f"/embed/{place}?lang={lang}")
    assert "frame-ancestors *" in framed.headers["content-security-policy"]
    commands = [code.text for code in document(framed).all("code", class_="command")]
    assert commands == [one.run for one in SYMPTOMS[IDS.index("close-wait")].confirm]
    told = client.get("/oembed", params={"url": f"/{place}?lang={lang}"}).json()
    assert f"/embed/{place}?lang={lang}" in told["html"]
    assert document(framed).one("h1").text in told["title"]
    card = told["thumbnail_url"].removeprefix(HOST)
    assert client.get(card).headers["content-type"] == "image/png"


def test_the_api_has_all_symptoms_and_each(client: TestClient) -> None:
    found = client.get("/api/tcp_close/symptoms").json()["symptoms"]
    assert [one["id"] for one in found] == IDS
    one = client.get(f"/api/tcp_close/symptoms/{IDS[0]}?lang=zh").json()
    assert one["title"] == SYMPTOMS[0].title["zh"]
    assert [item["run"] for item in one["confirm"]] == [c.run for c in SYMPTOMS[0].confirm]
    assert "](" not in json.dumps(one)


@pytest.mark.parametrize(
    "address",
    [
        "/copy/tcp_close/symptoms/close-wiat",
        "/copy/tcp_close/symptoms/close-wiat.txt",
        "/copy/tcp_close/symptoms/close-wiat.md",
        "/embed/tcp_close/symptoms/close-wiat",
        "/api/tcp_close/symptoms/close-wiat",
        "/oembed?url=/tcp_close/symptoms/close-wiat",
    ],
)
def test_an_unknown_symptom_is_told_the_nearest(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert "There is no symptom close-wiat." in answer.text
    assert "close-wait" in answer.text


def test_each_symptom_and_command_can_be_copied(page: ReadPage) -> None:
    shown = page("/tcp_close/symptoms")
    copies = [link["href"] for link in shown.all("a") if "data-copy" in link.attributes]
    assert copies == [f"/copy/tcp_close/symptoms/{name}" for name in IDS]
    buttons = [one for one in shown.all("button") if "data-copy" in one.attributes]
    assert len(buttons) == sum(len(symptom.confirm) for symptom in SYMPTOMS)


def test_the_command_says_the_same(client: TestClient) -> None:
    def run(*words: str) -> str:
        result = CliRunner().invoke(main, ["symptom", *words])
        assert result.exit_code == 0, result.output
        return result.stdout

    text = text_of(client, "/copy/tcp_close/symptoms/close-wait.txt")
    assert run("close-wait") == text.replace(HOST, "")
    assert json.loads(run("close-wait", "--json"))["id"] == "close-wait"
    assert [line.split()[0] for line in run().splitlines()] == IDS
    wrong = CliRunner().invoke(main, ["symptom", "close-wiat"])
    assert wrong.exit_code == 2
    assert "Did you mean close-wait?" in wrong.stderr
