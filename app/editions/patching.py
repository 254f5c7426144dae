# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Patches of a tree: unified diffs, as git, diff and mails have them, applied by git."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from app.editions.trees import FILE_BYTES, WANTED, Tree, git, read_plain
from app.errors import NotTaken

#: Folders in front of a patch's names, the usual number first.
_STRIPPED: Final = (1, 0, 2)


def patched(tree: Tree, patch: bytes) -> Tree:
    """The tree as the patch leaves it; what the patch does to files that do not matter is left out.

    Raises NotTaken, which says where the patch does not apply.
    """
    if len(patch) > FILE_BYTES:
        raise NotTaken(f"more than {FILE_BYTES:,} bytes")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve() / "tree"
        for path, text in tree.files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(text)
        try:
            for count in _STRIPPED:
                words = ("apply", f"-p{count}", "--whitespace=nowarn")
                if _names(root, words, patch, is_usual=count == 1).intersection(WANTED):
                    git(root, *words, *(f"--include={path}" for path in WANTED), data=patch)
                    break
            files = {path: read_plain(root / path, root) for path in tree.files}
        except NotTaken as error:
            said = re.sub(r"^.*?: git: error: (patch failed: )?", "", str(error))
            raise NotTaken(f"does not apply: {said.replace(f'{root}/', '')}") from None
    return replace(tree, files=files)


def _names(root: Path, words: tuple[str, ...], patch: bytes, *, is_usual: bool) -> set[str]:
    """The files that the patch changes, its names read in this way; none where they are not."""
    try:
        listed = git(root, *words, "--numstat", "-z", data=patch)
    except NotTaken:
        if is_usual:
            raise
        return set()
    return set(re.split(r"[\t\0]", os.fsdecode(listed)))
