# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A server with a lab: who may run a recipe, and what the pages show of it."""

import asyncio
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from app.errors import ReaderError, TooMany
from app.lab.experiment import LabCase, Result
from app.lab.machine import Kernel, best_namespace
from app.lab.place import here
from app.lab.plan import Plan
from app.lab.prediction import predict
from app.lab.recipes import plan_for
from app.lab.stage import Moment, Observation
from app.lab.verdict import judge
from app.walkthrough.records import Walkthrough
from app.web.app import create_app
from app.web.lab.guard import is_this_machine
from app.web.lab.result import chain, kernel_rungs
from app.web.lab.runs import BURST, LabRuns
from app.web.settings import Settings
from tests.lab.conftest import left_out_here
from tests.web.reading import document

RUN = "/tcp_close/lab/run"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="LEFT OUT: this is not Linux")


@pytest.fixture(scope="module")
def lab() -> Iterator[TestClient]:
    """A client of a server that has a lab, which sits at the same machine."""
    app = create_app(settings=replace(Settings.from_environment(), has_lab=True))
    with TestClient(
        app,
        base_url="http://127.0.0.1:8000",
        follow_redirects=False,
        headers={"accept-language": "en"},
    ) as client:
        yield client


def token(client: TestClient) -> str:
    found = re.search(r'name="token" value="([\w-]{43})"', client.get("/tcp_close/lab").text)
    assert found
    return found[1]


# ---- who is heard ----


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:8000", "localhost:9", "[::1]:8000", "127.9.9.9", "LOCALHOST"]
)
def test_names_of_this_machine_are_answered(lab: TestClient, host: str) -> None:
    assert is_this_machine(host)
    assert lab.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        *("", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "0.0.0.0"),
        *("192.0.2.1:8000", "[::]", "[::1", "127.0.0.1@evil.example", "localhost."),
    ],
)
@pytest.mark.parametrize("path", ["/", "/tcp_close/lab", "/api/tcp_close", "/static/icon.svg"])
def test_another_host_is_not(lab: TestClient, host: str, path: str) -> None:
    lab.get(path)  # Nothing may come out of the cache of answers either.
    response = lab.get(path, headers={"host": host})
    assert response.status_code == 421
    assert "127.0.0.1" in response.json()["detail"]
    assert "token" not in response.text
    assert "content-security-policy" in response.headers


def test_a_server_without_a_lab_has_none_of_this(client: TestClient) -> None:
    assert "Run it on this kernel" not in client.get("/tcp_close/lab").text
    assert client.post(RUN, data={"token": "x"}).status_code in {404, 405}
    assert client.get("/tcp_close/watch").status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://[", "sec-fetch-site": "same-origin"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:8000"}, 403),
        ({"sec-fetch-site": "same-origin", "origin": "http://evil.example"}, 403),
        ({"content-type": "text/plain"}, 415),
    ],
)
def test_another_site_s_page_runs_nothing(
    lab: TestClient, headers: dict[str, str], status: int
) -> None:
    response = lab.post(RUN, data={"token": token(lab), "query": "recv=300"}, headers=headers)
    assert response.status_code == status


@pytest.mark.parametrize("fields", [{}, {"token": ""}, {"token": "x" * 43}, {"token": "é"}])
def test_without_the_page_s_token_nothing_runs(lab: TestClient, fields: dict[str, str]) -> None:
    assert lab.post(RUN, data={"query": "recv=300", **fields}).status_code == 403


def test_a_large_body_is_not_read(lab: TestClient) -> None:
    assert lab.post(RUN, data={"token": "x" * 10_000}).status_code == 413


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("orphans=1", "The lab leaves this out"),
        ("linger=3600", "The lab leaves this out"),
        ("lingr=3", "lingr"),
        ("recv=x", "recv"),
    ],
)
def test_only_known_recipes_run(lab: TestClient, query: str, said: str) -> None:
    response = lab.post(RUN, data={"token": token(lab), "query": query})
    assert response.status_code == 422
    assert said in response.text
    told = lab.post(
        RUN,
        data={"token": token(lab), "query": query},
        headers={"accept": "text/event-stream"},
    )
    assert told.headers["content-type"] == "application/problem+json"


