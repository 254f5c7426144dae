# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Limits on what a stranger may ask for: the settings, and the counting.

Addresses are hashed with a salt that only this process knows and that ends with it. They are never
written down, and forgotten when others push them out of a table of bounded size. Who spends, pays:
what is counted is what one address, one device or one presenter does, never what others do.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from cachetools import LRUCache
from typing_extensions import TypedDict

from app.errors import InputProblem, TooMany


def _limit(default: float, text: str) -> Any:
    """A field whose `text` says to an operator what it limits."""
    return field(default=default, metadata={"text": text})


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits; rates are per second, `…_burst` is how many may come at once.

    A whole class may share one address, so those for an address leave room for a lecture hall.
    Each process counts for itself.
    """

    max_rooms: int = _limit(10_000, "Rooms at a time.")
    max_followers: int = _limit(2_000, "Followers of one room.")
    max_followers_in_all: int = _limit(10_000, "Followers of all rooms.")
    max_followers_of_address: int = _limit(500, "Followers from one address.")
    max_voters: int = _limit(5_000, "Voters on one question.")
    max_voters_of_address: int = _limit(250, "Voters on one question from one address.")
    max_events: int = _limit(5_000, "Events of one room.")
    max_body: int = _limit(4_096, "Bytes of a posted body.")
    body_seconds: float = _limit(10.0, "Seconds for a posted body to arrive.")
    starts_rate: float = _limit(1 / 60, "Rooms that one address may start, per second.")
    starts_burst: int = _limit(10, "Rooms that one address may start at once.")
    follows_rate: float = _limit(20.0, "Streams that one address may open, per second.")
    follows_burst: int = _limit(500, "Streams that one address may open at once.")
    votes_rate: float = _limit(
        50.0, "Votes from one address, and from one device that has voted, per second."
    )
    votes_burst: int = _limit(300, "The same, at once.")
    events_rate: float = _limit(10.0, "Commands of one presenter, per second.")
    events_burst: int = _limit(40, "Commands of one presenter at once.")
    misses_rate: float = _limit(0.5, "Unknown rooms that one address may ask for, per second.")
    misses_burst: int = _limit(60, "Unknown rooms that one address may ask for at once.")


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


class OriginsReport(TypedDict):
    """How many devices voted, behind how many addresses, and how many behind one at most.

    As far as this process has seen them.
    """

    devices: int
    addresses: int
    most: int


class Origins:
    """Where the votes on a question came from: of each device the address that it had first."""

    def __init__(self) -> None:
        self.addresses: dict[str, Hashable] = {}
        self._devices: Counter[Hashable] = Counter()

    def add(self, voter: str, address: Hashable, most: int) -> bool:
        """Note a device, once; False where as many as allowed are behind its address."""
        if voter in self.addresses:
            return True
        if self._devices[address] >= most:
            return False
        self.addresses[voter] = address
        self._devices[address] += 1
        return True

    def remove(self, voter: str) -> None:
        """Forget a device again, whose vote was not counted."""
        address = self.addresses.pop(voter)
        self._devices[address] -= 1

    def report(self) -> OriginsReport:
        """Numbers, which identify nobody."""
        behind = [count for count in self._devices.values() if count]
        return {
            "devices": len(self.addresses),
            "addresses": len(behind),
            "most": max(behind, default=0),
        }
