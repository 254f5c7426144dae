# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The shapes of the atlas' answers, for the OpenAPI document."""

from __future__ import annotations

from pydantic import BaseModel, Field

from app.web.study.shapes import OutcomeShape, TakenShape


class AtlasBoundsShape(BaseModel):
    """What the atlas covers, and what it bounds."""

    segments: int = Field(examples=[2], description="The longest receive queue.")
    events: int = Field(examples=[3], description="The longest list of the peer's segments.")
    repeats: int = Field(
        examples=[2], description="Numbers told apart where the number itself is needed."
    )
    stood_for_all: int = Field(examples=[2], description="How often one number stood for the rest.")
    undecided: int = Field(
        examples=[0], description="Comparisons neither solved nor proved impossible."
    )


class MultipleShape(BaseModel):
    """Whether the number plus `offset` is a multiple of `modulus`."""

    offset: int
    modulus: int
    holds: bool


class PartShape(BaseModel):
    """What one input may be: `values` or `ranges`; with `excluded`, anything else."""

    values: list[str] = Field(examples=[["ESTABLISHED", "CLOSE_WAIT"]])
    ranges: list[list[int | None]] = Field(examples=[[[1, None]]])
    multiples: list[MultipleShape]
    excluded: bool
    text: str


class RelationShape(BaseModel):
    """A comparison in which several inputs meet."""

    left: str = Field(examples=["fin_timeout"])
    sign: str = Field(examples=["<="])
    right: str = Field(examples=["tw_timeout"])
    keys: list[str]


class CaseShape(BaseModel):
    """One alternative of a condition: everything in it has to hold."""

    inputs: dict[str, PartShape]
    relations: list[RelationShape]
    text: str


class EndingShape(OutcomeShape):
    """The outcome of the witness; times in `formulas` and counts in `several` depend on inputs."""

    formulas: dict[str, str] = Field(examples=[{"timewait_ms": "1000*fin_timeout"}])
    several: list[str]
    error: str | None


class PathShape(BaseModel):
    """One path: its decisions outside of loops, when it is taken, how it ends."""

    id: str = Field(examples=["66d40ca9"])
    decisions: list[TakenShape]
    conditions: list[CaseShape]
    text: str
    witness: str = Field(examples=["recv=300"], description="The simplest scenario.")
    witness_caveats: list[str] = Field(description="Why it is only hypothetical.")
    real_witness: str | None = Field(description="The simplest that a kernel can be in.")
    outcome: EndingShape


class BranchCountShape(BaseModel):
    """How many paths take a branch."""

    id: str = Field(description="The decision and the way: `…/true` or `…/false`.")
    total_paths: int
    witness: str | None


class AtlasShape(BaseModel):
    """Paths of the function; `total` counts all that fit the filters."""

    walkthrough: str
    variant: str | None
    total: int
    limit: int
    offset: int
    bounds: AtlasBoundsShape
    paths: list[PathShape]
    branches: list[BranchCountShape]


class ImpossibleShape(BaseModel):
    """A branch that no path has together with this one, and the inputs that contradict."""

    with_: str = Field(alias="with", examples=["needs-fin/true"])
    keys: list[str]
    text: str


class AtlasBranchShape(BaseModel):
    """When a branch is taken."""

    id: str = Field(description="The decision and the way: `…/true` or `…/false`.")
    decision: str
    line: int = Field(ge=1)
    taken: bool
    total_paths: int
    paths: list[str]
    conditions: list[CaseShape]
    text: str
    witness: str | None
    witness_caveats: list[str]
    real_witness: str | None
    impossible: list[ImpossibleShape]
