# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The program whose socket is closed: a process of its own, which does what it is told.

It has to be one: close() may sleep while the peer goes on, and a killed process is a scenario.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import signal
import socket
import struct
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NoReturn

from app.errors import LabError
from app.kernel.states import STATE_NAMES
from app.lab.namespace import die_with_parent
from app.lab.plan import Accept, Act, Connect, Listen, Read, SetOption, Shutdown, Write

#: linux/tcp.h; Python does not name all of them.
TCP_REPAIR: Final = 19
TCP_FASTOPEN: Final = 23
_SIOCOUTQNSD: Final = 0x894B
#: How long the program may take for anything that is not meant to sleep.
PATIENCE_S: Final = 5.0


class _Sockets:
    """What the program holds: `one` is the socket that will be closed."""

    def __init__(self, address: str, port: int, peer: tuple[str, int]) -> None:
        self.address = address
        self.port = port
        self.peer = peer
        self.listener: socket.socket | None = None
        self.one: socket.socket | None = None

    def use(self) -> socket.socket:
        one = self.one or self.listener
        if one is None:
            raise LabError("program", "the program has no socket yet")
        return one

    def do(self, act: Act) -> None:
        match act:
            case Listen():
                self.listener = socket.socket()
                self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if act.fastopen:
                    self.listener.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN, 16)
                self.listener.bind((self.address, self.port))
                self.listener.listen(128)
                self.listener.settimeout(PATIENCE_S)
                self.port = self.listener.getsockname()[1]
            case Accept():
                assert self.listener is not None
                self.one = self.listener.accept()[0]
                self.one.settimeout(PATIENCE_S)
            case Connect():
                self.one = socket.socket()
                self.one.bind((self.address, self.port))
                self.port = self.one.getsockname()[1]
                self.one.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    self.one.connect(self.peer)
            case Write():
                self.use().setblocking(False)
                if self.use().send(b"x" * act.bytes) != act.bytes:
                    raise LabError("program", "write() took only a part")
            case Read():
                self._read(act.bytes)
            case Shutdown():
                self.use().shutdown(socket.SHUT_WR)
            case SetOption():
                self._set(act)
            case _:
                raise LabError("program", f"the program cannot do {act}")

    def _read(self, count: int) -> None:
        one = self.use()
        one.settimeout(PATIENCE_S)
        left = count
        while left:
            got = len(one.recv(left))
            if not got:
                raise LabError("program", "read() returned 0 too early")
            left -= got
        if not count and one.recv(1):
            raise LabError("program", "read() found data where a FIN was expected")

    def _set(self, act: SetOption) -> None:
        one = self.use()
        if act.name == "SO_LINGER":
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, act.value))
        elif act.name == "SO_KEEPALIVE":
            one.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, act.value)
        else:
            number = {
                "TCP_LINGER2": socket.TCP_LINGER2,
                "TCP_QUICKACK": socket.TCP_QUICKACK,
                "TCP_USER_TIMEOUT": socket.TCP_USER_TIMEOUT,
                "TCP_KEEPIDLE": socket.TCP_KEEPIDLE,
                "TCP_REPAIR": TCP_REPAIR,
            }[act.name]
            one.setsockopt(socket.IPPROTO_TCP, number, act.value)

    def look(self) -> dict[str, Any]:
        """The socket's state (TCP_INFO), unread bytes (SIOCINQ), unsent ones (SIOCOUTQNSD)."""
        one = self.use()
        info = one.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
        seen: dict[str, Any] = {"state": STATE_NAMES.get(info[0], str(info[0]))}
        # The kernel answers these with EINVAL on a listener.
        if seen["state"] != "LISTEN":
            seen["unread"] = _count(one, termios.FIONREAD)
            seen["unsent"] = _count(one, _SIOCOUTQNSD)
        seen["rto_ms"] = struct.unpack_from("I", info, 8)[0] // 1000
        return seen


def _count(one: socket.socket, request: int) -> int:
    number: int = struct.unpack("i", fcntl.ioctl(one, request, b"\0" * 4))[0]
    return number


