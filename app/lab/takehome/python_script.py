# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A plan as a Python script: the standard library alone, ordinary sockets on loopback.

The peer is made deaf with a socket filter where it is to stay silent, so that nothing in a script
needs a raw socket. The script enters a network namespace of its own, where it may, and counts
there.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from string import Template
from typing import Final

from app.lab import plan as acts
from app.lab.known import differences
from app.lab.plan import Plan
from app.lab.prediction import Prediction
from app.paths import TEMPLATES
from app.walkthrough.segment_words import segment_list

#: The line of a script below which stands what every script has.
REST: Final = "# ---- The rest: a network namespace, the counters, a peer that answers nothing ----"

#: What every script has, with blanks for its title, scenario, expectation and scene.
_SCRIPT: Final = TEMPLATES / "lab" / "script.txt"


_METRIC: Final = """

# {why}
#     ip route replace local 127.0.0.1 dev lo table local {words}
if not is_alone:  # a route is changed in a namespace of our own, or not at all
    sys.exit("this takes root or user namespaces")


def attribute(kind, value):
    return struct.pack("=HH", 4 + len(value), kind) + value


message = struct.pack("=8BI", socket.AF_INET, 32, 0, 0, 255, 4, 254, 2, 0)  # local, scope host
message += attribute(1, socket.inet_aton("127.0.0.1"))  # RTA_DST
message += attribute(4, struct.pack("=I", 1))  # RTA_OIF: lo
metrics = {metrics}  # {names}
message += attribute(8, b"".join(attribute(k, struct.pack("=I", v)) for k, v in metrics))
with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as route:  # RTM_NEWROUTE, replace
    route.send(struct.pack("=IHHII", 16 + len(message), 24, 0x505, 1, 0) + message)
    assert struct.unpack_from("=i", route.recv(4096), 16) == (0,)

"""


def _metric(act: acts.RouteMetric) -> str:
    if act.name == "quickack":
        return _METRIC.format(
            why="The peer's ACK of our FIN is to arrive inside of close(). The socket option "
            "TCP_QUICKACK\n# does not do that for a FIN; a route does:",
            words="quickack 1",
            metrics="[(15, 1)]",
            names="RTAX_QUICKACK",
        )
    return _METRIC.format(
        why="The least retransmission timeout, by the route:",
        words=f"rto_min lock {act.value}ms",
        metrics=f"[(1, 1 << 13), (13, {act.value})]",
        names="RTAX_LOCK, RTAX_RTO_MIN",
    )


def python_script(plan: Plan, predicted: Prediction, title: str) -> str:
    """The script's text, which runs as it is. Its comments are in English, like code."""
    scenario = plan.scenario.query() or "the default state"
    lines = [*_surroundings(plan), *_lines(plan), *_close(plan)]
    return Template(_SCRIPT.read_text(encoding="utf-8")).substitute(
        title=title,
        scenario=scenario,
        expected="\n".join([_expected(predicted), *_newer(plan)]),
        scene=textwrap.indent("\n".join(lines), "    "),
        rest=REST,
    )


def _expected(predicted: Prediction) -> str:
    sent = segment_list(predicted.segments).replace("×", "x")
    parts = ["The model expects: " + (sent or "no FIN and no RST")]
    parts.extend(f"{name} +{count}" for name, count in predicted.counters.items())
    parts.append(f"then {predicted.left}" if predicted.left else "then nothing is left")
    return textwrap.fill("; ".join(parts) + ".", 98)


def _newer(plan: Plan) -> Iterator[str]:
    for known in differences(plan.scenario):
        yield textwrap.fill(f"Known of {known.versions} and later: {known.reason}", 98)


def _surroundings(plan: Plan) -> Iterator[str]:
    if not plan.sysctls:
        return
    yield "if not is_alone:  # a sysctl is changed in a namespace of our own, or not at all"
    yield '    sys.exit("this takes root or user namespaces")'
    for name, value in plan.sysctls.items():
        if name == "tcp_fastopen":
            # Bit 2 (value 4): our client sends data in its SYN without a cookie.
            value |= 4
        yield f'open("/proc/sys/net/ipv4/{name}", "w").write("{value}")'


