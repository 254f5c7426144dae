# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Every kind of address: what it shows, where it redirects, what is said of a wrong one."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from app.web.addresses import API, Addresses, read_lines
from app.web.app import create_app
from app.web.http.late import LateRoutes
from tests.conftest import BLOCKS
from tests.walkthrough import building
from tests.web.conftest import ReadPage
from tests.web.reading import Element, document, links

BRANCHES = ("unread/true", "unread/false", "gone/true", "fastopen-request/true")


def focus(page: Element) -> list[int]:
    """The lines that are marked."""
    return [
        int(line["data-line"])
        for line in page.all("span", class_="line")
        if "is-focus" in line["class"].split()
    ]


def taken(page: Element, decision: str) -> set[str]:
    """The ways of a decision that the shown path takes."""
    fork = page.one("span", data_fork=decision)
    return {
        way["data-way"] for way in fork.all("a", class_="way") if "data-taken" in way.attributes
    }


def field_value(page: Element, key: str) -> str:
    """What the form shows for an input."""
    if key == "state":
        return next(
            choice["value"]
            for choice in page.all("input", name="state")
            if "checked" in choice.attributes
        )
    return page.one("input", name=key)["value"]


# What is shown


def test_the_front_page_leads_to_the_walkthrough_and_both_ways_of_a_decision(
    page: ReadPage,
) -> None:
    front = page("/")
    found = links(front.one("main"), "/")
    assert "/tcp_close" in found
    assert {"/tcp_close/unread/true", "/tcp_close/unread/false"} <= set(found)


def test_the_page_shows_the_default_socket_and_its_whole_path(page: ReadPage) -> None:
    shown = page("/tcp_close")
    assert field_value(shown, "state") == "ESTABLISHED"
    assert len(shown.all("span", class_="line")) == 171
    assert len(shown.all("section", class_="block")) == BLOCKS
    assert len(shown.all("span", class_="fork")) == 17
    assert not focus(shown)
    assert not shown.all(aria_current="step")


def test_the_page_shows_the_socket_that_the_query_names(page: ReadPage) -> None:
    shown = page("/tcp_close?state=CLOSE_WAIT&recv=300-fin&rto=1000")
    assert field_value(shown, "state") == "CLOSE_WAIT"
    assert field_value(shown, "recv") == "300-fin"
    assert field_value(shown, "rto") == "1000"
    assert taken(shown, "unread") == {"true"}


def test_a_block_is_marked_as_a_whole(page: ReadPage) -> None:
    shown = page("/tcp_close/drain")
    assert focus(shown) == list(range(19, 32))
    assert "is-current" in shown.one("section", id="drain")["class"]


def test_a_decision_is_marked(page: ReadPage) -> None:
    assert focus(page("/tcp_close/unread")) == [47]


@pytest.mark.parametrize("place", BRANCHES)
def test_a_branch_shows_a_socket_that_takes_it(page: ReadPage, place: str) -> None:
    decision, way = place.split("/")
    shown = page(f"/tcp_close/{place}")
    assert way in taken(shown, decision)
    marked = shown.one("span", data_fork=decision).all("a", class_="is-focus")
    assert [element["data-way"] for element in marked] == [way]


def test_a_branch_with_a_socket_shows_that_socket_and_says_if_it_goes_elsewhere(
    page: ReadPage,
) -> None:
    shown = page("/tcp_close/unread/true?pending=1")
    assert taken(shown, "unread") == {"false"}
    note = shown.one("p", class_="focus-note")
    assert "goes the other way" in note.text
    # In a browser without style sheets the line is far below.
    assert [link["href"] for link in note.all("a")] == ["#L47", "/tcp_close/unread/true"]
    unreached = page("/tcp_close/unread/true?state=LISTEN").one("p", class_="focus-note")
    assert "does not come to this decision" in unreached.text


def test_a_line_is_marked(page: ReadPage) -> None:
    assert focus(page("/tcp_close/L42")) == [42]
    assert focus(page("/tcp_close/L1")) == [1]
    assert focus(page("/tcp_close/L171")) == [171]


def test_a_range_of_lines_is_marked(page: ReadPage) -> None:
    assert focus(page("/tcp_close/L42-L48")) == list(range(42, 49))
    assert focus(page("/tcp_close/L1-L171")) == list(range(1, 172))


def test_a_line_of_a_rare_branch_shows_a_socket_that_comes_by(page: ReadPage) -> None:
    shown = page("/tcp_close/L124")
    assert field_value(shown, "linger2") == "-1"
    line = shown.one("span", id="L124")
    assert line["data-path"] == "on"


