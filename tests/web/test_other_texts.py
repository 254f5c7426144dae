# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A text with a decision that the walkthrough's has not: explained as itself, nowhere a fault."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.paths import CONTENT
from app.walkthrough.load import load_walkthrough
from app.walkthrough.records import Walkthrough
from app.web.app import create_app

VARIANTS = """
- id: guarded
  title: {en: "A hold with a condition", zh: "有条件的引用"}
  note: {en: "One more decision.", zh: "多一个判断。"}
  edits:
    - code: "sock_hold(sk);"
      becomes: "if (sk->sk_state != TCP_LISTEN) sock_hold(sk);"
      effect: {en: "A listener is not held.", zh: "监听套接字不加引用。"}
- id: negated
  title: {en: "Unread data, negated", zh: "取反"}
  note: {en: "A condition is changed.", zh: "改了一个条件。"}
  edits:
    - code: "} else if (data_was_unread) {"
      becomes: "} else if (!data_was_unread) {"
      effect: {en: "The other way round.", zh: "正好相反。"}
- id: unasked
  title: {en: "Without the test for repair", zh: "没有 repair 判断"}
  note: {en: "A condition is gone.", zh: "少一个条件。"}
  edits:
    - code: "if (unlikely(tcp_sk(sk)->repair)) {"
      becomes: "{"
      effect: {en: "Repair is not asked for.", zh: "不再检查 repair。"}
    - code: "} else if (data_was_unread) {"
      becomes: "} if (data_was_unread) {"
      effect: {en: "Its else is gone.", zh: "没有 else 了。"}
"""


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real walkthrough with three more texts."""
    folder = tmp_path_factory.mktemp("content")
    shutil.copytree(CONTENT / "tcp_close", folder / "tcp_close")
    with (folder / "tcp_close" / "variants.yaml").open("a", encoding="utf-8") as file:
        file.write(VARIANTS)
    return folder


@pytest.fixture(scope="module")
def walkthrough(content: Path) -> Walkthrough:
    """It passes its checks."""
    return load_walkthrough(content / "tcp_close")


@pytest.fixture(scope="module")
def client(content: Path) -> Iterator[TestClient]:
    """Its site; a fault of ours is an answer here, to be counted."""
    with TestClient(create_app(content), raise_server_exceptions=False) as found:
        yield found


def test_a_decision_of_its_own_has_an_id_of_its_own(walkthrough: Walkthrough) -> None:
    edition = walkthrough.variants["guarded"]
    (own,) = (item for item in edition.decisions if item.id not in walkthrough.decisions_by_id)
    assert (own.standing, own.condition) == ("new", "sk->sk_state != TCP_LISTEN")
    assert [item.id for item in edition.decisions if item is not own] == [
        item.id for item in walkthrough.decisions
    ]
    assert [block.id for block in edition.blocks if block.standing == "edited"] == ["orphan"]


def test_a_changed_condition_keeps_its_id_and_loses_its_sentences(
    walkthrough: Walkthrough,
) -> None:
    decision = walkthrough.variants["negated"].decisions_by_id["unread"]
    assert decision.standing == "edited"
    assert decision.when_true == decision.when_false
    assert decision.when_true["en"] not in walkthrough.decisions_by_id["unread"].when_true.values()
    others = [d for d in walkthrough.variants["negated"].decisions if d.standing != "same"]
    assert {item.id for item in others} <= {"unread", "in-repair"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_step_says_what_is_said_of_another(
    client: TestClient, walkthrough: Walkthrough, lang: str
) -> None:
    """Each sentence is that of the step's own decision, or says that nothing explains it."""
    for variant in ("guarded", "negated", "unasked"):
        edition = walkthrough.variants[variant]
        for query in ("state=LISTEN", "state=CLOSE_WAIT&recv=300-fin", "orphans=1"):
            address = f"/api/tcp_close/trace?{query}&variant={variant}&lang={lang}"
            for step in client.get(address).json()["steps"]:
                if step["decision"] is None:
                    continue
                decision = edition.decisions_by_id[step["decision"]]
                assert decision.line == step["line"]
                assert decision.condition == step["text"]
                told = (decision.when_true if step["taken"] else decision.when_false)[lang]
                assert told in step["why"]


@pytest.mark.parametrize("variant", ["guarded", "negated", "unasked"])
@pytest.mark.parametrize("query", ["state=LISTEN", "state=CLOSE_WAIT&recv=300-fin", "orphans=1"])
@pytest.mark.parametrize(
    "page",
    [
        "/tcp_close?{query}&variant={variant}",
        "/tcp_close/oom/true?{query}&variant={variant}",
        "/tcp_close/orphan?{query}&variant={variant}&lang=zh",
        "/copy/tcp_close?{query}&variant={variant}",
        "/embed/tcp_close?{query}&variant={variant}",
        "/card/tcp_close.svg?{query}&variant={variant}",
        "/api/tcp_close/trace?{query}&variant={variant}",
    ],
)
def test_every_page_of_it_answers(client: TestClient, page: str, query: str, variant: str) -> None:
    assert client.get(page.format(query=query, variant=variant)).status_code < 400


def test_a_comparison_of_two_texts_names_what_only_one_decides(
    client: TestClient, walkthrough: Walkthrough
) -> None:
    for a, b in (("variant:guarded", "default"), ("default", "variant:guarded")):
        body = client.get(f"/api/tcp_close/compare?a={a}&b={b}")
        assert body.status_code == 200, body.text
        ids = [pair["id"] for pair in body.json()["decisions"]]
        assert ids.index("needs-fin") + 1 == next(
            n for n, name in enumerate(ids) if name not in walkthrough.decisions_by_id
        )


def test_a_place_that_the_text_lacks_is_said_to_be_missing(client: TestClient) -> None:
    for place in ("in-repair", "in-repair/true"):
        assert client.get(f"/tcp_close/{place}").status_code == 200
        answer = client.get(f"/tcp_close/{place}?variant=unasked")
        assert answer.status_code == 404
        assert "in-repair" in answer.text
