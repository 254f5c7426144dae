# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Texts that browsers without scripts send, and links to what was found: read by the server."""

import logging
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from app import pasted
from app.paths import CONTENT
from app.web.app import create_app
from app.web.http.rendering import RenderQueue
from app.web.settings import Settings
from tests.conftest import REPOSITORY
from tests.web.conftest import ReadPage
from tests.web.reading import Element, document

T = TypeVar("T")

PAGE = "/tcp_close/symptoms"
TEXT = """\
TcpOutRsts                      9022               0.0
TcpExtTCPAbortOnData            300                0.0
TcpExtTCPAbortOnClose           2700               0.0
State      Recv-Q Send-Q Local Address:Port  Peer Address:Port  Process
FIN-WAIT-1 0      4096   192.0.2.5:443       203.0.113.9:51123
FIN-WAIT-2 0      0      192.0.2.5:443       203.0.113.9:51125  users:(("secret",pid=7,fd=9))
"""


def send(client: TestClient, text: str, *, lang: str = "en", **headers: str) -> Element:
    answer = client.post(f"{PAGE}?lang={lang}", data={"text": text}, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return document(answer)


def counts(shown: Element) -> dict[str, str]:
    rows = [row for row in shown.all("tr") if row.get("data-name")]
    return {row["data-name"]: row.one("td", class_="count").text for row in rows}


def said(shown: Element) -> str:
    return shown.one("p", class_="said").text


def test_a_text_that_was_sent_is_answered_with_sentence_table_and_code(client: TestClient) -> None:
    shown = send(client, TEXT)
    assert said(shown).startswith("90% of 3,000 aborted closes are closes with unread data: 2,700")
    found = counts(shown)
    assert found["TcpExtTCPAbortOnClose"] == "2,700"
    assert found["FIN_WAIT1"] == "1"
    assert found["LAST_ACK"] == "not in the text"
    lit = {line["id"]: line.get("data-lit") for line in shown.all("li") if line.get("data-lit")}
    assert lit["heat-49"] == lit["heat-56"] == "known"
    assert "heat-132" not in lit
    leads = [link["href"] for link in shown.one("div", class_="leads").all("a")]
    assert leads[0] == "#abort-on-close"
    assert shown.one("textarea", id="host-text").text == " ".join(TEXT.split())


def test_the_answer_is_in_the_language_that_was_asked_for(client: TestClient) -> None:
    assert "90%" in said(send(client, TEXT, lang="zh"))
    assert "aborted" not in said(send(client, TEXT, lang="zh"))


def test_a_text_is_shown_again_as_text(client: TestClient) -> None:
    hostile = "</textarea><script>alert(1)</script> TcpOutRsts 5 {{ 7 * 7 }}"
    shown = send(client, hostile)
    assert hostile in shown.one("textarea", id="host-text").text
    assert not [item for item in shown.all("script") if "alert" in item.text]


def test_a_link_shows_what_was_found_again_without_addresses(client: TestClient) -> None:
    shown = send(client, TEXT)
    link = shown.one("a", class_="again")["href"]
    assert not any(secret in link for secret in ("192.0", "51123", "secret"))
    again = document(client.get(link))
    assert counts(again) == counts(shown)
    assert said(again) == said(shown)
    assert again.one("textarea", id="host-text").text.strip() == ""


def test_a_link_that_says_what_no_reading_has_is_refused(page: ReadPage) -> None:
    shown = page(f"{PAGE}?found=host:192.0.2.1", status=422)
    assert "TCPAbortOnClose:88" in shown.one("main").text


def test_links_are_read_where_no_text_may_be_sent() -> None:
    settings = Settings(read_pasted="no")
    with TestClient(create_app(CONTENT, settings)) as client:
        answer = client.get(f"{PAGE}?found=TCPAbortOnClose:88")
        assert counts(document(answer))["TcpExtTCPAbortOnClose"] == "88"


@pytest.mark.parametrize(
    ("settings", "takes"),
    [
        (Settings(), True),
        (Settings(host="0.0.0.0"), False),
        (Settings(public_url="https://example.org"), False),
        (Settings(host="0.0.0.0", read_pasted="yes"), True),
        (Settings(read_pasted="no"), False),
    ],
)
def test_texts_are_taken_where_the_owner_says_so(settings: Settings, takes: bool) -> None:
    with TestClient(create_app(CONTENT, settings)) as client:
        for address in ("/", PAGE):
            shown = document(client.get(address, headers={"accept-language": "en"}))
            form = shown.one("form", class_="paste")
            assert (form.get("action") is not None) == takes
            assert len(shown.all("p", class_="without-script")) == (not takes)
        answer = client.post(PAGE, data={"text": TEXT})
        assert answer.status_code == (200 if takes else 405)


def test_an_export_sends_nothing() -> None:
    with TestClient(create_app(is_export=True)) as client:
        for address in ("/", PAGE):
            shown = document(client.get(address))
            assert shown.one("form", class_="paste").get("action") is None
            assert shown.all("p", class_="without-script")


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (urlencode({"text": "a" * (2**21 + 1)}), {}, 413),
        ("text=" + "%0A" * (2**21 + 1), {}, 413),
        ("words=none", {}, 422),
        ("text=5", {"content-type": "text/plain"}, 415),
        ("text=5", {"origin": "https://elsewhere.example"}, 403),
    ],
    ids=["large", "large-encoded", "no-text", "type", "origin"],
)
def test_what_is_not_read_is_refused_with_the_reason(
    client: TestClient, body: str, headers: dict[str, str], status: int
) -> None:
    form = {"content-type": "application/x-www-form-urlencoded", **headers}
    answer = client.post(PAGE, content=body, headers=form)
    assert answer.status_code == status
    if status == 413:
        assert "2 MB" in document(answer).one("main").text


def test_two_megabytes_are_read_and_line_breaks_count_once(client: TestClient) -> None:
    text = "TcpOutRsts 5 0.0\r\n" + f"{'x' * 31}\r\n" * (2**16 - 1)
    assert counts(send(client, text))["TcpOutRsts"] == "5"


def test_nothing_of_a_text_is_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        send(client, TEXT)
    assert not any(word in caplog.text for word in ("secret", "203.0.113", "2700"))


def test_texts_wait_for_their_turn_like_pages_and_are_read_beside_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    threads: set[str] = set()

    class Queue(RenderQueue):
        async def run(self, key: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
            asked.append(key)
            return await super().run(key, work)

    def run(module: str, function: str, *arguments: object) -> object:
        threads.add(threading.current_thread().name)
        return pasted.run(module, function, *arguments)

    monkeypatch.setattr("app.web.pasting.view.run", run)
    with TestClient(create_app(render_queue=Queue(timeout_s=60))) as client:
        send(client, TEXT)
        send(client, TEXT)
    assert len(asked) == 2
    assert threads
    assert "rendering" not in threads


def test_every_text_says_on_the_server_what_it_says_in_the_browser(client: TestClient) -> None:
    for path in sorted((REPOSITORY / "tests/javascript/pasted").glob("*.txt")):
        text = path.read_bytes().decode()
        reading = pasted.read_pasted(text)
        answer = client.post(PAGE, data={"text": text})
        assert answer.status_code == 200, path.name
        counted = {**reading["rises"], **reading["counters"]}
        found = counts(document(answer)) if counted else {}
        for name, value in counted.items():
            names = [one for one in found if one.removeprefix("TcpExt").removeprefix("Tcp") == name]
            assert all(found[one] == f"{value:,}" for one in names), path.name
