# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A tiny walkthrough that tests may break: four blocks, two decisions, two languages."""

import re
import shutil
from itertools import count
from pathlib import Path

from app.errors import ContentError, ContentProblem
from app.paths import CONTENT
from app.walkthrough.load import load_walkthrough
from app.walkthrough.records import Walkthrough

SOURCE = """\
void tiny_close(struct sock *sk, long timeout)
{
	lock_sock(sk);

	if (sk->sk_state == TCP_LISTEN) {
		tcp_set_state(sk, TCP_CLOSE);
		goto out;
	}

	/* Somebody is at the other end. */
	if (tcp_close_state(sk))
		tcp_send_fin(sk);

out:
	release_sock(sk);
}
"""

WALKTHROUGH = """\
id: tiny
function: tiny_close
title: {en: "A tiny close", zh: "小小的 close"}
summary: {en: "It shows how small a close may be.", zh: "close 可以有多小。"}
languages: [en, zh]
source:
  file: tiny.c
  licence: MIT
  path: tests/tiny.c
  kernel: "4.19"
  origin: {en: "Written for the tests.", zh: "为测试而写。"}
blocks:
  - id: entry
    title: {en: "Lock", zh: "加锁"}
    from: "void tiny_close(struct sock *sk, long timeout)"
    to: "lock_sock(sk);"
  - id: listen
    title: {en: "A listener", zh: "监听套接字"}
    from: "if (sk->sk_state == TCP_LISTEN) {"
    to: {code: "}", nth: 1}
  - id: fin
    title: {en: "The FIN", zh: "FIN"}
    from: "/* Somebody is at the other end. */"
    to: "tcp_send_fin(sk);"
  - id: exit
    title: {en: "Unlock", zh: "解锁"}
    from: "out:"
    to: {code: "}", nth: 2}
decisions:
  - id: listening
    code: "if (sk->sk_state == TCP_LISTEN)"
    title: {en: "A listener?", zh: "监听吗？"}
    when_true: {en: "so nobody is told", zh: "所以不通知谁"}
    when_false: {en: "so somebody is told", zh: "所以要通知对端"}
  - id: needs-fin
    code: "if (tcp_close_state(sk))"
    title: {en: "A FIN?", zh: "要 FIN 吗？"}
    when_true: {en: "so it is sent", zh: "所以发送"}
    when_false: {en: "so none is sent", zh: "所以不发送"}
presets:
  - id: plain
    title: {en: "Plain", zh: "普通"}
    scenario: {}
    story: {en: "A program calls close().", zh: "程序调用 close()。"}
  - id: listener
    title: {en: "Listener", zh: "监听"}
    scenario: {state: LISTEN}
    story: {en: "A server stops.", zh: "服务器停止。"}
  - id: finished
    title: {en: "FIN sent already", zh: "FIN 已发"}
    scenario: {state: FIN_WAIT2, linger: off}
    story: {en: "After a shutdown().", zh: "shutdown() 之后。"}
"""

HELPERS = """\
- name: lock_sock
  file: include/net/sock.h
  kind: function
  does: {en: "Owns the socket.", zh: "占有套接字。"}
  model: {en: "The same.", zh: "相同。"}
- name: tcp_set_state
  file: net/ipv4/tcp.c
  kind: function
  does: {en: "Changes the state.", zh: "改变状态。"}
  model: {en: "The same.", zh: "相同。"}
- name: tcp_close_state
  file: net/ipv4/tcp.c
  kind: function
  does: {en: "Says whether a FIN is due.", zh: "说明是否需要 FIN。"}
  model: {en: "The same.", zh: "相同。"}
  reasons:
    sends-fin: {en: "{before} becomes {after}", zh: "{before} 变为 {after}"}
    already-sent: {en: "a FIN was sent", zh: "FIN 已发"}
- name: tcp_send_fin
  file: net/ipv4/tcp_output.c
  kind: function
  does: {en: "Sends a FIN.", zh: "发送 FIN。"}
  model: {en: "The same.", zh: "相同。"}
- name: release_sock
  file: net/core/sock.c
  kind: function
  does: {en: "Frees the socket for others.", zh: "放开套接字。"}
  model: {en: "The same.", zh: "相同。"}
"""

