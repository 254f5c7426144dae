# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Atlases are made once, kept on disk, and made again where a file is broken."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.csource.parse import parse_function
from app.csource.source import Source
from app.kernel.model import compile_function
from app.kernel.texts import Text
from app.walkthrough.atlas.records import Atlas, Bounds, Covered
from app.walkthrough.atlas.store import MAX_FILES, AtlasStore, make_apart, make_here
from app.walkthrough.records import Edition

SOURCE = Source("f.c", "int f(struct sock *sk, long timeout)\n{\n\treturn 1;\n}\n")
EDITION = Edition(
    id=None,
    source=SOURCE,
    program=compile_function(parse_function(SOURCE, "f")),
    blocks=(),
    decisions=(),
)


class Maker:
    """Makes an empty atlas, and counts how often."""

    def __init__(self, *, fails: int = 0) -> None:
        self.count = 0
        self.fails = fails

    def __call__(
        self,
        source: Source,
        function: str,
        bounds: Bounds,
        ids: Sequence[str],
        *,
        text: Text | None = None,
    ) -> Atlas:
        self.count += 1
        if self.count <= self.fails:
            raise MemoryError
        covered = Covered(segments=2, events=2, repeats=2, stood_for_all=0, undecided=0)
        return Atlas(bounds=covered, paths=(), branches=(), impossible=())


def test_it_is_made_once_and_shared() -> None:
    make = Maker()
    store = AtlasStore(None, make)
    assert store.get(EDITION, "f") is store.get(EDITION, "f")
    assert store.states() == {"making": 0, "ready": 1, "failed": 0}
    assert make.count == 1


def test_another_process_finds_it_on_disk(tmp_path: Path) -> None:
    first, second = Maker(), Maker()
    assert AtlasStore(tmp_path / "new", first).get(EDITION, "f") == AtlasStore(
        tmp_path / "new", second
    ).get(EDITION, "f")
    assert (first.count, second.count) == (1, 0)
    assert not list((tmp_path / "new").glob("*.part"))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"paths": 3}', "\0"])
def test_a_broken_file_is_made_anew(tmp_path: Path, text: str) -> None:
    AtlasStore(tmp_path, Maker()).get(EDITION, "f")
    (file,) = tmp_path.glob("*.json")
    good = file.read_text()
    file.write_text(text)
    make = Maker()
    AtlasStore(tmp_path, make).get(EDITION, "f")
    assert make.count == 1
    assert file.read_text() == good


def test_a_folder_that_cannot_be_written_is_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert AtlasStore(tmp_path / "file", Maker()).get(EDITION, "f").paths == ()


def test_what_failed_is_tried_again() -> None:
    make = Maker(fails=1)
    store = AtlasStore(None, make)
    with pytest.raises(MemoryError):
        store.get(EDITION, "f")
    assert store.get(EDITION, "f").paths == ()


def test_other_bounds_are_another_atlas(tmp_path: Path) -> None:
    store = AtlasStore(tmp_path, Maker())
    store.get(EDITION, "f")
    store.get(EDITION, "f", Bounds(events=4))
    assert len(list(tmp_path.glob("*.json"))) == 2


def test_only_the_newest_files_are_kept(tmp_path: Path) -> None:
    for number in range(MAX_FILES + 3):
        AtlasStore(tmp_path, Maker()).get(EDITION, "f", Bounds(repeats=number))
    assert len(list(tmp_path.glob("*"))) == MAX_FILES


def test_a_process_of_its_own_makes_the_same() -> None:
    assert make_apart(SOURCE, "f", Bounds(), ()) == make_here(SOURCE, "f", Bounds(), ())
