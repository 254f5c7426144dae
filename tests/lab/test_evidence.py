# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The recorded evidence: its shape, and that it still fits the model."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.errors import ContentError
from app.lab.evidence import load_evidence, sightings
from app.lab.recording import contradictions
from app.paths import CONTENT
from app.walkthrough.records import Walkthrough

FILE = CONTENT / "tcp_close" / "evidence" / "linux-6.18.44.json"


def changed(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    data = json.loads(FILE.read_text())
    change(data)
    folder = tmp_path / "tcp_close"
    (folder / "evidence").mkdir(parents=True)
    (folder / "evidence" / FILE.name).write_text(json.dumps(data))
    return folder


def test_the_recorded_evidence_has_no_mistakes(tcp_close: Walkthrough) -> None:
    found = load_evidence(tcp_close, CONTENT / "tcp_close")
    assert found
    explained = {
        (of.kernel, one.id) for of in found for one in of.presets if one.verdict != "agree"
    }
    newer = ("6.18.44", "6.12.117", "6.1.192")
    assert explained == {(kernel, "read-and-sent-again") for kernel in newer}
    sighting = sightings(tcp_close, found).presets["read-and-sent-again"]
    assert (sighting.kernels, sighting.seen.segments) == (("6.12.43",), ["RST"])
    assert sighting.other is not None
    assert (sighting.other.kernels, sighting.other.seen.left) == (newer, "LAST_ACK")
    assert sighting.other.difference is not None


def test_it_says_nothing_of_the_machine() -> None:
    text = FILE.read_text().replace('"kernel": "6.18.44"', "")
    assert not re.search(r"\d+\.\d+\.\d+|[0-9a-f]{2}:[0-9a-f]{2}:|20\d\d-", text)


def test_it_names_every_preset_once(tcp_close: Walkthrough) -> None:
    data = json.loads(FILE.read_text())
    ids = [one["id"] for one in data["presets"] + data["left_out"]]
    assert sorted(ids) == sorted(tcp_close.presets_by_id)


def test_most_branches_have_been_seen(tcp_close: Walkthrough) -> None:
    seen = sightings(tcp_close, load_evidence(tcp_close, CONTENT / "tcp_close"))
    assert len(seen.branches) >= 30
    everything = {(decision.id, way) for decision in tcp_close.decisions for way in (True, False)}
    assert everything - set(seen.branches) == {("netns-dying", True)}


def one_of(data: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in data["presets"] if one["id"] == name)
    return found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: one_of(d, "unread-reset").update(scenario={}), "scenario has changed"),
        (lambda d: one_of(d, "unread-reset").update(id="unread-rest"), "is no preset"),
        (lambda d: d["presets"].append(d["presets"][0]), "is there twice"),
        (lambda d: d.update(kernel="6.17.1"), "this is evidence of Linux 6.17.1"),
        (lambda d: d.update(host="somewhere"), "Extra inputs are not permitted"),
        (lambda d: d.update(walkthrough="other"), "this is evidence for other"),
        (lambda d: one_of(d, "plain-close").update(left="SLEEPING"), "String should match"),
    ],
)
def test_a_mistake_is_named(
    tcp_close: Walkthrough, tmp_path: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    with pytest.raises(ContentError) as raised:
        load_evidence(tcp_close, changed(tmp_path, change))
    assert said in str(raised.value)
    assert "evidence/linux-6.18.44.json" in str(raised.value)


def test_what_the_model_contradicts_is_told(tcp_close: Walkthrough, tmp_path: Path) -> None:
    folder = changed(tmp_path, lambda d: one_of(d, "unread-reset").update(segments=["FIN"]))
    (evidence,) = load_evidence(tcp_close, folder)
    (said,) = contradictions(tcp_close, evidence)
    assert said.startswith("unread-reset: recorded as agree, but the model as it is now makes it")


def test_no_folder_is_no_evidence(tcp_close: Walkthrough, tmp_path: Path) -> None:
    assert load_evidence(tcp_close, tmp_path) == ()


def test_what_is_no_json_is_a_mistake(tcp_close: Walkthrough, tmp_path: Path) -> None:
    folder = changed(tmp_path, lambda data: None)
    shutil.copy(FILE, folder / "evidence" / "linux-6.0.1.json")
    (folder / "evidence" / "linux-6.18.44.json").write_text("{")
    with pytest.raises(ContentError):
        load_evidence(tcp_close, folder)
