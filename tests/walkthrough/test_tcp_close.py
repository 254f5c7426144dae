# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The real walkthrough is whole: every line, every branch, every text in both languages."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from app.i18n import LANGUAGE_CODES
from app.paths import CONTENT
from app.walkthrough.content.prose import SECTIONS
from app.walkthrough.records import RESERVED_IDS, Walkthrough

FOLDER = CONTENT / "tcp_close"

BLOCKS = """
    entry 1-8 · listen 10-17 · drain 19-30 · reclaim 32 · already-closed 34-36 · repair 38-46 ·
    unread-data 47-51 · abortive-linger 52-55 · fin 56-87 · linger-wait 89 · orphan 91-94 ·
    backlog 96-101 · destroyed-meanwhile 103-105 · fin-wait2 107-122 · linger2 123-127 ·
    time-wait 128-139 · limits 140-151 · destroy 153-163 · exit 165-171
"""
"""The blank line after a block belongs to it."""

DECISIONS = """
    10 listening · 23 queued · 26 fin-flag · 35 was-closed · 45 in-repair · 47 unread ·
    52 zero-linger · 56 needs-fin · 104 gone · 121 in-fin-wait2 · 123 linger2-negative ·
    131 keeps-socket · 140 still-open · 142 oom · 147 netns-dying · 153 closed ·
    159 fastopen-request
"""


def texts(value: Any) -> Iterator[dict[str, str]]:
    """Every text of a YAML document, by language."""
    if isinstance(value, dict):
        if set(value) & set(LANGUAGE_CODES):
            yield value
        else:
            for item in value.values():
                yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def test_the_source_is_quoted_verbatim() -> None:
    digest = hashlib.sha256((FOLDER / "tcp_close.c").read_bytes()).hexdigest()
    assert digest == "4844b595de910bfae1a9e2a01ae855609bb7ad404c844879f3bba1de23c5df28"


def test_the_blocks_cover_each_line_once(tcp_close: Walkthrough) -> None:
    lines = [n for block in tcp_close.blocks for n in range(block.start, block.end + 1)]
    assert lines == list(range(1, 172))
    assert len(tcp_close.edition.source.lines) == 171


def test_blocks_have_the_ids_and_lines_that_links_rely_on(tcp_close: Walkthrough) -> None:
    source = tcp_close.edition.source
    found = []
    for block in tcp_close.blocks:
        end = block.end
        while not source.line(end).strip():
            end -= 1
        lines = str(end) if end == block.start else f"{block.start}-{end}"
        found.append(f"{block.id} {lines}")
    assert found == [" ".join(item.split()) for item in BLOCKS.split("·")]


def test_seventeen_decisions_have_the_ids_that_links_rely_on(tcp_close: Walkthrough) -> None:
    assert len(tcp_close.decisions) == 17
    found = [f"{decision.line} {decision.id}" for decision in tcp_close.decisions]
    assert found == [" ".join(item.split()) for item in DECISIONS.split("·")]
    assert [decision.number for decision in tcp_close.decisions] == list(range(17))


def test_no_id_is_the_name_of_a_page(tcp_close: Walkthrough) -> None:
    ids = [*tcp_close.blocks_by_id, *tcp_close.decisions_by_id, *tcp_close.aliases]
    assert len(ids) == len(set(ids))
    assert not RESERVED_IDS & set(ids)


def test_each_block_belongs_to_its_lines(tcp_close: Walkthrough) -> None:
    for line in range(1, 172):
        block = tcp_close.edition.block_of_line(line)
        assert block.start <= line <= block.end
    for line in (0, 172):
        with pytest.raises(IndexError):
            tcp_close.edition.block_of_line(line)


# Presets and branches


def test_there_are_presets_enough_for_a_menu(tcp_close: Walkthrough) -> None:
    assert len(tcp_close.presets) >= 24
    scenarios = [preset.scenario.query() for preset in tcp_close.presets]
    assert len(set(scenarios)) == len(scenarios)


def test_each_of_the_34_branches_is_taken_by_some_preset(tcp_close: Walkthrough) -> None:
    taken = {branch for preset in tcp_close.presets for branch in preset.branches}
    assert taken == {(name, way) for name in tcp_close.decisions_by_id for way in (True, False)}


def test_the_witness_of_a_branch_takes_it_with_the_fewest_inputs(tcp_close: Walkthrough) -> None:
    for decision in tcp_close.decisions:
        for way in (True, False):
            witness = tcp_close.witness_of_branch(decision, way)
            trace = tcp_close.trace(witness.scenario)
            assert any(s.site.decision == decision.id and s.taken is way for s in trace.steps)
            others = [p for p in tcp_close.presets if (decision.id, way) in p.branches]
            assert len(witness.scenario.changed()) == min(
                len(preset.scenario.changed()) for preset in others
            )


def test_the_witness_of_lines_comes_by_them(tcp_close: Walkthrough) -> None:
    for block in tcp_close.blocks:
        lines = set(range(block.start, block.end + 1))
        trace = tcp_close.trace(tcp_close.witness_of_lines(block.start, block.end))
        assert lines & {step.site.span.line for step in trace.steps}


