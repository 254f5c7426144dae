# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a page says about itself, and that it says everything without a script."""

import re

import pytest
from starlette.testclient import TestClient

from app.paths import CONTENT, STATIC, TEMPLATES
from app.walkthrough.records import Walkthrough
from app.web.app import create_app
from app.web.site import Site
from tests.web.conftest import ReadPage
from tests.web.reading import Element, document, read


@pytest.fixture(scope="module")
def walkthrough() -> Walkthrough:
    """The real walkthrough."""
    return Site(CONTENT, TEMPLATES, STATIC).walkthroughs["tcp_close"]


def places(walkthrough: Walkthrough) -> list[str]:
    """Blocks, decisions, branches and some lines."""
    return [
        *walkthrough.blocks_by_id,
        *walkthrough.decisions_by_id,
        *(f"{name}/{way}" for name in walkthrough.decisions_by_id for way in ("true", "false")),
        *("L42", "L42-L48", "L47"),
    ]


def title(page: Element) -> str:
    return page.one("head").one("title").text


def description(page: Element) -> str:
    return page.one("meta", name="description")["content"]


@pytest.fixture(scope="module", params=["en", "zh"])
def of_places(
    request: pytest.FixtureRequest, walkthrough: Walkthrough, client: TestClient
) -> dict[str, Element]:
    """The head of the page of each place, in each language."""
    heads = {}
    for place in places(walkthrough):
        # The rest of these pages is not looked at, and would take long to read.
        html = client.get(f"/tcp_close/{place}", headers={"accept-language": request.param}).text
        heads[place] = read(html.partition("</head>")[0] + "</head></html>")
    return heads


# Titles, descriptions, addresses


def test_each_place_has_a_title_of_its_own(of_places: dict[str, Element]) -> None:
    titles = [title(page) for page in of_places.values()]
    assert len(set(titles)) == len(titles)


def test_each_place_has_a_description_of_its_own(of_places: dict[str, Element]) -> None:
    descriptions = [description(page) for page in of_places.values()]
    assert len(set(descriptions)) == len(descriptions)


def test_titles_and_descriptions_fit_a_preview(of_places: dict[str, Element]) -> None:
    for place, page in of_places.items():
        assert title(page).endswith("tcp_close()"), place
        assert 10 <= len(title(page)) <= 120, place
        assert 20 <= len(description(page)) <= 300, place
        assert "`" not in title(page) + description(page), place
        assert not re.search(r"</?\w", description(page)), place


def test_a_place_is_its_own_canonical_address(of_places: dict[str, Element]) -> None:
    for place, page in of_places.items():
        assert page.one("link", rel="canonical")["href"] == f"/tcp_close/{place}"


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("/", "/"),
        ("/?lang=zh", "/?lang=zh"),
        ("/tcp_close", "/tcp_close"),
        ("/tcp_close?lang=zh&step=3", "/tcp_close?lang=zh"),
        ("/tcp_close?rto=200&recv=300&state=CLOSE_WAIT", "/tcp_close?state=CLOSE_WAIT&recv=300"),
        ("/tcp_close?variant=article&recv=1", "/tcp_close?recv=1&variant=article"),
        ("/tcp_close/unread/true?recv=1&step=2", "/tcp_close/unread/true?recv=1"),
        ("/api?lang=en", "/api?lang=en"),
    ],
)
def test_the_canonical_address_has_only_what_matters(
    page: ReadPage, address: str, canonical: str
) -> None:
    assert page(address).one("link", rel="canonical")["href"] == canonical


def test_a_situation_gives_its_title_to_the_page(page: ReadPage, walkthrough: Walkthrough) -> None:
    titles = set()
    for preset in walkthrough.presets:
        query = preset.scenario.query()
        shown = page(f"/tcp_close?{query}" if query else "/tcp_close")
        titles.add(title(shown))
        if query:
            assert preset.title["en"] in title(shown)
        assert shown.one("p", class_="story").text == preset.story["en"]
        current = shown.one("ul", class_="presets").all("a", aria_current="true")
        assert [link.text for link in current] == [preset.title["en"]]
    assert len(titles) == len(walkthrough.presets)


def test_a_socket_without_a_name_is_called_by_its_inputs(page: ReadPage) -> None:
    shown = page("/tcp_close?recv=17&rto=300")
    assert "recv=17, rto=300" in title(shown)
    assert not shown.all("p", class_="story")


# Everything is there without a script


def test_each_block_has_its_commentary_beside_it(page: ReadPage, walkthrough: Walkthrough) -> None:
    shown = page("/tcp_close")
    for block in walkthrough.blocks:
        section = shown.one("section", id=block.id)
        assert block.title["en"] in section.one("h2").text
        assert section.one("div", class_="lead").text
        for key in block.prose["en"].sections:
            assert section.one("section", class_=f"s-{key}").text
        lines = [int(line["data-line"]) for line in section.all("span", class_="line")]
        assert lines == list(range(block.start, block.end + 1))


def test_the_source_is_shown_letter_for_letter(page: ReadPage, walkthrough: Walkthrough) -> None:
    shown = page("/tcp_close")
    for number, line in enumerate(walkthrough.edition.source.lines, 1):
        code = next(iter(shown.one("span", id=f"L{number}").all("code")))
        assert code.text.replace(" ", "") == "".join(line.split())


