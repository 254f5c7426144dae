# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Packet captures: headers, files, who closed how; and the lab's own, beside tshark's analysis."""

import json
import shutil
import socket
import struct
import subprocess
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli import main
from app.kernel.model import Outcome
from app.kernel.scenario import Scenario
from app.lab.capture import packets
from app.lab.capture.closes import closes_of
from app.lab.capture.connections import Connection, Table
from app.lab.capture.files import Counted, segments_of
from app.lab.capture.fitting import Fit, Fitting
from app.lab.capture.packets import ETHERNET, Segment, reader_of
from app.lab.known import differences
from app.lab.machine import best_namespace
from app.paths import CONTENT
from app.walkthrough.atlas.make import make_atlas
from app.walkthrough.atlas.records import AtlasPath
from app.walkthrough.load import load_walkthrough
from app.walkthrough.records import Walkthrough
from app.walkthrough.which.asking import Which
from tests.conftest import REPOSITORY, leave_out
from tests.lab.captures import RAW, Packet, pcap
from tests.lab.conftest import left_out_here

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
A, B = ("192.0.2.1", 5000), ("192.0.2.2", 80)
GOLDEN = Path(__file__).with_name("capture.golden.txt")


def tcp(one: Segment) -> bytes:
    head = (one.source_port, one.target_port, one.seq, one.ack, 0x80, one.flags, one.window, 0, 0)
    return struct.pack("!HHIIBBHHH", *head) + bytes(12) + b"x" * one.size


def ip(one: Segment, *, options: int = 0) -> bytes:
    """IPv4 or IPv6, by the addresses, with so many words of options or extension headers."""
    body = tcp(one)
    if len(one.source) == 16:
        extension = b"".join(
            bytes((6 if n == options - 1 else 60, 0)) + bytes(6) for n in range(options)
        )
        first = 60 if options else 6
        head = struct.pack("!IHBB", 6 << 28, len(extension + body), first, 64)
        return head + one.source + one.target + extension + body
    size = 20 + options * 4
    fields = (0x40 | size // 4, 0, size + len(body), 0, 0x4000, 64, 6, 0, one.source, one.target)
    return struct.pack("!BBHHHBBH4s4s", *fields) + bytes(options * 4) + body


def framed(packet: bytes, link: int, tags: int) -> bytes:
    """A packet behind the header of a link; `tags` of a VLAN where there may be some."""
    kind = b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00"
    protocol = b"".join(b"\x81\x00\x00\x07" for _ in range(tags)) + kind
    match link:
        case packets.ETHERNET:
            return bytes(12) + protocol + packet
        case packets.LINUX_SLL:
            return bytes(14) + protocol + packet
        case packets.LINUX_SLL2:
            return protocol[:2] + bytes(18) + protocol[2:] + packet
        case packets.NULL | packets.LOOP:
            return bytes(4) + packet
        case _:
            return packet


addresses = st.sampled_from((4, 16)).flatmap(
    lambda n: st.tuples(st.binary(min_size=n, max_size=n), st.binary(min_size=n, max_size=n))
)
segments = st.builds(
    lambda ends, ports, numbers, *rest: Segment(*ends, *ports, *numbers, *rest),
    addresses,
    st.tuples(st.integers(0, 65535), st.integers(0, 65535)),
    st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)),
    st.integers(0, 255),
    st.integers(0, 65535),
    st.integers(0, 1400),
)
links = st.sampled_from(
    (
        *(packets.ETHERNET, packets.LINUX_SLL, packets.LINUX_SLL2),
        *(packets.RAW, packets.RAW_FILE, packets.NULL, packets.LOOP),
    )
)


@given(segments, links, st.integers(0, 3), st.integers(0, 4), st.integers(0, 1500))
@settings(deadline=None)
def test_a_segment_is_read_behind_every_link_and_cut_anywhere(
    one: Segment, link: int, tags: int, options: int, kept: int
) -> None:
    frame = framed(ip(one, options=options), link, tags)
    read = reader_of(link)
    assert read is not None
    assert read(frame, len(frame)) == one
    # A short snapshot loses data, never what is known of it.
    assert read(frame[:kept], len(frame)) in (one, None)
    assert read(frame[: len(frame) - one.size], len(frame)) == one


@given(st.binary(max_size=120), links, st.integers(0, 3000))
@settings(deadline=None)
def test_no_bytes_break_the_reader(frame: bytes, link: int, length: int) -> None:
    read = reader_of(link)
    assert read is not None
    found = read(frame, length)
    assert found is None or found.size >= 0


