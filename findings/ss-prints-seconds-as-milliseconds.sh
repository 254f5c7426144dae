#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Finding: ss of iproute2 6.1.0 (Debian 12) prints a timer between one and ten seconds with the unit "ms".
# Valid input: a connection with SO_KEEPALIVE and TCP_KEEPIDLE 5, looked at with `ss -tano`.
# Seen (iproute2 6.1.0-3, Linux 6.18): timer:(keepalive,4.996ms,0) where 4.996 s are left. Above ten seconds it says
# "13sec", below one "984ms", both right. A reader, or a program, that takes the unit at its word is off by a thousand.
# Needs: Debian with apt-get, unshare (util-linux), python3. Fails if the output is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 777 .
apt-get download -q iproute2=6.1.0-3 >/dev/null 2>&1
dpkg-deb -x iproute2_6.1.0-3_*.deb package
SS=$folder/package/bin/ss unshare -rn python3 - <<'PY'
import os
import re
import socket
import subprocess

subprocess.run([os.environ["SS"].replace("/bin/ss", "/sbin/ip"), "link", "set", "lo", "up"], check=True)
listener = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(listener.getsockname())
accepted, _ = listener.accept()
client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 5)
client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
print(subprocess.run([os.environ["SS"], "-V"], capture_output=True, text=True, check=True).stdout.strip())
shown = subprocess.run([os.environ["SS"], "-Htano", "state", "established"], capture_output=True, text=True, check=True).stdout
timer = re.search(r"timer:\(keepalive,([^,]+),", shown).group(1)
print("a keepalive timer of 5 seconds is printed as", timer)
assert re.fullmatch(r"4\.\d{1,3}ms", timer), timer
PY
