# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""One case at a time, without standing still: how far it is, and what is left when it is ended."""

import asyncio
import secrets
import sys
from collections.abc import Callable

import pytest

from app.lab.experiment import LabCase, Result, perform_cases
from app.lab.left_out import LeftOut
from app.lab.machine import best_namespace
from app.walkthrough.records import Walkthrough
from tests.lab.conftest import in_time, left_out_here
from tests.lab.test_on_this_kernel import MARK, processes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="LEFT OUT: this is not Linux")


def case(walkthrough: Walkthrough, name: str) -> LabCase:
    return LabCase(id=name, trace=walkthrough.trace(walkthrough.presets_by_id[name].scenario))


async def run_case(one: LabCase, say: Callable[[str], None] | None = None) -> Result:
    return (await perform_cases([one], on_progress=say)).results[0]


def needs_namespace() -> None:
    if best_namespace() == "none":
        left_out_here("no network namespace can be made here")


def test_it_says_how_far_it_is(tcp_close: Walkthrough) -> None:
    needs_namespace()
    heard: list[str] = []
    result = asyncio.run(run_case(case(tcp_close, "zero-linger"), heard.append))
    assert in_time([result])[0].word == "agree"
    assert set(" ".join(heard).split(" again ")) == {"ready arrived closed"}


def test_what_happened_is_told_in_its_order(tcp_close: Walkthrough) -> None:
    """The answer that belongs on the backlog came before close() returned."""
    needs_namespace()
    result = asyncio.run(run_case(case(tcp_close, "orphan-acked")))
    observed = in_time([result])[0].observed
    assert observed is not None, result
    moments = observed.moments
    assert moments is not None
    told = [text or kind for _, kind, text in moments]
    ack = next(place for place, text in enumerate(told) if text.startswith("< . "))
    fin = next(place for place, text in enumerate(told) if text.startswith("> F. "))
    assert fin < ack < told.index("returned")
    assert [at for at, _, _ in moments] == sorted(at for at, _, _ in moments)


def test_what_has_no_recipe_is_left_out_at_once(tcp_close: Walkthrough) -> None:
    result = asyncio.run(run_case(case(tcp_close, "dying-namespace")))
    assert result.left_out == LeftOut("netns")


def test_who_ends_it_in_the_middle_leaves_nothing(
    tcp_close: Walkthrough, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs_namespace()
    mark = secrets.token_hex(8)
    monkeypatch.setenv(MARK, mark)

    async def half() -> None:
        asleep = asyncio.Event()
        task = asyncio.create_task(
            run_case(
                case(tcp_close, "lingering-in-vain"),
                lambda word: asleep.set() if word == "arrived" else None,
            )
        )
        await asyncio.wait_for(asleep.wait(), 300)
        assert processes(mark)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(half())
    assert processes(mark) == set()
