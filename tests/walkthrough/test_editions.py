# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Edited texts of the function: no decision is explained by another's sentences, no page breaks."""

import re
from contextlib import suppress
from dataclasses import replace
from urllib.parse import parse_qsl

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.csource.source import Source
from app.errors import ExecutionError, SourceError
from app.kernel.scenario import parse_scenario
from app.walkthrough.alignment import Heading, aligned
from app.walkthrough.records import Edition
from app.web.app import create_app
from tests.conftest import shipped

SCENARIOS = (
    "state=LISTEN",
    "recv=300",
    "state=CLOSE_WAIT&recv=300-fin",
    "state=FIN_WAIT2",
    "orphans=1",
)
_STATEMENT = re.compile(r"^\t+(?!return|goto|break|continue)\w[\w>.-]*\(.*\);$")
_IF = re.compile(r"^(\t+)(\} else )?if \((.+)\)( \{)?$")


def statements() -> list[int]:
    """The indices of lines that are one call."""
    return [i for i, line in enumerate(shipped().edition.source.lines) if _STATEMENT.match(line)]


def ifs() -> list[int]:
    """The indices of lines that are the whole head of an `if`."""
    return [i for i, line in enumerate(shipped().edition.source.lines) if _IF.match(line)]


@st.composite
def edited_texts(draw: st.DrawFn) -> str:
    """The function, edited: a condition is added, nested or negated, or a call dropped."""
    lines = list(shipped().edition.source.lines)
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["guard", "block", "negate", "narrow", "drop"]))
        at = draw(st.sampled_from(ifs() if kind in {"negate", "narrow"} else statements()))
        line = lines[at]
        indent = line[: len(line) - len(line.lstrip("\t"))]
        if kind == "guard" and _STATEMENT.match(line):
            lines[at] = f"{indent}if (sk->sk_state != TCP_LISTEN) {line.strip()}"
        elif kind == "block" and _STATEMENT.match(line):
            lines[at] = f"{indent}if (sk->sk_state == TCP_CLOSE) {{\n\t{line}\n{indent}}}"
        elif kind == "drop" and _STATEMENT.match(line):
            lines[at] = f"{indent};"
        elif found := _IF.match(line):
            start, otherwise, condition, brace = found.groups("")
            condition = f"!({condition})" if kind == "negate" else f"({condition}) && 1"
            lines[at] = f"{start}{otherwise}if ({condition}){brace}"
    return "\n".join(lines) + "\n"


def edition_of(text: str) -> Edition:
    base = shipped().edition
    heading = Heading(id="edited", title={"en": "Edited"}, note={"en": "Edited."})
    return aligned(base, Source(base.source.file, text), heading)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=edited_texts())
def test_a_decision_has_its_own_sentences_or_none(text: str) -> None:
    try:
        edition = edition_of(text)
    except SourceError:
        return  # refused in a sentence
    own = shipped().decisions_by_id
    assert [decision.id for decision in edition.decisions] == list(edition.program.ids)
    assert len(edition.decisions_by_id) == len(edition.decisions)
    for decision in edition.decisions:
        assert decision.condition in re.sub(r"\s+", " ", text)
        if decision.id not in own:
            assert decision.standing == "new"
        elif decision.condition != own[decision.id].condition:
            assert decision.standing == "edited"
        sentences = (decision.when_true, decision.when_false)
        if decision.standing != "same":
            assert all("nothing explains it" in sentence["en"] for sentence in sentences)
        else:
            assert sentences == (own[decision.id].when_true, own[decision.id].when_false)
    for query in SCENARIOS:
        scenario = parse_scenario(parse_qsl(query))
        if edition.program.faults:
            continue
        try:
            trace = edition.trace(scenario)
        except ExecutionError:
            continue
        assert {name for name, _ in trace.branches} <= set(edition.decisions_by_id)


TEXTS = st.lists(st.tuples(edited_texts(), st.sampled_from(SCENARIOS)), min_size=6, max_size=6)


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=TEXTS)
def test_no_page_of_an_edited_text_breaks(texts: list[tuple[str, str]]) -> None:
    """A dozen of them, as variants of two programs."""
    app = create_app()
    known = app.state.site.walkthroughs
    variants = dict(known["tcp_close"].variants)
    for number, (text, _) in enumerate(texts):
        with suppress(SourceError):
            variants[f"edited-{number}"] = edition_of(text)
    known["tcp_close"] = replace(known["tcp_close"], variants=variants)
    client = TestClient(app)
    for number, (_, query) in enumerate(texts):
        name = f"edited-{number}"
        edition = variants.get(name)
        if edition is None or edition.program.faults:
            continue
        query += f"&variant={name}"
        for address in (
            f"/tcp_close?{query}",
            f"/tcp_close?{query}&lang=zh&step=3",
            f"/api/tcp_close/trace?{query}",
            f"/copy/tcp_close?{query}",
            f"/embed/tcp_close?{query}",
        ):
            assert client.get(address).status_code == 200, address
        for place, is_there in (
            ("unread/true", "unread" in edition.decisions_by_id),
            ("backlog", "backlog" in edition.blocks_by_id),
        ):
            answer = client.get(f"/tcp_close/{place}?{query}")
            assert answer.status_code == (200 if is_there else 404), place
