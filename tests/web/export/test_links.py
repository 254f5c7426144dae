# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Addresses of the program as places in a folder; and bundles of pages."""

import gzip
import json

import pytest

from app.web.export.bundle import Bundle
from app.web.export.links import ROOT, Address, file_of, finished, place_of, relative


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/", ""),
        ("/?lang=zh", "zh/"),
        ("/tcp_close", "tcp_close/"),
        ("/tcp_close/unread/true?lang=zh", "zh/tcp_close/unread/true/"),
        ("/tcp_close?recv=300&step=4&lang=zh#L4", "zh/tcp_close/?recv=300&step=4#L4"),
        ("/tcp_close?recv=300&lang=en", "tcp_close/?recv=300"),
        ("/tcp_close?pending=1&peer=silent&rtt=20", "tcp_close/?pending=1"),
        ("/tcp_close/L42-L48?lang=zh", "zh/tcp_close/#L42-L48"),
        ("/static/abc/css/base.css", "static/abc/css/base.css"),
    ],
)
def test_the_language_is_a_folder_and_the_rest_stays(address: str, place: str) -> None:
    assert place_of(address) == place


def test_a_page_is_a_folder_with_an_index() -> None:
    assert file_of("/tcp_close/L42", "zh") == "zh/tcp_close/L42/index.html"
    assert file_of("/", "en") == "index.html"


def test_links_become_relative_and_other_hosts_and_fragments_stay() -> None:
    page = finished(
        f'<a href="{ROOT}/tcp_close?a=1&amp;b=2">x</a> <a href="#L4">y</a> '
        f'<a href="{ROOT}/?lang=en">z</a>'
        f'<a href="https://www.kernel.org/">k</a> <form action="{ROOT}/tcp_close">',
        "zh",
    )
    assert page.links == {
        Address(path="/tcp_close", query="a=1&b=2"),
        Address(path="/", lang="en"),
        Address(path="/tcp_close"),
    }
    assert relative(page.html, "zh/changes/index.html") == (
        '<a href="../../zh/tcp_close/?a=1&amp;b=2">x</a> <a href="#L4">y</a> <a href="../../">z</a>'
        '<a href="https://www.kernel.org/">k</a> <form action="../../zh/tcp_close/">'
    )
    assert relative(finished(f'<a href="{ROOT}/">', "en").html, "index.html") == '<a href="./">'


def test_the_steps_of_a_page_are_linked_without_its_socket() -> None:
    own = f'<a href="{ROOT}/tcp_close?recv=300&amp;step=4">4</a>'
    page = finished(f'{own} <a href="{ROOT}/tcp_close?recv=1">o</a>', "en", "/tcp_close")
    assert page.html == f'<a href="?step=4">4</a> <a href="{ROOT}/tcp_close/?recv=1">o</a>'
    assert page.scenario == "recv=300"


def test_a_bundle_has_each_line_once() -> None:
    bundle = Bundle()
    page = "\n".join(f"<li>{number}</li>" for number in range(200))
    bundle.add("", page)
    bundle.add("recv=300", page.replace(">7<", ">seven<"))
    bundle.facts["sockets"] = {"": "state"}
    whole = json.loads(gzip.decompress(bundle.encode()))
    assert len(whole["lines"]) == 201
    assert whole["pages"] == {"": [0, 200], "recv=300": [0, 7, 200, 1, 8, 192]}
    assert whole["sockets"] == {"": "state"}
