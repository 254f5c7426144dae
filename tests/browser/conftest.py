# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the browser is compared with: the program's own JSON."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

import httpx2
import pytest
from playwright.sync_api import expect

# As patient as the tabs: on a busy machine an answer takes its time.
expect.set_options(timeout=30_000)

Trace: TypeAlias = dict[str, Any]
TraceOf: TypeAlias = Callable[[str], Trace]
"""`trace_of("state=FIN_WAIT2")`: the answer of the API."""


@pytest.fixture(scope="session")
def trace_of(live_server: str) -> TraceOf:
    @cache
    def trace_of(query: str) -> Trace:
        answer = httpx2.get(f"{live_server}/api/tcp_close/trace?{query}", trust_env=False)
        assert answer.status_code == 200, answer.text
        trace: Trace = answer.json()
        return trace

    return trace_of


@pytest.fixture(scope="session")
def facts(live_server: str) -> dict[str, Any]:
    """`/api/tcp_close`: lines, blocks, decisions, presets."""
    answer = httpx2.get(f"{live_server}/api/tcp_close", trust_env=False)
    known: dict[str, Any] = answer.json()
    return known
