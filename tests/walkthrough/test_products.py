# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What does it in servers, proxies and run-times: each leads to a branch and to symptoms."""

import re
import shutil
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.errors import ContentError
from app.i18n import language
from app.paths import CONTENT
from app.walkthrough.load import load_walkthrough
from app.walkthrough.search.entries import entries_of
from app.web.app import create_app
from tests.conftest import shipped

WALKTHROUGH = shipped()


def test_the_commonest_products_are_there_and_can_be_searched() -> None:
    names = " ".join(one.product for one in WALKTHROUGH.products)
    for product in ("nginx", "HAProxy", "Envoy", "Go", "Node.js", "Java", "asyncio"):
        assert product in names
    entries = {entry.target: entry for entry in entries_of(WALKTHROUGH, language("en"))}
    for one in WALKTHROUGH.products:
        assert one.symptoms
        for symptom in one.symptoms:
            assert f"{one.product} {one.call}" in entries[f"symptom:{symptom}"].words


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_branch_and_a_symptom_show_them(lang: str, atlas_on_disk: None) -> None:
    with TestClient(create_app()) as client:
        for place in ("zero-linger/true", "symptoms/abort-on-data"):
            text = client.get(f"/tcp_close/{place}?lang={lang}").text
            assert "reset_timedout_connection on" in text
            assert "SetLinger(0)" in text


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("branch: zero-linger/true", "branch: zero-lingre/true", "zero-lingre is unknown"),
        ("symptoms: [abort-on-data]", "symptoms: [abort-on-dta]", "abort-on-dta is unknown"),
        ("source: run", "source: hearsay", "source"),
    ],
)
def test_a_mistake_is_reported(tmp_path: Path, old: str, new: str, says: str) -> None:
    folder = tmp_path / "tcp_close"
    shutil.copytree(CONTENT / "tcp_close", folder)
    file = folder / "products.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError, match=re.escape(says)):
        load_walkthrough(folder)
