# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The shapes of the lab's answers, for the OpenAPI document."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class PredictionShape(BaseModel):
    """What the model says that a kernel will show."""

    segments: list[Literal["FIN", "RST"]]
    counters: dict[str, int]
    left: str | None
    timer: str | None
    timer_ms: int | None
    transitions: list[tuple[str, str]]
    sleep: Literal["none", "woken", "whole-time"]


class WatchShape(BaseModel):
    """A command line for a host, and what it shows."""

    run: str
    shows: str


class LabShape(BaseModel):
    """A scenario's recipe; `python` and `packetdrill` are the texts of scripts, or null."""

    scenario: dict[str, int | str]
    supported: bool
    reason: str | None
    recipe: str | None
    sleeps_s: int | None
    predicted: PredictionShape
    python: str | None
    packetdrill: str | None
    watch: list[WatchShape]
