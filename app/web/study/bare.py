# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Markup of the study page without what only that page needs, for a frame that has to be small."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup

_ORIGINS: Final = re.compile(r' data-by="[^"]*"')
_LINK: Final = re.compile(r"</?a\b[^>]*>")


def bare_rail(tracks: Markup) -> Markup:
    """Tracks without the names of their origins, which only a script asks for."""
    return Markup(_ORIGINS.sub("", tracks))  # noqa: S704 - our own markup, shortened


def bare_code(line: Markup) -> Markup:
    """A line of code without links to explanations that are not there."""
    return Markup(_LINK.sub("", line))  # noqa: S704 - our own markup, shortened
