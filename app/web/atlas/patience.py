# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Waiting for an atlas that may still have to be made, but not for long."""

from __future__ import annotations

import asyncio

from app.walkthrough.atlas.records import Atlas
from app.walkthrough.atlas.store import AtlasStore
from app.walkthrough.records import Edition, Walkthrough


async def whole_atlas(store: AtlasStore, edition: Edition, function: str) -> Atlas:
    """The atlas; who asks first has it made, in a process of its own. Raises AtlasFailed."""
    return await asyncio.shield(asyncio.wrap_future(store.ask(edition, function)))


async def atlas_within(store: AtlasStore, walkthrough: Walkthrough, seconds: float) -> Atlas | None:
    """The atlas; None while it is still being made. Raises AtlasFailed."""
    asked = whole_atlas(store, walkthrough.edition, walkthrough.function)
    try:
        return await asyncio.wait_for(asked, timeout=seconds)
    except TimeoutError:
        return None
