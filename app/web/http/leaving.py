# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Hears of the end of the process before the server does.

A server that is told to end waits until every answer is complete, and only then tells the program.
A stream is never complete by itself, so whoever has streams has to know first: the signal's
handler is put in front of the server's own.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, Final

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


@contextlib.contextmanager
def before_leaving(leave: Callable[[], None]) -> Iterator[None]:
    """While this lasts, the event loop calls `leave` when a signal is about to end the process.

    To be entered in the loop. Does nothing outside of the main thread, where Python takes no
    signals, and where nobody handles the signal.
    """
    loop = asyncio.get_running_loop()
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[signal.Signals, Any] = {}

    def handle(number: int, frame: FrameType | None) -> None:
        # A handler runs between any two instructions: what it may touch is the loop's queue.
        loop.call_soon_threadsafe(leave)
        before[signal.Signals(number)](number, frame)

    for name in _SIGNALS:
        handler = signal.getsignal(name)
        if callable(handler):
            before[name] = handler
            signal.signal(name, handle)
    try:
        yield
    finally:
        for name, handler in before.items():
            if signal.getsignal(name) is handle:
                signal.signal(name, handler)