def test_who_comes_back_to_its_address_gets_the_page(lab: TestClient) -> None:
    response = lab.get(RUN)
    assert (response.status_code, response.headers["location"]) == (303, "/tcp_close/lab")


# ---- a run ----


def needs_namespace() -> None:
    if best_namespace() == "none":
        left_out_here("no network namespace can be made here")


def test_without_scripts_the_answer_is_the_page_with_the_result(lab: TestClient) -> None:
    needs_namespace()
    response = lab.post(RUN, data={"token": token(lab), "query": "recv=300", "lang": "en"})
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    text = document(response).text
    assert "did what the model says" in text
    assert response.text.count('<svg class="ladder"') == 2
    assert "> R. 1:1(0) ack 301" in text
    assert "close() returns." in text


def test_a_script_hears_how_far_it_is(lab: TestClient) -> None:
    needs_namespace()
    response = lab.post(
        RUN,
        data={"token": token(lab), "query": "linger=0", "lang": "zh"},
        headers={"accept": "text/event-stream", "origin": "http://127.0.0.1:8000"},
    )
    assert response.headers["content-type"].startswith("text/event-stream")
    events = [part.split("\n", 1) for part in response.text.strip().split("\n\n")]
    steps = [json.loads(data[6:])["step"] for name, data in events if name == "event: progress"]
    assert steps[:4] == ["begun", "ready", "arrived", "closed"]
    name, data = events[-1]
    result = json.loads(data[6:])
    assert (name, result["verdict"]) == ("event: result", "agree")
    assert "的行为与模型一致" in result["html"]


def test_a_difference_that_is_known_is_explained(lab: TestClient) -> None:
    needs_namespace()
    response = lab.post(RUN, data={"token": token(lab), "query": "state=FIN_WAIT2&linger2=200"})
    assert response.status_code == 200
    assert re.search(r'data-verdict="(agree|explained)"', response.text)


def test_kernels_that_are_chosen_stand_side_by_side(tcp_close: Walkthrough) -> None:
    """This machine's stands for another here; a limit of a whole machine is a guest's alone."""
    needs_namespace()
    guest = replace(here(), kernel=Kernel(release="6.1.192"), is_guest=True)
    gone = replace(guest, kernel=Kernel(release="6.2.1"), command=("/nonexistent",))
    app = create_app(
        settings=replace(Settings.from_environment(), has_lab=True), lab_guests=[guest, gone]
    )
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        page = document(client.get("/tcp_close/lab?recv=300"))
        names = [box["name"] for box in page.all("input") if box["type"] == "checkbox"]
        assert names[1:] == ["Linux 6.1.192, qemu", "Linux 6.2.1, qemu"]
        fields = {"token": token(client), "query": "recv=300", **dict.fromkeys(names, "on")}
        answer = client.post(RUN, data=fields)
        assert answer.text.count('<svg class="ladder"') == 3
        assert "The lab itself failed" in answer.text
        assert answer.text.count('data-sign="same"') >= 8
        alone = document(client.get("/tcp_close/lab?orphans=1")).all("input", type="checkbox")
        assert [box["name"] for box in alone] == names[1:]


async def test_one_at_a_time_and_ended_when_nobody_wants_it(tcp_close: Walkthrough) -> None:
    case = LabCase(
        id="slow", trace=tcp_close.trace(tcp_close.presets_by_id["lingering-in-vain"].scenario)
    )

    runs = LabRuns(lambda: 0.0)
    first = runs.start(case, runs.places)
    with pytest.raises(ReaderError) as raised:
        runs.start(case, runs.places)
    assert raised.value.status == 409
    await asyncio.sleep(0)
    runs.stop()
    ((_, outcome),) = await first.outcome()
    assert not isinstance(outcome, Result)
    assert outcome.code == "stopped"
    assert {word async for _, word in first.progress()} <= {"begun", "ready"}
    runs.start(case, runs.places)
    runs.stop()