class Wire:
    """A conversation between two ends that is written down, the time in milliseconds."""

    def __init__(self) -> None:
        self.packets: list[Packet] = []

    def send(self, ms: float, end: tuple[str, int], flags: int, seq: int, **more: int) -> None:
        other = B if end is not B else (A[0], more.get("port", A[1]))
        one = Segment(
            *(socket.inet_aton(end[0]), socket.inet_aton(other[0]), end[1], other[1]),
            *(seq, more.get("ack", 0), flags, 1000, more.get("size", 0)),
        )
        self.packets.append((1_700_000_000 + ms / 1000, ip(one)))

    def open(self) -> None:
        """Until A, a client, has sent 100 bytes that B has acknowledged."""
        self.send(0, A, SYN, 100)
        self.send(1, B, SYN | ACK, 500, ack=101)
        self.send(2, A, ACK, 101, ack=501)
        self.send(3, A, PSH | ACK, 101, ack=501, size=100)
        self.send(4, B, ACK, 501, ack=201)


def read(tmp_path: Path, content: bytes) -> list[Connection]:
    file = tmp_path / "a.pcap"
    file.write_bytes(content)
    return list(Table().connections(segments_of(file, Counted())))


@cache
def fitting(walkthrough_id: str) -> Fitting:
    edition = load_walkthrough(CONTENT / walkthrough_id).edition
    return Fitting(Which(edition, make_atlas(edition.program)))


def ways(connection: Connection) -> list[tuple[int, str]]:
    return [(close.end, close.how) for close in closes_of(connection)]


def test_who_closed_and_how(tmp_path: Path) -> None:
    """One after the other: FIN and FIN, a RST of its own, an answer, one that only hears it."""
    wire = Wire()
    wire.open()
    wire.send(10, B, FIN | ACK, 501, ack=201)
    wire.send(11, A, FIN | ACK, 201, ack=502)
    wire.send(12, B, ACK, 502, ack=202)
    (found,) = read(tmp_path, pcap(wire.packets))
    assert ways(found) == [(1, "fin"), (0, "fin")]
    assert [close.unacked for close in closes_of(found)] == [0, 0]

    wire = Wire()
    wire.open()
    wire.send(10, B, RST | ACK, 501, ack=201)
    (found,) = read(tmp_path, pcap(wire.packets))
    assert ways(found) == [(1, "reset"), (0, "none")]
    fit = fitting("tcp_close").fit(closes_of(found)[0])
    assert fit.branches[0] == ("unread", True)
    assert closes_of(found)[0].received == 100

    wire = Wire()
    wire.open()
    wire.send(10, B, FIN | ACK, 501, ack=201)
    wire.send(11, A, ACK, 201, ack=502)
    wire.send(30, A, PSH | ACK, 201, ack=502, size=50)
    wire.send(31, B, RST, 502)
    (found,) = read(tmp_path, pcap(wire.packets))
    assert ways(found) == [(1, "answer"), (0, "none")]
    assert closes_of(found)[1].unacked == 50


def test_a_reset_without_data_cannot_be_for_unread_data(tmp_path: Path) -> None:
    wire = Wire()
    wire.open()
    wire.packets = wire.packets[:3]
    wire.send(10, B, RST | ACK, 501, ack=101)
    (found,) = read(tmp_path, pcap(wire.packets))
    close = closes_of(found)[0]
    paths = fitting("tcp_close").fit(close).paths
    assert paths
    assert not any(("unread", True) in path.decisions for path in paths)


@pytest.mark.parametrize(
    ("trip", "answer", "first", "second"),
    [
        (0.02, 0.03, "backlog=ack", "state=CLOSE_WAIT&backlog=ack"),
        (0.02, 40, "", "state=CLOSE_WAIT"),
        (40, 0.03, "", "state=CLOSE_WAIT"),
    ],
)
def test_an_acknowledgement_meets_close_only_where_the_way_is_short(
    tmp_path: Path, trip: float, answer: float, first: str, second: str
) -> None:
    """The first closer and the passive one, which closes later; captured at the closer's host."""
    wire = Wire()
    wire.send(0, A, SYN, 100)
    wire.send(trip, B, SYN | ACK, 500, ack=101)
    wire.send(trip * 2, A, ACK, 101, ack=501)
    wire.send(1000, A, FIN | ACK, 101, ack=501)
    wire.send(1000 + answer, B, ACK, 501, ack=102)
    wire.send(1300, B, FIN | ACK, 501, ack=102)
    wire.send(1300 + answer, A, ACK, 102, ack=502)
    (found,) = read(tmp_path, pcap(wire.packets))
    closes = closes_of(found)
    fits = [fitting("tcp_close").fit(close) for close in closes]
    assert [fit.entries[0].scenario.query() for fit in fits] == [first, second]
    # No RST was there, and the handshake had ended.
    for close in closes:
        for guess in (guess for guesses in close.guesses for guess in guesses):
            told = dict(guess.answers)
            assert not {"rst", "SYN_RECV"} & (told["during"] | told["before"])
    assert fits[1].entries[0].question == "shutdown"


