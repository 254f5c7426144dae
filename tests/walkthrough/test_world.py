# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the world sees of a call, and the stories of what is left."""

import pytest
from hypothesis import HealthCheck, given, settings

from app.i18n import LANGUAGE_CODES, language
from app.walkthrough.outside import Diagram
from app.walkthrough.records import Walkthrough
from app.walkthrough.wording import Wording
from app.walkthrough.world import WorldSeen, mini_after_keepalive
from app.walkthrough.world_words import WorldWords
from tests.walkthrough.building import Folder
from tests.walkthrough.test_wording import QUERIES, scenario


def world_of(walkthrough: Walkthrough, query: str) -> WorldSeen:
    return WorldSeen(walkthrough.trace(scenario(query)))


def ladder(world: WorldSeen) -> list[str]:
    """The ladder in words: kind, name, and what is special."""
    return [
        " ".join(
            part
            for part in (
                rung.kind,
                rung.name,
                rung.cause or "",
                f"x{rung.count}" if rung.count > 1 else "",
                "ignored" if rung.is_ignored else "",
            )
            if part
        )
        for rung in world.rungs
    ]


def story(walkthrough: Walkthrough, query: str) -> str:
    told = world_of(walkthrough, query).afterwards(walkthrough.outside)
    assert told is not None, query
    return told.story.id


# ---- the ladder ----


def test_unread_data_arrives_before_close_and_a_reset_leaves_after_it(
    tcp_close: Walkthrough,
) -> None:
    assert ladder(world_of(tcp_close, "state=CLOSE_WAIT&recv=300-fin")) == [
        "state CLOSE_WAIT",
        "queued data",
        "queued fin",
        "close",
        "state CLOSE",
        "ours RST abort",
        "orphan",
        "destroyed",
        "return",
    ]


def test_the_peers_segments_stand_between_ours_in_the_order_of_the_steps(
    tcp_close: Walkthrough,
) -> None:
    assert ladder(world_of(tcp_close, "linger=5&wait=fin-ack")) == [
        "state ESTABLISHED",
        "close",
        "state FIN_WAIT1",
        "ours FIN close",
        "sleep",
        "theirs fin wait",
        "ours ACK acknowledges-fin",
        "state CLOSING",
        "theirs ack wait",
        "mini TIME_WAIT",
        "return",
    ]


@pytest.mark.parametrize(
    ("query", "ignored"),
    [
        ("backlog=rst-data", ["theirs data backlog ignored"]),
        ("state=FIN_WAIT2&backlog=ack", ["theirs ack backlog ignored"]),
        ("linger=5&wait=fin-data", ["theirs data wait ignored"]),
        ("backlog=ack-fin", []),
    ],
)
def test_a_segment_that_changes_nothing_is_marked(
    tcp_close: Walkthrough, query: str, ignored: list[str]
) -> None:
    found = ladder(world_of(tcp_close, query))
    assert [rung for rung in found if rung.endswith("ignored")] == ignored


def test_equal_resets_of_a_listener_are_one_rung(tcp_close: Walkthrough) -> None:
    assert "ours RST child x64" in ladder(world_of(tcp_close, "state=LISTEN&accept_queue=64"))


def test_a_long_receive_queue_is_drawn_short(tcp_close: Walkthrough) -> None:
    world = world_of(tcp_close, "recv=1-2-3-4-5-6")
    queued = [(r.name, r.amount, r.count) for r in world.rungs if r.kind == "queued"]
    assert queued == [("data", 1, 1), ("data", 2, 1), ("data", 3, 1), ("more", 15, 3)]


def test_a_trace_that_stops_does_not_return(tcp_close: Walkthrough) -> None:
    stopped = WorldSeen(tcp_close.trace(scenario("state=FIN_WAIT2&linger2=-1"), "article"))
    assert stopped.trace.error is not None
    assert "return" not in ladder(stopped)
    assert stopped.afterwards(tcp_close.outside) is None


# ---- the states ----


def test_a_mini_socket_is_told_from_the_whole_socket(tcp_close: Walkthrough) -> None:
    world = world_of(tcp_close, "state=FIN_WAIT2")
    assert [(t.number, t.before, t.after, t.kind) for t in world.transitions] == [
        (1, "FIN_WAIT2", "FIN_WAIT2", "mini"),
        (0, "FIN_WAIT2", "CLOSE", "left"),
    ]
    assert world.states.values[-1][1] == "CLOSE"


