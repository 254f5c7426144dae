# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Contexts of the pages of the lab and of the live counters."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.walkthrough.records import Walkthrough
from app.web.contexts import LinkView
from app.web.pasting.contexts import HeatLine


@dataclass(frozen=True, slots=True, kw_only=True)
class LabFact:
    """One thing compared."""

    name: str  # what it is
    predicted: str  # the model's side
    seen: str | None  # the kernel's, None where it was not seen


@dataclass(frozen=True, slots=True, kw_only=True)
class LabScript:
    """A text to take home."""

    id: str  # names its kind
    title: str  # the heading above it
    file: str  # what it might be called
    text: str  # the script, or the part of it that matters
    rest: str  # what stands below that; may be empty


@dataclass(frozen=True, slots=True, kw_only=True)
class LabBranch:
    """A branch of the source."""

    name: str  # `unread/true`
    href: str  # its page
    seen: str  # on which kernel it was seen
    preset: LinkView | None  # the preset in which, None where it was not


@dataclass(frozen=True, slots=True, kw_only=True)
class LabCell:
    """What one kernel did of a thing that is compared."""

    observed: str  # empty where it was not seen
    sign: str  # `same`, `different`, `explained` or `unseen`
    note: str  # why this kernel knowingly differs, else empty


@dataclass(frozen=True, slots=True, kw_only=True)
class LabCheck:
    """One thing compared in a run."""

    name: str  # what it is
    predicted: str  # the model's side
    cells: tuple[LabCell, ...]  # one for each kernel that was observed


@dataclass(frozen=True, slots=True, kw_only=True)
class LabKernel:
    """What came of a run on one kernel."""

    name: str  # of the kernel
    verdict: str  # `agree`, `explained`, `disagree`, `left_out` or `failed`
    sentence: str  # says the verdict
    notes: tuple[str, ...]  # what else there is to know
    ladder: Markup | None  # None where nothing was observed
    wire: tuple[tuple[str, str], ...]  # (microseconds since close() as text, segment)
    checks: tuple[LabCheck, ...]  # everything compared, with its own cell only


@dataclass(frozen=True, slots=True, kw_only=True)
class LabResult:
    """What came of a run, on all kernels that were chosen."""

    verdict: str  # the worst of theirs
    kernels: tuple[LabKernel, ...]  # never empty
    observed: tuple[str, ...]  # names of those of which the checks have a cell
    ladders: tuple[tuple[str, Markup], ...]  # (title, picture), the model's first
    told: tuple[str, ...]  # the model's ladder in sentences
    checks: tuple[LabCheck, ...]  # everything compared


@dataclass(frozen=True, slots=True, kw_only=True)
class LabPlace:
    """A kernel that may be chosen."""

    id: str  # its field in the form
    name: str  # `Linux 6.12.117, emulated`
    is_chosen: bool  # whether it was, or is at first


@dataclass(frozen=True, slots=True, kw_only=True)
class LabPage:
    """`lab.html`: one scenario on a real kernel."""

    walkthrough: Walkthrough  # whose scenario it is
    heading: str  # the preset's title, or the scenario
    story: str  # of the preset, else empty
    query: str  # the scenario's query string
    reading: str  # address of the scenario's own page
    evidence: str  # on which kernel it was seen, as a sentence
    facts: tuple[LabFact, ...]  # what is compared
    kernel: str | None  # whose observations stand in `facts`, None without any
    left_out: str  # why there is no recipe, else empty
    command: str  # runs the recipe
    scripts: tuple[LabScript, ...]  # texts to take home
    no_packetdrill: str  # why there is no such script, else empty
    watch: tuple[tuple[str, str], ...]  # (command for a host, what it shows)
    branches: tuple[LabBranch, ...]  # every branch, and where it was seen
    presets: tuple[LinkView, ...]  # their pages
    token: str | None  # proves a form of this page; None where this server may not run it
    places: tuple[LabPlace, ...]  # kernels to choose from; none where there is this one alone
    sleeps_s: int  # seconds that close() will sleep
    runs_at: str  # where a run is posted to
    watch_href: str | None  # the live counters, None where this server has none
    state: str  # sk_state on entry
    result: LabResult | None  # what came of the run that this answers, else None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRow:
    """A counter on the page of live counters."""

    name: str  # as nstat spells it
    is_named: bool  # whether the source itself names it
    counted: int  # its value since the host started
    remark: Markup  # what else counts it
    lines: tuple[tuple[int, str], ...]  # (line, address); none for a counter that no path counts


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchPage:
    """`watch.html`: how often each abort branch is taken on this host."""

    walkthrough: Walkthrough  # whose branches they are
    kernel: str  # version of the kernel
    rows: tuple[WatchRow, ...]  # the counters
    lines: tuple[HeatLine, ...]  # the source, with the counters beside it
    stream: str  # address of the server-sent events
    symptoms: str  # address of the symptoms
