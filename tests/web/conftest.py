# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The program in-process, fresh for each module; redirects are not followed."""

import time
from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.web.app import create_app
from tests.web.reading import Element, document

ReadPage: TypeAlias = Callable[..., Element]
"""`page(address, status=200, **headers)`: the elements of a page."""


@pytest.fixture(scope="module")
def app() -> Starlette:
    """The program with the real content."""
    return create_app()


@pytest.fixture(scope="module")
def client(app: Starlette, atlas_on_disk: None) -> Iterator[TestClient]:
    """A client that asks for English and plain bytes unless told otherwise.

    An exception that gets out of the program is raised, not answered with 500.
    """
    headers = {"accept-language": "en", "accept-encoding": "identity"}
    with TestClient(app, follow_redirects=False, headers=headers) as client:
        yield client


@pytest.fixture(scope="module")
def page(client: TestClient) -> ReadPage:
    """Gets and reads a page, each only once."""
    known: dict[tuple[str, frozenset[tuple[str, str]]], tuple[int, Element]] = {}

    def page(address: str, status: int = 200, **headers: str) -> Element:
        key = (address, frozenset(headers.items()))
        if key not in known:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            response = client.get(address, headers=sent)
            for _ in range(60):
                # What is still being made says when to come again.
                if response.status_code != 503 or status == 503:
                    break
                time.sleep(int(response.headers["retry-after"]))
                response = client.get(address, headers=sent)
            known[key] = response.status_code, document(response)
        assert known[key][0] == status, f"{address}: {known[key][0]}"
        return known[key][1]

    return page
