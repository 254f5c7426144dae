#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Finding: the route metric rto_min, set by pyroute2 0.9.7 (or any raw netlink message) alone, is stored, is shown by a
# dump, and does nothing: the kernel looks at it only where the metric is locked (RTAX_LOCK, bit 13). `ip route … rto_min`
# (iproute2 6.1) sets that bit by itself, so the same words have an effect there and none here. Who makes a long
# retransmission timeout for a test of FIN_WAIT2 gets the usual 200 ms, without an error.
# Seen (pyroute2 0.9.7, Linux 6.18): rto_min 20000 dumped; TCP_INFO's rto of a new connection: 204 ms without the lock,
# 20004 with it.
# Needs: python3 with venv, a user namespace or root. Fails if the two behave otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -qq install --disable-pip-version-check pyroute2==0.9.7
unshare --user --map-root-user --net "$folder/venv/bin/python" - <<'PY'
import importlib.metadata
import platform
import socket
import struct

from pyroute2 import IPRoute

LOCK, RTO_MIN = 1, 13  # RTAX_LOCK, RTAX_RTO_MIN


def rto_ms(address: str) -> int:
    """The retransmission timeout of a new connection to a local address, in ms (tcpi_rto)."""
    with socket.socket() as listener, socket.socket() as client:
        listener.bind((address, 0))
        listener.listen()
        client.connect(listener.getsockname())
        info = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
        return struct.unpack_from("I", info, 8)[0] // 1000


seen = {}
with IPRoute() as ip:
    lo = ip.link_lookup(ifname="lo")[0]
    ip.link("set", index=lo, state="up")
    for name, address, lock in (("alone", "192.0.2.1", None), ("locked", "192.0.2.2", 1 << RTO_MIN)):
        ip.addr("add", index=lo, address=address, prefixlen=32)
        metrics = {"rto_min": 20000} | ({} if lock is None else {"lock": lock})
        ip.route("replace", dst=f"{address}/32", oif=lo, table=255, type="local", scope=254, proto="boot", metrics=metrics)
        routes = [one for one in ip.get_routes(table=255) if one.get_attr("RTA_METRICS")]
        (route,) = (one for one in routes if one.get_attr("RTA_DST") == address)
        stored = route.get_attr("RTA_METRICS").get_attr("RTAX_RTO_MIN")
        seen[name] = (stored, rto_ms(address))
print("pyroute2", importlib.metadata.version("pyroute2"), "Linux", platform.release().split("-")[0], "(stored, rto in ms):", seen)
assert seen["alone"][0] == seen["locked"][0] == 20000
assert seen["alone"][1] < 1000 < 20000 <= seen["locked"][1] < 21000
PY
