# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Waiting for what takes long the first time, an atlas say, but for no longer than a timeout."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, TypeVar

from app.walkthrough.records import Edition

if TYPE_CHECKING:
    from app.walkthrough.atlas.records import Atlas
    from app.walkthrough.atlas.store import AtlasStore

_T = TypeVar("_T")


async def within(timeout_s: float, made: Awaitable[_T]) -> _T | None:
    """What is made; None while it is still being made."""
    try:
        return await asyncio.wait_for(made, timeout_s)
    except TimeoutError:
        return None


async def whole_atlas(store: AtlasStore, edition: Edition, function: str) -> Atlas:
    """The atlas; who asks first has it made, in a process of its own. Raises AtlasFailed."""
    return await asyncio.shield(asyncio.wrap_future(store.ask(edition, function)))
