# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Sentences about a reading, in English; static/js/core/host-report.js chooses and fills them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.i18n import Language, marked, marked_plural

SENTENCES: Final[Mapping[str, str]] = {
    "since-nstat": marked(
        "Whether that is since the boot or since the last nstat cannot be told from the text."
    ),
    "since-boot": marked("That is since the network namespace began, at the earliest at boot."),
    "zero": marked(
        "All abort counters in the text are 0. That is all closes since the network namespace "
        "began only if nstat was called with -a."
    ),
    "unlisted": marked(
        "TCP counters were found, but not all abort counters are among them. nstat leaves out "
        "what is 0 unless it is called with -z."
    ),
    "rises": marked("What rose: {rises}."),
    "others": marked("In other states: {states}."),
    "happened": marked("What happened fits {branches}."),
    "tell-apart": marked(
        "nstat tells them apart: if TCPAbortOnClose rises, data was unread; if TCPAbortOnData "
        "does, the linger time was zero."
    ),
    "dropped": marked("The kernel dropped segments that had come for sockets in {states}."),
    "refused": marked(
        "A SYN was answered with a RST: nobody listens on that port, or a firewall refuses. No "
        "{call} did that."
    ),
    "econnreset": marked(
        "A call failed with ECONNRESET: the other end sent a RST. Why, its own counters tell."
    ),
    "epipe": marked(
        "A call failed with EPIPE: a RST had come for what was written after the peer’s close, or "
        "this end was shut down for writing."
    ),
    "conntrack": marked("The states of conntrack are its own, not those of sockets: ss has those."),
    "not-linux": marked("This is the output of another system; what is said here is of Linux."),
    "translated": marked(
        "Some of it is in another language and was not read. Put LC_ALL=C before the command."
    ),
    "cut": marked("The text is cut off, or wrapped within a word; what was cut is left out."),
    "two-readings": marked(
        "The same numbers stand in the text more than once; the last are shown."
    ),
    "several-hosts": marked(
        "These are numbers of several hosts, namespaces or series; the last are shown, and no "
        "difference is taken."
    ),
    "no-names": marked(
        "There are numbers or rows without what they count. Leave out “wc -l” and “state …”, or "
        "keep the State column."
    ),
    "no-tcp": marked("Counters were found, but none of TCP."),
    "nothing": marked("Nothing in this text tells how sockets close."),
    "too-large": marked("At most {limit} MB are read. Keep the lines that count."),
    "ignored": marked("Lines that were not understood: {count}."),
    "absent": marked("not in the text"),
    # Beside a line of code.
    "shared": marked("≤ {count}, one of {lines} lines"),
    "later": marked("≤ {count}, mostly later"),
    "kept": marked("{count}, not closed yet"),
    "would": marked("{count} would be reset"),
    # The whole as a text.
    "number": marked("Number"),
    "count": marked("Count"),
    "part": marked("Share"),
    "behind": marked("Behind it"),
    "again": marked("These numbers on the code"),
    "comma": marked(", "),
}

#: Those whose form depends on a count: of one, and of any other.
COUNTED: Final[Mapping[str, tuple[str, str]]] = {
    "aborts": marked_plural(
        "{count} aborted close: {what} ({name}).",
        "{share} of {count} aborted closes are {what}: {value} ({name}).",
    ),
    "risen": marked_plural(
        "{count} close was aborted between the readings: {what} ({name}).",
        "{count} closes were aborted between the readings; {share} of them are {what}: {value} "
        "({name}).",
    ),
    "abort": marked_plural(
        "{value} is of {what} ({name}).",
        "{value} are {what} ({name}).",
    ),
    "sockets": marked_plural(
        "{count} socket, in states in which {call} leaves something behind: {left}.",
        "{count} sockets; {left} of them are in states in which {call} leaves something behind.",
    ),
    "held": marked_plural(
        "{count} of these has a process in the list: not closed yet.",
        "{count} of these have a process in the list: not closed yet.",
    ),
    "mini": marked_plural(
        "{count} in FIN_WAIT2 is a mini-socket, which is no orphan.",
        "{count} in FIN_WAIT2 are mini-sockets, which are no orphans.",
    ),
    "waiting": marked_plural(
        "{count} connection waits for accept(): a restart would reset it.",
        "{count} connections wait for accept(): a restart would reset them.",
    ),
    "orphans": marked_plural(
        "{count} orphan, of the whole host.", "{count} orphans, of the whole host."
    ),
    "timewait": marked_plural(
        "{count} mini-socket, in TIME_WAIT or FIN_WAIT2.",
        "{count} mini-sockets, in TIME_WAIT or FIN_WAIT2.",
    ),
}


def sentences(language: Language, call: str) -> Mapping[str, str]:
    """The sentences in a language; `call` is what a program calls, such as `close()`.

    The form of a sentence for a count of one has `-1` behind its key.
    """
    texts = {key: language.gettext(text) for key, text in SENTENCES.items()}
    for key, (one, many) in COUNTED.items():
        texts |= {key: language.ngettext(one, many, 2), f"{key}-1": language.ngettext(one, many, 1)}
    return {
        **{key: text.replace("{call}", call) for key, text in texts.items()},
        "space": language.space,
    }