@pytest.mark.parametrize(
    ("block", "line"),
    [
        ("listen", "inet_csk_listen_stop(sk);"),
        ("drain", "data_was_unread += len;"),
        ("already-closed", "goto adjudge_to_death;"),
        ("destroyed-meanwhile", "goto out;"),
        ("limits", "__NET_INC_STATS(sock_net(sk),"),
        ("destroy", "reqsk_fastopen_remove(sk, req, false);"),
    ],
)
def test_the_witness_of_a_block_does_what_the_block_is_about(
    tcp_close: Walkthrough, block: str, line: str
) -> None:
    found = tcp_close.blocks_by_id[block]
    trace = tcp_close.trace(tcp_close.witness_of_lines(found.start, found.end))
    ran = {
        tcp_close.edition.source.line(step.site.span.line).strip()
        for step in trace.steps
        if found.start <= step.site.span.line <= found.end
    }
    assert line in ran


def test_presets_say_only_what_differs_from_the_default(tcp_close: Walkthrough) -> None:
    document = yaml.safe_load((FOLDER / "walkthrough.yaml").read_text(encoding="utf-8"))
    for written, preset in zip(document["presets"], tcp_close.presets, strict=True):
        assert set(written["scenario"]) == set(preset.scenario.changed()), preset.id


def test_no_preset_is_only_hypothetical(tcp_close: Walkthrough) -> None:
    for preset in tcp_close.presets:
        assert tcp_close.trace(preset.scenario).caveats == (), preset.id


def test_each_preset_runs_to_the_end_with_its_locks_balanced(tcp_close: Walkthrough) -> None:
    for preset in tcp_close.presets:
        trace = tcp_close.trace(preset.scenario)
        assert trace.error is None, preset.id
        assert trace.outcome.locks_balanced, preset.id


# Texts


@pytest.mark.parametrize("file", ["walkthrough.yaml", "helpers.yaml", "variants.yaml"])
def test_each_text_stands_in_both_languages(file: str) -> None:
    document = yaml.safe_load((FOLDER / file).read_text(encoding="utf-8"))
    found = list(texts(document))
    assert found
    for text in found:
        assert set(text) == {"en", "zh"}
        assert all(part.strip() for part in text.values()), text


def test_chinese_texts_are_chinese_and_english_ones_are_not() -> None:
    def has_chinese(text: str) -> bool:
        return any("\u4e00" <= character <= "\u9fff" for character in text)

    for file in ("walkthrough.yaml", "helpers.yaml", "variants.yaml"):
        document = yaml.safe_load((FOLDER / file).read_text(encoding="utf-8"))
        for text in texts(document):
            assert not has_chinese(text["en"]), text["en"]
            # A text that is a name alone is the same in every language.
            assert has_chinese(text["zh"]) or text["zh"] == text["en"], text["zh"]
    for path in (FOLDER / "blocks").glob("*.md"):
        assert has_chinese(path.read_text(encoding="utf-8")) == path.name.endswith(".zh.md")


@pytest.mark.parametrize("lang", LANGUAGE_CODES)
def test_each_block_has_its_commentary(tcp_close: Walkthrough, lang: str) -> None:
    for block in tcp_close.blocks:
        prose = block.prose[lang]
        assert prose.lead, block.id
        assert not prose.strays, block.id
        assert {"why", "here", "seen"} <= set(prose.sections), block.id
        assert list(prose.sections) == [key for key in SECTIONS if key in prose.sections]
        for key, stream in prose.sections.items():
            assert stream, f"{block.id}: {key} is empty"


def test_both_languages_have_the_same_sections_and_links(tcp_close: Walkthrough) -> None:
    for block in tcp_close.blocks:
        english, chinese = block.prose["en"], block.prose["zh"]
        assert list(english.sections) == list(chinese.sections), block.id
        for lang, other in ((english, chinese), (chinese, english)):
            targets = {f"{link.scheme}:{link.target}" for link in lang.links()}
            others = {f"{link.scheme}:{link.target}" for link in other.links()}
            assert targets == others, block.id


def test_some_block_quotes_a_standard_and_some_block_warns_of_a_trap(
    tcp_close: Walkthrough,
) -> None:
    sections = [set(block.prose["en"].sections) for block in tcp_close.blocks]
    assert sum("rfc" in keys for keys in sections) >= 10
    assert sum("trap" in keys for keys in sections) >= 10


def test_commentary_never_names_a_line_by_number() -> None:
    for path in (FOLDER / "blocks").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        for number in range(1, 172):
            assert f"line {number}" not in text, path.name
            assert f"第 {number} 行" not in text, path.name


def test_the_summary_fits_a_preview(tcp_close: Walkthrough) -> None:
    for text in tcp_close.summary.values():
        assert len(text) <= 160


def test_each_kernel_function_that_is_called_is_explained(tcp_close: Walkthrough) -> None:
    assert "disconnect" in tcp_close.helpers
    assert tcp_close.helpers["disconnect"].name == "tcp_disconnect"
    for preset in tcp_close.presets:
        names = {helper.name for helper in tcp_close.helpers.values()}
        assert set(tcp_close.trace(preset.scenario).calls) <= names | set(tcp_close.helpers)


def test_permalinks_of_presets_survive_mail(tcp_close: Walkthrough) -> None:
    for preset in tcp_close.presets:
        assert len(f"/tcp_close?{preset.scenario.query()}") < 72
