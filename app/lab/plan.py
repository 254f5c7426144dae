# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Plans: what a program and its peer do, one after the other, until close() is called.

A plan says nothing about how it is carried out: the lab performs it, and the scripts that a reader
takes home are written from the same acts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, get_args

from app.kernel.scenario import Scenario, parse_scenario


@dataclass(frozen=True, slots=True)
class Listen:
    """The program: socket(), bind(), listen(); with Fast Open allowed where `fastopen` is."""

    fastopen: bool = False


@dataclass(frozen=True, slots=True)
class Connect:
    """The program: a non-blocking connect(); the SYN goes out."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """The peer: SYN, and after our SYN and ACK its own ACK; `number` tells clients apart, from 0.

    `window` is what the peer offers from then on, in bytes; 0 holds back all that is written.
    """

    number: int = 0
    window: int = 65535


@dataclass(frozen=True, slots=True)
class FastOpen:
    """The peer: a SYN that brings `bytes` bytes of data, and then silence."""

    bytes: int
    window: int = 65535


@dataclass(frozen=True, slots=True)
class CrossingSyn:
    """The peer: a SYN of its own, which crosses ours: a simultaneous open."""


@dataclass(frozen=True, slots=True)
class Accept:
    """The program: accept()."""


@dataclass(frozen=True, slots=True)
class Write:
    """The program: write() of `bytes` bytes."""

    bytes: int


@dataclass(frozen=True, slots=True)
class Read:
    """The program: read() of `bytes` bytes; 0 stands for the read() that returns 0 at a FIN."""

    bytes: int


@dataclass(frozen=True, slots=True)
class Shutdown:
    """The program: shutdown(SHUT_WR)."""


@dataclass(frozen=True, slots=True)
class SetOption:
    """The program: setsockopt(). SO_LINGER and TCP_LINGER2 in seconds, TCP_REPAIR 1."""

    name: str
    value: int


@dataclass(frozen=True, slots=True)
class PeerSends:
    """The peer: a segment with `bytes` bytes of data, with its FIN, or with both.

    `again` says that the bytes are the last that it has sent: a retransmission.
    """

    bytes: int
    fin: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class PeerAcknowledges:
    """The peer: an ACK of our FIN."""


@dataclass(frozen=True, slots=True)
class PeerResets:
    """The peer: a RST."""


@dataclass(frozen=True, slots=True)
class PeerVanishes:
    """The peer: its socket goes without a word (TCP_REPAIR), so that a RST answers our FIN."""


@dataclass(frozen=True, slots=True)
class PeerHoldsBack:
    """The peer: `bytes` bytes that stay with it (Nagle) until what it sent before is acknowledged.

    Our FIN does that, so they arrive inside of close().
    """

    bytes: int


@dataclass(frozen=True, slots=True)
class RouteMetric:
    """A metric of the route between program and peer, before their handshake.

    `quickack` 1 brings the peer's ACK of our FIN inside of close(); `rto_min` is the least
    retransmission timeout, in ms.
    """

    name: str
    value: int


@dataclass(frozen=True, slots=True)
class Orphan:
    """A bystander: a connection that is closed, and whose peer does not close."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A bystander: a connection with so many `bytes` that nobody reads."""

    bytes: int


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of the whole machine, `net.ipv4.<name>`; only where the machine is the lab's."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Sysctl:
    """A sysctl of the lab's own namespace, `net.ipv4.<name>`, that is set on the way."""

    name: str
    value: int


Act = (
    Listen
    | Connect
    | Handshake
    | FastOpen
    | CrossingSyn
    | Accept
    | Write
    | Read
    | Shutdown
    | SetOption
    | PeerSends
    | PeerAcknowledges
    | PeerResets
    | PeerVanishes
    | PeerHoldsBack
    | RouteMetric
    | Orphan
    | Hold
    | Limit
    | Sysctl
)
"""One thing that the program or its peer does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """What a peer by hand does by itself from close() on, as if it were `rtt_ms` away.

    `answers` is `all` (acknowledges what comes, its window open), `probes` (answers each segment
    with what it acknowledged before, its window closed) or `none`. `then` is what it does once of
    its own accord, `after_ms` from close(): `fin` (if it `waits`, not before ours), `data`, `rst`,
    `back` (the machine has been started anew: from then on it answers all with a RST), or nothing.
    `sack` is whether it agreed on selective acknowledgements; with `keepalive_ms` it probes.
    """

    answers: str = "none"
    then: str = ""
    after_ms: int = 0
    waits: bool = True
    rtt_ms: int = 0
    sack: bool = False
    keepalive_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a real socket gets into a scenario, and how it is closed.

    `recipe` names the family; `peer` is `hand` (segments over a raw socket, an answer only when
    told) or `neighbour` (an ordinary socket on loopback); `sysctls` are those of
    `net.ipv4`; `ending` is `close` or `kill`; `inside` is what the peer by hand sends while close()
    owns the socket, and `during` what it sends while close() sleeps, in the words of a scenario;
    `sleeps_s` how long close() sleeps, or None where
    it does not; `opens_window` says that the peer reads on afterwards, so that a FIN behind
    unsent data is seen; `follow_s` how long what is left is followed, at most until nothing is;
    `conduct` what the peer does meanwhile, None where it is silent; `later` what is done as soon
    as close() has returned.
    """

    scenario: Scenario
    recipe: str
    peer: str
    acts: tuple[Act, ...]
    sysctls: Mapping[str, int] = field(default_factory=dict)
    ending: str = "close"
    inside: tuple[str, ...] = ()
    during: tuple[str, ...] = ()
    sleeps_s: int | None = None
    opens_window: bool = False
    follow_s: int = 0
    conduct: Conduct | None = None
    later: tuple[Act, ...] = ()

    @property
    def needs_machine(self) -> bool:
        """Whether it meets a limit of the whole machine, or takes two processors for itself."""
        return bool(self.inside) or any(isinstance(act, Limit) for act in (*self.acts, *self.later))


_KINDS: Final = {kind.__name__: kind for kind in get_args(Act)}


def to_json(plan: Plan) -> dict[str, Any]:
    """The plan as plain data; an act is its name and its fields."""
    flat = {name: getattr(plan, name) for name in plan.__slots__}
    return {
        **flat,
        "scenario": plan.scenario.changed(),
        "acts": [[type(act).__name__, asdict(act)] for act in plan.acts],
        "later": [[type(act).__name__, asdict(act)] for act in plan.later],
        "sysctls": dict(plan.sysctls),
        "conduct": plan.conduct and asdict(plan.conduct),
    }


def from_json(data: Mapping[str, Any]) -> Plan:
    """The plan that `to_json` made this of."""
    scenario = parse_scenario((key, str(value)) for key, value in data["scenario"].items())
    plan = Plan(scenario=scenario, recipe=data["recipe"], peer=data["peer"], acts=())
    return replace(
        plan,
        **{
            **data,
            "scenario": scenario,
            "acts": tuple(_KINDS[name](**fields) for name, fields in data["acts"]),
            "later": tuple(_KINDS[name](**fields) for name, fields in data["later"]),
            "inside": tuple(data["inside"]),
            "during": tuple(data["during"]),
            "conduct": data["conduct"] and Conduct(**data["conduct"]),
        },
    )
