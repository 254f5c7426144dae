# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Addresses of the program as places in a folder; and pages packed and put together again."""

import pytest

from app.web.edition.links import file_of, linked, place_of, relative, up_from
from app.web.edition.packing import Pool


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/", ""),
        ("/?lang=zh", "zh/"),
        ("/tcp_close", "tcp_close/"),
        ("/tcp_close/unread/true?lang=zh", "zh/tcp_close/unread/true/"),
        ("/tcp_close?recv=300&step=4&lang=zh#L4", "zh/tcp_close/?recv=300&step=4#L4"),
        ("/tcp_close?recv=300&lang=en", "tcp_close/?recv=300"),
        ("/static/abc/css/base.css", "static/abc/css/base.css"),
    ],
)
def test_the_language_is_a_folder_and_the_rest_stays(address: str, place: str) -> None:
    assert place_of(address) == place


def test_a_page_is_a_folder_with_an_index() -> None:
    assert file_of("/tcp_close/L42?lang=zh") == "zh/tcp_close/L42/index.html"
    assert up_from(file_of("/tcp_close/L42?lang=zh")) == "../../../"
    assert up_from(file_of("/")) == ""


def test_links_become_relative_and_other_hosts_and_fragments_stay() -> None:
    html = (
        '<a href="/tcp_close?a=1&amp;lang=zh">x</a> <a href="#L4">y</a> <a href="/">z</a>'
        '<a href="https://www.kernel.org/">k</a> <form action="/tcp_close">'
    )
    assert linked(html) == ["/tcp_close?a=1&lang=zh", "/", "/tcp_close"]
    assert relative(html, "../") == (
        '<a href="../zh/tcp_close/?a=1">x</a> <a href="#L4">y</a> <a href="../">z</a>'
        '<a href="https://www.kernel.org/">k</a> <form action="../tcp_close/">'
    )
    assert relative('<a href="/">z</a>', "") == '<a href="./">z</a>'


def test_what_was_packed_is_the_same_again_and_shared() -> None:
    pool = Pool()
    line = '<div class="line"><a href="#L{}">{}</a><code>if (sk) {{</code></div>\n'
    pages = ["", "x", "\n\n", "".join(line.format(n, n) for n in range(200))]
    pages.append(pages[-1].replace(">7<", ">seven<"))
    packed = [pool.add(page) for page in pages]
    before = len(pool.pieces)
    assert [pool.text(runs) for runs in packed] == pages
    assert pool.add(pages[3]) == packed[3]
    assert len(pool.pieces) == before
    assert len(packed[4]) <= 8
