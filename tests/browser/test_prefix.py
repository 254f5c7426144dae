# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Under a path of another host, behind nginx as docs/operation.md has it, with two workers.

A tab that asks for anything outside of the path fails its test, and so does an answer of nginx's
own: what a page loads has to be there.
"""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urljoin, urlsplit

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_classroom import ask_unread, open_wall, same, start_room
from tests.cli.test_serve import serving
from tests.conftest import OpenPage, leave_out, tabs
from tools.page_states import settle

REPOSITORY = Path(__file__).resolve().parents[2]
PREFIX = "/kernel"
QUERY = "state=CLOSE_WAIT&recv=300-fin"

#: Around what the document has: one process, and nothing outside of the test's folder.
NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 256; }}
http {{
access_log {folder}/access.log;
{temporary}
{document}
}}
"""
Answer: TypeAlias = httpx2.Response


def documented(port: int, program: int) -> str:
    """The document's configuration, without TLS and at other ports."""
    text = (REPOSITORY / "docs" / "operation.md").read_text()
    block = text.partition("```nginx\n")[2].partition("```")[0]
    assert f"location {PREFIX}/" in block
    block = block.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    block = re.sub(r" *ssl_certificate.*\n", "", block)
    # What the test is to read: which requests have come.
    block = re.sub(r" *access_log off;.*\n", "", block)
    return block.replace("127.0.0.1:8000", f"127.0.0.1:{program}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory, atlas_on_disk: None) -> Iterator[str]:
    """The site's address at the proxy, without a slash at its end."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    program = shutil.which("nginx", path=path) or leave_out(
        "no nginx here, so the site was not looked at behind a proxy"
    )
    folder = tmp_path_factory.mktemp("nginx")
    temporary = "\n".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    words = (
        "--port",
        "0",
        "--root-path",
        PREFIX,
        "--workers",
        "2",
        "--data",
        str(folder / "rooms"),
    )
    with (folder / "log").open("w") as log, serving(folder, *words, stderr=log) as (_, line):
        port = free_port()
        found = re.search(r":(\d+)/kernel/ ", line)
        assert found, line
        file = folder / "nginx.conf"
        document = documented(port, int(found[1]))
        file.write_text(NGINX.format(folder=folder, temporary=temporary, document=document))
        nginx = subprocess.Popen([program, "-p", folder, "-c", file, "-e", folder / "error.log"])
        try:
            address = f"http://127.0.0.1:{port}{PREFIX}"
            until = time.monotonic() + 300
            while not _answers(f"{address}/"):
                assert time.monotonic() < until, "nginx does not answer"
                assert nginx.poll() is None, (folder / "error.log").read_text()
                time.sleep(0.1)  # another process's start has nothing to wait on
            yield address
        finally:
            nginx.terminate()
            nginx.wait(timeout=300)
    assert "Traceback" not in (folder / "log").read_text()


def _answers(address: str) -> bool:
    try:
        return httpx2.get(address, timeout=300, trust_env=False).status_code == 200
    except httpx2.TransportError:
        return False


@pytest.fixture
def open_page(browser: Browser, proxy: str) -> Iterator[OpenPage]:
    """As everywhere, but that paths begin below the prefix, and that no request leaves it."""
    with tabs(browser, proxy) as open_tab:
        yield lambda path="/", **options: open_tab(proxy + path, **options)


@pytest.fixture
def get(proxy: str) -> Iterator[Callable[[str], Answer]]:
    with httpx2.Client(timeout=300, trust_env=False) as client:
        yield lambda path: client.get(proxy + path)


def test_a_page_steps_and_the_form_shows_another_socket(open_page: OpenPage, proxy: str) -> None:
    page = open_page(f"/tcp_close?{QUERY}")
    page.locator(".player [data-go=forward]").click()
    expect(page).to_have_url(f"{proxy}/tcp_close?{QUERY}&step=1")
    page.get_by_role("radio", name="FIN_WAIT2").check()
    expect(page).to_have_url(re.compile(re.escape(proxy) + r"/tcp_close\?state=FIN_WAIT2&"))
    page.get_by_role("button", name="Predict").click()
    expect(page.locator(".predict")).to_be_visible()


def test_without_scripts_a_form_leads_back_below_the_prefix(
    open_page: OpenPage, proxy: str
) -> None:
    page = open_page("/tcp_close", java_script_enabled=False)
    page.get_by_role("radio", name="FIN_WAIT2").check()
    page.locator("#socket [type=submit]").first.click()
    expect(page).to_have_url(f"{proxy}/tcp_close?state=FIN_WAIT2")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?lang=zh",
        f"/tcp_close?{QUERY}&step=20",
        "/tcp_close/unread/true",
        "/tcp_close/atlas",
        "/tcp_close/compare",
        "/tcp_close/compare?a=linger:0&b=linger:5",
        "/tcp_close/symptoms",
        "/tcp_close/challenges",
        "/tcp_close/lab?state=CLOSE_WAIT&recv=300",
        f"/tcp_close/present?{QUERY}",
        "/tcp_close/present/notes",
        "/copy/tcp_close/unread/true",
        "/embed/tcp_close/unread/true",
        "/live",
        "/changes",
        "/api",
        "/no/such/page/at/all",
    ],
)
def test_every_address_of_a_page_is_below_the_prefix(
    open_page: OpenPage, proxy: str, path: str
) -> None:
    page = open_page(path)
    settle(page)
    found = page.evaluate(
        """() => [...document.querySelectorAll("*")].flatMap((node) =>
            ["href", "src", "action", "formaction", "data-action", "data-rooms", "data-traces",
             "data-notes", "data-study", "data-slides", "data-events", "data-votes", "data-data"]
                .map((name) => [name, node.getAttribute(name)])
                .concat(node.localName === "meta" ? [["content", node.content]] : [])
                .filter(([name, value]) =>
                    name === "content" ? /^(https?:)?[/]/.test(value) : value))
        """
    )
    assert len(found) > 3
    host = proxy.removesuffix(PREFIX)
    for name, value in found:
        address = urljoin(page.url, value)
        if address.startswith(host):
            assert urlsplit(address).path.startswith(f"{PREFIX}/"), (name, value)
        else:
            # Of others only what leads there by itself: the kernel's source, the standards.
            assert re.match(r"(https|mailto|data):", address), (name, value)


def test_the_atlas_and_a_comparison_are_asked_for_below_it(open_page: OpenPage, proxy: str) -> None:
    page = open_page("/tcp_close/atlas")
    page.get_by_label("Takes the branch").select_option("zero-linger/true")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(f"{proxy}/tcp_close/atlas?branch=zero-linger/true")
    expect(page.locator("tbody tr")).to_have_count(8)
    page.goto(f"{proxy}/tcp_close/compare")
    page.locator("main a[href*='/compare?a=']").first.click()
    expect(page).to_have_url(re.compile(re.escape(proxy) + r"/tcp_close/compare\?a="))


def test_copying_asks_below_it(open_page: OpenPage, proxy: str) -> None:
    page = open_page(f"/tcp_close?{QUERY}")
    page.locator(".player [data-go=forward]").click()
    with page.expect_response(lambda answer: "/copy/" in answer.url) as asked:
        page.locator(".player [data-copy=here]").click()
    assert asked.value.url.startswith(f"{proxy}/copy/tcp_close?")


def test_a_class_votes_through_the_proxy(open_page: OpenPage, proxy: str) -> None:
    wall = open_wall(open_page, f"/tcp_close/present?{QUERY}#unread-data")
    code = start_room(wall)
    shown = wall.locator(".big-where").inner_text()
    assert shown == f"{urlsplit(proxy).netloc}{PREFIX}/live"
    assert str(wall.locator(".big-qr").get_attribute("src")).startswith(f"{PREFIX}/live/{code}/")
    phone = open_page(f"/live/{code}", viewport={"width": 390, "height": 844})
    expect(phone.locator(".audience.is-live[data-state]")).to_be_visible()
    wall.keyboard.press("s")
    expect(wall.locator(".cap-at")).to_contain_text("line 47")
    same(phone, wall)
    wall.keyboard.press("Home")
    ask_unread(wall)
    answer = phone.locator(".q-option[value=true]")
    with phone.expect_response("**/votes"):
        answer.click()
    expect(answer).to_have_attribute("aria-pressed", "true")
    expect(wall.locator(".ballot .q-count")).to_have_text("Votes: 1")
    (cookie,) = phone.context.cookies()
    assert cookie["path"] == f"{PREFIX}/live/{code}"
    link = phone.locator(".study-link a")
    expect(link).to_have_attribute("href", re.compile(rf"^{PREFIX}/tcp_close/"))


def test_the_presentation_goes_on_when_the_door_is_used(open_page: OpenPage, proxy: str) -> None:
    code = start_room(open_wall(open_page, "/tcp_close/present"))
    door = open_page("/live", java_script_enabled=False)
    door.locator("input[name=code]").fill(code.upper())
    door.locator("form [type=submit]").click()
    expect(door).to_have_url(f"{proxy}/live/{code}")


def test_what_programs_are_told_is_below_it(get: Callable[[str], Answer], proxy: str) -> None:
    assert get("/api/openapi.json").json()["servers"] == [{"url": PREFIX}]
    assert f"<loc>{proxy}/tcp_close" in get("/sitemap.xml").text
    assert not re.findall(rf"<loc>(?!{re.escape(proxy)}/)", get("/sitemap.xml").text)
    frame = get(f"/oembed?url={proxy}/tcp_close/unread/true").json()
    assert frame["thumbnail_url"].startswith(f"{proxy}/card/")
    assert get(urlsplit(frame["thumbnail_url"]).path.removeprefix(PREFIX)).status_code == 200
    # Without a host: what the request said of it is not to be trusted.
    assert get("/tcp_close/").headers.get("location") == f"{PREFIX}/tcp_close"


def test_the_proxy_keeps_health_to_itself_and_leads_to_the_front_page(
    get: Callable[[str], Answer], proxy: str
) -> None:
    assert get("/healthz").status_code == 404
    bare = get("")
    assert bare.status_code == 308
    assert urljoin(proxy, bare.headers["location"]) == f"{proxy}/"
