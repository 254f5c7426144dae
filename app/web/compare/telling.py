# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Waiting for the sockets that tell two texts apart, which may still have to be looked for."""

from __future__ import annotations

import asyncio

from app.editions.difference import DifferenceClass, differences, parted
from app.walkthrough.atlas.store import AtlasStore
from app.walkthrough.records import Edition, Walkthrough


async def telling(
    store: AtlasStore, walkthrough: Walkthrough, texts: tuple[Edition, Edition]
) -> list[DifferenceClass]:
    """The sockets that tell two texts apart, by what differs. Raises AtlasFailed."""
    asked = store.ask_both(*texts, walkthrough.function)
    queries = await asyncio.shield(asyncio.wrap_future(asked))
    return await asyncio.to_thread(differences, *texts, parted(queries))


async def telling_within(
    store: AtlasStore, walkthrough: Walkthrough, texts: tuple[Edition, Edition], seconds: float
) -> list[DifferenceClass] | None:
    """The same; None while they are still being looked for. Raises AtlasFailed."""
    try:
        return await asyncio.wait_for(telling(store, walkthrough, texts), timeout=seconds)
    except TimeoutError:
        return None
