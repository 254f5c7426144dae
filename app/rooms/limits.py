# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""How much a stranger may ask for: what the settings are, and the counting.

Addresses are hashed with a salt that only this process knows and that ends with it. They are never
written down, and forgotten when others push them out of a table of bounded size.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, fields
from typing import Final

from cachetools import LRUCache

from app.errors import InputProblem, TooMany

#: Environment variables are these names in capitals, behind this.
PREFIX: Final = "WALKTHROUGH_"


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits; rates are per second, `…_burst` is how many may come at once.

    Each can be set by an environment variable, `WALKTHROUGH_MAX_ROOMS` for `max_rooms`. A whole
    class may share one address, so those for an address leave room for a lecture hall.
    """

    max_rooms: int = 10_000
    max_followers: int = 2_000
    max_followers_in_all: int = 10_000
    max_voters: int = 5_000
    max_events: int = 5_000
    max_body: int = 4_096
    body_seconds: float = 10.0
    starts_rate: float = 1 / 60
    starts_burst: int = 10
    follows_rate: float = 100.0
    follows_burst: int = 2_000
    votes_rate: float = 200.0
    votes_burst: int = 1_000
    events_rate: float = 10.0
    events_burst: int = 40
    misses_rate: float = 0.5
    misses_burst: int = 60

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Limits:
        """The defaults, changed by what the environment says. Raises ValueError."""
        found: dict[str, float] = {}
        for item in fields(cls):
            name = PREFIX + item.name.upper()
            if name in environment:
                try:
                    value = (int if type(item.default) is int else float)(environment[name])
                except ValueError:
                    raise ValueError(f"{name}={environment[name]} is no number") from None
                if not 0 < value < float("inf"):
                    raise ValueError(f"{name}={environment[name]} is not above 0")
                found[item.name] = value
        return cls(**found)  # type: ignore[arg-type]


@dataclass(slots=True)
class Bucket:
    """Counts what one key does: it fills up with `rate`, and holds `burst`."""

    level: float
    at: float


class Rate:
    """A limit on how often each key may do a thing; `clock` gives seconds that only go forward."""

    def __init__(
        self,
        what: str,
        rate: float,
        burst: int,
        clock: Callable[[], float],
        *,
        most_keys: int = 100_000,
    ) -> None:
        self.what = what
        self.rate = rate
        self.burst = burst
        self.clock = clock
        self._buckets: LRUCache[Hashable, Bucket] = LRUCache(most_keys)

    def wait_s(self, key: Hashable) -> float:
        """For how long the key has to wait, 0 where it may go on."""
        bucket = self._fill(key)
        return 0.0 if bucket.level >= 1 else (1 - bucket.level) / self.rate

    def check(self, key: Hashable) -> None:
        """Raises TooMany where the key has to wait."""
        wait = self.wait_s(key)
        if wait > 0:
            raise self.too_many(wait)

    def take(self, key: Hashable) -> None:
        """Count one. Raises TooMany, and counts nothing, where the key has to wait."""
        self.check(key)
        self.count(key)

    def count(self, key: Hashable) -> None:
        """Count one."""
        self._fill(key).level -= 1

    def too_many(self, wait_s: float) -> TooMany:
        """The answer to somebody who has to wait."""
        allowed = f"{self.burst}, then {self.rate:g}/s"
        return TooMany([InputProblem("too-often", self.what, None, allowed)], wait_s)

    def _fill(self, key: Hashable) -> Bucket:
        now = self.clock()
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = Bucket(float(self.burst), now)
        bucket.level = min(float(self.burst), bucket.level + (now - bucket.at) * self.rate)
        bucket.at = now
        return bucket


@dataclass(slots=True)
class Addresses:
    """Makes of a client's address what may be kept in memory for a while."""

    salt: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def hashed(self, address: str | None) -> bytes:
        """The hash of an address; those of one IPv6 network (/64) are one."""
        try:
            parsed = ipaddress.ip_address(address or "")
        except ValueError:
            text = address or ""
        else:
            text = str(parsed)
            if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
                text = str(ipaddress.ip_network((parsed, 64), strict=False))
        return hashlib.blake2b(
            text.encode("utf-8", "replace"), key=self.salt, digest_size=8
        ).digest()