@pytest.mark.parametrize("is_under_way", [False, True])
def test_a_fin_is_held_back_only_where_data_is_under_way(
    tmp_path: Path, is_under_way: bool
) -> None:
    """A RST and no FIN: a FIN that was queued would have left, were there nothing before it."""
    wire = Wire()
    wire.open()
    wire.send(10, B, PSH | ACK, 501, ack=201, size=50)
    if not is_under_way:
        wire.send(11, A, ACK, 201, ack=551)
    wire.send(20, B, RST | ACK, 551, ack=201)
    (found,) = read(tmp_path, pcap(wire.packets))
    fit = fitting("tcp_close").fit(closes_of(found)[0])
    assert fit.branches[0] in {("unread", True), ("zero-linger", True)}
    queries = [entry.scenario.query() for entry in fit.entries]
    assert not any("SYN_RECV" in query for query in queries)
    assert any("orphans=1" in query for query in queries) is is_under_way
    assert all("pending=1" in query for query in queries if "orphans=1" in query)


def test_where_no_socket_was_closed_there_is_no_path(tmp_path: Path, atlas_on_disk: None) -> None:
    """A SYN that is refused, with data of Fast Open too; a connection that is merely open."""
    wire = Wire()
    wire.open()
    for n, size in ((1, 0), (2, 20)):
        client = (A[0], A[1] + n)
        wire.send(20, client, SYN, 100, size=size)
        wire.send(21, B, RST | ACK, 0, ack=101 + size, port=A[1] + n)
    (tmp_path / "a.pcap").write_bytes(pcap(wire.packets))
    command = ["capture", str(tmp_path / "a.pcap")]
    found = json.loads(CliRunner().invoke(main, [*command, "--json"]).output)["connections"]
    assert [(one["how"], one["closer"]) for one in found] == [
        ("none", None),
        ("refused", None),
        ("refused", None),
    ]
    assert not any(one["closes"] or one["paths"] or one["branches"] for one in found)
    text = CliRunner().invoke(main, [*command, "--all"]).output
    assert text.count("192.0.2.2:80 refuses it: nobody listens there") == 2
    assert text.count("No end is seen: it was open") == 1
    assert "Likeliest" not in text


def pcapng(
    found: list[Packet], order: str, interfaces: tuple[tuple[int, int], ...] = ((RAW, 65535),)
) -> bytes:
    """One section; nanoseconds; interfaces, by link type and snapshot length, take turns."""

    def block(kind: int, body: bytes) -> bytes:
        body += bytes(-len(body) % 4)
        size = struct.pack(order + "I", len(body) + 12)
        return struct.pack(order + "I", kind) + size + body + size

    parts = [block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))]
    for number, (at, packet) in enumerate(found):
        if number < len(interfaces):
            # Each stands before its first packet, as where an interface is plugged in later.
            link, snaplen = interfaces[number]
            parts.append(
                block(1, struct.pack(order + "HHIHHB3xHH", link, 0, snaplen, 9, 1, 9, 0, 0))
            )
        own = number % len(interfaces)
        frame = bytes(12) + b"\x08\x00" + packet if interfaces[own][0] == ETHERNET else packet
        nanos = round(at * 1e9)
        times = (own, nanos >> 32, nanos & 0xFFFFFFFF, len(frame), len(frame))
        parts.append(block(6, struct.pack(order + "IIIII", *times) + frame))
    return b"".join(parts)


