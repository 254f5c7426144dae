# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Scripts to take home: the acts of a plan as a script, for Python or for packetdrill.

The lines of each act stand in `templates/lab/`, a file for each kind of script.
"""

import re
from collections.abc import Callable
from functools import cache
from string import Template
from typing import Any

from app.paths import TEMPLATES


@cache
def phrases(kind: str) -> Callable[..., list[str]]:
    """Gives the lines below a heading of a file (`said("Read", bytes=1)`), its blanks filled."""
    text = (TEMPLATES / "lab" / f"{kind}.txt").read_text(encoding="utf-8")
    _, *parts = re.split(r"^== (.+)\n", text, flags=re.MULTILINE)
    found = {name: Template(lines) for name, lines in zip(parts[::2], parts[1::2], strict=True)}

    def said(heading: str, /, **values: Any) -> list[str]:
        return found[heading].substitute(values).splitlines()

    return said