async def test_not_too_often(tcp_close: Walkthrough) -> None:
    case = LabCase(id="any", trace=tcp_close.trace(tcp_close.presets_by_id["plain-close"].scenario))

    runs = LabRuns(lambda: 0.0)
    for _ in range(BURST):
        run = runs.start(case, runs.places)
        runs.stop()
        await run.outcome()
    with pytest.raises(TooMany):
        runs.start(case, runs.places)


# ---- the kernel's ladder ----


def ladder(
    tcp_close: Walkthrough, name: str, moments: tuple[Moment, ...], **seen: object
) -> list[str]:
    """Kind and name of each rung."""
    trace = tcp_close.trace(tcp_close.presets_by_id[name].scenario)
    plan = plan_for(trace)
    assert isinstance(plan, Plan)
    fields = {
        "segments": (),
        "counters": {},
        "left": None,
        "timer": None,
        "timer_ms": None,
        "transitions": None,
        "reset_reasons": None,
        "errno": None,
        "sleep": "none",
        **seen,
    }
    observed = Observation(**fields, moments=moments)  # type: ignore[arg-type]
    verdict = judge(plan, predict(trace), observed, (6, 18, 0))
    found = Result(
        case=LabCase(id=name, trace=trace),
        predicted=predict(trace),
        plan=plan,
        observed=observed,
        verdict=verdict,
        left_out=None,
        attempts=1,
    )
    return [f"{r.kind} {r.name} {r.count}".strip() for r in kernel_rungs(found, observed)]


def test_the_ladder_has_what_was_seen_in_its_order(tcp_close: Walkthrough) -> None:
    rungs = ladder(
        tcp_close,
        "unread-reset",
        (
            (10, "state", "ESTABLISHED > CLOSE"),
            (20, "segment", "> R. 1:1(0) ack 301"),
            (40, "returned", ""),
        ),
    )
    assert rungs == [
        *("state ESTABLISHED 1", "queued data 1", "close  1", "state CLOSE 1", "ours RST 1"),
        *("return  1", "destroyed  1"),
    ]


def test_a_mini_socket_takes_over_where_the_whole_one_goes(tcp_close: Walkthrough) -> None:
    rungs = ladder(
        tcp_close,
        "lingering-acked",
        (
            (10, "state", "ESTABLISHED > FIN_WAIT1"),
            (20, "segment", "> F. 1:1(0) ack 1"),
            (900, "segment", "< . 1:1(0) ack 2 win 65535"),
            (910, "state", "FIN_WAIT1 > FIN_WAIT2"),
            (920, "state", "FIN_WAIT2 > CLOSE"),
            (930, "returned", ""),
        ),
        left="FIN_WAIT2",
        timer="timewait",
        sleep="woken",
    )
    assert rungs[2:] == [
        *("state FIN_WAIT1 1", "ours FIN 1", "sleep  1", "theirs ack 1", "state FIN_WAIT2 1"),
        *("mini FIN_WAIT2 1", "return  1"),
    ]


def test_equal_segments_are_one_rung(tcp_close: Walkthrough) -> None:
    resets = tuple((n, "segment", "> R. 1:1(0) ack 1") for n in (1, 2, 3))
    rungs = ladder(tcp_close, "listener-children", (*resets, (9, "returned", "")))
    assert "ours RST 3" in rungs


def test_transitions_that_follow_are_one_chain() -> None:
    assert chain([("A", "B"), ("B", "C")]) == "A → B → C"
    assert chain([("A", "B"), ("C", "D")]) == "A → B, C → D"
    assert chain([]) == ""
