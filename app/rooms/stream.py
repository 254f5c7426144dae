# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Server-sent events, as bytes: each is encoded once, whoever it is sent to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from typing import Any, Final

from app.rooms.log import Entry
from app.rooms.room import Event, event_of

#: A comment, so that proxies and phones see that the connection is alive.
HEARTBEAT: Final = b":\n\n"


def json_bytes(body: Any) -> bytes:
    """Compact JSON, which has no line break in it."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=asdict).encode()


def frame(kind: str, body: Any, number: int | None = None) -> bytes:
    """A server-sent event; `number` becomes what a client resumes from."""
    name = b"" if number is None else b"id: %d\n" % number
    return b"%sevent: %s\ndata: %s\n\n" % (name, kind.encode(), json_bytes(body))


def event_frame(event: Event) -> bytes:
    """A numbered event of a room."""
    return frame("event", event.public(), event.number)


@dataclass(frozen=True, slots=True)
class Page:
    """Some events of a room's past, one behind the other; `ends` are their ends in the bytes."""

    body: bytes
    ends: tuple[int, ...]

    def behind(self, count: int) -> bytes:
        """All but so many events; the page itself, whoever it is sent to, where it is all."""
        return self.body[self.ends[count - 1] :] if count else self.body


def page_of(entries: Sequence[Entry]) -> Page:
    """What the log has kept, encoded."""
    frames = [event_frame(event_of(entry)) for entry in entries]
    return Page(b"".join(frames), tuple(accumulate(map(len, frames))))


def retry(milliseconds: int) -> bytes:
    """How long a client waits before it connects again."""
    return b"retry: %d\n\n" % milliseconds
