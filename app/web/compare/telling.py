# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Sockets that tell two texts apart, which takes long the first time."""

from __future__ import annotations

import asyncio

from app.editions.difference import DifferenceClass, differences, parted
from app.walkthrough.atlas.store import AtlasStore
from app.walkthrough.records import Edition


async def telling(
    store: AtlasStore, texts: tuple[Edition, Edition], function: str
) -> list[DifferenceClass]:
    """The sockets that tell two texts apart, by what differs. Raises AtlasFailed."""
    queries = await asyncio.shield(asyncio.wrap_future(store.ask_both(*texts, function)))
    return await asyncio.to_thread(differences, *texts, parted(queries))
