# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A network namespace of the lab's own: it lives as long as the process that is in it.

There is only loopback in it, with an address for each side: nothing can leave the machine.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from app.errors import LabError

#: Documentation addresses (RFC 5737): ours, and that of the peer spoken by hand.
OURS: Final = "192.0.2.1"
PEERS: Final = "192.0.2.2"
#: Where `ip netns` keeps its namespaces.
NAMED: Final = Path("/run/netns")

_CLONE_NEWNS: Final = 0x0002_0000
_CLONE_NEWUSER: Final = 0x1000_0000
_CLONE_NEWNET: Final = 0x4000_0000
_PR_SET_PDEATHSIG: Final = 1
_MS_REC: Final = 0x4000
_MS_PRIVATE: Final = 0x4_0000
_SIOCGIFFLAGS: Final = 0x8913
_SIOCSIFFLAGS: Final = 0x8914
_SIOCSIFADDR: Final = 0x8916
_SIOCSIFNETMASK: Final = 0x891C
_IFF_UP: Final = 1

_MESSAGE: Final = struct.Struct("=IHHII")
_ROUTE: Final = struct.Struct("=BBBBBBBBI")
_RTM_NEWROUTE: Final = 24
#: NLM_F_REQUEST, NLM_F_ACK, NLM_F_REPLACE, NLM_F_CREATE.
_REPLACE: Final = 0x1 | 0x4 | 0x100 | 0x400
_TABLE_LOCAL: Final = 255
_SCOPE_HOST: Final = 254
_TYPE_LOCAL: Final = 2
_RTA_DST: Final = 1
_RTA_OIF: Final = 4
_RTA_METRICS: Final = 8
_RTAX_LOCK: Final = 1
_RTAX: Final = {"rto_min": 13, "quickack": 15}

_libc: Final = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> None:
    if result != 0:
        raise LabError("namespace", f"{what}: {os.strerror(ctypes.get_errno())}")


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent dies, however that ends."""
    _checked(_libc.prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0), "prctl(PR_SET_PDEATHSIG)")


def enter(*, as_user: bool) -> None:
    """Move this process into a new network namespace, its loopback up and the addresses there.

    With `as_user` into a user namespace first, where an ordinary user is root of that alone.
    Raises LabError where the machine does not allow it.
    """
    uid, gid = os.getuid(), os.getgid()
    flags = _CLONE_NEWNET | (_CLONE_NEWUSER if as_user else 0)
    _checked(_libc.unshare(flags), "unshare(CLONE_NEWNET)")
    if as_user:
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"0 {uid} 1"),
            ("gid_map", f"0 {gid} 1"),
        ):
            _write(Path("/proc/self") / name, text)
    _address()


def mount_tracing() -> Path | None:
    """The folder of the tracepoints; mounted, for this process alone, where it is not there yet.

    None where this process may not read it.
    """
    folder = Path("/sys/kernel/tracing")
    try:
        if (folder / "events").is_dir():
            return folder
        if os.geteuid() != 0 or not folder.is_dir() or _libc.unshare(_CLONE_NEWNS) != 0:
            return None
        # Private first: nobody outside is to see the mount.
        if _libc.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None) != 0:
            return None
        if _libc.mount(b"tracefs", bytes(folder), b"tracefs", 0, None) != 0:
            return None
        return folder if (folder / "events").is_dir() else None
    except OSError:
        return None


def set_metrics(address: str, metrics: Mapping[str, int]) -> None:
    """Give the route to a local address of this namespace its metrics: `quickack`, `rto_min` (ms).

    This is `ip route replace local ADDRESS dev lo table local quickack 1 rto_min lock …`. The
    socket option TCP_QUICKACK does not do it for a FIN: tcp_fin() puts it out of force; and
    the sysctl tcp_rto_min_us is there since 6.11 only. Raises LabError.

    Source: linux/rtnetlink.h (RTM_NEWROUTE, RTA_METRICS, RTAX_…); net/ipv4/tcp_input.c,
    tcp_in_quickack_mode and tcp_fin; net/ipv4/tcp_output.c, tcp_rto_min.
    """
    body = _ROUTE.pack(socket.AF_INET, 32, 0, 0, _TABLE_LOCAL, 4, _SCOPE_HOST, _TYPE_LOCAL, 0)
    body += _attribute(_RTA_DST, socket.inet_aton(address))
    body += _attribute(_RTA_OIF, struct.pack("=I", socket.if_nametoindex("lo")))
    values = {_RTAX[name]: value for name, value in metrics.items()}
    if "rto_min" in metrics:
        # Without the lock it is not looked at.
        values[_RTAX_LOCK] = 1 << _RTAX["rto_min"]
    packed = (_attribute(key, struct.pack("=I", value)) for key, value in values.items())
    body += _attribute(_RTA_METRICS, b"".join(packed))
    head = _MESSAGE.pack(_MESSAGE.size + len(body), _RTM_NEWROUTE, _REPLACE, 1, 0)
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as route:
            route.settimeout(2)
            route.send(head + body)
            (error,) = struct.unpack_from("=i", route.recv(4096), _MESSAGE.size)
    except OSError as problem:
        raise LabError("namespace", f"route: {problem.strerror or problem}") from None
    if error:
        raise LabError("namespace", f"route: {os.strerror(-error)}")


def _attribute(kind: int, value: bytes) -> bytes:
    """A netlink attribute whose value is a multiple of 4 bytes long."""
    return struct.pack("=HH", 4 + len(value), kind) + value


def set_sysctls(values: Mapping[str, int]) -> None:
    """Set `net.ipv4.<name>` of this process's namespace. Raises LabError."""
    for name, value in values.items():
        path = Path("/proc/sys/net/ipv4") / name
        if not path.exists():
            raise LabError("sysctl", f"net.ipv4.{name}")
        _write(path, str(value))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text)
    except OSError as error:
        raise LabError("namespace", f"{path}: {error.strerror}") from None


def _address() -> None:
    """Loopback up, with both addresses on it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        try:
            request = struct.pack("16sh22x", b"lo", 0)
            flags = struct.unpack("16xh22x", fcntl.ioctl(control, _SIOCGIFFLAGS, request))[0]
            fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", flags | _IFF_UP))
            for label, address in ((b"lo:1", OURS), (b"lo:2", PEERS)):
                for order, value in ((_SIOCSIFADDR, address), (_SIOCSIFNETMASK, "255.255.255.255")):
                    fcntl.ioctl(control, order, label.ljust(16, b"\0") + _address_of(value))
        except OSError as error:
            raise LabError("namespace", f"loopback: {error.strerror}") from None


def _address_of(text: str) -> bytes:
    """A struct sockaddr_in without a port, as long as struct ifreq wants it."""
    return struct.pack("=HH4s16x", socket.AF_INET, 0, socket.inet_aton(text))


def join(name: str) -> None:
    """Move this process into a network namespace that `ip netns` has named. Raises LabError."""
    if "/" in name or name in {"", ".", ".."}:
        raise LabError("namespace", f"{name!r} is no name of a network namespace")
    path = NAMED / name
    try:
        with path.open("rb") as file:
            _checked(_libc.setns(file.fileno(), _CLONE_NEWNET), f"setns({path})")
    except OSError as error:
        raise LabError("namespace", f"{path}: {error.strerror}") from None
