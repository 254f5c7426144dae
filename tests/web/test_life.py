# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The life after close(), event by event, and many of them; without scripts."""

import gzip
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import ReadPage
from tests.web.reading import Element

PAGE = "/tcp_close/life"


def shown(element: Element) -> str:
    """The texts below that are there at the event that is shown."""
    return " ".join(e.text for e in element.all("span") if e.get("data-when") in {"now", "done"})


def test_an_event_shows_what_ss_prints_there_and_what_has_risen(page: ReadPage) -> None:
    found = page(f"{PAGE}?peer=silent&step=4")
    this, peer = found.one(class_="a-ends").all("section")
    assert re.search(
        r"FIN-WAIT-1 0 1 192\.0\.2\.1:80 198\.51\.100\.7:40000 timer:\(on,800ms,2\)", this.text
    )
    assert "TCPTimeouts +2" in shown(this)
    assert "tcp_max_orphans counts it" in shown(this)
    assert "ESTAB 0 0" in peer.text
    (current,) = (
        item for item in found.one("ol", class_="a-events").all("li") if item.get("aria-current")
    )
    assert current.text.startswith("800 ms this end")


@pytest.mark.parametrize("query", ["", "?peer=silent", "?pending=1&peer=shut-window", "?recv=300"])
def test_one_walks_through_a_life_by_links(page: ReadPage, query: str) -> None:
    address, clocks = f"{PAGE}{query}", list[str]()
    while True:
        found = page(address)
        clocks.append(found.one(class_="a-event").all("span")[len(clocks)].text)
        forward = found.one("a", data_go="forward")
        if forward.get("href") is None:
            break
        address = forward["href"]
    assert len(clocks) == len(found.one("ol", class_="a-events").all("li"))
    # Where a life ends nothing is left, and the port is free.
    this, _ = found.one(class_="a-ends").all("section")
    assert shown(this).startswith("nothing left free")


def test_it_says_on_which_kernels_it_went_so(client: TestClient) -> None:
    said = r"Seen on Linux ([\d. /]+), to its end"
    seen = re.search(said, client.get(f"{PAGE}?peer=never-closes").text)
    assert seen is not None
    assert {"6.1.192", "6.12.117"} <= set(seen[1].split(" / "))
    assert not re.search(said, client.get(f"{PAGE}?peer=never-closes&rtt=777").text)


@pytest.mark.parametrize(
    ("query", "says", "never"),
    [
        # A closed socket without a port of its own is in no table that ss reads.
        ("linger=0&peer=never-closes&step=2", "EstabResets +1", "UNCONN"),
        ("fin_timeout=2147483&peer=never-closes&lang=zh", "4294846 秒", r"\de\+\d"),
        ("peer=silent", "107 s were seen", "the round trip and 200 ms"),
        ("rtt=210", "the round trip and 200 ms", "107 s were seen"),
        ("peer=sends&rtt=1000", "the round trip and 200 ms", "the FIN is sent once more"),
    ],
)
def test_what_it_says_and_never_does(page: ReadPage, query: str, says: str, never: str) -> None:
    text = page(f"{PAGE}?{query}").one("main").text
    assert says in text
    assert not re.search(never, text)


def test_the_form_leads_to_the_short_address(client: TestClient, page: ReadPage) -> None:
    form = page(PAGE).one("form", action=PAGE)
    fields = {field["name"] for tag in ("input", "select") for field in form.all(tag)}
    assert {"peer", "rtt", "orphan_retries", "state", "linger2"} <= fields
    answer = client.get(f"{PAGE}?form=1&peer=silent&rtt=0&sack=1&state=ESTABLISHED")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?peer=silent")


def test_the_study_page_has_it_too_and_keeps_the_peer(client: TestClient, page: ReadPage) -> None:
    found = page("/tcp_close?peer=silent")
    assert "102.4 s" in found.one("section", id="afterwards").one(class_="a-says").text
    assert (
        found.one(class_="player")
        .one("a", data_go="forward")["href"]
        .startswith("/tcp_close?peer=silent&step=")
    )
    answer = client.get("/tcp_close?form=1&state=FIN_WAIT2&peer=silent")
    assert answer.headers["location"] == "/tcp_close?state=FIN_WAIT2&peer=silent"
    # A link from before says what it said.
    assert "60 s" in page("/tcp_close").one(class_="a-says").text


@pytest.mark.parametrize(
    "query", ["", "?peer=shut-window&pending=1&orphan_retries=16", "?peer=silent"]
)
def test_it_adds_at_most_8_kb_to_the_page(client: TestClient, query: str) -> None:
    html = client.get(f"/tcp_close{query}").text
    without = re.sub(
        r'<section class="section after".*?</section>\n\s*</div>', "", html, flags=re.DOTALL
    )
    without = re.sub(r'<details class="fold after".*?</details>', "", without, flags=re.DOTALL)
    assert len(without) < len(html) - 8000
    assert len(gzip.compress(html.encode())) - len(gzip.compress(without.encode())) <= 8000


