# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Kernel trees for the tests: the quoted function, edited as kernels and vendors have edited it.

What it calls is written here, in the kernel's manner and from nobody's file.
"""

import os
import re
import subprocess
from pathlib import Path

from app.paths import CONTENT

OWN = (CONTENT / "tcp_close" / "tcp_close.c").read_text()
#: A callee that says what the model cannot know: it counts CLOSE_WAIT, as kernels since 2024 do.
SET_STATE = """\
void tcp_set_state(struct sock *sk, int state)
{
	int before = sk->sk_state;

	BUILD_BUG_ON((int)BPF_TCP_CLOSE != (int)TCP_CLOSE);
	switch (state) {
	case TCP_CLOSE:
		if (before == TCP_CLOSE_WAIT || before == TCP_ESTABLISHED)
			TCP_INC_STATS(sock_net(sk), TCP_MIB_ESTABRESETS);
		sk->sk_prot->unhash(sk);
		fallthrough;
	default:
		if (before == TCP_ESTABLISHED || before == TCP_CLOSE_WAIT)
			TCP_DEC_STATS(sock_net(sk), TCP_MIB_CURRESTAB);
	}
	inet_sk_state_store(sk, state);
}
"""
#: One that calls the other.
CLOSE_STATE = """\
static int tcp_close_state(struct sock *sk)
{
	int next = TCP_FIN_WAIT1;

	if (sk->sk_state == TCP_CLOSE_WAIT)
		next = TCP_LAST_ACK;
	tcp_set_state(sk, next);
	return 1;
}
"""
MAKEFILE = "VERSION = 9\nPATCHLEVEL = 8\nSUBLEVEL = 7\nEXTRAVERSION =\n"


def edited(*edits: tuple[str, str]) -> str:
    """The quoted text with pieces of it replaced; each has to stand in it once."""
    text = OWN
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def split() -> str:
    """As since 5.11: __tcp_close, and a wrapper that owns the socket."""
    body = edited(
        (
            "void tcp_close(struct sock *sk, long timeout)",
            "void __tcp_close(struct sock *sk, long timeout)",
        ),
        ("\tlock_sock(sk);\n", ""),
        ("\trelease_sock(sk);\n\tsock_put(sk);\n", ""),
        ("EXPORT_SYMBOL(tcp_close);\n", ""),
    )
    return (
        body
        + "\nvoid tcp_close(struct sock *sk, long timeout)\n{\n\tlock_sock(sk);\n"
        + "\t__tcp_close(sk, timeout);\n\trelease_sock(sk);\n\tsock_put(sk);\n}\n"
        + "EXPORT_SYMBOL(tcp_close);\n"
    )


def without_comments(text: str) -> str:
    """As a vendor ships it who strips comments."""
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def tree(folder: Path, text: str = OWN, *, before: str = "", makefile: str = MAKEFILE) -> Path:
    """A tree with the text in its place; `before` stands above it in the file."""
    (folder / "net/ipv4").mkdir(parents=True)
    (folder / "net/ipv4/tcp.c").write_text(
        f"// SPDX-License-Identifier: GPL-2.0-or-later\n{before}\n{text}"
    )
    if makefile:
        (folder / "Makefile").write_text(makefile)
    return folder


def git(clone: Path, *words: str) -> None:
    """A command of git, by somebody whose name it knows."""
    who = {"NAME": "a", "EMAIL": "a@example.org"}
    identity = {f"GIT_{role}_{k}": v for role in ("AUTHOR", "COMMITTER") for k, v in who.items()}
    subprocess.run(
        ["git", "-C", clone, *words], check=True, capture_output=True, env=os.environ | identity
    )
