# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Provenance in the open: whatever leaves the site says whose text it quotes, and how it counts.

The text is no file of Linux 4.19, and its line 131 is none of net/ipv4/tcp.c.
"""

import json
import re
from html import unescape

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from app.cli import main

KERNEL = {"en": "Alibaba cloud kernel, based on 4.19", "zh": "阿里云内核，基于 4.19"}
COUNTED = {"en": "line 1 is the function", "zh": "行号从函数首行算起"}
#: Cards have room for the kernel alone.
OUTPUTS = {
    "/tcp_close?lang={}": "both",
    "/tcp_close/keeps-socket/true?lang={}": "both",
    "/tcp_close/L131?step=3&lang={}": "both",
    "/copy/tcp_close/keeps-socket/true?lang={}": "both",
    "/copy/tcp_close/keeps-socket/true.txt?lang={}": "both",
    "/copy/tcp_close.txt?recv=300&step=3&lang={}": "both",
    "/embed/tcp_close/keeps-socket/true?lang={}": "both",
    "/oembed?url=/tcp_close/keeps-socket/true?lang={}": "both",
    "/api/tcp_close?lang={}": "both",
    "/card/tcp_close/keeps-socket/true.svg?lang={}": "kernel",
}
COMMANDS = (
    ("trace", "tcp_close", "recv=300"),
    ("witness", "keeps-socket/true"),
    ("compare", "recv:300", "zero-linger"),
    ("atlas", "--branch", "unread/true"),
)
#: What nothing may say: that the lines are those of a file of mainline.
FALSE = re.compile(r"tcp\.c, Linux 4\.19|Linux 4\.19(?: ·|,) net/ipv4/tcp\.c|>Linux 4\.19<")


def said(text: str) -> str:
    """A text as it is read: without markup, the lines of a mail joined."""
    text = unescape(re.sub(r"<[^>]*>", " ", text))
    return re.sub(r"\s+", " ", text.replace("'", "’"))


def check(text: str, code: str, wanted: str = "both") -> None:
    assert not FALSE.search(text)
    tight = said(text)
    assert KERNEL[code] in tight
    assert wanted == "kernel" or COUNTED[code] in tight


@pytest.mark.parametrize("code", KERNEL)
@pytest.mark.parametrize("address", OUTPUTS)
def test_what_is_sent_says_whose_text_it_is(client: TestClient, address: str, code: str) -> None:
    answer = client.get(address.format(code))
    assert answer.status_code == 200
    is_json = "json" in answer.headers["content-type"]
    text = json.dumps(answer.json(), ensure_ascii=False) if is_json else answer.text
    check(text, code, OUTPUTS[address])


@pytest.mark.parametrize("code", KERNEL)
@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_so_do_the_commands(words: tuple[str, ...], code: str) -> None:
    result = CliRunner().invoke(main, [*words, "--lang", code], env={"COLUMNS": "240"})
    check(result.stdout, code)
