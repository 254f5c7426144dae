# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a server is told at its start, besides its content."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.paths import state_folder
from app.rooms.limits import PREFIX, Limits
from app.rooms.log import Log

DATA: Final = PREFIX + "DATA"
REDIS: Final = PREFIX + "REDIS"
PUBLIC_URL: Final = PREFIX + "PUBLIC_URL"
FEEDBACK: Final = PREFIX + "FEEDBACK"


@dataclass(frozen=True, slots=True)
class Settings:
    """Where rooms are kept (a folder, or a Redis server where one is given), and the limits.

    `public_url` is how readers reach the server (`https://example.org`, without a path), for
    canonical addresses; `feedback` is the repository in which mistakes are reported, or an address
    with `{title}` and `{body}` in it. Both are None where nobody said.
    With `has_lab` readers may run recipes on this machine's kernel; only for a server that nobody
    else can reach, so no environment variable sets it.
    """

    data: Path = field(default_factory=state_folder)
    redis: str | None = None
    limits: Limits = field(default_factory=Limits)
    public_url: str | None = None
    feedback: str | None = None
    has_lab: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """The settings of the environment's variables. Raises ValueError for a bad number."""
        environment = os.environ if environment is None else environment
        data = environment.get(DATA)
        return cls(
            Path(data) if data else state_folder(),
            environment.get(REDIS) or None,
            Limits.from_environment(environment),
            environment.get(PUBLIC_URL) or None,
            environment.get(FEEDBACK) or None,
        )

    def log(self) -> Log:
        """The log of the rooms. Raises ValueError for an address that is none."""
        if self.redis:
            # Its client library takes long to import, and few need it.
            from app.rooms.redis_log import RedisLog

            return RedisLog(self.redis)
        from app.rooms.sqlite_log import SqliteLog

        return SqliteLog(self.data)
