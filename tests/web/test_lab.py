# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The lab's page, the evidence on the study page, and the lab's part of the API."""

from html import unescape

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import ReadPage


def test_the_page_lays_the_kernel_beside_the_model(page: ReadPage) -> None:
    text = page("/tcp_close/lab?linger=0").text
    assert "Seen on Linux 6.18.44 / 6.12.117 / 6.12.43 / 6.1.192: RST, TCPAbortOnData +1" in text
    assert "walkthrough lab zero-linger" in text
    assert "TCP_STATE" in text


def test_a_scenario_that_nobody_has_tried_says_so(page: ReadPage) -> None:
    text = page("/tcp_close/lab?recv=1234").text
    assert "Not yet seen on a real kernel" in text
    assert "walkthrough lab 'recv=1234'" in text


def test_what_is_left_out_says_why(page: ReadPage) -> None:
    text = page("/tcp_close/lab?orphans=1").text
    assert "The lab leaves this out:" in text
    assert "tcp_close.py" not in text


def test_the_texts_are_there_without_scripts(client: TestClient) -> None:
    html = client.get("/tcp_close/lab?recv=300").text
    assert "enter_namespace()" in html
    assert "+0  &gt; R. 1:1(0) ack 301" in html
    assert "bpftrace -e" in html


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "; on Linux 6.18.44 / 6.12.117 / 6.1.192: FIN, left in LAST_ACK (what the program"),
        ("zh", "；在 Linux 6.18.44 / 6.12.117 / 6.1.192 上：FIN，留在 LAST_ACK（程序已经读过的"),
    ],
)
def test_where_kernels_differ_it_says_how_and_why(page: ReadPage, lang: str, said: str) -> None:
    for place in ("", "/lab"):
        text = page(f"/tcp_close{place}?state=CLOSE_WAIT&recv=200fin&copied=200&lang={lang}").text
        assert "Linux 6.12.43" in text
        assert said in text


def test_the_page_speaks_chinese(page: ReadPage) -> None:
    text = page("/tcp_close/lab?linger=0&lang=zh").text
    assert "在真实的内核上" in text
    assert "在 Linux 6.18.44 / 6.12.117 / 6.12.43 / 6.1.192 上见到" in text


@pytest.mark.parametrize("address", ["/tcp_close/lab?lingr=0", "/tcp_close/lab?step=3"])
def test_bad_input_is_refused(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 422


def test_the_study_page_says_what_was_seen(client: TestClient) -> None:
    html = client.get("/tcp_close?linger=0").text
    assert '<p class="evidence"><a href="/tcp_close/lab?linger=0">Seen on Linux 6.18.44 / ' in html
    assert "Not yet seen on a real kernel" in client.get("/tcp_close?recv=1234").text
    kept = "Not seen on a real kernel: A program's socket keeps its network namespace alive"
    assert kept in unescape(client.get("/tcp_close?netns=dying").text)
    assert kept in unescape(client.get("/tcp_close/lab").text)


def test_each_way_at_a_decision_says_whether_it_was_seen(client: TestClient) -> None:
    html = client.get("/tcp_close").text
    assert html.count("data-unseen") == 1
    assert html.count("Seen on Linux 6.1") >= 33


def test_a_variant_has_no_evidence(client: TestClient) -> None:
    assert 'class="evidence"' not in client.get("/tcp_close?linger=0&variant=article").text


def test_the_api_gives_the_same_texts(client: TestClient) -> None:
    data = client.get("/api/tcp_close/lab?recv=300").json()
    assert data["supported"]
    assert data["recipe"] == "connected"
    assert data["predicted"]["segments"] == ["RST"]
    assert data["packetdrill"].startswith("// tcp_close()")
    left = client.get("/api/tcp_close/lab?memory=1&pending=1&lang=zh").json()
    assert not left["supported"]
    assert left["python"] is None
    assert "整台机器" in left["reason"]