def test_the_json_tells_the_same(client: TestClient) -> None:
    told = client.get(f"/api{PAGE}?peer=silent&orphan_retries=3").json()
    assert told["ended_by"] == "gives-up"
    assert told["ends_ms"] == told["events"][-1]["at_ms"]
    assert told["scenario"]["peer"] == "silent"
    assert told["url"] == f"{PAGE}?peer=silent&orphan_retries=3"
    kinds = {event["kind"] for event in told["events"]}
    assert {"segment", "timer", "counter", "gone"} <= kinds
    times = [event["at_ms"] for event in told["events"]]
    assert times == sorted(times)
    assert told["states"][0] == {"at_ms": 0, "this": "FIN_WAIT1", "peer": "ESTABLISHED"}
    assert told["sockets"][-1]["this"] == ""


def test_what_is_wrong_is_told_at_once(client: TestClient) -> None:
    for address in (f"/api{PAGE}", PAGE):
        assert client.get(f"{address}?peer=slient&rtt=-1&foo=1").status_code == 422
    body = client.get(f"/api{PAGE}?peer=slient&rtt=-1&foo=1").json()
    found = {item["key"]: item for item in body["problems"]}
    assert set(found) == {"peer", "rtt", "foo"}
    assert found["peer"]["nearest"] == "silent"
    assert client.get(f"{PAGE}?step=99").status_code == 422


def test_in_chinese_nothing_left_is_not_nothing_sent(page: ReadPage) -> None:
    this, _ = page(f"{PAGE}?recv=300&lang=zh").one(class_="a-ends").all("section")
    assert shown(this).startswith("什么也没留下")


def test_both_speak_chinese(page: ReadPage) -> None:
    assert "之后 60 秒" in page(f"{PAGE}?lang=zh").one(class_="a-says").text
    assert "任一时刻" in page(f"{PAGE}/many?lang=zh").one(class_="a-says").text


def test_it_says_what_would_shorten_it(client: TestClient, page: ReadPage) -> None:
    told = client.get(f"/api{PAGE}?pending=1&peer=shut-window").json()
    [timeout] = [item for item in told["shorten"] if "user_timeout" in item["change"]]
    assert timeout["ends_ms"] < told["ends_ms"] / 10
    links = page(f"{PAGE}?pending=1&peer=shut-window").one("ul", class_="a-shorten").all("a")
    [link] = [link for link in links if "TCP_USER_TIMEOUT" in link.text]
    found = client.get(f"/api{link['href']}").json()
    assert (found["ends_ms"], found["says"] in link.text) == (timeout["ends_ms"], False)


def test_it_goes_where_pages_go(client: TestClient, page: ReadPage) -> None:
    """Into a frame, whose links stay there, onto a card and onto the last slide, in a room too."""
    frame = page(f"/embed{PAGE}?peer=silent&step=2")
    assert frame.one("a", data_go="forward")["href"] == f"/embed{PAGE}?peer=silent&step=3"
    assert "102.4 s" in frame.one("main").text
    described = client.get(f"/oembed?url={PAGE}%3Fpeer%3Dsilent").json()
    assert f"/embed{PAGE}?peer=silent" in described["html"]
    for address in (f"{PAGE}?peer=silent", f"{PAGE}?peer=silent&rtt=20"):
        card = client.get(f"/card{address.replace('life?', 'life.svg?')}")
        assert card.status_code == 200
        assert "Life after close()" in card.text
    slide = page("/tcp_close/present?peer=silent").all("section", class_="slide")[-1]
    assert "102.4 s" in slide.text
    traces = client.get("/tcp_close/present/traces?peer=silent").json()
    assert [trace["query"] for trace in traces["traces"]] == ["peer=silent"]
    room = client.post("/live", json={"walkthrough": "tcp_close"}).json()
    answer = client.post(
        f"{room['url']}/commands",
        json={"do": "show", "block": "afterwards", "query": "sack=1&peer=silent"},
        headers={"authorization": f"Bearer {room['key']}"},
    )
    assert answer.status_code == 200, answer.text
    assert "102.4 s" in client.get(room["url"]).text


def test_what_is_chosen_is_called_as_its_button(page: ReadPage) -> None:
    found = page(f"{PAGE}?peer=silent&lang=zh")
    texts = {
        option.text
        for key in ("peer", "limit")
        for option in found.one("select", name=key).all("option")
    }
    assert {"毫无音讯", "迷你套接字太多"} <= texts
    assert not {text for text in texts if text.isascii() and text.islower()}
    assert "：立即消失" in found.one("ul", class_="a-shorten").text