def _lines(plan: Plan) -> Iterator[str]:
    is_deaf = plan.peer == "hand"
    peers = sum(isinstance(act, acts.Handshake) for act in plan.acts)
    for act, following in zip(plan.acts, [*plan.acts[1:], None], strict=True):
        match act:
            case acts.Listen():
                yield "# The program: a listener."
                yield 'one = listener = socket.create_server(("127.0.0.1", 0))'
                yield "port = listener.getsockname()[1]"
                if act.fastopen:
                    yield "listener.setsockopt(socket.IPPROTO_TCP, 23, 16)  # TCP_FASTOPEN"
            case acts.Handshake():
                if act.number == 0:
                    yield "# The peer connects" + (
                        "; from then on it answers nothing." if is_deaf else "."
                    )
                    if peers > 1:
                        yield "peers = []"
                yield 'peer = socket.create_connection(("127.0.0.1", port))'
                yield "peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)"
                if is_deaf:
                    yield "deafen(peer)"
                if peers > 1:
                    yield "peers.append(peer)"
            case acts.FastOpen():
                yield f"# The peer: a SYN with {act.bytes} bytes of data, and never the last ACK."
                yield "peer = socket.socket()"
                yield "deafen(peer)"
                yield "peer.setblocking(False)"
                yield "with contextlib.suppress(BlockingIOError):"
                yield '    address = "127.0.0.1", port'
                yield f'    peer.sendto(b"x" * {act.bytes}, socket.MSG_FASTOPEN, address)'
            case acts.Accept():
                yield "# The program takes the connection."
                yield "one, _ = listener.accept()"
            case acts.Connect():
                yield "# The program: a connect() that gets no answer."
                if any(isinstance(other, acts.CrossingSyn) for other in plan.acts):
                    yield "peer = socket.socket()"
                    yield 'peer.bind(("127.0.0.1", 0))'
                    yield "one = socket.socket()"
                    yield 'one.bind(("127.0.0.1", 0))'
                    yield "deafen(peer)"
                    yield "peer.setblocking(False)"
                    yield "with contextlib.suppress(BlockingIOError):"
                    yield "    peer.connect(one.getsockname())"
                else:
                    yield "peer = socket.socket()"
                    yield "deafen(peer)"
                    yield 'peer.bind(("127.0.0.1", 0))'
                    yield "peer.listen(1)"
                    yield "one = socket.socket()"
                    yield 'one.bind(("127.0.0.1", 0))'
                yield "port = one.getsockname()[1]"
                yield "one.setblocking(False)"
                yield "with contextlib.suppress(BlockingIOError):"
                yield "    one.connect(peer.getsockname())"
            case acts.CrossingSyn():
                yield "# The peer's SYN is sent again after a second, and crosses ours."
                yield 'wait_for("SYN_RECV", one)'
            case acts.Write():
                yield "# The program writes more than the silent peer's window takes."
                yield "one.setblocking(False)"
                yield "with contextlib.suppress(BlockingIOError):"
                yield "    while True:"
                yield '        one.send(b"x" * 65536)'
                yield "one.setblocking(True)"
            case acts.Read(bytes=0):
                yield "assert one.recv(1) == b''  # the peer's FIN"
            case acts.Read():
                yield f"assert len(one.recv({act.bytes}, socket.MSG_WAITALL)) == {act.bytes}"
            case acts.Shutdown():
                if isinstance(following, acts.PeerAcknowledges):
                    yield "# The peer hears again, and acknowledges our FIN."
                    yield "hear(peer)"
                yield "one.shutdown(socket.SHUT_WR)  # our FIN"
            case acts.SetOption(name="SO_LINGER"):
                yield f'value = struct.pack("ii", 1, {act.value})'
                yield "one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, value)"
            case acts.SetOption(name="TCP_LINGER2"):
                yield f"one.setsockopt(socket.IPPROTO_TCP, socket.TCP_LINGER2, {act.value})"
            case acts.SetOption():
                yield "one.setsockopt(socket.IPPROTO_TCP, 19, 1)  # TCP_REPAIR"
            case acts.PeerSends():
                yield from _sends(act)
                yield "time.sleep(0.02)"
            case acts.PeerAcknowledges():
                yield 'wait_for("FIN_WAIT2", one)'
                yield "deafen(peer)"
            case acts.PeerResets():
                yield from _resets()
                yield "time.sleep(0.02)"
            case acts.PeerVanishes():
                yield "# The peer vanishes without a word; its machine answers our FIN with a RST."
                yield "peer.setsockopt(socket.IPPROTO_TCP, 19, 1)  # TCP_REPAIR"
                yield "peer.close()"
            case acts.RouteMetric():
                yield from _metric(act).splitlines()
    yield f'wait_for("{plan.scenario["state"]}", one)'


def _sends(act: acts.PeerSends) -> Iterator[str]:
    if act.again:
        yield "# The peer's FIN is lost. It has heard of no ACK either, and sends all again."
        yield "deafen(one)"
        yield "peer.shutdown(socket.SHUT_WR)"
        yield "time.sleep(0.05)"
        yield "hear(one)"
        return
    what = " and ".join(
        filter(
            None,
            (
                f"{act.bytes} byte{'s' if act.bytes > 1 else ''}" if act.bytes else "",
                "a FIN" if act.fin else "",
            ),
        )
    )
    yield f"# The peer sends {what}."
    if act.bytes:
        more = ", socket.MSG_MORE" if act.fin else ""
        yield f'peer.send(b"x" * {act.bytes}{more})'
    if act.fin:
        yield "peer.shutdown(socket.SHUT_WR)"


def _acknowledges() -> Iterator[str]:
    yield "# The peer hears again: our FIN, sent once more, is acknowledged."
    yield "hear(peer)"


def _resets() -> Iterator[str]:
    yield "# The peer resets the connection."
    yield 'peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))'
    yield "peer.close()"


def _close(plan: Plan) -> Iterator[str]:
    meanwhile = plan.during or plan.inside
    if meanwhile:
        yield "def peer_goes_on():"
        if plan.inside:
            yield '    """What the peer sends as our FIN is out: in close(), or just after."""'
            yield '    while not {"FIN_WAIT1", "LAST_ACK"} & set(left(port)):'
            yield "        pass"
        else:
            yield '    """What the peer does while close() sleeps."""'
        for event in meanwhile:
            if plan.during:
                yield "    time.sleep(0.3)"
            match event:
                case "ack":
                    yield from (f"    {line}" for line in _acknowledges())
                case "fin":
                    yield from (f"    {line}" for line in _sends(acts.PeerSends(0, True)))
                case "data":
                    yield from (f"    {line}" for line in _sends(acts.PeerSends(1)))
                case _:
                    yield from (f"    {line}" for line in _resets())
        yield ""
        yield ""
        yield "other = threading.Thread(target=peer_goes_on)"
        yield "before = counters()"
        yield "other.start()"
    else:
        yield "before = counters()"
    if plan.ending == "kill":
        yield "# The last reference to the socket is that of a process, which is killed."
        yield "child = os.fork()"
        yield "if child == 0:"
        yield "    time.sleep(60)"
        yield "one.close()"
        yield "os.kill(child, 9)"
        yield "os.waitpid(child, 0)"
    else:
        yield "one.close()"
    if meanwhile:
        yield "other.join()"