SYMPTOMS = """\
symptoms:
  - id: no-answer
    group: peer
    title: {en: "No answer", zh: "没有应答"}
    counters: [TcpOutRsts]
    states: [FIN_WAIT1]
    sees: {en: "Nothing.", zh: "什么也没有。"}
    does:
      en: |
        A [FIN](branch:needs-fin/true).

        See [a listener](preset:listener).
      zh: "一个 [FIN](branch:needs-fin/true)。"
    confirm:
      - run: "nstat -az TcpOutRsts"
        tells: {en: "It rises.", zh: "它会增加。"}
    change: {en: "Ask [again](symptom:no-answer).", zh: "再问[一次](symptom:no-answer)。"}
also:
  FIN_WAIT1: {en: "Or `shutdown()`.", zh: "或者 `shutdown()`。"}
"""

VARIANTS = """\
- id: deaf
  title: {en: "Deaf", zh: "聋子"}
  note: {en: "It never sends.", zh: "从不发送。"}
  edits:
    - code: "tcp_send_fin(sk);"
      becomes: ";"
      effect: {en: "No FIN.", zh: "没有 FIN。"}
"""

COMMENTARY = """\
What the lines do, with a [link](branch:needs-fin/true).

## why
Because.

## here
By [a preset](preset:listener), or [a socket](scenario:state=LISTEN&accept_queue=1).

## seen
On the wire
: `FIN`, by [`tcp_send_fin`](helper:tcp_send_fin)

## rfc
[RFC 9293, 3.6](rfc:9293#3.6)
"""

BLOCKS = ("entry", "listen", "fin", "exit")


class Folder:
    """A content folder on disk that a test may change."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def text(self, file: str) -> str:
        """What a file of the folder holds."""
        return (self.path / file).read_text(encoding="utf-8")

    def write(self, file: str, text: str) -> None:
        """A new text for a file of the folder."""
        target = self.path / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def edit(self, file: str, old: str, new: str) -> int:
        """Puts `new` for the one place where `old` stands; gives its 1-based line."""
        text = self.text(file)
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        self.write(file, text.replace(old, new))
        return text[: text.index(old)].count("\n") + 1

    def load(self) -> Walkthrough:
        """The walkthrough. Raises ContentError."""
        return load_walkthrough(self.path)

    def problems(self) -> tuple[ContentProblem, ...]:
        """Every mistake of the folder; none where it loads."""
        try:
            self.load()
        except ContentError as error:
            return error.problems
        return ()

    def problem(self) -> ContentProblem:
        """The only mistake of the folder."""
        problems = self.problems()
        assert len(problems) == 1, "\n".join(map(str, problems)) or "no mistake was reported"
        return problems[0]


def tiny(parent: Path) -> Folder:
    """Writes the tiny walkthrough as `parent/tiny`."""
    folder = Folder(parent / "tiny")
    folder.write("tiny.c", SOURCE)
    folder.write("walkthrough.yaml", WALKTHROUGH)
    folder.write("helpers.yaml", HELPERS)
    folder.write("variants.yaml", VARIANTS)
    for block in BLOCKS:
        for lang in ("en", "zh"):
            folder.write(f"blocks/{block}.{lang}.md", COMMENTARY)
    return folder


def copy_of_tcp_close(parent: Path) -> Folder:
    """Copies the real walkthrough to `parent/tcp_close`."""
    shutil.copytree(CONTENT / "tcp_close", parent / "tcp_close")
    return Folder(parent / "tcp_close")


def write_sentences(folder: Path) -> None:
    """Completes what `walkthrough new` has begun: what an author does, without the thinking."""
    numbers = count(1)
    for path in folder.rglob("*"):
        if path.suffix in {".yaml", ".md"}:
            text = re.sub(r'TODO:[^"\n]*', lambda _: f"Sentence {next(numbers)}.", path.read_text())
            path.write_text(text)
