# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Words of the questions, of their answers, and of how a path shows itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.i18n import Language, marked
from app.walkthrough.atlas.records import AtlasPath
from app.walkthrough.atlas.words import AtlasWords
from app.walkthrough.counters import in_ss
from app.walkthrough.segment_words import segment_list
from app.walkthrough.which.looks import UNKNOWN
from app.walkthrough.wording import FATES

#: The question, and where to look; `{call}` is what a program calls.
_QUESTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "sent": (
        marked("What did this end send because of {call}?"),
        marked(
            "Seen by tcpdump on this host. Not what an earlier shutdown() sent, and not what a "
            "socket that is left over answers later."
        ),
    ),
    "counter": (
        marked("Which abort counter rose during {call}?"),
        marked("`nstat` before and after, where nothing else closes at the same time."),
    ),
    "reader": (
        marked("What did the peer’s read() get, if it sent nothing more?"),
        marked("A peer that goes on sending may get a RST for that."),
    ),
    "left": (
        marked("What does ss show of the connection when {call} has returned?"),
        marked(
            "`ss -tano` within a round trip, while TCPTimeWaitOverflow stays as it is: later the "
            "peer’s ACK has moved the socket on."
        ),
    ),
    "peer": (
        marked("What had come from the peer before {call}?"),
        marked("A FIN counts once it was acknowledged."),
    ),
    "shutdown": (
        marked("Had the program called shutdown() before?"),
        marked("With SHUT_WR or SHUT_RDWR, and it succeeded."),
    ),
    "unread": (
        marked("Were bytes unread at {call}?"),
        marked(
            "Recv-Q of `ss` just before. MSG_PEEK does not read, and a byte that was taken with "
            "MSG_OOB still counts."
        ),
    ),
    "linger": (
        marked("How was SO_LINGER set?"),
        marked("What accept() returns has it from the listening socket."),
    ),
    "linger2": (
        marked("How was TCP_LINGER2 set?"),
        marked("As getsockopt() reads it: the kernel does not keep every value."),
    ),
    "blocked": (
        marked("Did {call} sleep?"),
        marked("`strace -T` has the time of each call."),
    ),
    "estabresets": (
        marked("Did TcpEstabResets rise during {call}?"),
        marked("`nstat` before and after, where nothing else closes at the same time."),
    ),
    "length": (
        marked("How long does FIN-WAIT-2 last?"),
        marked("`ss -tano` counts the time down."),
    ),
    "before": (
        marked("In which state was the socket when {call} began?"),
        marked("`ss -tan` just before."),
    ),
    "during": (
        marked("What came from the peer while {call} was at work?"),
        marked("Between its beginning and its return: microseconds, unless it lingers."),
    ),
    "repair": (marked("Was TCP_REPAIR on?"), marked("As checkpoint tools such as CRIU do it.")),
    "fastopen": (
        marked("Was a TCP Fast Open handshake still unfinished?"),
        marked("The server has accepted the connection, and the client’s ACK has not come."),
    ),
    "netns": (
        marked("Was the network namespace being taken down?"),
        marked("Only sockets of the kernel itself can be closed then."),
    ),
}

#: The answers that are not what the kernel or `ss` has as a word.
_ANSWERS: Final[Mapping[tuple[str, str], str]] = {
    ("sent", "none"): marked("nothing"),
    ("sent", "fin"): marked("a FIN"),
    ("sent", "rst"): marked("a RST and no FIN"),
    ("sent", "fin-rst"): marked("a FIN and a RST"),
    ("sent", "several"): marked("a RST to each of several peers"),
    ("counter", "none"): marked("none of them"),
    ("reader", "eof"): marked("0, the end of the data"),
    ("reader", "reset"): marked("an error: ECONNRESET"),
    ("reader", "nothing"): marked("nothing: it still waits"),
    ("left", "none"): marked("nothing"),
    ("left", "FIN_WAIT2"): marked("FIN-WAIT-2 with `timer:(keepalive`"),
    ("left", "FIN_WAIT2-mini"): marked("FIN-WAIT-2 with `timer:(timewait`"),
    ("peer", "none"): marked("neither a FIN nor a RST"),
    ("peer", "fin"): marked("its FIN"),
    ("peer", "over"): marked("its RST, or a call had failed with ECONNRESET or ETIMEDOUT"),
    ("linger", "off"): marked("off"),
    ("linger", "zero"): marked("on, with 0 seconds"),
    ("linger", "seconds"): marked("on, with some seconds"),
    ("linger2", "default"): marked("not, or to 0"),
    ("linger2", "seconds"): marked("to some seconds"),
    ("linger2", "negative"): marked("to a negative number"),
    ("length", "fin_timeout"): marked("as long as tcp_fin_timeout says"),
    ("length", "linger2"): marked("as long as TCP_LINGER2 says"),
    ("length", "rto"): marked("longer: 3.5 times the retransmission timeout"),
    ("length", "none"): marked("no socket is left in it"),
    ("during", "none"): marked("nothing"),
    ("during", "ack"): marked("the ACK of the FIN"),
    ("during", "fin"): marked("a FIN"),
    ("during", "both"): marked("the ACK of the FIN, and a FIN"),
    ("during", "data"): marked("new data"),
    ("during", "rst"): marked("a RST"),
    ("netns", "alive"): marked("no"),
    ("netns", "dying"): marked("yes"),
}
_EVERYWHERE: Final[Mapping[str, str]] = {
    "yes": marked("yes"),
    "no": marked("no"),
    UNKNOWN: marked("I don’t know"),
}


class WhichWords:
    """The sentences in one language; `call` is what a program calls, such as `close()`."""

    def __init__(self, language: Language, call: str) -> None:
        self._ = language.gettext
        self.call = call
        self.words = AtlasWords(language)

    def question(self, question: str) -> str:
        """What is asked."""
        return self._(_QUESTIONS[question][0]).format(call=self.call)

    def hint(self, question: str) -> str:
        """Where to look."""
        return self._(_QUESTIONS[question][1]).format(call=self.call)

    def answer(self, question: str, answer: str) -> str:
        """An answer; a state as `ss` writes it."""
        text = _ANSWERS.get((question, answer)) or _EVERYWHERE.get(answer)
        if text is not None:
            return self._(text)
        return answer if question == "counter" else in_ss(answer)

    def ends(self, path: AtlasPath) -> str:
        """How a path ends: what it sends and counts, and what becomes of the socket."""
        ending = path.ending
        sends = segment_list(ending.segments)
        parts = [self._("sends {segments}").format(segments=sends or self._("nothing"))]
        if counted := sorted(name for name in ending.counters if name != "OutRsts"):
            parts.append(self._("counts {names}").format(names=" ".join(counted)))
        parts.append(self._(FATES[ending.fate]))
        return self._("; ").join(parts)

    def condition(self, path: AtlasPath) -> str:
        """When it is taken, where that is short enough to be read; else nothing."""
        return self.words.condition(path.condition) if len(path.condition) <= 2 else ""
