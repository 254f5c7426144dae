# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Where the files that are not Python are.

In a checkout they are folders of the repository; in an installed wheel they travel inside the
package, as `app/bundled/`. Nothing here depends on the current folder.
"""

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "bundled"
_ROOT = _BUNDLED if _BUNDLED.is_dir() else _PACKAGE.parent

TEMPLATES = _ROOT / "templates"
"""The folder of the Jinja2 templates."""

STATIC = _ROOT / "static"
"""The folder that is served as `/static`: style sheets, ES modules, pictures."""

CONTENT = _ROOT / "content"
"""The folder of the walkthroughs, one folder each."""


def state_folder() -> Path:
    """Where the program keeps what it has to remember, unless it is told otherwise."""
    given = os.environ.get("XDG_STATE_HOME", "")
    # The base directory specification has relative paths ignored.
    base = Path(given) if given.startswith("/") else Path.home() / ".local" / "state"
    return base / "tcp-close-walkthrough"