def test_a_long_life_is_whole_on_its_own_page_alone(client: TestClient, page: ReadPage) -> None:
    query = "pending=1&peer=shut-window&orphan_retries=16"
    whole = len(page(f"{PAGE}?{query}").one("ol", class_="a-events").all("li"))
    part = page(f"/tcp_close?{query}").one("section", id="afterwards")
    assert (len(part.one("ol", class_="a-events").all("li")), whole > 100) == (30, True)
    (link,) = (a for a in part.all("a") if a.text == f"And so on: {whole - 30} more events")
    assert link["href"] == f"{PAGE}?{query}"
    frame = page(f"/embed{PAGE}?{query}&step=40")
    assert "Event 40 of 40" in frame.one("main").text
    assert client.get(f"/embed{PAGE}?{query}&step={whole + 1}").status_code == 422


# Many of them


@pytest.mark.parametrize("address", [PAGE, "/tcp_close"])
def test_many_are_as_the_one_was(page: ReadPage, address: str) -> None:
    found = page(f"{address}?pending=1&peer=silent&rtt=20&lang=zh")
    many = f"{PAGE}/many?silent=1000&pending=1&rtt=20&lang=zh"
    assert many in {a.get("href") for a in found.all("a")}


def test_behind_a_shut_window_data_waits(client: TestClient) -> None:
    alone = client.get(f"/api{PAGE}?pending=1&peer=shut-window").json()
    found = many(client, "silent=20&shut-window=5&rate=2000")
    (share,) = (one for one in found["shares"] if one["peer"] == "shut-window")
    assert share["orphan_s"] == pytest.approx(alone["ends_ms"] / 1000)
    assert "unsent data" in " ".join(found["notes"])
    filled = many(client, "silent=20&shut-window=5&pending=1")["notes"]
    assert "unsent data" not in " ".join(filled)


def many(client: TestClient, query: str) -> dict[str, Any]:
    answer = client.get(f"/api{PAGE}/many?{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_so_many_are_there_as_begin_in_the_time_of_a_life(client: TestClient) -> None:
    """Little's law: 2,000 a second, 2 % of them orphans for the 102.4 s of a silent peer."""
    alone = client.get(f"/api{PAGE}?peer=silent").json()
    found = many(client, "rate=2000&silent=20")
    assert found["orphans"] == pytest.approx(2000 * 0.02 * alone["ends_ms"] / 1000)
    assert found["minis"] == pytest.approx(2000 * 0.98 * 60)
    assert many(client, "rate=4000&silent=20")["minis"] == pytest.approx(2 * found["minis"])


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("rate=10", "tcp_max_tw_buckets"),
        ("silent=1000", "tcp_max_orphans"),
        ("silent=1000&queued=100000", "tcp_mem"),
        ("targets=1", "ip_local_port_range"),
        ("silent=100&tcp_max_orphans=50", "tcp_max_orphans"),
    ],
)
def test_it_says_which_limit_is_met_first(client: TestClient, query: str, first: str) -> None:
    found = many(client, query)
    assert found["first"] == first
    (limit,) = (item for item in found["limits"] if item["name"] == first)
    # At that rate it is full.
    rate = max(1, round(limit["rate"]))
    at_it = many(client, f"{re.sub('&?rate=[0-9]+', '', query).lstrip('&')}&rate={rate}")
    (full,) = (item for item in at_it["limits"] if item["name"] == first)
    assert full["used"] == pytest.approx(full["limit"], rel=0.2)


@pytest.mark.parametrize(
    ("memory", "orphans"), [(1, 4096), (16, 65_536), (24, 131_072), (64, 262_144), (512, 262_144)]
)
def test_the_limits_are_those_that_a_kernel_takes_of_so_much_memory(
    client: TestClient, memory: int, orphans: int
) -> None:
    limits = {item["name"]: item["limit"] for item in many(client, f"ram={memory}")["limits"]}
    assert limits["tcp_max_orphans"] == limits["tcp_max_tw_buckets"] == orphans


def test_what_nothing_ends_meets_a_limit_at_any_rate(client: TestClient, page: ReadPage) -> None:
    query = "pending=1&orphan_retries=16&shut-window=1&rate=1"
    found = many(client, query)
    assert (found["orphans"], found["first"]) == (None, "tcp_max_orphans")
    assert "ever more" in page(f"{PAGE}/many?{query}").one("main").text


def test_shares_of_more_than_all_are_parts_of_them(client: TestClient) -> None:
    found = many(client, "silent=900&resets=600")
    assert "1,500" in found["notes"][0]
    assert [(share["peer"], share["part"]) for share in found["shares"]] == [
        ("resets", 0.4),
        ("silent", 0.6),
    ]
    assert client.get(f"{PAGE}/many?peer=silent").status_code == 422
