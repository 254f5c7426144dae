# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Parts of a walkthrough's page that no scenario changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedParts:
    """HTML that no scenario changes: rendered once for each text and language."""

    #: The ordinary life of a closed socket; empty where the content has none.
    life: Markup
    #: By a block's id: its title, and the first paragraphs of its commentary.
    notes: Mapping[str, Markup]
    #: By a block's id: the rest of its commentary.
    more: Mapping[str, Markup]
    #: The blocks of the overview.
    map_blocks: Markup
    #: Kernel functions, glossary, and where the source comes from.
    foot: Markup
