# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The overview is drawn from traces: what it shows of both ends is what the C does."""

import re
import shutil
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from app.errors import ContentError
from app.paths import CONTENT
from app.walkthrough.load import load_walkthrough
from app.walkthrough.overview import Row
from tests.conftest import shipped

WALKTHROUGH = shipped()


def life(**scenarios: str) -> tuple[Row, ...]:
    """The drawing, with other scenarios for one of the ends."""
    overview = WALKTHROUGH.overview
    assert overview is not None
    others = {end: dict(parse_qsl(asked)) for end, asked in scenarios.items()}
    drawn = overview.model_copy(update={"life": overview.life.model_copy(update=others)})
    return drawn.rows(WALKTHROUGH)


def stages(rows: tuple[Row, ...], end: str) -> list[str]:
    cells = [getattr(row, end) for row in rows]
    return [cell.stage for cell in cells if cell.begins]


def test_the_first_to_close_leaves_a_mini_socket_and_the_other_nothing() -> None:
    rows = life()
    assert stages(rows, "this") == ["held", "orphan", "mini", "gone"]
    assert stages(rows, "peer") == ["held", "orphan", "gone"]
    sent = [(row.segment, row.is_ours) for row in rows if row.segment]
    assert sent == [("FIN", True), ("ACK", False), ("FIN", False), ("ACK", True)]
    minis = [(row.this.name, row.this.ms) for row in rows if row.this.ms is not None]
    assert minis == [("FIN_WAIT2", 60_000), ("TIME_WAIT", 60_000)]


def test_other_sockets_have_other_lives() -> None:
    """What would not be so if the drawing were told a second time."""
    assert stages(life(this="recv=300"), "this") == ["held", "orphan", "gone", "gone"]
    assert stages(life(peer="state=CLOSE_WAIT"), "peer") == ["held", "orphan"]
    limits = {row.this.ms for row in life(this="backlog=ack&fin_timeout=20&tw_timeout=30")}
    assert limits == {None, 20_000, 30_000}


def test_a_segment_meets_who_holds_the_socket() -> None:
    overview = WALKTHROUGH.overview
    assert overview is not None
    holds = [(hold.line, hold.holding) for hold in overview.holds(WALKTHROUGH)]
    assert [one for _, one in holds] == ["owned", "owned", "held", "held", "owned", "owned", "free"]
    source = WALKTHROUGH.edition.source
    assert [source.line(line).strip() for line, one in holds if one == "free"] == [
        "release_sock(sk);"
    ]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("this: {backlog: ack}", "this: {backlog: akc}", "akc"),
        ("block: time-wait", "block: time-wiat", "block time-wiat is unknown"),
        ("](branch:unread/true)", "](branch:unraed/true)", "unraed"),
        ("    free: ", "    # free: ", "free is missing"),
        ("      block: orphan\n", "", "block"),
    ],
)
def test_a_mistake_is_reported(tmp_path: Path, old: str, new: str, says: str) -> None:
    folder = tmp_path / "tcp_close"
    shutil.copytree(CONTENT / "tcp_close", folder)
    file = folder / "overview.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError, match=re.escape(says)):
        load_walkthrough(folder)