def test_each_transition_of_each_preset_is_an_arrow_that_somebody_drew(
    tcp_close: Walkthrough,
) -> None:
    diagram = tcp_close.outside.diagram
    assert isinstance(diagram, Diagram)
    drawn = {(arrow.from_, arrow.to) for arrow in diagram.arrows}
    missing = {
        (t.before, t.after)
        for preset in tcp_close.presets
        for t in WorldSeen(tcp_close.trace(preset.scenario)).transitions
        if t.before != t.after and (t.before, t.after) not in drawn
    }
    assert not missing


# ---- fields, counters, timers ----


def test_fields_have_their_value_at_every_step(tcp_close: Walkthrough) -> None:
    world = world_of(tcp_close, "recv=300&linger=5")
    fields = {field.name: [value for _, value in field.values] for field in world.fields}
    assert fields["sk_state"] == ["ESTABLISHED", "CLOSE"]
    assert fields["sk->sk_shutdown"] == [None, 3]
    assert fields["data_was_unread"] == [None, 0, 300]
    assert fields["sk_flags"] == ["SOCK_LINGER", "SOCK_LINGER SOCK_DEAD"]
    assert fields["socket"] == ["free", "owned", "free"]
    assert fields["bottom-halves"] == [0, 1, 0]
    assert fields["sk_refcnt"] == [1, 2, 1, 0]
    assert fields["orphans"] == [0, 1, 0]
    # Pointers say nothing to a reader.
    assert not {"skb", "req", "tp"} & set(fields)


def test_what_changes_and_changes_back_within_a_step_did_not_change(
    tcp_close: Walkthrough,
) -> None:
    world = world_of(tcp_close, "backlog=ack")
    spinlock = next(field for field in world.fields if field.name == "spinlock")
    assert [value for _, value in spinlock.values] == ["free", "held", "free"]


def test_a_timer_that_is_cleared_says_so(tcp_close: Walkthrough) -> None:
    world = world_of(tcp_close, "state=FIN_WAIT2&fin_timeout=120&orphans=1")
    timers = {h.name: [value for _, value in h.values] for h in world.counters}
    assert timers["keepalive"] == [None, 60_000, ""]
    assert timers["TCPAbortOnMemory"] == [None, 1]


def test_the_end_of_the_histories_is_the_outcome(tcp_close: Walkthrough) -> None:
    for preset in tcp_close.presets:
        trace = tcp_close.trace(preset.scenario)
        world = WorldSeen(trace)
        last = {h.name: h.values[-1][1] for h in (*world.fields, *world.counters)}
        assert last["sk_state"] == trace.outcome.state, preset.id
        assert last["orphans"] == trace.outcome.orphans, preset.id
        counted = {h.name: h.values[-1][1] for h in world.counters if h.kind == "counter"}
        assert counted == trace.outcome.counters, preset.id
        sent = [r.name for r in world.rungs for _ in range(r.count) if r.kind == "ours"]
        assert tuple(n for n in sent if n != "ACK") == trace.outcome.segments, preset.id


# ---- afterwards ----


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "orphan-fin-wait1"),
        ("pending=1", "fin-held-back"),
        ("state=CLOSING", "orphan-closing"),
        ("state=CLOSE_WAIT", "orphan-last-ack"),
        ("state=FIN_WAIT2&fin_timeout=61", "orphan-fin-wait2"),
        ("state=FIN_WAIT2", "mini-fin-wait2"),
        ("backlog=ack-fin", "mini-time-wait"),
        ("state=LISTEN", "listener-gone"),
        ("state=LISTEN&accept_queue=2", "children-reset"),
        ("recv=300", "reset"),
        ("linger=0", "reset"),
        ("backlog=data", "reset"),
        ("orphans=1", "over-the-limit"),
        ("backlog=rst", "peer-reset"),
        ("repair=1", "silent-repair"),
        ("netns=dying", "namespace-gone"),
        ("state=SYN_SENT", "never-connected"),
        ("state=CLOSE", "ended-before"),
        ("state=LAST_ACK&backlog=ack", "acknowledged"),
        ("state=CLOSING&linger=0", "silent-abort"),
    ],
)
def test_each_outcome_has_its_story(tcp_close: Walkthrough, query: str, expected: str) -> None:
    assert story(tcp_close, query) == expected


