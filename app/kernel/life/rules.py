# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Rules of a life: what may happen at an end, and where a kernel says so.

The files are those of Linux 6.1, in net/ipv4. The sentence of each rule, and what it leaves out, is
in the content's `life.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_STATE: Final = "tcp_input.c, tcp_rcv_state_process"
_DATA: Final = "tcp_input.c, tcp_data_queue"
_FIN: Final = "tcp_input.c, tcp_fin"
_VALID: Final = "tcp_input.c, tcp_validate_incoming"
_ACK: Final = "tcp_input.c, tcp_ack"
_MINI: Final = "tcp_minisocks.c, tcp_timewait_state_process"
_KEEPALIVE: Final = "tcp_timer.c, tcp_keepalive_timer"
_PROBE: Final = "tcp_timer.c, tcp_probe_timer"
_CLOSE: Final = "tcp.c, __tcp_close"

#: By id: the file and its functions; empty for what no kernel's function does.
RULES: Final[Mapping[str, str]] = {
    # At the beginning
    "fin-on-its-way": "tcp_output.c, tcp_send_fin, tcp_schedule_loss_probe",
    "fin-held-back": "tcp_output.c, tcp_send_fin, tcp_write_xmit; tcp.h, tcp_check_probe_timer",
    "reset-on-its-way": "tcp_output.c, tcp_send_active_reset",
    "mini-waits": "inet_timewait_sock.c, __inet_twsk_schedule",
    "orphan-waits": "inet_connection_sock.c, inet_csk_reset_keepalive_timer",
    "program-holds": "",
    "nothing-left": "inet_connection_sock.c, inet_csk_destroy_sock",
    "peer-waits": "",
    # Timers
    "loss-probe": "tcp_output.c, tcp_send_loss_probe",
    "retransmits": "tcp_timer.c, tcp_retransmit_timer",
    "gives-up": "tcp_timer.c, tcp_write_timeout, retransmits_timed_out, tcp_orphan_retries",
    "user-timeout": "tcp_timer.c, retransmits_timed_out, tcp_probe_timer",
    "over-limit": "tcp_timer.c, tcp_out_of_resources; tcp.c, tcp_check_oom",
    "namespace-gone": "tcp_timer.c, tcp_out_of_resources",
    "synack-again": "tcp_timer.c, tcp_fastopen_synack_timer",
    "synack-gives-up": "tcp_timer.c, tcp_fastopen_synack_timer",
    "window-probe": "tcp_output.c, tcp_send_probe0, tcp_write_wakeup",
    "probes-reach-maximum": _PROBE,
    "probes-unanswered": _PROBE,
    "mini-takes-over": f"{_KEEPALIVE}; tcp_minisocks.c, tcp_time_wait",
    "keepalive-waits": _KEEPALIVE,
    "keepalive-probe": _KEEPALIVE,
    "keepalive-gives-up": _KEEPALIVE,
    "mini-expires": "inet_timewait_sock.c, tw_timer_handler",
    "delayed-ack": "tcp_timer.c, tcp_delack_timer_handler",
    # Segments for a socket
    "fin-received": _FIN,
    "fins-cross": _FIN,
    "time-wait": f"{_FIN}; tcp_minisocks.c, tcp_time_wait",
    "fin-and-ack": f"{_STATE}, tcp_fin; tcp_minisocks.c, tcp_time_wait",
    "fin-acked-held": _STATE,
    "fin-acked-waits": f"{_STATE}; tcp.h, tcp_fin_time",
    "fin-acked-mini": f"{_STATE}; tcp_minisocks.c, tcp_time_wait",
    "fin-acked-reset": f"{_STATE}; tcp_ipv4.c, tcp_v4_do_rcv",
    "closing-acked": f"{_STATE}; tcp_minisocks.c, tcp_time_wait",
    "last-acked": f"{_STATE}; tcp.c, tcp_done",
    "data-reset": f"{_STATE}; tcp_ipv4.c, tcp_v4_do_rcv",
    "data-received": _DATA,
    "data-acked": _ACK,
    "again": _DATA,
    "nothing-new": _ACK,
    "window-shut": f"{_ACK}, tcp_ack_probe",
    "window-opens": f"{_ACK}, tcp_ack_probe; tcp_output.c, tcp_write_xmit",
    "probe-answered": f"{_VALID}, tcp_send_dupack",
    "probe-skipped": "tcp_input.c, tcp_oow_rate_limited",
    "reset-received": "tcp_input.c, tcp_reset",
    "reset-ignored": _VALID,
    "challenge-ack": f"{_VALID}, tcp_send_challenge_ack",
    # Segments for a mini-socket, and for nothing
    "mini-fin": _MINI,
    "mini-data-reset": f"{_MINI}; tcp_ipv4.c, tcp_v4_rcv",
    "mini-again": _MINI,
    "mini-starts-anew": _MINI,
    "mini-acknowledges": f"{_MINI}, tcp_timewait_check_oow_rate_limit",
    "mini-reset": _MINI,
    "no-socket": "tcp_ipv4.c, tcp_v4_rcv, tcp_v4_send_reset",
    "reset-to-nothing": "tcp_ipv4.c, tcp_v4_send_reset",
    "nobody-answers": "",
    # Programs, machines, namespaces
    "program-closes": _CLOSE,
    "program-resets": "tcp.c, tcp_disconnect",
    "program-sends": "tcp.c, tcp_sendmsg",
    "program-reads": "tcp.c, tcp_cleanup_rbuf",
    "machine-off": "",
    "machine-back": "",
    "namespace-ends": "inet_timewait_sock.c, inet_twsk_purge",
}
#: Why nothing ends a life.
ENDLESS: Final = ("held-by-program", "goes-on", "stopped")
#: What ends a life by timers, one after the other, of which each is late.
LATE: Final = frozenset(
    {
        *("gives-up", "user-timeout", "synack-gives-up", "probes-reach-maximum"),
        *("probes-unanswered", "keepalive-gives-up"),
    }
)
#: Conditions that do not fit the scenario; and `late`, where a rule of `LATE` ends it.
NOTES: Final = (
    *("rto-of-round-trip", "no-peer", "window-without-data", "cannot-send", "after-unused"),
    *("stopped", "late"),
)