def test_files_of_both_formats_and_byte_orders_are_the_same(tmp_path: Path) -> None:
    wire = Wire()
    wire.open()
    wire.send(10, B, RST | ACK, 501, ack=201)
    swapped = [struct.pack(">IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, RAW)]
    for at, packet in wire.packets:
        seconds, nanos = divmod(round(at * 1e9), 10**9)
        swapped.append(struct.pack(">IIII", seconds, nanos, len(packet), len(packet)) + packet)
    files = [
        pcap(wire.packets),
        pcap(wire.packets, snaplen=44),
        b"".join(swapped),
        pcapng(wire.packets, "<"),
        pcapng(wire.packets, ">"),
        pcapng(wire.packets, "<", ((ETHERNET, 96), (RAW, 65535))),
        pcapng(wire.packets, ">", ((RAW, 96), (RAW, 65535), (ETHERNET, 65535))),
    ]
    for content in files:
        (found,) = read(tmp_path, content)
        assert ways(found) == [(1, "reset"), (0, "none")]
        assert abs(found.events[0].at - 1_700_000_000.010) < 1e-5


@pytest.mark.parametrize(
    ("content", "status", "says"),
    [
        (b"", 3, "truncated dump file"),
        (b"GIF89a" + bytes(60), 3, "unknown file format; what tcpdump"),
        (pcap([], link=147), 3, "link type 147 is not read"),
        (pcap([(0.0, bytes(40))] * 3), 0, "3 packets are not TCP"),
        (pcap([(0.0, bytes(40))] * 3)[:-7], 0, "The file is cut: truncated dump file"),
        (pcap([]) + struct.pack("<IIII", 0, 0, 1 << 31, 1 << 31), 0, "The file is cut:"),
    ],
)
def test_a_file_that_is_none_or_cut_is_said_in_a_sentence(
    tmp_path: Path, atlas_on_disk: None, content: bytes, status: int, says: str
) -> None:
    file = tmp_path / "a.pcap"
    file.write_bytes(content)
    done = CliRunner().invoke(main, ["capture", str(file)])
    assert (done.exit_code, done.exception is None or status == 3) == (status, True)
    assert says in done.output


def test_without_the_library_a_sentence_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alpine and Linux on ARM have no wheel of it; everything else works there."""
    monkeypatch.setitem(sys.modules, "cypcap", None)
    (tmp_path / "a.pcap").write_bytes(pcap([]))
    done = CliRunner().invoke(main, ["capture", str(tmp_path / "a.pcap")])
    assert done.exit_code == 3
    assert "pip install cypcap" in done.output
    assert "apk add build-base" in done.output


def test_the_table_is_bounded_and_says_what_it_let_go(tmp_path: Path) -> None:
    found = []
    for n in range(50):
        one = Segment(b"\x0a\0\0\1", b"\x0a\0\0\2", 1000 + n, 80, 1, 0, SYN, 0, 0)
        found.append((float(n), one))
        if n % 2:
            back = one._replace(source=one.target, target=one.source, flags=RST | ACK, ack=2)
            found.append((n + 0.1, back._replace(source_port=80, target_port=1000 + n)))
    table = Table(most=10)
    ended = [one for one in table.connections(iter(found)) if one.has_ended]
    assert len(ended) == 25
    assert 0 < table.let_go <= 25


def test_the_same_ports_again_are_another_connection(tmp_path: Path) -> None:
    wire = Wire()
    for begin in (0, 1000):
        wire.send(begin, A, SYN, 100 + begin)
        wire.send(begin + 1, B, SYN | ACK, 500 + begin, ack=101 + begin)
        wire.send(begin + 2, A, RST | ACK, 101 + begin, ack=501 + begin)
    assert [ways(one)[0] for one in read(tmp_path, pcap(wire.packets))] == [(0, "reset")] * 2


def test_the_text_is_as_it_was(tmp_path: Path, atlas_on_disk: None) -> None:
    """And the JSON has the same; neither has a byte of data."""
    wire = Wire()
    wire.open()
    wire.send(10, B, FIN | ACK, 501, ack=201)
    wire.send(50, A, ACK, 201, ack=502)
    wire.send(90, A, PSH | ACK, 201, ack=502, size=50)
    wire.send(91, B, RST, 502)
    file = tmp_path / "a.pcap"
    file.write_bytes(pcap(wire.packets))
    text = CliRunner().invoke(main, ["capture", str(file)])
    assert text.exit_code == 0, text.output
    assert text.output == GOLDEN.read_text(encoding="utf-8")
    body = json.loads(CliRunner().invoke(main, ["capture", "--json", str(file)]).output)
    (one,) = body["connections"]
    assert (one["closer"], one["how"]) == ("192.0.2.2:80", "answer")
    likeliest = one["closes"][0]["entries"][0]["paths"]
    assert one["paths"][: len(likeliest)] == likeliest
    assert "xx" not in text.output + json.dumps(body)


# The lab's captures


def tshark(file: Path) -> dict[str, dict[str, Any]]:
    """What tshark has found out about each conversation, by its number."""
    names = ("stream", "srcport", "flags", "len", "analysis.retransmission")
    wanted = [word for name in ("ip.src", *(f"tcp.{n}" for n in names)) for word in ("-e", name)]
    command = ["tshark", "-r", str(file), "-T", "fields", *wanted]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout
    found: dict[str, dict[str, Any]] = defaultdict(
        lambda: {"events": [], "sent": defaultdict(int), "last": None}
    )
    for line in output.splitlines():
        host, stream, port, flags, size, again = (line.split("\t") + [""] * 6)[:6]
        if not flags:
            continue  # How long the way is was tried with a packet that is no segment.
        end = f"{host}:{port}"
        bits = int(flags, 16)
        if not again:
            found[stream]["sent"][end] += int(size)
        kind = "abort" if bits & RST and bits & ACK else "answer" if bits & RST else None
        if kind or bits & FIN:
            found[stream]["events"].append((end, kind or "fin"))
    return found


@cache
def captured(folder: Path) -> dict[str, int]:
    if best_namespace() == "none":
        left_out_here("captures: no network namespace of its own")
    command = [sys.executable, "-m", "tests.lab.captures", str(folder)]
    subprocess.run(command, check=True, cwd=REPOSITORY, timeout=300)
    ports: dict[str, int] = json.loads((folder / "presets.json").read_text())
    return ports


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("captures")


def is_path(path: AtlasPath, decisions: object, outcome: Outcome, chosen: Scenario) -> bool:
    """Whether a path is the one that a run took."""
    ending = path.ending
    names = {key: chosen[key] for key in ("rto", "fin_timeout", "tw_timeout", "linger2")}
    for key in ("keepalive_ms", "timewait_ms"):
        formula = ending.formulas.get(key)
        # Sums of products of four inputs, and a shift.
        is_ms = getattr(ending, key) if formula is None else eval(formula, {}, names)
        if is_ms != getattr(outcome, key):
            return False
    same = ("state", "fate", "timewait")
    return (
        path.decisions == decisions
        and all(getattr(ending, key) == getattr(outcome, key) for key in same)
        and set(ending.counters) == set(outcome.counters)
        and set(ending.gauges) == set(outcome.gauges)
    )


def test_the_path_of_every_preset_fits_its_capture(folder: Path, tcp_close: Walkthrough) -> None:
    """It is always there, and in nine of ten in the first entry: the others look different."""
    fits = fitting("tcp_close")
    loops = {"more-queued"}
    first, wrong, silent, count = 0, [], [], 0
    for name, port in captured(folder).items():
        preset = tcp_close.presets_by_id[name]
        if differences(preset.scenario):
            # This kernel may take another path.
            continue
        trace = tcp_close.trace(preset.scenario)
        known = {name for path in fits.which.paths for name, _ in path.decisions} - loops
        taken = tuple(branch for branch in trace.branches if branch[0] in known)
        found: list[Fit] = []
        for one in Table().connections(segments_of(folder / f"{name}.pcap", Counted())):
            mine = (close for close in closes_of(one) if one.key[1 + 2 * close.end] == port)
            found += map(fits.fit, mine)
        if not found:
            # Not one FIN or RST on the wire: no reader of it knows of the close.
            silent.append(name)
            continue
        count += 1
        places = [
            n
            for n, path in enumerate(found[0].paths)
            if is_path(path, taken, trace.outcome, preset.scenario)
        ]
        if len(places) != 1:
            wrong.append(name)
        first += bool(places) and places[0] < len(found[0].entries[0].paths)
        for entry in found[0].entries:
            assert entry.question is None or len(entry.paths) > 1, name
    assert not wrong
    assert set(silent) == {"listener", "connect-given-up", "repair-unread"}
    assert count >= 30
    assert first >= count * 0.9, (first, count)


def test_tshark_sees_the_same(folder: Path) -> None:
    if shutil.which("tshark") is None:
        leave_out("captures beside tshark: it is not installed (sudo apt-get install tshark)")
    for name in captured(folder):
        file = folder / f"{name}.pcap"
        theirs = sorted(
            (sorted(one["sent"].items()), sorted(set(one["events"])), one["events"][:1])
            for one in tshark(file).values()
        )
        ours = []
        for one in Table().connections(segments_of(file, Counted())):
            a, a_port, b, b_port = one.key
            ends = [f"{socket.inet_ntoa(a)}:{a_port}", f"{socket.inet_ntoa(b)}:{b_port}"]
            events = [(ends[e.end], e.kind) for e in one.events if e.kind not in {"ack", "data"}]
            sent = [(ends[n], one.ends[n].sent) for n in (0, 1) if one.heard[n]]
            ours.append((sorted(sent), sorted(set(events)), events[:1]))
        assert sorted(ours) == theirs, name
