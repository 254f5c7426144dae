# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""One end of a connection: a socket, a mini-socket, or nothing, with its timers.

Both ends are of this kind. What a method does is what the kernel's function of the rule does; it
returns the rule's id, and `life.yaml` has the source of each, and what is left out. Sequence
numbers count from what was sent before the life began.

Left out of all of it: congestion control, more than one segment in flight at an end, the round
trip that is measured anew, urgent data, and segments that get lost or overtake each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from app.kernel.life.records import EndName, Holds, Snapshot, TimerName

if TYPE_CHECKING:
    from app.kernel.life.engine import Clock

MS: Final = 1000
SECOND: Final = 1_000_000
#: include/net/tcp.h: TCP_RTO_MIN, TCP_DELACK_MIN, sysctl_tcp_invalid_ratelimit, TCP_RETR2,
#: TCP_KEEPALIVE_INTVL and TCP_KEEPALIVE_PROBES; tcp_synack_retries, and one more for Fast Open.
_RTO_MIN: Final = 200 * MS
_DELAYED_ACK: Final = 40 * MS
_RATE_LIMIT: Final = 500 * MS
_RETRIES2: Final = 15
_KEEPALIVE_INTERVAL: Final = 75 * SECOND
_KEEPALIVE_PROBES: Final = 9
_SYNACK_RETRIES: Final = 6
#: inet_timewait_sock.c: what lives no longer counts as TWKilled.
_KILLED_WITHIN: Final = 4 * SECOND
#: tcp_timer.c, tcp_out_of_resources: how recently data was sent where a reset follows.
_RECENTLY: Final = 60 * SECOND
_BACK_OFF: Final = frozenset({"CLOSE_WAIT", "LAST_ACK", "CLOSING"})
_TIMERS: Final[dict[str, TimerName]] = {
    "loss-probe": "on",
    "retransmit": "on",
    "synack": "on",
    "probe": "persist",
    "keepalive": "keepalive",
    "timewait": "timewait",
}

