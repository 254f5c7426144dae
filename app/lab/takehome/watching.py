# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The lines that show a scenario's end on a host where it happens by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.i18n import marked
from app.lab.prediction import Prediction
from app.walkthrough.counters import nstat_name

#: What each tool shows, for the catalogues.
NSTAT = marked("The counters of this path, every second, as changes since the last look.")
SS_ORPHANS = marked(
    "What is left, with its timer: sockets in this state; those with ino:0 have no process."
)
SS_ALL = marked("Every TCP socket with its timer; on this path nothing is left of the one closed.")
STATES = marked("Each state transition, with the process in whose context it happens.")
RESETS = marked("Each RST that this host sends, with the state of its socket.")
WIRE = marked("The segments that end connections, on every interface.")


_STATE_CHANGES: Final = (
    "tracepoint:sock:inet_sock_set_state /args->protocol == 6/ "
    '{ printf("%s %d > %d port %d\\n", comm, args->oldstate, args->newstate, args->sport); }'
)
_RESETS_SENT: Final = (
    'tracepoint:tcp:tcp_send_reset { printf("%s state %d\\n", comm, args->state); }'
)


#: `tcp[…]` of libpcap sees no IPv6: there the flags are asked for by their place.
_FINS_AND_RESETS: Final = (
    "tcp[tcpflags] & (tcp-fin|tcp-rst) != 0 or (ip6 and ip6[6] == 6 and ip6[53] & 5 != 0)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A command line, and what it shows (English, for the catalogues)."""

    run: str
    shows: str


def watching(predicted: Prediction) -> tuple[Watch, ...]:
    """nstat, ss, bpftrace and tcpdump for what a path does."""
    names = " ".join(nstat_name(name) for name in predicted.counters)
    found = []
    if names:
        found.append(Watch(run=f"watch -n 1 -d nstat -az {names}", shows=NSTAT))
    if predicted.left is not None:
        state = predicted.left.lower().replace("_", "-")
        state = state.replace("wait1", "wait-1").replace("wait2", "wait-2")
        found.append(Watch(run=f"ss -tnoe state {state}", shows=SS_ORPHANS))
    else:
        found.append(Watch(run="ss -tanoe", shows=SS_ALL))
    found.append(Watch(run=_bpftrace(_STATE_CHANGES), shows=STATES))
    if "RST" in predicted.segments:
        found.append(Watch(run=_bpftrace(_RESETS_SENT), shows=RESETS))
    found.append(Watch(run=f"tcpdump -ni any '{_FINS_AND_RESETS}'", shows=WIRE))
    return tuple(found)


def _bpftrace(program: str) -> str:
    return f"bpftrace -e '{program}'"
