# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Each page brings the sheets of what stands on it: nothing comes without its style."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

import pytest
from starlette.testclient import TestClient

from app.paths import STATIC

PAGES: Final = (
    "/",
    "/api",
    "/changes",
    "/nowhere",
    "/live",
    "/tcp_close",
    "/tcp_close?recv=300&step=12",
    "/tcp_close?challenge=close-second",
    "/tcp_close?state=NOWHERE",
    "/tcp_close/unread/true",
    "/tcp_close/atlas",
    "/tcp_close/challenges",
    "/tcp_close/history",
    "/tcp_close/compare",
    "/tcp_close/compare?a=recv%3D300&b=linger%3D0",
    "/tcp_close/lab?recv=300",
    "/tcp_close/life?peer=silent",
    "/tcp_close/life/many?silent=20",
    "/tcp_close/present",
    "/tcp_close/symptoms",
    "/tcp_close/symptoms/fin-wait2",
    "/tcp_close/which?sent=rst&counter=TCPAbortOnData&before=ESTABLISHED",
    "/tcp_close/which?sent=rst&before=SYN_SENT",
    "/copy/tcp_close/unread/true",
    "/embed/tcp_close/unread/true",
)
#: What scripts fetch when it is first needed (`needSheet` in static/js/dom/document.js).
FETCHED: Final = {
    "<walk-through": ("predict.css", "copy.css"),
    "<dialog": ("search.css",),
}
#: Looks like anything else here: told apart on other pages only, for slides, phones and figures.
PLAIN: Final = frozenset(
    {"languages", "study", "is-missed", "cap-effects", "is-fin", "situation-at", "value"}
)


@cache
def written(name: str) -> str:
    """The text of a sheet with those that it imports, without comments."""
    text = re.sub(r"/\*.*?\*/", "", (STATIC / "css" / name).read_text(), flags=re.DOTALL)
    return re.sub(r'@import "([^"]+)";', lambda match: written(match[1]), text)


@cache
def dressed(name: str) -> frozenset[str]:
    """The classes that a sheet has a rule for, and that it does not only ask for on the way."""
    selectors = re.findall(r"([^{};]+)\{", written(name))
    return frozenset(re.findall(r"\.([a-z][\w-]*)", " ".join(selectors)))


def classes(html: str) -> Iterator[str]:
    for value in re.findall(r'\bclass="([^"]*)"', html):
        yield from value.split()


@pytest.mark.parametrize("address", PAGES)
def test_what_stands_on_a_page_has_its_rules_there(client: TestClient, address: str) -> None:
    """A class that some sheet dresses is dressed by a sheet that this page loads."""
    html = client.get(address).text
    sheets = re.findall(r'<link rel="stylesheet" href="[^"]*/css/([\w-]+\.css)[^"]*"', html)
    assert sheets, "no style sheet at all"
    for sign, more in FETCHED.items():
        sheets += more if sign in html else ()
    own = frozenset[str]().union(*(dressed(name) for name in sheets))
    known = frozenset[str]().union(*(dressed(path.name) for path in (STATIC / "css").glob("*.css")))
    assert set(classes(html)) & known - own - PLAIN == set()


def test_the_sheets_of_a_page_are_there(client: TestClient) -> None:
    for address in PAGES:
        for href in re.findall(r'<link rel="stylesheet" href="([^"]*)"', client.get(address).text):
            assert client.get(href).status_code == 200, (address, href)


def test_a_page_without_a_sheet_is_noticed(client: TestClient) -> None:
    """The proof of the test above: the ladders of two sockets, without what they are dressed in."""
    html = client.get("/tcp_close/compare?a=recv%3D300&b=linger%3D0").text
    assert "ladder" in set(classes(html))
    assert "ladder" in dressed("compare.css")
    assert "ladder" not in dressed("world.css") | dressed("every-page.css") | dressed("pages.css")


def test_a_long_rule_has_a_line_for_each_declaration() -> None:
    """So that a change shows what has changed."""
    long = [
        f"{path.name}:{number}"
        for path in sorted((STATIC / "css").glob("*.css"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > 160 and line.count("{") == 1 and line.count(";") > 1
    ]
    assert long == []
