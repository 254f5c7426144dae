# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`symptoms.yaml`: what it has to hold, how its mistakes are reported, which line counts what."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.lab.prediction import predict
from app.lab.takehome.watching import watching
from app.walkthrough.counters import COUNTERS, counters_in, nstat_name
from app.walkthrough.observables import Observables, branches_around, left_state, observed
from app.walkthrough.records import Walkthrough
from tests.conftest import shipped
from tests.walkthrough import building
from tests.walkthrough.building import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """The tiny walkthrough, with one symptom."""
    folder = building.tiny(tmp_path)
    folder.write("symptoms.yaml", building.SYMPTOMS)
    return folder


@pytest.fixture(scope="module")
def found(tcp_close: Walkthrough) -> Observables:
    return observed(tcp_close)


# What is loaded


def test_a_walkthrough_may_do_without_symptoms(tmp_path: Path) -> None:
    assert building.tiny(tmp_path).load().symptoms.symptoms == []


def test_a_symptom_is_loaded_with_its_texts_in_each_language(folder: Folder) -> None:
    (symptom,) = folder.load().symptoms.symptoms
    assert (symptom.id, symptom.group, symptom.states) == ("no-answer", "peer", ["FIN_WAIT1"])
    assert symptom.title["zh"] == "没有应答"
    assert [link.target for link in symptom.does["en"].links()] == ["needs-fin/true", "listener"]
    assert symptom.confirm[0].run == "nstat -az TcpOutRsts"
    assert symptom.trap is None


# What is reported; mistakes.yaml has more of it


def test_an_id_that_stands_twice_is_reported(folder: Folder) -> None:
    entry = building.SYMPTOMS[building.SYMPTOMS.index("  - id:") : building.SYMPTOMS.index("also:")]
    folder.write("symptoms.yaml", building.SYMPTOMS.replace("also:", entry + "also:"))
    assert folder.problem().message == "symptom no-answer stands twice"


def test_all_mistakes_are_reported_at_once(folder: Folder) -> None:
    folder.edit("symptoms.yaml", "counters: [TcpOutRsts]", "counters: [TcpOutRst]")
    folder.edit("symptoms.yaml", "See [a listener](preset:listener)", "See [it](preset:no)")
    assert len(folder.problems()) == 2


def test_a_commentary_may_link_to_a_symptom(folder: Folder) -> None:
    text = building.COMMENTARY.replace("Because.", "Because of [that](symptom:no-answer).")
    folder.write("blocks/fin.en.md", text)
    assert folder.problems() == ()
    folder.write("blocks/fin.en.md", text.replace("no-answer", "no-answers"))
    assert folder.problem().nearest == "no-answer"


# The real ones


def test_the_symptoms_that_people_come_with_are_there(tcp_close: Walkthrough) -> None:
    symptoms = tcp_close.symptoms.symptoms
    assert len(symptoms) >= 14
    assert {symptom.group for symptom in symptoms} == {"peer", "program", "counter", "listing"}
    assert {
        "reset-after-close",
        "tail-lost",
        "epipe",
        "abort-on-close",
        "abort-on-data",
        "abort-on-linger",
        "abort-on-memory",
        "too-many-orphans",
        "fin-wait1",
        "fin-wait2",
        "last-ack",
        "closing",
        "time-wait",
        "close-blocks",
        "linger-ignored",
        "address-in-use",
        "listener-clients-reset",
        "resets-without-aborts",
        "orphans",
    } <= {symptom.id for symptom in symptoms}


def test_each_symptom_leads_into_the_function_and_names_a_command(tcp_close: Walkthrough) -> None:
    for symptom in tcp_close.symptoms.symptoms:
        for language in tcp_close.languages:
            schemes = {link.scheme for link in symptom.does[language].links()}
            assert schemes & {"branch", "block", "preset", "scenario"}, (symptom.id, language)
        assert symptom.confirm, symptom.id


def test_both_languages_link_to_the_same_places(tcp_close: Walkthrough) -> None:
    for symptom in tcp_close.symptoms.symptoms:
        for texts in (symptom.sees, symptom.does, symptom.change, symptom.trap or {}):
            found = {
                language: sorted((link.scheme, link.target) for link in prose.links())
                for language, prose in texts.items()
            }
            assert found.get("en") == found.get("zh"), symptom.id


