#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Finding: a TLS 1.3 client that only writes, and closes, ends its connection with a RST. After the handshake the server
# sends session tickets; nobody reads them, and to the kernel they are unread data at close(). With TLS 1.2, or with
# num_tickets = 0 at the server, the same program ends with a FIN.
# Seen (CPython 3.11 with OpenSSL 3.0, Linux 6.18): TCPAbortOnClose rises by 1, 0 and 0 in these three.
# Needs: unshare (util-linux), ip (iproute2), python3 with venv; trustme from PyPI makes the certificate. Fails if a
# counter rises otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -qq install --disable-pip-version-check trustme==1.2.1
unshare -rn "$folder/venv/bin/python" - <<'PY'
import socket
import ssl
import subprocess
import threading
import time

import trustme

subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
authority = trustme.CA()
certificate = authority.issue_cert("localhost")


def aborted() -> int:
    with open("/proc/net/netstat", encoding="ascii") as file:
        names, values = (line.split() for line in file.readlines()[:2])
    return int(values[names.index("TCPAbortOnClose")])


def closed(version: ssl.TLSVersion, tickets: int) -> int:
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.num_tickets = tickets
    certificate.configure_cert(serving)
    asking = ssl.create_default_context()
    asking.maximum_version = version
    authority.configure_trust(asking)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        raw, _ = listener.accept()
        try:
            with serving.wrap_socket(raw, server_side=True) as server:
                while server.recv(100):
                    pass
        except OSError:
            pass  # the reset

    thread = threading.Thread(target=serve)
    thread.start()
    before = aborted()
    client = asking.wrap_socket(socket.create_connection(listener.getsockname()), server_hostname="localhost")
    client.sendall(b"a line of a log\n")
    time.sleep(0.2)  # the tickets arrive
    client.close()
    thread.join()
    return aborted() - before


seen = {
    "TLS 1.3": closed(ssl.TLSVersion.TLSv1_3, 2),
    "TLS 1.3 without tickets": closed(ssl.TLSVersion.TLSv1_3, 0),
    "TLS 1.2": closed(ssl.TLSVersion.TLSv1_2, 2),
}
print(ssl.OPENSSL_VERSION, seen)
assert list(seen.values()) == [1, 0, 0]
PY
