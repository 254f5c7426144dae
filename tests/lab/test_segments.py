# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Segments as bytes, and which of them end a connection."""

import struct

from app.lab.observe.segments import ends
from app.lab.segments import ACK, FIN, RST, SYN, Wire, build, checksum, maximum_segment_size, read

ONE = Wire("192.0.2.2", 20000, "192.0.2.1", 40000, 4294967290, 7, ACK | FIN, 65535, 11)


def test_what_is_built_is_read_again() -> None:
    assert read(build(ONE)) == ONE
    syn = Wire("192.0.2.2", 1, "192.0.2.1", 2, 0, 0, SYN, 1, 0)
    assert read(build(syn, options=maximum_segment_size(1460))) == syn


def test_the_end_counts_the_flags_and_wraps() -> None:
    assert ONE.end == 6


def test_the_checksum_of_a_packet_that_has_one_is_0() -> None:
    packet = build(ONE)
    pseudo = packet[12:20] + struct.pack("!BBH", 0, 6, len(packet) - 20)
    assert checksum(pseudo + packet[20:]) == 0


def test_what_is_no_segment_is_none() -> None:
    assert read(b"") is None
    assert read(b"\x60" + b"\0" * 60) is None
    assert read(build(ONE)[:30]) is None


def test_a_fin_that_is_sent_again_counts_once() -> None:
    fin = Wire("a", 1, "b", 2, 100, 7, ACK | FIN, 1, 0)
    with_data = Wire("a", 1, "b", 2, 90, 7, ACK | FIN, 1, 10)
    reset = Wire("a", 1, "b", 2, 101, 7, RST, 1, 0)
    assert ends([fin, with_data, reset]) == ["FIN", "RST"]


def test_each_child_of_a_listener_has_a_reset_of_its_own() -> None:
    assert ends(Wire("a", 1, "b", port, 5, 0, RST, 0, 0) for port in (2, 3)) == ["RST", "RST"]
