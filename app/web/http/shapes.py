# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The shape of a refusal, for the OpenAPI document."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class ProblemShape(BaseModel):
    """One mistake in what was sent; `side` is there where two scenarios are compared."""

    code: str
    key: str
    value: str | None
    detail: str
    allowed: str
    nearest: str | None
    side: Literal["a", "b"] | None = None


class ProblemDetails(BaseModel):
    """RFC 9457 problem details; `problems` has one object for each mistake."""

    type: str
    title: str
    status: int
    detail: str
    problems: list[ProblemShape] | None = None
