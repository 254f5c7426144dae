# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Counters as rates, beside the lines that count them."""

import pytest

from app.lab.prediction import COUNTERS
from app.lab.rates import HISTORY, Row, Watch, spark
from app.walkthrough.observables import observed
from app.walkthrough.records import Walkthrough


@pytest.fixture
def watch(tcp_close: Walkthrough) -> Watch:
    return Watch(observed(tcp_close))


def row(rows: tuple[Row, ...], name: str) -> Row:
    return next(one for one in rows if one.name == name)


def test_the_first_look_has_no_rate(watch: Watch) -> None:
    rows = watch.look({"TCPAbortOnClose": 700}, at=10)
    found = row(rows, "TcpExtTCPAbortOnClose")
    assert (found.per_second, found.since_start, found.history) == (None, 0, ())


def test_a_rate_is_what_was_counted_by_the_time_that_passed(watch: Watch) -> None:
    watch.look({"TCPAbortOnClose": 700, "OutRsts": 9}, at=10)
    rows = watch.look({"TCPAbortOnClose": 705, "OutRsts": 9}, at=12)
    assert row(rows, "TcpExtTCPAbortOnClose").per_second == 2.5
    assert row(rows, "TcpOutRsts").per_second == 0
    rows = watch.look({"TCPAbortOnClose": 706, "OutRsts": 9}, at=13)
    found = row(rows, "TcpExtTCPAbortOnClose")
    assert (found.per_second, found.since_start, found.history) == (1, 6, (2.5, 1))


def test_a_counter_that_goes_back_is_no_negative_rate(watch: Watch) -> None:
    watch.look({"TCPAbortOnClose": 700}, at=10)
    rows = watch.look({"TCPAbortOnClose": 3}, at=11)
    assert row(rows, "TcpExtTCPAbortOnClose").per_second == 0


def test_each_abort_counter_stands_at_its_lines(watch: Watch, tcp_close: Walkthrough) -> None:
    rows = watch.look({}, at=0)
    assert [one.name for one in rows if one.is_named] == [
        "TcpExtTCPAbortOnClose",
        "TcpExtTCPAbortOnData",
        "TcpExtTCPAbortOnLinger",
        "TcpExtTCPAbortOnMemory",
    ]
    source = tcp_close.edition.source.lines
    assert "LINUX_MIB_TCPABORTONCLOSE" in source[row(rows, rows[0].name).lines[0] - 1]
    assert len(row(rows, "TcpExtTCPAbortOnData").lines) == 3
    assert row(rows, "TcpExtTCPAbortOnTimeout").lines == ()
    assert len(rows) == len(COUNTERS)


def test_the_history_is_bounded(watch: Watch) -> None:
    looks = [watch.look({"OutRsts": second}, at=second) for second in range(HISTORY + 20)]
    assert len(row(looks[-1], "TcpOutRsts").history) == HISTORY


@pytest.mark.parametrize(
    ("rates", "bars"), [((), "    "), ((0.0,), "   ·"), ((0, 1, 8, 4, 0), "▂█▅·"), ((5,), "   █")]
)
def test_the_small_picture_is_as_high_as_its_highest(rates: tuple[float, ...], bars: str) -> None:
    assert spark(rates, 4) == bars
