# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Where an export may write, and that it is there as a whole or not at all."""

import shutil
from pathlib import Path

import pytest

from app.web.export.folder import MARK, FolderRefused, complete_folder


def put(target: Path, text: str = "new", *, force: bool = False) -> None:
    with complete_folder(target, force=force) as folder:
        folder.write("zh/page.html", text.encode())


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("is_there", [True, False])
def test_a_new_and_an_empty_folder_are_written(tmp_path: Path, is_there: bool) -> None:
    target = tmp_path / "deep" / "site" if not is_there else tmp_path / "site"
    if is_there:
        target.mkdir()
    put(target)
    assert names(target) == {MARK, "zh/page.html"}
    assert listed(target.parent) == ["site"]
    assert target.stat().st_mode & 0o777 == 0o755


def test_a_file_in_the_way_is_named_and_stays(tmp_path: Path) -> None:
    target = tmp_path / "site"
    target.write_text("mine")
    for force in (False, True):
        with pytest.raises(FolderRefused, match="site is a file"):
            put(target, force=force)
    assert target.read_text() == "mine"


def test_a_file_in_the_way_further_up_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(FileExistsError, match="file"):
        put(tmp_path / "file" / "site")


def test_other_content_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(FolderRefused, match="not empty"):
        put(tmp_path)
    with pytest.raises(FolderRefused, match="not written by walkthrough export"):
        put(tmp_path, force=True)
    assert names(tmp_path) == {"thesis.tex"}


def test_an_export_is_replaced_only_with_force_and_nothing_of_it_is_left(tmp_path: Path) -> None:
    target = tmp_path / "site"
    with complete_folder(target) as folder:
        folder.write("gone.html", b"old")
    with pytest.raises(FolderRefused, match="--force"):
        put(target)
    assert "gone.html" in names(target)
    put(target, force=True)
    assert names(target) == {MARK, "zh/page.html"}
    assert listed(tmp_path) == ["site"]


def test_what_somebody_added_to_an_export_is_not_lost(tmp_path: Path) -> None:
    target = tmp_path / "site"
    put(target)
    (target / "CNAME").write_text("example.org")
    with pytest.raises(FolderRefused, match="CNAME"):
        put(target, force=True)
    assert (target / "CNAME").read_text() == "example.org"


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "site").symlink_to("real")
    put(tmp_path / "site")
    assert (tmp_path / "site").is_symlink()
    assert "zh/page.html" in names(tmp_path / "real")
    (tmp_path / "lost").symlink_to("nowhere")
    with pytest.raises(FolderRefused, match="leads nowhere"):
        put(tmp_path / "lost")


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, RuntimeError])
def test_an_interrupted_run_leaves_what_was_there(
    tmp_path: Path, error: type[BaseException]
) -> None:
    target = tmp_path / "site"
    put(target, "old")

    def interrupted() -> None:
        with complete_folder(target, force=True) as folder:
            folder.write("page.html", b"half")
            raise error

    with pytest.raises(error):
        interrupted()
    assert names(target) == {MARK, "zh/page.html"}
    assert listed(tmp_path) == ["site"]


def test_what_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "site"

    def overtaken() -> None:
        with complete_folder(target) as folder:
            folder.write("page.html", b"new")
            target.mkdir()
            (target / "theirs").write_text("theirs")

    with pytest.raises(FolderRefused, match="not empty"):
        overtaken()
    assert names(target) == {"theirs"}


def test_what_a_killed_run_moved_aside_comes_back(tmp_path: Path) -> None:
    target = tmp_path / "site"
    put(target, "old")
    target.rename(tmp_path / ".site.old-x")
    with pytest.raises(FolderRefused, match="--force"):
        put(target)
    put(target, force=True)
    assert listed(tmp_path) == ["site"]


def test_what_another_run_is_writing_is_left_alone(tmp_path: Path) -> None:
    with complete_folder(tmp_path / "site") as folder:
        folder.write("page.html", b"first")
        put(tmp_path / "site", "second")
        assert (folder.path / "page.html").exists()
        shutil.rmtree(tmp_path / "site")
    assert names(tmp_path / "site") == {MARK, "page.html"}