@pytest.mark.parametrize(
    "place",
    [
        "drain",
        "unread",
        "unread/true",
        "L42",
        "L42-L46",
        "L42-L48",
    ],
)
def test_a_place_is_in_view_without_a_script(page: ReadPage, place: str) -> None:
    shown = page(f"/tcp_close/{place}")
    (first,) = [element for element in shown.walk() if "autofocus" in element.attributes]
    assert first in shown.one("span", id=f"L{focus(shown)[0]}").walk()


def test_a_step_shows_what_has_happened_up_to_it(page: ReadPage) -> None:
    shown = page("/tcp_close?recv=300&step=3")
    current = shown.one("li", aria_current="step")
    assert current["data-n"] == "3"
    now = [line for line in shown.all("span", class_="line") if line.get("data-when") == "now"]
    assert [line["data-line"] for line in now] == [current["data-line"]]
    assert shown.all("span", class_="line", data_when="done")
    assert shown.all("span", class_="line", data_when="ahead")
    assert not taken(shown, "unread")
    assert "data-taken" not in shown.one("span", data_fork="unread").attributes


def test_the_player_leads_to_the_other_steps(page: ReadPage) -> None:
    steps = page("/tcp_close?recv=300").one("ol", id="steps")
    count = max(int(item.attributes.get("data-n", "0")) for item in steps.walk())
    player = page("/tcp_close?recv=300&step=3").one("section", class_="player")
    targets = {a["data-go"]: a.get("href") for a in player.all("a") if "data-go" in a.attributes}
    assert targets["first"] == "/tcp_close?recv=300&step=1"
    assert targets["back"] == "/tcp_close?recv=300&step=2"
    assert targets["forward"] == "/tcp_close?recv=300&step=4"
    assert targets["last"] == f"/tcp_close?recv=300&step={count}"
    assert targets["whole"] == "/tcp_close?recv=300"
    at_first = page("/tcp_close?recv=300&step=1").one("section", class_="player")
    assert at_first.one("a", data_go="back").get("href") is None
    at_last = page(f"/tcp_close?recv=300&step={count}").one("section", class_="player")
    assert at_last.one("a", data_go="forward").get("href") is None


def test_a_step_beyond_the_end_is_refused_with_the_number_of_steps(page: ReadPage) -> None:
    player = page("/tcp_close").one("section", class_="player")
    last = player.one("a", data_go="last")["href"]
    count = int(last.rpartition("=")[2])
    page(f"/tcp_close?step={count}")
    refused = page(f"/tcp_close?step={count + 1}", status=422).one("ul", id="problems")
    assert "step is out of range" in refused.text
    assert f"1 to {count}" in refused.text


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        (("0", "-1", "1.5", "9999999", "1" * 500), "step is out of range"),
        (("x", "+1", "١", "%00"), "step must be a whole number"),
    ],
)
def test_a_step_that_is_no_number_of_a_step_is_refused(
    page: ReadPage, steps: tuple[str, ...], why: str
) -> None:
    for step in steps:
        assert why in page(f"/tcp_close?step={step}", status=422).text


def test_a_variant_shows_its_text_and_runs_it(page: ReadPage) -> None:
    shown = page("/tcp_close?recv=300-fin&variant=article")
    assert "data_was_unread = len;" in shown.one("span", id="L28").text
    assert "FIN" in shown.one("section", class_="outcome").text
    assert taken(shown, "unread") == {"false"}
    assert "of the kernel’s text only" in shown.one("div", class_="variant-note").text
    assert shown.one("input", type="hidden", name="variant")["value"] == "article"
    kernel = page("/tcp_close?recv=300-fin")
    assert taken(kernel, "unread") == {"true"}
    assert not kernel.all("div", class_="variant-note")


def test_a_variant_that_does_not_compile_says_where_it_stops(page: ReadPage) -> None:
    shown = page("/tcp_close?state=FIN_WAIT2&linger2=-1&variant=article")
    assert "The C stops in line 124" in shown.one("section", class_="outcome").text
    assert "TCP_close" in shown.one("section", class_="outcome").text


def test_the_page_of_the_api_lists_its_operations(page: ReadPage) -> None:
    shown = page("/api")
    assert "GET /api/{walkthrough}/trace" in shown.text
    assert "/api/openapi.json" in links(shown, "/api")


# The form