class Program:
    """The other end of the pipes to that process."""

    def __init__(self, address: str, port: int, peer: tuple[str, int]) -> None:
        orders, self._orders = os.pipe()
        self._answers, answers = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _live(orders, answers, _Sockets(address, port, peer))
        os.close(orders)
        os.close(answers)
        self._is_gone = False

    def do(self, act: Act) -> None:
        """Have it done. Raises LabError with the call's own error."""
        self._send("do", act)
        self._answer(PATIENCE_S)

    def look(self) -> dict[str, Any]:
        """State, unread and unsent bytes, retransmission timeout, port."""
        self._send("look", None)
        found: dict[str, Any] = self._answer(PATIENCE_S)
        return found

    def start_closing(self) -> float:
        """Call close(), which may sleep; the time just before it, on the monotonic clock."""
        self._send("close", None)
        started: float = self._answer(PATIENCE_S)["now"]
        return started

    def is_closing(self) -> bool:
        """Whether close() has not returned yet."""
        return not select.select([self._answers], [], [], 0)[0]

    def sleeps_in_close(self, patience_s: float) -> bool:
        """Wait until the process sleeps; False where close() returned instead.

        After it has said "now" it does nothing but call close() and answer: a process that sleeps
        and has not answered sleeps in close().
        """
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline and self.is_closing():
            if _is_asleep(self.pid) and self.is_closing():
                return True
            time.sleep(0.002)
        return False

    def wait_closed(self, patience_s: float) -> tuple[float, str | None] | None:
        """When close() returned, on the monotonic clock, and its error, None without one.

        None where it has not returned in time.
        """
        if not select.select([self._answers], [], [], patience_s)[0]:
            return None
        answer = self._answer(0)
        return answer["at"], answer["errno"]

    def kill(self) -> None:
        """SIGKILL; when this returns the kernel has closed its sockets."""
        if not self._is_gone:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self._is_gone = True

    def _send(self, order: str, act: Act | None) -> None:
        fields = None if act is None else {name: getattr(act, name) for name in act.__slots__}
        kind = None if act is None else type(act).__name__
        os.write(self._orders, json.dumps([order, kind, fields]).encode() + b"\n")

    def _answer(self, patience_s: float) -> Any:
        if not select.select([self._answers], [], [], patience_s)[0]:
            raise LabError("program", f"the program has not answered for {patience_s:g} s")
        line = b""
        while not line.endswith(b"\n"):
            part = os.read(self._answers, 1)
            if not part:
                raise LabError("program", "the program has died")
            line += part
        found = json.loads(line)
        if isinstance(found, dict) and "failed" in found:
            raise LabError("program", found["failed"])
        return found


def _is_asleep(pid: int) -> bool:
    try:
        # The name, in parentheses, may have spaces in it.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "S"
    except OSError:
        return False


_ACTS: Final[dict[str, Callable[..., Act]]] = {
    kind.__name__: kind for kind in (Accept, Connect, Listen, Read, SetOption, Shutdown, Write)
}


def _live(orders: int, answers: int, sockets: _Sockets) -> NoReturn:
    """The process: an order a line, an answer a line, until the pipe ends."""
    try:
        die_with_parent()
        # What the parent listens to is none of its business, and would keep it alive.
        for fd in [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]:
            if fd > 2 and fd not in (orders, answers):
                with contextlib.suppress(OSError):
                    os.close(fd)
        with os.fdopen(orders) as lines:
            for line in lines:
                order, kind, fields = json.loads(line)
                answer = _obey(answers, sockets, order, kind, fields)
                os.write(answers, json.dumps(answer).encode() + b"\n")
    finally:
        os._exit(0)


def _obey(
    answers: int, sockets: _Sockets, order: str, kind: str | None, fields: dict[str, Any] | None
) -> Any:
    try:
        if order == "look":
            return {**sockets.look(), "port": sockets.port}
        if order == "close":
            fd = sockets.use().detach()
            os.write(answers, json.dumps({"now": time.monotonic()}).encode() + b"\n")
            errno = None
            try:
                os.close(fd)
            except OSError as error:
                errno = error.strerror
            return {"at": time.monotonic(), "errno": errno}
        sockets.do(_ACTS[str(kind)](**(fields or {})))
    except (OSError, LabError) as error:
        return {"failed": f"{kind or order}: {getattr(error, 'strerror', None) or error}"}
    return {}