def test_every_abort_counter_and_every_state_left_has_a_symptom(
    tcp_close: Walkthrough, found: Observables
) -> None:
    named = {name for symptom in tcp_close.symptoms.symptoms for name in symptom.counters}
    states = {name for symptom in tcp_close.symptoms.symptoms for name in symptom.states}
    assert {name for name, item in found.counters.items() if item.is_named} <= named
    assert set(found.states) <= states


# Which line counts what


def text_of(walkthrough: Walkthrough, line: int) -> str:
    return walkthrough.edition.source.line(line).strip()


def test_a_counter_that_the_source_names_stands_at_its_line(
    tcp_close: Walkthrough, found: Observables
) -> None:
    (site,) = found.counters["TcpExtTCPAbortOnClose"].sites
    assert "LINUX_MIB_TCPABORTONCLOSE" in text_of(tcp_close, site.line)
    assert site.branch is not None
    assert site.branch[0] == "unread"
    assert site.branch[1] is True
    assert site.preset.id == "unread-reset"


def test_a_counter_that_several_lines_share_stands_at_each(
    tcp_close: Walkthrough, found: Observables
) -> None:
    lines = [text_of(tcp_close, site.line) for site in found.counters["TcpExtTCPAbortOnData"].sites]
    assert len(lines) == 3
    assert "LINUX_MIB_TCPABORTONDATA" in lines[0]
    assert lines[1:] == ["sk_stream_wait_close(sk, timeout);", "__release_sock(sk);"]


def test_every_counter_of_the_outcomes_has_a_line(
    tcp_close: Walkthrough, found: Observables
) -> None:
    for preset in tcp_close.presets:
        for name in tcp_close.trace(preset.scenario).outcome.counters:
            assert nstat_name(name) in found.counters


def test_a_state_stands_where_the_socket_was_left_in_it(
    tcp_close: Walkthrough, found: Observables
) -> None:
    assert set(found.states) == {"FIN_WAIT1", "FIN_WAIT2", "CLOSING", "LAST_ACK", "TIME_WAIT"}
    lines = [text_of(tcp_close, site.line) for site in found.states["FIN_WAIT2"].sites]
    assert lines == ["inet_csk_reset_keepalive_timer(sk,", "tcp_time_wait(sk, TCP_FIN_WAIT2, tmo);"]
    for state, item in found.states.items():
        for site in item.sites:
            assert left_state(tcp_close.trace(site.preset.scenario)) == state


def test_a_condition_that_changes_the_state_stands_with_the_way_it_took(
    tcp_close: Walkthrough, found: Observables
) -> None:
    (site,) = found.states["LAST_ACK"].sites
    assert site.branch == ("needs-fin", True)


def test_the_branch_around_a_line_is_the_innermost_one(tcp_close: Walkthrough) -> None:
    around = branches_around(tcp_close)
    oom = tcp_close.decisions_by_id["oom"]
    dying = tcp_close.decisions_by_id["netns-dying"]
    assert around[oom.line + 1] == (oom.id, True)
    assert around[dying.line] == (oom.id, False)
    assert 1 not in around


def test_the_lines_follow_from_the_presets_alone(tcp_close: Walkthrough) -> None:
    quiet = replace(tcp_close, presets=tuple(p for p in tcp_close.presets if p.id == "plain-close"))
    found = observed(quiet)
    assert found.counters == {}
    assert list(found.states) == ["FIN_WAIT1"]


def test_names_are_spelled_as_nstat_does() -> None:
    assert nstat_name("OutRsts") == "TcpOutRsts"
    assert nstat_name("TCPAbortOnData") == "TcpExtTCPAbortOnData"
    assert {nstat_name("EstabResets"), nstat_name("TCPAbortOnClose")} <= COUNTERS
    assert list(counters_in("`TcpOutRsts`, TcpExtTW and tcp_mem; TCP is none")) == [
        "TcpOutRsts",
        "TcpExtTW",
    ]


def test_every_filter_for_tcpdump_sees_ipv6() -> None:
    """Libpcap's `tcp[…]` matches IPv4 alone."""
    walkthrough = shipped()
    commands = [one.run for symptom in walkthrough.symptoms.symptoms for one in symptom.confirm]
    commands += [
        one.run
        for preset in walkthrough.presets
        for one in watching(predict(walkthrough.trace(preset.scenario)))
    ]
    filters = [run for run in commands if "tcp[" in run]
    assert len(filters) > len(walkthrough.presets)
    assert [run for run in filters if "ip6[53]" not in run] == []