def test_the_form_works_without_a_script(page: ReadPage) -> None:
    form = page("/tcp_close?recv=300&lang=zh").one("form", method="get")
    assert form["action"] == "/tcp_close"
    form.one("input", type="hidden", name="form")
    assert form.one("input", type="hidden", name="lang")["value"] == "zh"
    form.one("button", type="submit")
    names = {field["name"] for field in form.walk() if "name" in field.attributes}
    assert names >= {"state", "recv", "linger", "wait", "backlog", "netns", "fastopen"}


def test_what_the_form_sends_is_redirected_to_the_short_address(
    client: TestClient, page: ReadPage
) -> None:
    form = page("/tcp_close").one("form", method="get")
    sent = {}
    for control in form.walk():
        if control.tag == "input" and control.get("type") in {"checkbox", "radio"}:
            if "checked" in control.attributes:
                sent[control["name"]] = control["value"]
        elif control.tag == "input":
            sent[control["name"]] = control["value"]
        elif control.tag == "select":
            options = control.all("option")
            chosen = [option for option in options if "selected" in option.attributes]
            option = (chosen or options)[0]
            sent[control["name"]] = option.get("value") or option.text
    response = client.get("/tcp_close", params=sent)
    assert (response.status_code, response.headers["location"]) == (303, "/tcp_close")
    response = client.get("/tcp_close", params={**sent, "recv": "300", "state": "CLOSE_WAIT"})
    assert response.headers["location"] == "/tcp_close?state=CLOSE_WAIT&recv=300"


def test_the_short_address_keeps_place_variant_and_language(client: TestClient) -> None:
    response = client.get("/tcp_close/unread/true?form=1&lang=zh&rto=200&variant=article&recv=1")
    assert response.status_code == 303
    location = response.headers["location"]
    assert location == "/tcp_close/unread/true?recv=1&variant=article&lang=zh"


def test_a_bad_form_is_answered_with_every_problem(page: ReadPage) -> None:
    problems = page("/tcp_close?form=1&recv=x&rto=0", status=422).one("ul", id="problems")
    assert len([item for item in problems.walk() if item.tag == "li"]) == 2


# Redirects


