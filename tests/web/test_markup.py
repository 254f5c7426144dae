# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What holds for the markup of every page: nothing inline, ids once, links that lead somewhere."""

import json
from collections import Counter
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from benchmarks.wire import later_imports, script_imports
from tests.web.conftest import ReadPage
from tests.web.reading import Element, links

PAGES = {
    "/": 200,
    "/tcp_close": 200,
    "/tcp_close?lang=zh": 200,
    "/tcp_close?recv=300-fin&state=CLOSE_WAIT&linger=0&step=5": 200,
    "/tcp_close?state=FIN_WAIT2&linger2=-1&variant=article&lang=zh": 200,
    "/tcp_close?state=LISTEN&recv=fin-1&repair=1&accept_queue=1&fastopen=1": 200,
    "/tcp_close?recv=" + "-".join(["1"] * 64): 200,
    "/tcp_close/drain": 200,
    "/tcp_close/unread": 200,
    "/tcp_close/unread/true?pending=1": 200,
    "/tcp_close/L42-L48": 200,
    "/api": 200,
    "/api?lang=zh": 200,
    "/nothing": 404,
    "/tcp_close/%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E": 404,
    "/tcp_close?stat=LISTEN&rto=%22%3E%3Cb onclick=x&recv=x": 422,
    "/tcp_close?" + "a" * 2001: 414,
}


@pytest.fixture(scope="module", params=list(PAGES), ids=lambda address: str(address)[:60])
def shown(request: pytest.FixtureRequest, page: ReadPage) -> tuple[str, Element]:
    """An address and the page there."""
    return request.param, page(request.param, status=PAGES[request.param])


def test_scripts_and_styles_come_from_files(shown: tuple[str, Element]) -> None:
    _, page = shown
    for element in page.walk():
        assert element.tag not in {"style", "base", "iframe", "object", "embed"}
        if element.tag == "script" and (element.get("type") or "").endswith("json"):
            json.loads(element.text)  # data, which no browser runs
        elif element.tag == "script":
            assert element["src"].startswith("/static/")
            assert not element.text
        for attribute, value in element.attributes.items():
            assert attribute != "style", element.tag
            assert not attribute.startswith("on"), f"<{element.tag} {attribute}>"
            assert not value.strip().lower().startswith(("javascript:", "data:")), value


def test_an_id_stands_once(shown: tuple[str, Element]) -> None:
    _, page = shown
    ids = Counter(element["id"] for element in page.walk() if "id" in element.attributes)
    assert not [name for name, count in ids.items() if count > 1]
    assert all(name and not name.split()[1:] for name in ids)


def test_what_an_attribute_refers_to_is_on_the_page(shown: tuple[str, Element]) -> None:
    _, page = shown
    ids = {element.attributes.get("id") for element in page.walk()}
    for element in page.walk():
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            for name in element.attributes.get(attribute, "").split():
                assert name in ids, f"{attribute}={name}"
        address = element.attributes.get("href", "")
        if address.startswith("#"):
            assert address[1:] in ids, address


def test_a_control_has_a_label(shown: tuple[str, Element]) -> None:
    _, page = shown
    labels = {label.attributes.get("for") for label in page.all("label")}
    inside = {id(control) for label in page.all("label") for control in label.walk()}
    for control in page.walk():
        if control.tag not in {"input", "select", "textarea"} or control.get("type") == "hidden":
            continue
        assert (
            control.attributes.get("id") in labels
            or id(control) in inside
            or "aria-label" in control.attributes
        ), control.attributes


def test_a_page_has_one_title_one_heading_one_main_part(shown: tuple[str, Element]) -> None:
    _, page = shown
    head = page.one("head")
    assert head.one("title").text
    assert head.one("meta", name="description")["content"]
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    levels = [int(e.tag[1]) for e in page.walk() if e.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}]
    for before, after in pairwise(levels):
        assert after <= before + 1, "a level of headings is left out"


def test_a_place_is_only_once_where_a_page_opens(shown: tuple[str, Element]) -> None:
    _, page = shown
    assert len([element for element in page.walk() if "autofocus" in element.attributes]) <= 1


def test_links_do_not_nest(shown: tuple[str, Element]) -> None:
    _, page = shown
    for tag in ("a", "button", "form", "label"):
        for element in page.all(tag):
            assert len(element.all(tag)) == 1, f"<{tag}> inside of <{tag}>"


def test_links_to_other_hosts_lead_to_standards_and_sources_alone(
    shown: tuple[str, Element],
) -> None:
    _, page = shown
    for element in page.walk():
        for attribute in ("href", "src", "action"):
            parts = urlsplit(element.attributes.get(attribute, ""))
            if parts.netloc:
                assert element.tag == "a", element.tag
                assert parts.scheme == "https"
                assert parts.netloc in {"www.rfc-editor.org", "git.kernel.org"}


# Each link leads somewhere


def test_every_link_of_the_pages_leads_somewhere(client: TestClient, page: ReadPage) -> None:
    found: set[str] = set()
    for address in (
        "/",
        "/tcp_close",
        "/tcp_close?lang=zh",
        "/tcp_close/unread/true?pending=1&step=3",
        "/tcp_close?state=FIN_WAIT2&linger2=-1&variant=article",
        "/api",
    ):
        found |= links(page(address), address)
    found |= links(page("/nothing", status=404), "/nothing")
    found = {address for address in found if urlsplit(address).path != "/nothing"}
    assert len(found) > 300
    # Lines are all alike: every tenth is enough.
    some = {a for a in found if not urlsplit(a).path.startswith("/tcp_close/L")}
    some |= set(sorted(found - some)[::10])
    for address in sorted(some):
        response = client.get(address)
        assert response.status_code == 200, f"{address}: {response.status_code}"


def test_every_place_and_every_line_is_linked(page: ReadPage) -> None:
    found = {urlsplit(address).path for address in links(page("/tcp_close"), "/tcp_close")}
    assert {f"/tcp_close/L{n}" for n in range(1, 172)} <= found
    assert len([path for path in found if path.endswith(("/true", "/false"))]) == 34
    assert "/tcp_close/drain" in found


def test_a_module_that_a_module_imports_is_there(client: TestClient, page: ReadPage) -> None:
    todo = [script["src"] for script in page("/tcp_close").all("script", type="module")]
    seen: set[str] = set()
    while todo:
        address = todo.pop()
        if address in seen:
            continue
        seen.add(address)
        response = client.get(address)
        assert response.status_code == 200, address
        assert "javascript" in response.headers["content-type"]
        imports = script_imports(response.text) + later_imports(response.text)
        todo.extend(str(response.url.join(target).path) for target in imports)
    assert len(seen) > 20


def test_a_tooltip_says_more_than_the_name(shown: tuple[str, Element]) -> None:
    """Who listens would hear it twice."""
    _, page = shown
    for element in page.walk():
        name = " ".join((element.get("aria-label") or element.text).split())
        title = " ".join((element.get("title") or "").split())
        assert not title or title not in name, element.attributes
