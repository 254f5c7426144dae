#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Finding: the file that mergecap writes by default from a capture of Ethernet and one of bare IP packets (a container's
# veth and a tunnel, say: both ends of one connection) is a pcapng with two interfaces of two link types. libpcap reads
# pcapng, but one link type a file: tcpdump prints the packets up to the first interface of another type, if that comes
# late, or none, and fails. Wireshark's own tools read the whole. The same for `dumpcap -i eth0 -i tun0`.
# Valid input: the same 40-byte TCP RST once behind an Ethernet header (link type 1), once bare (link type 101).
# Seen (mergecap and tshark 4.0.17, tcpdump 4.99.3 with libpcap 1.10.3): tshark 2 packets; tcpdump 0, status 1.
# Needs: Debian 12 with apt-get, python3, and tshark, mergecap of that version. Fails if tcpdump reads the file.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 777 .
apt-get download -q tcpdump=4.99.3-1 libpcap0.8=1.10.3-1 >/dev/null 2>&1
for package in ./*.deb; do dpkg-deb -x "$package" .; done
mergecap --version | head -1
python3 - <<'PY'
import struct
from pathlib import Path

ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 1, 0, 64, 6, 0, bytes((127, 0, 0, 1)), bytes((127, 0, 0, 1)))
packet = ip + struct.pack("!HHIIBBHHH", 80, 1024, 7, 0, 0x50, 4, 0, 0, 0)
for name, link, head in (("ethernet", 1, b"\2" * 12 + b"\x08\x00"), ("bare", 101, b"")):
    frame = head + packet
    Path(f"{name}.pcap").write_bytes(
        struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
        + struct.pack("<IIII", 1_700_000_000, 0, len(frame), len(frame))
        + frame
    )
PY
mergecap -w both.pcapng ethernet.pcap bare.pcap
read=$(tshark -r both.pcapng -T fields -e tcp.flags.reset 2>/dev/null | grep -c 1)
library=$(dirname "$(find "$folder/usr/lib" -name 'libpcap.so.0.8')")
status=0
LD_LIBRARY_PATH=$library ./usr/bin/tcpdump -Z "$(id -un)" -n -r both.pcapng >lines 2>told || status=$?
echo "tshark: $read packets; tcpdump: $(wc -l <lines) packets, status $status: $(tail -1 told)"
grep -q "different from the type of the first interface" told
[ "$read/$(wc -l <lines)/$status" = "2/0/1" ]
