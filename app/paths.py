# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Where the files that are not Python are.

In a checkout they are folders of the repository; in an installed wheel they travel inside the
package, as `app/bundled/`. Nothing here depends on the current folder.
"""

import os
from contextlib import suppress
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
"""The folder of the program's modules."""

_BUNDLED = PACKAGE / "bundled"
_ROOT = _BUNDLED if _BUNDLED.is_dir() else PACKAGE.parent

TEMPLATES = _ROOT / "templates"
"""The folder of the Jinja2 templates."""

STATIC = _ROOT / "static"
"""The folder that is served as `/static`: style sheets, ES modules, pictures."""

EDITIONS = "WALKTHROUGH_EDITIONS"
"""The variable that names the folder of the imported kernels."""

CONTENT = _ROOT / "content"
"""The folder of the walkthroughs, one folder each."""


def state_folder() -> Path:
    """Where the program keeps what it has to remember, unless it is told otherwise."""
    return _base("XDG_STATE_HOME", ".local/state") / "tcp-close-walkthrough"


def editions_folder() -> Path:
    """Where imported kernels are kept: what the variable says, else in the user's state folder."""
    given = os.environ.get(EDITIONS, "")
    return Path(given) if given else state_folder() / "editions"


def cache_folder() -> Path:
    """Where files go that can be made anew."""
    return _base("XDG_CACHE_HOME", ".cache") / "tcp-close-walkthrough"


def keep(path: Path, body: bytes) -> None:
    """Write a file of the cache folder; a disk that is full or read-only is no reason to fail.

    It is written beside its place and then moved there: a reader sees all of it or none.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(body)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _base(variable: str, usual: str) -> Path:
    given = os.environ.get(variable, "")
    # The base directory specification has relative paths ignored.
    return Path(given) if given.startswith("/") else Path.home() / usual
