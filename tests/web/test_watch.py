# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page that watches this host's counters, and its stream."""

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from app.lab.rates import Watch
from app.paths import CONTENT, STATIC, TEMPLATES
from app.walkthrough.observables import observed
from app.web.app import create_app
from app.web.lab import watch as watch_module
from app.web.lab.watch import WatchPages
from app.web.settings import Settings
from app.web.site import Site

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="LEFT OUT: this is not Linux")


@pytest.fixture(scope="module")
def lab() -> Iterator[TestClient]:
    app = create_app(settings=replace(Settings.from_environment(), has_lab=True))
    with TestClient(app, base_url="http://localhost", headers={"accept-language": "en"}) as client:
        yield client


def test_without_scripts_there_are_counts_and_lines(lab: TestClient) -> None:
    response = lab.get("/tcp_close/watch")
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert 'data-name="TcpExtTCPAbortOnClose"' in response.text
    assert 'href="#heat-49"' in response.text
    assert "data-counted=" in response.text
    assert "TcpExtTCPAbortOnTimeout" in response.text


def test_it_speaks_chinese(lab: TestClient) -> None:
    assert "本机实况" in lab.get("/tcp_close/watch?lang=zh").text


@pytest.mark.parametrize("query", ["lang=xx", "recv=300", "step=1"])
def test_bad_input_is_refused(lab: TestClient, query: str) -> None:
    assert lab.get(f"/tcp_close/watch?{query}").status_code == 422


def test_another_site_s_page_hears_nothing(lab: TestClient) -> None:
    response = lab.get("/tcp_close/watch/stream", headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403


def test_a_look_a_second_until_the_server_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_module, "EVERY_S", 0.01)
    site = Site(CONTENT, TEMPLATES, STATIC)

    async def listen() -> list[bytes]:
        pages = WatchPages(site)
        heard = []
        async for part in pages._looks(Watch(observed(site.walkthrough("tcp_close")))):
            heard.append(part)
            if len(heard) == 4:
                pages.stop()
        return heard

    heard = asyncio.run(asyncio.wait_for(listen(), 300))
    assert heard[0].startswith(b"retry: ")
    assert len(heard) == 4
    first, second = (json.loads(part.decode().partition("data: ")[2]) for part in heard[1:3])
    assert first[0] == {"name": "TcpExtTCPAbortOnClose", "per_second": None, "since_start": 0}
    assert second[0]["per_second"] is not None


def test_listeners_are_bounded(lab: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_module, "MOST", 0)
    response = lab.get("/tcp_close/watch/stream", headers={"accept": "text/event-stream"})
    assert response.status_code == 429
    assert response.headers["retry-after"] == "10"
