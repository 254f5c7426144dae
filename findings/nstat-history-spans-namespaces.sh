#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Finding: nstat of iproute2 6.1.0 without -a prints the difference to a history file that belongs to the user, not to the
# network namespace. Looked at in one namespace and then in another, it subtracts counters of two worlds:
# what is printed for the second is neither its value nor its increase.
# Valid input: 3 resets (close() with unread data) in a first namespace, 5 in a second, `nstat -z TcpExtTCPAbortOnClose` in
# each, one after the other, by one user. Seen (iproute2 6.1.0-3, Linux 6.18): 3, then 2. `nstat -a` says 5.
# Needs: Debian with apt-get, unshare (util-linux), python3. Fails if other numbers are printed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 777 .
apt-get download -q iproute2=6.1.0-3 >/dev/null 2>&1
dpkg-deb -x iproute2_6.1.0-3_*.deb package
cat >resets.py <<'PY'
import socket
import subprocess
import sys
from pathlib import Path

folder, count = sys.argv[1], int(sys.argv[2])
(nstat,) = Path(folder, "package").rglob("nstat")
subprocess.run([f"{folder}/package/sbin/ip", "link", "set", "lo", "up"], check=True)
listener = socket.create_server(("127.0.0.1", 0))
for _ in range(count):
    client = socket.create_connection(listener.getsockname())
    accepted, _ = listener.accept()
    client.send(b"never read")
    accepted.recv(1, socket.MSG_PEEK)
    accepted.close()
for option in ("-z", "-az"):
    told = subprocess.run(
        [nstat, option, "TcpExtTCPAbortOnClose"], capture_output=True, text=True, check=True
    ).stdout.split()
    print(told[told.index("TcpExtTCPAbortOnClose") + 1], end=" ")
PY
# Its default is a file in /tmp, one for each user; this one leaves that alone.
export NSTAT_HISTORY=$folder/history
first=$(unshare -rn python3 resets.py "$folder" 3)
second=$(unshare -rn python3 resets.py "$folder" 5)
echo "first namespace, nstat -z and -az: $first; second: $second"
[ "$first/$second" = "3 3 /2 5 " ]