Slot = Literal["xmit", "keepalive", "timewait", "ack"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """What travels: `seq` of its first byte, `length` of its data, `ack` what it acknowledges.

    `ack` is None for a RST that answers a segment; `is_open` says whether its window is.
    """

    seq: int
    length: int = 0
    fin: bool = False
    rst: bool = False
    ack: int | None = None
    is_open: bool = True

    @property
    def end(self) -> int:
        """The sequence number behind it."""
        return self.seq + self.length + self.fin


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What governs an end; times in microseconds, `linger2` None for the sysctl."""

    rto: int
    rto_max: int
    has_sack: bool
    rtt: int
    keepalive: int
    orphan_retries: int = 0
    user_timeout: int = 0
    fin_timeout: int = 60 * SECOND
    time_wait: int = 60 * SECOND
    linger2: int = 0
    #: Limits that are reached: `orphans`, `memory` or `buckets`.
    limit: str = "none"


class End:
    """What there is at one end; `holds` and `state` as a `Snapshot` has them."""

    def __init__(self, clock: Clock, name: EndName, settings: Settings) -> None:
        self.clock = clock
        self.name: EndName = name
        self.settings = settings
        self.holds: Holds = "nothing"
        self.state: str | None = None  # set by `enter`, but at the beginning
        self.is_kept = False  # by a program that never lets go
        self.is_silent = False  # its network is gone: nobody answers
        self.snd_una = self.snd_nxt = self.write_seq = 0
        self.rcv_nxt = self.rcv_wup = self.unread = 0
        self.has_fin = False  # the last of what is to be sent is a FIN
        self.is_peer_open = True  # the window that we may send into
        self.is_open = True  # the window that we offer
        self.has_request = False  # Fast Open: the SYN and ACK is not acknowledged yet
        self.rto = settings.rto
        self.retransmits = self.backoff = self.probes_out = 0
        self.retransmitted_at: int | None = None  # retrans_stamp
        self.probing_since: int | None = None  # icsk_probes_tstamp
        self.heard_at = 0
        self.ack_limited_at: int | None = None  # last_oow_ack_time
        self.was_probed = False  # tlp_high_seq
        #: By slot: when it is due, its number in the clock's order, what it is for.
        self.timers: dict[Slot, tuple[int, int, str]] = {}

    # What is seen

    def snapshot(self) -> Snapshot:
        """What there is now."""
        if self.holds == "nothing":
            return Snapshot(holds="nothing")
        due, kind = None, ""
        for slot in ("xmit", "keepalive", "timewait"):
            if slot in self.timers:
                due, _, kind = self.timers[slot]
                break
        name = _TIMERS.get(kind)
        number = {"on": self.retransmits, "persist": self.probes_out, "keepalive": self.probes_out}
        is_mini = self.holds == "mini"
        return Snapshot(
            holds=self.holds,
            state=self.state,
            timer=name,
            due_us=due,
            retransmits=number.get(name or "", 0),
            recv_q=0 if is_mini else self.unread,
            send_q=0 if is_mini else self.write_seq - self.snd_una,
        )

    @property
    def is_full(self) -> bool:
        """Whether there is a socket that takes segments."""
        return self.holds in ("process", "orphan") and self.state != "CLOSE"

    def enter(self, state: str) -> None:
        """The socket's next state; tcp_set_state counts what is closed without a FIN."""
        if state == "CLOSE" and self.state in ("ESTABLISHED", "CLOSE_WAIT"):
            self.clock.count("EstabResets")
        self.state = state
        self.clock.states.append(state)

    # Timers

    def arm(self, slot: Slot, kind: str, wait: int) -> None:
        """Set a timer, anew if it runs; a wait is at least one jiffy."""
        self.cancel(slot)
        due = self.clock.now + max(wait, MS)
        self.timers[slot] = (due, self.clock.wake(self, slot, due), kind)
        if slot != "ack":
            self.clock.timer(_TIMERS[kind], "armed", due)

    def cancel(self, slot: Slot) -> None:
        """Stop a timer, if it runs."""
        found = self.timers.pop(slot, None)
        if found is not None and slot != "ack":
            self.clock.timer(_TIMERS[found[2]], "cancelled")

    def fire(self, slot: Slot) -> str:
        """A timer is due."""
        _, _, kind = self.timers.pop(slot)
        if slot != "ack":
            self.clock.timer(_TIMERS[kind], "fired")
        match kind:
            case "loss-probe":
                return self._loss_probe()
            case "retransmit":
                return self._retransmit()
            case "synack":
                return self._synack()
            case "probe":
                return self._probe()
            case "keepalive":
                return self._keepalive()
            case "timewait":
                self.vanish()
                return "mini-expires"
        self.acknowledge()
        self.clock.count("DelayedACKs")
        return "delayed-ack"

    # Sending

    def send(self, segment: Segment, *, again: bool = False) -> None:
        """A segment of this socket: whatever it is, it acknowledges."""
        self.cancel("ack")
        self.rcv_wup = self.rcv_nxt
        self.clock.send(self, segment, again)

    def acknowledge(self) -> None:
        """An ACK, and nothing else."""
        self.send(Segment(seq=self.snd_nxt, ack=self.rcv_nxt, is_open=self.is_open))

    def output(self) -> None:
        """Send what is unsent, where the window allows it, and look after it."""
        if self.write_seq == self.snd_nxt or self.snd_una != self.snd_nxt:
            return
        if not self.is_peer_open:
            if "xmit" not in self.timers:
                self.arm("xmit", "probe", max(self.rto, _RTO_MIN))
            return
        start, self.snd_nxt = self.snd_nxt, self.write_seq
        self.send_from(start)
        self.look_after()

    def send_from(self, start: int, *, again: bool = False, ack: int | None = None) -> None:
        """What is to be sent from there on, and the FIN that is the last of it."""
        self.send(
            Segment(
                seq=start,
                length=self.snd_nxt - start - self.has_fin,
                fin=self.has_fin,
                ack=self.rcv_nxt if ack is None else ack,
                is_open=self.is_open,
            ),
            again=again,
        )

    def look_after(self) -> None:
        """The timer of what has just been sent."""
        settings = self.settings
        if self.has_request:
            return
        if settings.has_sack:
            self.arm("xmit", "loss-probe", min(2 * settings.rtt + _RTO_MIN, self.rto))
        else:
            self.arm("xmit", "retransmit", self.rto)

    def close(self) -> str:
        """The program closes: a FIN behind what is unsent, and no process any more."""
        self.enter("FIN_WAIT1" if self.state == "ESTABLISHED" else "LAST_ACK")
        self.holds, self.unread = "orphan", 0
        self.cancel("keepalive")
        self.write_seq += 1
        self.has_fin = True
        self.output()
        return "program-closes"

    def abort(self) -> str:
        """The program resets: a RST, and nothing is left."""
        self._active_reset()
        self.vanish()
        return "program-resets"

    def _active_reset(self) -> None:
        self.clock.count("OutRsts")
        self.send(Segment(seq=self.snd_nxt, ack=self.rcv_nxt, rst=True))

    def _answer_with_reset(self, segment: Segment) -> None:
        self.clock.count("OutRsts")
        self.clock.send(self, Segment(seq=segment.ack or 0, rst=True), again=False)

    # The end

    def vanish(self) -> None:
        """Nothing is left, but for a closed socket that a program holds on to."""
        for slot in tuple(self.timers):
            self.cancel(slot)
        if self.is_full:
            self.enter("CLOSE")
        self.unread = 0
        self.holds, self.state = ("process", "CLOSE") if self.is_kept else ("nothing", None)
        self.snd_una = self.write_seq

    def _time_wait(self, state: Literal["FIN_WAIT2", "TIME_WAIT"], wait: int) -> None:
        settings = self.settings
        self.vanish()
        if settings.limit == "buckets":
            self.clock.count("TCPTimeWaitOverflow")
            return
        self.holds, self.state = "mini", state
        floor = (self.rto << 2) - (self.rto >> 1)
        self.begin_mini(settings.time_wait if state == "TIME_WAIT" else max(wait, floor))

    def begin_mini(self, wait: int) -> None:
        """The mini-socket's only timer, and which of two counters counts it."""
        self.clock.count("TWKilled" if wait <= _KILLED_WITHIN else "TW")
        self.arm("timewait", "timewait", wait)

    # Timers that fire

    def _has_timed_out(self, retries: int, user_timeout: int) -> bool:
        """retransmits_timed_out: a time made of the number, unless TCP_USER_TIMEOUT says one.

        Timers of the wheel are late, so that a comparison that equal times would just miss does
        not: of the eighth that they may be late, a quarter is counted.
        """
        if not self.retransmits or self.retransmitted_at is None:
            return False
        timeout = user_timeout
        if not timeout:
            most = self.settings.rto_max
            linear = (most // _RTO_MIN).bit_length() - 1
            timeout = ((2 << min(retries, linear)) - 1) * _RTO_MIN
            timeout += max(retries - linear, 0) * most
        elapsed = self.clock.now - self.retransmitted_at
        return elapsed + elapsed // 32 >= timeout

    def _orphan_retries(self, *, is_alive: bool) -> int:
        return self.settings.orphan_retries or (8 if is_alive else 0)

    def _is_over_limit(self, *, resets: bool) -> bool:
        """tcp_out_of_resources, for an orphan whose timer has fired."""
        # Out of memory is only who has more queued than a bare FIN (tcp_out_of_memory).
        has_data = self.write_seq - self.snd_una > self.has_fin
        if self.settings.limit == "orphans" or (self.settings.limit == "memory" and has_data):
            if resets or self.clock.now <= _RECENTLY:
                self._active_reset()
            self.clock.count("TCPAbortOnMemory")
            self.vanish()
            return True
        return False

    def _give_up(self) -> None:
        self.clock.count("TCPAbortOnTimeout")
        self.vanish()

    def _loss_probe(self) -> str:
        self.was_probed = True
        self.clock.count("TCPLossProbes")
        self.clock.count("RetransSegs")
        self.send_from(self.snd_una, again=True)
        self.arm("xmit", "retransmit", self.rto)
        return "loss-probe"

    def _retransmit(self) -> str:
        settings = self.settings
        self.clock.count("TCPTimeouts")
        retries = _RETRIES2
        if self.holds == "orphan":
            is_alive = self.rto < settings.rto_max
            retries = self._orphan_retries(is_alive=is_alive)
            if self._is_over_limit(resets=is_alive or not self._has_timed_out(retries, 0)):
                return "over-limit"
            if self.is_silent:
                self.vanish()
                return "namespace-gone"
        if self._has_timed_out(retries, settings.user_timeout):
            self._give_up()
            return "user-timeout" if settings.user_timeout else "gives-up"
        self.retransmits += 1
        self.backoff += 1
        self.clock.count("RetransSegs")
        if self.retransmitted_at is None:
            self.retransmitted_at = self.clock.now
        self.send_from(self.snd_una, again=True)
        self.rto = wait = min(self.rto << 1, settings.rto_max)
        if settings.user_timeout:
            wait = min(wait, self.retransmitted_at + settings.user_timeout - self.clock.now)
        self.arm("xmit", "retransmit", wait)
        return "retransmits"

    def _synack(self) -> str:
        """Before the client has answered, nothing else is repeated."""
        self.clock.count("TCPTimeouts")
        if self.retransmits >= _SYNACK_RETRIES:
            self._give_up()
            return "synack-gives-up"
        self.retransmits += 1
        self.clock.count("RetransSegs")
        self.clock.count("TCPSynRetrans")
        self.clock.synack()
        self.arm("xmit", "synack", SECOND << self.retransmits)
        return "synack-again"

    def _probe_wait(self) -> int:
        """tcp_probe0_when, cut short by TCP_USER_TIMEOUT."""
        settings = self.settings
        wait = min(max(self.rto, _RTO_MIN) << min(self.backoff, 10), settings.rto_max)
        if settings.user_timeout and self.probing_since is not None:
            wait = min(wait, self.probing_since + settings.user_timeout - self.clock.now)
        return wait

    def _probe(self) -> str:
        settings, now = self.settings, self.clock.now
        if self.probing_since is None:
            self.probing_since = now
        elif settings.user_timeout and now - self.probing_since >= settings.user_timeout:
            self._give_up()
            return "user-timeout"
        most = _RETRIES2
        if self.holds == "orphan":
            is_alive = self.rto << self.backoff < settings.rto_max
            most = self._orphan_retries(is_alive=is_alive)
            if not is_alive and self.backoff >= most:
                self._give_up()
                return "probes-reach-maximum"
            if self._is_over_limit(resets=True):
                return "over-limit"
            if self.is_silent:
                self.vanish()
                return "namespace-gone"
        if self.probes_out >= most:
            self._give_up()
            return "probes-unanswered"
        self.clock.count("TCPWinProbe")
        self.send(Segment(seq=self.snd_una - 1, ack=self.rcv_nxt, is_open=self.is_open))
        self.probes_out += 1
        self.backoff = min(self.backoff + 1, _RETRIES2)
        self.arm("xmit", "probe", self._probe_wait())
        return "window-probe"

    def fin_time(self) -> int:
        """tcp_fin_time: how long an orphan may stay in FIN_WAIT2."""
        settings = self.settings
        wanted = settings.linger2 or settings.fin_timeout
        return max(wanted, (self.rto << 2) - (self.rto >> 1))

    def _keepalive(self) -> str:
        settings = self.settings
        if self.state == "FIN_WAIT2" and self.holds == "orphan":
            self._time_wait("FIN_WAIT2", self.fin_time() - settings.time_wait)
            return "mini-takes-over"
        idle = self.clock.now - self.heard_at
        if self.snd_una != self.write_seq:
            self.arm("keepalive", "keepalive", settings.keepalive)
            return "keepalive-waits"
        if idle < settings.keepalive:
            self.arm("keepalive", "keepalive", settings.keepalive - idle)
            return "keepalive-waits"
        over = self.probes_out >= _KEEPALIVE_PROBES
        if settings.user_timeout:
            over = self.probes_out > 0 and idle >= settings.user_timeout
        if over:
            self._active_reset()
            self._give_up()
            return "keepalive-gives-up"
        self.clock.count("TCPKeepAlive")
        self.send(Segment(seq=self.snd_una - 1, ack=self.rcv_nxt, is_open=self.is_open))
        self.probes_out += 1
        self.arm("keepalive", "keepalive", _KEEPALIVE_INTERVAL)
        return "keepalive-probe"

    # Segments that come

    def receive(self, segment: Segment) -> str:
        """A segment is here."""
        if self.is_silent:
            return "nobody-answers"
        if self.is_full:
            rule = self._receive_full(segment)
        elif self.holds == "mini":
            rule = self._receive_mini(segment)
        else:
            if not segment.rst:
                self._answer_with_reset(segment)
            rule = "reset-to-nothing" if segment.rst else "no-socket"
        return rule

    def _answer_rate_limited(self, segment: Segment) -> bool:
        """An ACK for what is outside of the window; without data, at most one in 500 ms."""
        now, last = self.clock.now, self.ack_limited_at
        if segment.end == segment.seq:
            if last is not None and now - last < _RATE_LIMIT:
                return False
            self.ack_limited_at = now
        self.acknowledge()
        return True

    def _receive_full(self, segment: Segment) -> str:
        if segment.rst:
            is_after_fin = segment.seq == self.rcv_nxt - 1 and self.state in _BACK_OFF
            if segment.seq == self.rcv_nxt or is_after_fin:
                self.vanish()
                return "reset-received"
            if self.rcv_wup <= segment.seq:
                self.acknowledge()
                return "challenge-ack"
            return "reset-ignored"
        if segment.end < self.rcv_wup or segment.seq > self.rcv_nxt:
            self.heard_at = self.clock.now
            return "probe-answered" if self._answer_rate_limited(segment) else "probe-skipped"
        if self.has_request:
            self.has_request = False
            self.cancel("xmit")
            self.retransmits = 0
            if self.snd_una != self.snd_nxt:
                self.look_after()
        rule = self._take_ack(segment)
        if not self.is_full:
            return rule
        rule = self._take_text(segment, rule)
        if self.is_full:
            self.output()
        return rule

    def _take_ack(self, segment: Segment) -> str:
        """tcp_ack, and what the ACK of our FIN does to the state."""
        self.heard_at = self.clock.now
        self.probes_out = 0
        rule = "window-shut" if not segment.is_open else "nothing-new"
        was_open, self.is_peer_open = self.is_peer_open, segment.is_open
        if segment.ack is not None and self.snd_una < segment.ack <= self.snd_nxt:
            self.snd_una = segment.ack
            if self.settings.has_sack or not self.retransmits:
                self.rto = self.settings.rto
            self.retransmits = self.backoff = 0
            self.retransmitted_at = None
            self.was_probed = False
            self.cancel("xmit")
            if self.snd_una != self.snd_nxt:
                self.arm("xmit", "retransmit", self.rto)
            rule = "data-acked"
        elif self.snd_una == self.snd_nxt != self.write_seq:
            if segment.is_open:
                self.backoff, self.probing_since = 0, None
                self.cancel("xmit")
                rule = rule if was_open else "window-opens"
            else:
                self.arm("xmit", "probe", self._probe_wait())
        if self.snd_una != self.write_seq or not self.has_fin:
            return rule
        return self._fin_is_acked(segment, rule)

    def _fin_is_acked(self, segment: Segment, rule: str) -> str:
        settings = self.settings
        match self.state:
            case "FIN_WAIT1":
                self.enter("FIN_WAIT2")
                if self.holds == "process":
                    return "fin-acked-held"
                is_data = bool(segment.length) and segment.end - segment.fin > self.rcv_nxt
                if settings.linger2 < 0 or is_data:
                    self._abort_on_data(segment)
                    return "data-reset" if settings.linger2 >= 0 else "fin-acked-reset"
                wait = self.fin_time()
                if wait > settings.time_wait:
                    self.arm("keepalive", "keepalive", wait - settings.time_wait)
                    return "fin-acked-waits"
                if segment.fin:
                    self.arm("keepalive", "keepalive", wait)
                    return "fin-acked-waits"
                self._time_wait("FIN_WAIT2", wait)
                return "fin-acked-mini"
            case "CLOSING":
                self._time_wait("TIME_WAIT", 0)
                return "closing-acked"
            case "LAST_ACK":
                self.vanish()
                return "last-acked"
        return rule

    def _abort_on_data(self, segment: Segment) -> None:
        self.clock.count("TCPAbortOnData")
        self.vanish()
        self._answer_with_reset(segment)

    def _take_text(self, segment: Segment, rule: str) -> str:
        if segment.end == segment.seq:
            return rule
        if segment.seq < self.rcv_nxt:
            self.acknowledge()
            return "again"
        if self.state in _BACK_OFF:
            return "nothing-new"
        if segment.length and self.holds == "orphan":
            self._abort_on_data(segment)
            return "data-reset"
        self.rcv_nxt = segment.end
        self.unread += segment.end - segment.seq
        if not segment.fin:
            self._acknowledge_later()
            return "data-received"
        return self._take_fin(is_acked=rule.startswith("fin-acked"))

    def _acknowledge_later(self) -> None:
        if "ack" not in self.timers:
            self.arm("ack", "ack", _DELAYED_ACK)

    def _take_fin(self, *, is_acked: bool) -> str:
        match self.state:
            case "FIN_WAIT1":
                self.acknowledge()
                self.enter("CLOSING")
                return "fins-cross"
            case "FIN_WAIT2":
                self.acknowledge()
                self._time_wait("TIME_WAIT", 0)
                return "fin-and-ack" if is_acked else "time-wait"
        self.enter("CLOSE_WAIT")
        self._acknowledge_later()
        return "fin-received"

    def _receive_mini(self, segment: Segment) -> str:
        """tcp_timewait_state_process."""
        is_next = segment.seq == self.rcv_nxt
        if self.state == "FIN_WAIT2":
            if segment.seq < self.rcv_nxt:
                if self._answer_rate_limited(segment):
                    return "mini-acknowledges"
                return "probe-skipped"
            if segment.rst:
                self.vanish()
                return "mini-reset"
            if segment.end == segment.seq:
                return "nothing-new"
            if segment.length or not segment.fin:
                self.vanish()
                self._answer_with_reset(segment)
                return "mini-data-reset"
            self.state = "TIME_WAIT"
            self.rcv_nxt = segment.end
            self.acknowledge()
            self.arm("timewait", "timewait", self.settings.time_wait)
            return "mini-fin"
        if is_next and segment.rst:
            self.vanish()
            return "mini-reset"
        if segment.rst:
            return "reset-ignored"
        self.arm("timewait", "timewait", self.settings.time_wait)
        if is_next and segment.end == segment.seq:
            return "mini-starts-anew"
        if self._answer_rate_limited(segment):
            return "mini-again"
        return "probe-skipped"