def test_the_mini_socket_after_the_timer_gets_the_same_time_again(tcp_close: Walkthrough) -> None:
    """The 60-second cliff: 61 s wanted are 1 s on the timer and 1 s as a mini-socket."""
    told = world_of(tcp_close, "state=FIN_WAIT2&linger2=61&fin_timeout=120").afterwards(
        tcp_close.outside
    )
    assert told is not None
    assert (told.values["keepalive"], told.values["mini"]) == (1000, 1000)
    assert mini_after_keepalive(500, 200) == 700


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(inputs=QUERIES)
def test_any_scenario_has_a_ladder_and_a_story_in_words(
    tcp_close: Walkthrough, inputs: dict[str, str]
) -> None:
    trace = tcp_close.trace(scenario("&".join(f"{key}={value}" for key, value in inputs.items())))
    world = WorldSeen(trace)
    told = world.afterwards(tcp_close.outside)
    assert told is not None
    for code in LANGUAGE_CODES:
        words = WorldWords(Wording(tcp_close, language(code)))
        texts = [
            *words.told(told),
            *(text for rung in world.rungs for text in (words.label(rung), words.sentence(rung))),
            *(words.transition(t) for t in world.transitions),
            *(words.value(h, v) for h in (*world.fields, *world.counters) for _, v in h.values),
            *(text for _, _, text in words.brief(world)),
        ]
        for text in texts:
            assert text
            assert "{" not in text
    steps = [rung.step for rung in world.rungs]
    assert steps == sorted(steps)


def test_the_brief_says_one_thing_about_the_states_at_a_time(tcp_close: Walkthrough) -> None:
    words = WorldWords(Wording(tcp_close, language("en")))
    world = world_of(tcp_close, "linger=5&wait=fin-ack")
    for step in range(1, len(world.trace.steps) + 1):
        there = [
            text
            for at, until, text in words.brief(world)
            if at <= step and (until is None or step < until)
        ]
        assert sum("ESTABLISHED" in text for text in there) == 1
        assert ("nothing sent" in there) == (step < 12)


# ---- mistakes of an author ----


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("diagram.yaml", "  SYN_SENT: [", "  SYN_SEND: [", "SYN_SEND is no state"),
        ("diagram.yaml", "{from: LISTEN, to: CLOSE,", "{from: LISTEN, to: CLOSED,", "no place"),
        ("diagram.yaml", "{from: LISTEN, to: CLOSE,", "{from: LISTEN, to: SYN_RECV,", "twice"),
        ("diagram.yaml", '"M318 27V93"', '"M318 27<V93"', "path"),
        ("afterwards.yaml", "when: {fate: orphan, state: CLOSING}", "when: {fat: x}", "no fact"),
        ("afterwards.yaml", "  - id: reset\n", "  - id: peer-reset\n", "twice"),
        ("afterwards.yaml", "waits {keepalive} for", "waits {keepaliv} for", "{keepaliv}"),
        ("afterwards.yaml", "Connections reset: {children}.", "In {keepalive}.", "{keepalive} is"),
        ("afterwards.yaml", "when: {fate: timewait}", "when: {fate: x}", "no story fits"),
        ("life.yaml", "  gives-up:\n", "  gives-in:\n", "gives-up has no sentence"),
        ("life.yaml", "  silent: {en", "  mute: {en", "mute is not known"),
        ("afterwards.yaml", "  tcp_mem:\n", "  tcp_mum:\n", "tcp_mem is not explained"),
    ],
)
def test_a_mistake_in_the_files_is_reported(
    copied: Folder, file: str, old: str, new: str, message: str
) -> None:
    line = copied.edit(file, old, new)
    found = [p for p in copied.problems() if message in p.message]
    assert found
    assert all(p.file.endswith(file) for p in found)
    assert line > 0
    assert all(p.line is not None for p in found)


def test_a_walkthrough_may_do_without_either(tiny: Folder) -> None:
    walkthrough = tiny.load()
    assert walkthrough.outside.diagram is None
    assert walkthrough.outside.stories == ()
