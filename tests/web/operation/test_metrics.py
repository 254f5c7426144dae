# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The address of the metrics."""

import httpx2
import pytest
from prometheus_client import CollectorRegistry, Counter

from app.web.operation.metrics import serve_metrics


@pytest.fixture(scope="module")
def address() -> str:
    """Served by a thread that ends with the process."""
    registry = CollectorRegistry()
    Counter("walkthrough_things", "Things.", registry=registry).inc()
    return f"http://127.0.0.1:{serve_metrics(('127.0.0.1', 0), registry, '1', {}, 1)}"


def ask(method: str, address: str) -> httpx2.Response:
    with httpx2.Client(trust_env=False, timeout=300) as client:
        return client.request(method, address)


def test_metrics_are_at_their_path_alone(address: str) -> None:
    found = ask("GET", f"{address}/metrics?name[]=walkthrough_things_total")
    assert found.status_code == 200
    assert "walkthrough_things_total 1.0" in found.text
    for path in ("/", "/metrics/", "/metric", "/metrics/x", "/favicon.ico"):
        missing = ask("GET", address + path)
        assert missing.status_code == 404, path
        assert "walkthrough_things" not in missing.text


def test_metrics_are_for_reading(address: str) -> None:
    head = ask("HEAD", f"{address}/metrics")
    assert (head.status_code, head.text) == (200, "")
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
        refused = ask(method, f"{address}/metrics")
        assert refused.status_code == 405
        assert refused.headers["allow"] == "GET, HEAD"
