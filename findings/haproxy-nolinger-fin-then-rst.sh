#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Finding: HAProxy's `option nolinger` ends a connection with two segments, a FIN and then a RST, also after an answer
# that the client has read whole: it shuts down the sending side first, and only then sets a linger time of 0 and closes.
# The kernel counts each as TCPAbortOnData, although no data is lost. "A RST instead of a FIN" is what the option's name
# lets one expect. The second frontend, without the option, sends a FIN alone.
# Valid input: one GET with `Connection: close` to each frontend, read to its end.
# Seen (HAProxy 2.6.12-1+deb12u4, Linux 6.18, loopback): plain ['FIN'] and 0; nolinger ['FIN', 'RST'] and 1.
# Needs: Debian 12 with apt-get, unshare (util-linux), ip (iproute2), python3, and the libraries that HAProxy's package
# names (lua 5.3, opentracing, pcre2, openssl 3, systemd). Fails if other segments or counts are seen.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 777 .
apt-get download -q haproxy=2.6.12-1+deb12u4 liblua5.3-0=5.3.6-2 libopentracing-c-wrapper0=1.1.3-3+b1 libopentracing1=1.6.0-4 >/dev/null 2>&1
for package in ./*.deb; do dpkg-deb -x "$package" .; done
cat >haproxy.cfg <<'CFG'
defaults
  mode http
  timeout connect 2s
  timeout client 5s
  timeout server 5s
frontend plain
  bind 127.0.0.1:8001
  http-request return status 200 content-type text/plain string "hello"
frontend nolinger
  bind 127.0.0.1:8002
  option nolinger
  http-request return status 200 content-type text/plain string "hello"
CFG
cat >ask.py <<'PY'
import contextlib
import os
import socket
import subprocess
import time

FIN, RST = 1, 4
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
libraries = f"{os.getcwd()}/usr/lib/{os.uname().machine}-linux-gnu"
proxy = subprocess.Popen(
    ["usr/sbin/haproxy", "-f", "haproxy.cfg", "-db"], env=os.environ | {"LD_LIBRARY_PATH": libraries}
)


def connected(port: int) -> socket.socket:
    for _ in range(100):
        with contextlib.suppress(ConnectionRefusedError):
            return socket.create_connection(("127.0.0.1", port))
        time.sleep(0.1)
    raise SystemExit("HAProxy does not answer")


def aborted() -> int:
    with open("/proc/net/netstat", encoding="ascii") as file:
        names, values = (line.split() for line in file.readlines()[:2])
    return int(values[names.index("TCPAbortOnData")])


def ended(port: int) -> tuple[list[str], int]:
    with connected(port) as client, socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800)) as wire:
        before = aborted()
        client.sendall(b"GET / HTTP/1.1\r\nHost: example\r\nConnection: close\r\n\r\n")
        answer = b""
        while part := client.recv(4096):
            answer += part
        assert answer.endswith(b"hello"), answer
        time.sleep(0.3)
        wire.setblocking(False)
        marks = []
        with contextlib.suppress(BlockingIOError):
            while True:
                packet, (_, _, kind, *_) = wire.recvfrom(65535)
                tcp = packet[(packet[0] & 15) * 4 :]
                if kind != socket.PACKET_OUTGOING and int.from_bytes(tcp[:2], "big") == port:
                    marks += [name for name, bit in (("FIN", FIN), ("RST", RST)) if tcp[13] & bit]
        return marks, aborted() - before


try:
    seen = {"plain": ended(8001), "nolinger": ended(8002)}
finally:
    proxy.kill()
print(seen)
assert seen == {"plain": (["FIN"], 0), "nolinger": (["FIN", "RST"], 1)}
PY
unshare -rn python3 ask.py
