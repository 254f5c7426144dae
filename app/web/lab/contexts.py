# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the templates of the lab and of the watch page are given."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from app.walkthrough.records import Walkthrough
from app.web.contexts import LinkView, PageFrame
from app.web.symptoms.contexts import HeatLine


@dataclass(frozen=True, slots=True)
class LabFact:
    """One thing compared: the model's side, and the kernel's or None where it was not seen."""

    name: str
    predicted: str
    seen: str | None


@dataclass(frozen=True, slots=True)
class LabScript:
    """A text to take home; `id` names its kind, `file` is what it might be called."""

    id: str
    title: str
    file: str
    text: str


@dataclass(frozen=True, slots=True)
class LabBranch:
    """A branch, and on which kernel it was seen; `preset` is the one in which, or None."""

    name: str
    href: str
    seen: str
    preset: LinkView | None


@dataclass(frozen=True, slots=True)
class LabCheck:
    """One thing compared in a run; `sign` is `same`, `different`, `explained` or `unseen`."""

    name: str
    predicted: str
    observed: str
    sign: str
    note: str


@dataclass(frozen=True, slots=True)
class LabResult:
    """What came of a run on this kernel.

    `verdict` is `agree`, `explained`, `disagree`, `left_out` or `failed`; `sentence` says it.
    `ladders` are (title, picture), the model's and the kernel's, the same as sentences in `told`;
    none where the kernel could not be watched. `wire` are (microseconds since close() as text,
    segment).
    """

    verdict: str
    sentence: str
    kernel: str
    ladders: tuple[tuple[str, Markup], ...]
    told: tuple[str, ...]
    checks: tuple[LabCheck, ...]
    wire: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabPage:
    """`lab.html`: one scenario on a real kernel.

    `kernel` is the version whose observations stand in `facts`, None without any; `left_out` says
    why there is no recipe, or is empty; `command` runs it; `watch` are pairs of command and what
    it shows; `token` is there where this server may run it, which takes `sleeps_s` seconds of
    sleep; `runs_at` is where it is posted to, `result` what came of it, if this is the answer to
    that.
    """

    frame: PageFrame
    walkthrough: Walkthrough
    heading: str
    story: str
    query: str
    reading: str
    evidence: str
    facts: tuple[LabFact, ...]
    kernel: str | None
    left_out: str
    command: str
    scripts: tuple[LabScript, ...]
    no_packetdrill: str
    watch: tuple[tuple[str, str], ...]
    branches: tuple[LabBranch, ...]
    presets: tuple[LinkView, ...]
    token: str | None
    sleeps_s: int
    runs_at: str
    watch_href: str | None
    state: str
    result: LabResult | None


@dataclass(frozen=True, slots=True)
class WatchRow:
    """A counter on the watch page. `counted` is its value since the host started.

    `lines` are (line, address), none for a counter that no path of the function counts; `remark`
    says what else counts it.
    """

    name: str
    is_named: bool
    counted: int
    remark: Markup
    lines: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class WatchPage:
    """`watch.html`: how often each abort branch is taken on this host.

    `stream` is the address of the server-sent events; `lines` are those of the source, with
    the counters beside them.
    """

    frame: PageFrame
    walkthrough: Walkthrough
    kernel: str
    rows: tuple[WatchRow, ...]
    lines: tuple[HeatLine, ...]
    stream: str
    symptoms: str
