# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The OpenAPI document is true: schemathesis asks what it allows and what it forbids.

All of its checks are on: no 500, documented status, type, headers and shape, what the document
forbids is refused, what it allows is not, other methods get 405.
"""

from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
    unsupported_method,
)
from starlette.testclient import TestClient

from app.kernel.inputs import INPUTS
from app.rooms.limits import Limits
from app.web.app import create_app
from app.web.settings import Settings

# Asked so often, the limits would be what is tested.
_LIMITS = Limits(starts_burst=100_000, misses_burst=100_000, follows_burst=100_000)
_APP = create_app(settings=replace(Settings.from_environment(), limits=_LIMITS))
schema = schemathesis.openapi.from_asgi("/api/openapi.json", _APP, timeout=120)
# Wrong values may make a query longer than any right one gets. That it is too long is then all that
# is said of it: 414, which is as good a refusal as 422 (and has to be documented as any status).
schema.config.checks.negative_data_rejection.expected_statuses = [
    *schema.config.checks.negative_data_rejection.expected_statuses,
    "414",
]


@pytest.fixture(scope="module", autouse=True)
def _atlases() -> None:
    """The first request makes an atlas, which is longer than schemathesis waits."""
    # The application has begun with the schema: it is not begun again here.
    client = TestClient(_APP)
    for variant in ("", "article"):
        assert client.get(f"/api/tcp_close/atlas?variant={variant}").status_code == 200


@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_answers_are_as_documented(case: schemathesis.Case[Any]) -> None:
    # A form sends every field, so an empty value means the default; JSON schema could say that only
    # by allowing an empty word for each number. Such a request is not to be rejected.
    nothing: tuple[Any, ...] = ("", None, [], {})
    is_empty = any(
        value in nothing
        or (isinstance(value, list) and all(item in nothing for item in value))
        # Written as its own keys, which may be right ones.
        or isinstance(value, dict)
        for value in (case.query or {}).values()
    )
    excluded: list[Any] = [negative_data_rejection] if is_empty else []
    if case.path == "/live":
        # Programs post there; a person who looks gets a page.
        excluded.append(unsupported_method)
    if case.operation.path.endswith("/compare"):
        # A side is a small language of its own (each key once, any order), more than a schema can
        # say; tests/walkthrough/test_comparison.py writes and reads sides instead.
        excluded.append(positive_data_acceptance)
    if any(isinstance(value, float) for value in (case.query or {}).values()):
        # To JSON Schema 15.0 is an integer; in a query it is another text than 15.
        excluded.append(positive_data_acceptance)
    case.call_and_validate(excluded_checks=excluded)


def document(client: TestClient) -> dict[str, Any]:
    """The OpenAPI document."""
    body: dict[str, Any] = client.get("/api/openapi.json").json()
    return body


def test_the_document_has_the_operations_of_the_design(client: TestClient) -> None:
    assert set(document(client)["paths"]) >= {
        "/api/walkthroughs",
        "/api/{walkthrough}",
        "/api/{walkthrough}/trace",
        "/api/{walkthrough}/compare",
    }


def test_each_input_is_a_parameter_of_the_trace(client: TestClient) -> None:
    operation = document(client)["paths"]["/api/{walkthrough}/trace"]["get"]
    parameters = {item["name"]: item for item in operation["parameters"]}
    assert set(parameters) == {*INPUTS, "variant", "kernel", "lang", "walkthrough"}
    for key, item in INPUTS.items():
        assert parameters[key]["schema"] == item.schema()
        assert item.field in parameters[key]["description"]


def test_refusals_are_documented_as_problem_details(client: TestClient) -> None:
    for path, methods in document(client)["paths"].items():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert "application/problem+json" in response["content"], (path, status)


def test_each_operation_is_explained(client: TestClient) -> None:
    body = document(client)
    assert body["info"]["title"]
    assert body["info"]["description"]
    for methods in body["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert operation["description"]
            assert operation["operationId"]
