# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Following every link of a site."""

import re
from collections import Counter
from typing import Final
from urllib.parse import urldefrag, urljoin, urlsplit

from starlette.testclient import TestClient

from tests.web.reading import document

#: Names of kernel functions that begin like the shipped walkthrough's.
_FUNCTIONS = re.compile(r"tcp_close_state")
#: What the page of the lab says of itself, in both languages.
_LAB = re.compile(r"so looks at tcp_close\(\) only|所以只看 tcp_close\(\)")

_VISITS: Final = 2


def crawled(client: TestClient, start: str = "/") -> dict[str, str]:
    """Every page that links lead to from an address, by address; all of them are there.

    Of a path a few queries stand for all.
    """
    found: dict[str, str] = {}
    visits: Counter[str] = Counter()
    waiting = [start]
    while waiting:
        address = waiting.pop()
        path = urlsplit(address).path
        if address in found or visits[path] >= _VISITS:
            continue
        visits[path] += 1
        answer = client.get(address)
        assert answer.status_code in {200, 301, 303}, f"{address}: {answer.status_code}"
        found[address] = answer.text
        if answer.is_redirect:
            waiting.append(answer.headers["location"])
            continue
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        shown = document(answer)
        here = {element["id"] for element in shown.walk() if element.get("id")}
        for link in shown.all("a"):
            target, fragment = urldefrag(urljoin(address, link.get("href") or ""))
            if urlsplit(target).netloc or "step=" in target:
                continue
            if fragment and target == address:
                assert fragment in here, f"{address}#{fragment}"
            waiting.append(target)
    return found


def strangers(pages: dict[str, str]) -> list[str]:
    """Addresses of the pages that name tcp_close, with what they say."""
    found = []
    for address, text in pages.items():
        plain = _FUNCTIONS.sub("", _LAB.sub("", text))
        found += [f"{address}: {match[0]}" for match in re.finditer(r".{40}tcp_close.{20}", plain)]
    return found
