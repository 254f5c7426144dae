# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Why a scenario is not brought to a real kernel, in codes and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from app.i18n import Language, marked

REASONS: Final[Mapping[str, str]] = {
    "other-function": marked(
        "The lab closes a real socket, and so looks at tcp_close() only; nothing that it does "
        "brings a socket to {function}()."
    ),
    "hypothetical": marked("No real kernel can be in this state."),
    "orphans": marked(
        "The limit on orphans is one for the whole machine: going over it would reset other "
        "programs' connections. A kernel booted by --kernel has no others."
    ),
    "memory": marked(
        "The limit on TCP's memory is one for the whole machine: going over it would hurt other "
        "programs' connections. A kernel booted by --kernel has no others."
    ),
    "netns": marked(
        "A program's socket keeps its network namespace alive; only sockets of the kernel itself "
        "get into a dying one."
    ),
    "backlog-nothing-sent": marked(
        "In this state close() sends nothing, and owns the socket for a microsecond: a segment "
        "gets there by chance, in some of a hundred tries of two processors that race (691 of "
        "20,000 FINs in FIN_WAIT2 on Linux 6.18). The lab does not wait for chance."
    ),
    "backlog-and-more": marked(
        "The lab reaches into close() only while that sends a FIN at once: not beside unsent data "
        "or SO_LINGER, not before the handshake is over, and not all that a killed process meets."
    ),
    "one-processor": marked(
        "This takes a second processor, from which the peer sends while close() is at work on the "
        "first."
    ),
    "read-is-gone": marked(
        "A segment that was read to its end leaves the queue; it stays only where it came again, "
        "with the peer's FIN."
    ),
    "recv-too-much": marked("More unread bytes than the peer's window lets through ({limit})."),
    "too-long": marked("close() would sleep for {seconds} s; the lab waits at most {limit} s."),
    "pending-before-connection": marked(
        "Before the handshake is over a program cannot leave data unsent here."
    ),
    "unread-before-connection": marked(
        "In a simultaneous open there is no data before the handshake is over."
    ),
    "needs-namespace": marked(
        "This takes a network namespace of the lab's own, and with it root or a user namespace."
    ),
    "needs-sysctl": marked(
        "This takes net.ipv4.{name} = {value}, which is {found} on this machine; the lab changes "
        "nothing outside of a network namespace of its own."
    ),
    "no-sysctl": marked("This takes a sysctl that this kernel does not have: {message}."),
    "shutdown-put-off": marked(
        "This kernel puts shutdown() off until the handshake is over, as mainline has done since "
        "6.9, so a socket of Fast Open does not get into FIN_WAIT1."
    ),
    "timer-short": marked(
        "The timer runs out {ms} ms after close(), before the lab can look at it."
    ),
    "answer-late": marked(
        "What belongs inside of close() came after close() had let the socket go, three times in "
        "a row."
    ),
    "peer-late": marked(
        "This machine was too busy, three times in a row: the peer acted {message} too late."
    ),
    "machine-late": marked(
        "This machine was too busy, three times in a row: it was up to {message} late itself, "
        "which may be why what was observed differs."
    ),
    "life-neighbour": marked(
        "What answers inside of close() is an ordinary peer, which then does as its own kernel "
        "does; a life takes a peer by hand."
    ),
    "life-limit": marked("This limit is not to be reached after close() has returned."),
    "life-endless": marked("Nothing ends this life."),
    "life-long": marked("This life lasts {seconds} s; the lab waits at most {limit} s here."),
    "life-close-call": marked(
        "What comes to pass hangs on how late a timer is, and a kernel's timers are a little late: "
        "chance says what is first."
    ),
    "life-rtt": marked(
        "After a round trip of {rtt} ms no kernel has a retransmission timeout below {rto} ms."
    ),
    "lab-failed": marked("The lab itself failed: {message}."),
    "other-traffic": marked(
        "Other programs in the same network namespace were counted too, three times in a row."
    ),
}
"""The sentence of each code; placeholders are the facts."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A scenario that is left out: a stable code and the facts of its sentence."""

    code: str
    facts: Mapping[str, int | str] = field(default_factory=dict)

    def sentence(self, language: Language) -> str:
        """The reason, for people."""
        return language.gettext(REASONS[self.code]).format(**self.facts)
