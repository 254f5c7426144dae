# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The page of what kernels have changed, and what `kernels.yaml` says of it."""

import re
import shutil
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.errors import ContentError
from app.i18n import LANGUAGE_CODES
from app.paths import CONTENT
from app.walkthrough.kernels import FILE
from app.walkthrough.load import load_walkthrough
from app.walkthrough.records import Walkthrough

PAGE = "/tcp_close/history"


@pytest.mark.parametrize("code", LANGUAGE_CODES)
def test_every_change_stands_once_by_its_release(
    client: TestClient, tcp_close: Walkthrough, code: str
) -> None:
    html = client.get(f"{PAGE}?lang={code}").text
    deltas = tcp_close.kernel_notes.deltas
    rows = dict(re.findall(r'<tr id="([\w-]+)"(.*?)</tr>', html, re.DOTALL))
    assert rows.keys() == {delta.id for delta in deltas}
    groups = re.findall(r'<tbody id="v([\d.]+|vendors)">(.*?)</tbody>', html, re.DOTALL)
    by_release = {id_: name for name, body in groups for id_ in re.findall('<tr id="(.+?)"', body)}
    assert by_release == {delta.id: delta.release or "vendors" for delta in deltas}
    names = [tuple(map(int, name.split("."))) for name, _ in groups if name != "vendors"]
    assert names == sorted(names)
    for delta in deltas:
        assert ('class="seen"' in rows[delta.id]) == (delta.seen == "outcome"), delta.id
        if delta.scenario is not None:
            query = delta.scenario.query().replace("&", "&amp;")
            assert f"/tcp_close?{query}" in rows[delta.id]


def test_what_is_said_to_be_gone_is_in_the_own_text_and_nothing_else_is(
    tcp_close: Walkthrough,
) -> None:
    """So each change is found in a text that has it, and never shown at the own one."""
    source = re.sub(r"/\*.*?\*/", " ", tcp_close.edition.source.text, flags=re.DOTALL)
    code = " ".join(source.split())
    for delta in tcp_close.kernel_notes.deltas:
        pattern = delta.found or delta.missing or ""
        assert bool(re.search(pattern, code)) == bool(delta.missing), delta.id


def test_it_is_found_and_led_to(client: TestClient) -> None:
    assert f'href="{PAGE}?lang=en"' in client.get("/tcp_close?lang=en").text
    assert "history" in client.get("/tcp_close/search?q=history&lang=en").text
    assert PAGE in client.get("/sitemap.xml").text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('    until: "7.0"\n', "give first or until"),
        ("    scenario: {recv: much}\n", "recv"),
        ('    first: "soon"\n', "first"),
    ],
)
def test_a_change_with_a_mistake_is_told(tmp_path: Path, line: str, said: str) -> None:
    folder = tmp_path / "tcp_close"
    shutil.copytree(CONTENT / "tcp_close", folder)
    text = (folder / FILE).read_text()
    (folder / FILE).write_text(text.replace("  - id: once\n", f"  - id: again\n{line}", 1))
    with pytest.raises(ContentError, match=said):
        load_walkthrough(folder)
