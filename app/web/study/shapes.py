# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The shapes of the API's answers, for the OpenAPI document."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

Value = int | str | None


class WalkthroughEntryShape(BaseModel):
    """A walkthrough in the list."""

    id: str
    title: str
    summary: str
    url: str


class WalkthroughListShape(BaseModel):
    """The walkthroughs of this server."""

    walkthroughs: list[WalkthroughEntryShape]


class SourceShape(BaseModel):
    """The quoted source; `lines[0]` is line 1."""

    file: str
    path: str
    kernel: str
    licence: str
    origin: str
    lines: list[str]


class BlockShape(BaseModel):
    """A block; lines are 1-based and inclusive."""

    id: str
    title: str
    start: int = Field(ge=1)
    end: int = Field(ge=1)


class DecisionShape(BaseModel):
    """A decision of the source."""

    id: str
    line: int = Field(ge=1)
    keyword: str
    condition: str
    title: str


class InputShape(BaseModel):
    """An input of the scenario; `schema` is a JSON schema of its text."""

    model_config = {"protected_namespaces": ()}

    key: str
    name: str
    field: str
    default: int | str
    allowed: str
    schema_: dict[str, object] = Field(alias="schema")


class PresetShape(BaseModel):
    """A named scenario: what differs from the defaults, as an object and as a query string."""

    id: str
    title: str
    story: str
    scenario: dict[str, int | str]
    query: str


class HelperShape(BaseModel):
    """A kernel function that the source calls."""

    name: str
    called: str
    file: str
    kind: Literal["function", "macro", "pointer"]
    does: str
    model: str


class VariantShape(BaseModel):
    """A variant of the source."""

    id: str
    title: str
    note: str


class WalkthroughShape(BaseModel):
    """A walkthrough."""

    id: str
    function: str
    title: str
    summary: str
    languages: list[str]
    source: SourceShape
    blocks: list[BlockShape]
    decisions: list[DecisionShape]
    inputs: list[InputShape]
    presets: list[PresetShape]
    helpers: list[HelperShape]
    variants: list[VariantShape]


class EffectShape(BaseModel):
    """What a step changed."""

    kind: str
    name: str
    before: Value
    after: Value
    cause: str | None
    text: str


class StepShape(BaseModel):
    """An executed statement or an evaluated condition; `index` counts from 1."""

    index: int = Field(ge=1)
    line: int = Field(ge=1)
    end_line: int = Field(ge=1)
    text: str
    decision: str | None
    taken: bool | None
    why: str
    reason: str | None
    effects: list[EffectShape]


class TakenShape(BaseModel):
    """A decision, evaluated."""

    id: str
    line: int = Field(ge=1)
    taken: bool


class OutcomeShape(BaseModel):
    """What is left; times in ms or null, `orphans` and `refs` relative to the start."""

    state: str
    destroyed: bool
    timewait: Literal["FIN_WAIT2", "TIME_WAIT"] | None
    fate: Literal["destroyed", "timewait", "orphan", "kept", "stopped"]
    segments: list[Literal["FIN", "RST"]]
    counters: dict[str, int]
    gauges: dict[str, int]
    keepalive_ms: int | None
    timewait_ms: int | None
    orphans: int
    refs: int
    locks_balanced: bool


class ErrorShape(BaseModel):
    """Why the C could not go on."""

    kind: str
    line: int
    text: str
    message: str
    nearest: str | None


class TraceShape(BaseModel):
    """What the function did in a scenario."""

    walkthrough: str
    variant: str | None
    scenario: dict[str, int | str]
    url: str
    reads: list[str]
    caveats: list[str]
    lines: list[int]
    steps: list[StepShape]
    decisions: list[TakenShape]
    calls: list[str]
    outcome: OutcomeShape
    summary: list[str]
    error: ErrorShape | None