@pytest.mark.parametrize(
    ("written", "short"),
    [
        ("L48-L42", "L42-L48"),
        ("L42-48", "L42-L48"),
        ("L48-42", "L42-L48"),
        ("L042", "L42"),
        ("L42-L42", "L42"),
        ("L007-L0012", "L7-L12"),
    ],
)
def test_lines_have_one_address_each(client: TestClient, written: str, short: str) -> None:
    response = client.get(f"/tcp_close/{written}?recv=300&lang=zh")
    assert response.status_code == 301
    assert response.headers["location"] == f"/tcp_close/{short}?recv=300&lang=zh"


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The program with a copy of the content in which two things were renamed once."""
    content = tmp_path_factory.mktemp("content")
    folder = building.copy_of_tcp_close(content)
    folder.edit("walkthrough.yaml", "- id: unread\n", "- id: unread\n    aliases: [data-left]\n")
    folder.edit("walkthrough.yaml", "- id: drain\n", "- id: drain\n    aliases: [flush, empty]\n")
    with TestClient(create_app(content), follow_redirects=False) as client:
        yield client


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("flush", "drain"),
        ("empty", "drain"),
        ("data-left", "unread"),
        ("data-left/true", "unread/true"),
        ("data-left/false", "unread/false"),
    ],
)
def test_an_old_id_redirects_for_ever_and_keeps_the_query(
    renamed: TestClient, old: str, new: str
) -> None:
    response = renamed.get(f"/tcp_close/{old}?recv=300&lang=zh")
    assert response.status_code == 301
    assert response.headers["location"] == f"/tcp_close/{new}?recv=300&lang=zh"
    assert renamed.get(response.headers["location"]).status_code == 200
    assert renamed.get(f"/tcp_close/{old}").headers["location"] == f"/tcp_close/{new}"


@pytest.mark.parametrize(
    ("address", "there"),
    [
        ("/tcp_close/?recv=300", "/tcp_close?recv=300"),
        ("/tcp_close/unread/true//", "/tcp_close/unread/true"),
        ("/live/", "/live"),
        ("/api/tcp_close/trace/?recv=300", "/api/tcp_close/trace?recv=300"),
        ("/api/", "/api"),
        ("/tcp_close%3Frecv/", "/tcp_close%3Frecv"),
        ("/%E8%B7%AF/", "/%E8%B7%AF"),
        ("/\\evil.example/", "/%5Cevil.example"),
    ],
)
def test_slashes_at_the_end_redirect_on_this_host_whatever_the_request_calls_it(
    client: TestClient, address: str, there: str
) -> None:
    response = client.get(address, headers={"host": "evil.example"})
    assert (response.status_code, response.headers["location"]) == (307, there)


def test_slashes_in_front_lead_to_no_other_host(client: TestClient) -> None:
    # The client would take it for the address of another host by itself.
    for path in ("//evil.example/", "//evil.example/tcp_close/", "///"):
        response = client.get("http://testserver" + path)
        assert response.status_code == 404, path


# What does not exist


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("/tcp_clos", "tcp_close"),
        ("/tcp_close/unred", "unread"),
        ("/tcp_close/drian", "drain"),
        ("/tcp_close/unred/true", "unread"),
        ("/tcp_clos/unread/true", "tcp_close"),
    ],
)
def test_an_unknown_id_is_answered_with_the_nearest(
    page: ReadPage, address: str, near: str
) -> None:
    shown = page(address, status=404)
    assert f"Did you mean {near}?" in shown.one("ul", id="problems").text
    assert "/tcp_close" in links(shown.one("main"), "/")
    (meant,) = (a for a in shown.one("main").all("a") if a.text.startswith("What was probably"))
    page(meant["href"], status=200)


@pytest.mark.parametrize(
    "address",
    [
        "/tcp_close/L0",
        "/tcp_close/L172",
        "/tcp_close/L1-L172",
        "/tcp_close/L999999",
        "/tcp_close/L9999999",
        "/tcp_close/l42",
        "/tcp_close/L",
        "/tcp_close/L-1",
        "/tcp_close/L4%0A",
        "/tcp_close/L%D9%A4",
        "/tcp_close/unread/maybe",
        "/tcp_close/unread/True",
        "/tcp_close/drain/true",
        "/tcp_close/nothing-like-it",
        "/tcp_close/%00",
        "/tcp_close/%FF",
        "/tcp_close/a/b/c",
        "/tcp_close//true",
        "/nothing",
        "/favicon.gif",
        "/docs",
        "/openapi.json",
        "/static",
        "/%F0%9F%98%80",
        "/" + "x" * 900,
    ],
)
def test_an_address_that_leads_nowhere_is_a_page_that_leads_on(
    page: ReadPage, address: str
) -> None:
    shown = page(address, status=404)
    assert shown.one("ul", id="problems").all("li")
    assert {"/", "/tcp_close"} <= links(shown.one("main"), "/")


def test_lines_outside_of_the_function_are_told_its_size(page: ReadPage) -> None:
    assert "L1 to L171" in page("/tcp_close/L172", status=404).text


def test_a_name_in_an_address_is_text_on_the_error_page(client: TestClient) -> None:
    response = client.get("/tcp_close/%3Cscript%3Ealert(1)%3C%2Fscript%3E/true")
    assert response.status_code == 404
    assert "<script>alert" not in response.text
    assert "<script>alert(1)" in document(client.get("/%3Cscript%3Ealert(1)")).text


def test_bad_input_is_answered_with_every_problem_at_once(page: ReadPage) -> None:
    shown = page("/tcp_close?stat=LISTEN&rto=0&recv=x&recv=1&lang=fr&step=0&variant=x", status=422)
    problems = [li.text for li in shown.one("ul", id="problems").walk() if li.tag == "li"]
    assert len(problems) == 7
    for key in ("stat", "rto", "recv", "lang", "step", "variant"):
        assert any(problem.startswith(key) for problem in problems), key
    assert all("Allowed: " in problem for problem in problems)
    assert "Did you mean state?" in shown.text


@pytest.mark.parametrize(
    ("address", "ways"),
    [
        (
            "/tcp_close?lingr=5&recv=300&state=CLOSE_WAT&step=3&lang=en",
            ["?recv=300&linger=5&state=CLOSE_WAIT&step=3&lang=en", "?recv=300&step=3&lang=en"],
        ),
        ("/tcp_close/unread/true?recv=300&rto=0", ["?recv=300"]),
        # A form sends every field: what it has by default is not part of an address.
        ("/tcp_close?form=1&state=LISTEN&recv=x&linger=off&repair=", ["?state=LISTEN"]),
        ("/tcp_close?recv=1&recv=2", []),
        ("/tcp_close?rto=0&lang=en", []),
        ("/tcp_close/compare?a=recv:x&b=linger:0", []),
    ],
)
def test_an_address_with_mistakes_leads_to_what_is_right_of_it(
    page: ReadPage, address: str, ways: list[str]
) -> None:
    shown = page(address, status=422).one("main")
    found = [a["href"] for a in shown.all("a") if a["href"].startswith("?")]
    assert [sorted(way[1:].split("&")) for way in found] == [
        sorted(way[1:].split("&")) for way in ways
    ]
    for way in found:
        page(address.partition("?")[0] + way, status=200)


@pytest.mark.parametrize("state", ["TIME_WAIT", "NEW_SYN_RECV", "TCP_TIME_WAIT"])
def test_mini_sockets_are_told_why_not(page: ReadPage, state: str) -> None:
    assert "mini-socket" in page(f"/tcp_close?state={state}", status=422).text


@pytest.mark.parametrize("address", ["/", "/tcp_close", "/tcp_close/unread/true", "/api"])
def test_a_query_that_is_too_long_is_a_page_with_status_414(page: ReadPage, address: str) -> None:
    assert "too long" in page(f"{address}?{'a' * 2001}", status=414).text
    page(f"{address}?{'a' * 2000}", status=422)


def test_the_front_page_takes_a_language_and_nothing_else(page: ReadPage) -> None:
    assert "x is not known" in page("/?x=1", status=422).text
    assert "lang is given twice" in page("/?lang=zh&lang=en", status=422).text


# Mounted below another program


def test_under_a_prefix_every_address_has_it() -> None:
    with TestClient(create_app(), root_path="/kernel", follow_redirects=False) as client:
        for address in ("/kernel/", "/kernel/tcp_close/unread/true", "/kernel/api"):
            response = client.get(address)
            assert response.status_code == 200, address
            for link in links(document(response), address):
                assert link.startswith("/kernel/"), link
        trace = client.get("/kernel/api/tcp_close/trace?recv=300").json()
        assert trace["url"] == "/kernel/tcp_close?recv=300"
        moved = client.get("/kernel/tcp_close/L9-L3").headers["location"]
        assert moved == "/kernel/tcp_close/L3-L9"
        slash = client.get("/kernel/tcp_close/").headers["location"]
        assert slash == "/kernel/tcp_close"
        assert client.get("/kernel/api/nothing").json()["status"] == 404


# Building and reading


def test_an_address_says_only_what_it_has_to() -> None:
    addresses = Addresses("", "v1")
    assert addresses.library() == "/"
    assert addresses.library(lang="zh") == "/?lang=zh"
    assert addresses.page("f") == "/f"
    assert addresses.page("f", "L1", query="a=1", step=2, variant="v", lang="zh") == (
        "/f/L1?a=1&variant=v&step=2&lang=zh"
    )
    assert addresses.page("f", "trace", below=API) == "/api/f/trace"
    assert addresses.static("js/main.js") == "/static/v1/js/main.js"


@pytest.mark.parametrize(
    ("place", "lines"),
    [
        ("L1", (1, 1)),
        ("L2-L9", (2, 9)),
        ("L9-L2", (2, 9)),
        ("L2-9", (2, 9)),
        ("L", None),
        ("2", None),
        ("L1-", None),
        ("L1-L", None),
        ("L1-L2-L3", None),
        ("L-1", None),
        ("L1\n", None),
        ("L٤", None),
    ],
)
def test_lines_are_read(place: str, lines: tuple[int, int] | None) -> None:
    assert read_lines(place) == lines


# A library without a book


def test_a_library_may_be_empty(tmp_path: Path) -> None:
    with TestClient(create_app(tmp_path)) as client:
        assert client.get("/").status_code == 200
        assert client.get("/tcp_close").status_code == 404
        assert client.get("/api/walkthroughs").json() == {"walkthroughs": []}


def test_a_walkthrough_in_one_language_is_shown_to_readers_of_another(tmp_path: Path) -> None:
    folder = building.tiny(tmp_path)
    for path in folder.path.glob("blocks/*.zh.md"):
        path.unlink()
    for file in ("walkthrough.yaml", "helpers.yaml", "variants.yaml"):
        text = folder.text(file).replace("[en, zh]", "[en]")
        folder.write(file, re.sub(r', zh: "[^"]*"', "", text))
    assert folder.problems() == ()
    with TestClient(create_app(tmp_path)) as client:
        for address in ("/", "/tiny", "/tiny/needs-fin/true", "/api/tiny", "/api/tiny/trace"):
            assert client.get(f"{address}?lang=zh").status_code == 200, address


def test_each_address_has_its_routes_made(app: Starlette) -> None:
    late = [route for route in app.routes if isinstance(route, LateRoutes)]
    for one in late:
        paths = [route.path for route in one.make().routes if isinstance(route, Route)]
        assert paths
        for path in paths:
            some = re.sub(r"{.*?}", "x", path.replace("{walkthrough}", "tcp_close"))
            assert one.may_take(some), path
    assert not any(one.may_take("/nosuch") for one in late)