def test_each_decision_on_the_path_has_its_reason(page: ReadPage) -> None:
    shown = page("/tcp_close?recv=300")
    on_path = 0
    for fork in shown.all("span", class_="fork"):
        ways = fork.all("a", class_="way")
        assert [way["data-way"] for way in ways] == ["true", "false"]
        decision = fork["data-fork"]
        assert [way["href"] for way in ways] == [
            f"/tcp_close/{decision}/true",
            f"/tcp_close/{decision}/false",
        ]
        is_on_path = any("data-taken" in way.attributes for way in ways)
        assert bool(fork.one("span", class_="reason").text) == is_on_path
        on_path += is_on_path
    assert on_path == 11
    unread = shown.one("span", data_fork="unread").one("span", class_="reason")
    assert unread.text == "true: data_was_unread is 300"


def test_the_path_is_marked_on_the_lines(page: ReadPage) -> None:
    shown = page("/tcp_close?state=LISTEN")
    paths = {int(line["data-line"]): line["data-path"] for line in shown.all("span", class_="line")}
    assert paths[11] == "on"
    assert paths[49] == "off"
    assert paths[2] == "none"


def test_each_step_is_told_with_its_reason_and_its_effects(
    page: ReadPage, client: TestClient
) -> None:
    trace = client.get("/api/tcp_close/trace?recv=300").json()
    steps = [
        li for li in page("/tcp_close?recv=300").one("ol", id="steps").walk() if li.tag == "li"
    ]
    steps = [li for li in steps if "data-n" in li.attributes]
    assert len(steps) == len(trace["steps"])
    for shown, step in zip(steps, trace["steps"], strict=False):
        assert shown["data-line"] == str(step["line"])
        assert shown.one("p", class_="why").text.replace(" ", "") == (
            step["why"].replace("`", "").replace(" ", "")
        )
        effects = [effect.text for effect in shown.all("li", class_="effect")]
        assert effects == [effect["text"] for effect in step["effects"]]


def test_the_outcome_is_told_in_sentences_and_facts(page: ReadPage) -> None:
    outcome = page("/tcp_close?recv=300").one("section", class_="outcome")
    assert "The connection is reset: a RST is sent." in outcome.text
    assert "TCPAbortOnClose +1" in outcome.text
    assert "destroyed" in outcome.text


def test_a_socket_that_cannot_be_is_called_hypothetical(page: ReadPage) -> None:
    shown = page("/tcp_close?state=LISTEN&recv=300")
    assert "Only hypothetical" in shown.one("p", class_="caveat").text
    assert not page("/tcp_close?recv=300").all("p", class_="caveat")


def test_inputs_that_the_path_read_are_marked(page: ReadPage, client: TestClient) -> None:
    reads = set(client.get("/api/tcp_close/trace?state=LISTEN").json()["reads"])
    shown = page("/tcp_close?state=LISTEN")
    marked = {
        field["data-key"]
        for field in shown.all("div", class_="field")
        if "data-read" in field.attributes
    }
    assert marked == reads - {"state"}


def test_the_kernel_functions_are_explained(page: ReadPage, walkthrough: Walkthrough) -> None:
    shown = page("/tcp_close")
    cards = {card["id"] for card in shown.all("article", class_="helper")}
    names = {name for name in cards if name.startswith("fn-")}
    assert names == {f"fn-{name}" for name in walkthrough.helpers}
    links = {link["href"] for link in shown.all("a", class_="fn")}
    assert {link for link in links if link.startswith("#fn-")} == {f"#{name}" for name in names}
    assert links <= {f"#{card}" for card in cards}


def test_the_provenance_of_the_source_is_told(page: ReadPage) -> None:
    told = page("/tcp_close").one("footer", class_="provenance").text
    assert "Alibaba" in told
    assert "GPL-2.0-or-later" in told
    assert "net/ipv4/tcp.c" in told


def test_the_first_view_is_small_on_the_wire(client: TestClient) -> None:
    response = client.get("/tcp_close", headers={"accept-encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert int(response.headers["content-length"]) <= 60_000


def test_nothing_is_shared_between_two_programs() -> None:
    first, second = create_app(), create_app()
    assert first is not second
    with TestClient(first) as one, TestClient(second) as two:
        assert one.get("/tcp_close?recv=300").text == two.get("/tcp_close?recv=300").text


def test_what_would_turn_a_decision_is_said_in_words(client: TestClient) -> None:
    page = document(client.get("/tcp_close?lang=en"))
    unread = page.one(id="unread").one("a", class_="why-not")
    assert unread.text == "true needs Receive queue: 300"
    assert unread["title"] == "It would be true with recv=300"
    assert unread["href"] == "/tcp_close/unread/true?recv=300&lang=en"


@pytest.mark.parametrize(
    "address",
    [
        "/tcp_close?state=LISTEN&accept_queue=3",
        "/tcp_close/compare?a=state:LISTEN,accept_queue:3&b=recv:300",
        "/tcp_close/lab?state=LISTEN&accept_queue=3",
        "/tcp_close/atlas?branch=listening/true",
    ],
)
def test_segments_are_listed_in_one_way(page: ReadPage, address: str) -> None:
    text = page(address).text
    assert "RST × " in text
    assert "RST, RST" not in text
    assert "RST RST" not in text
