# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Context of the lab's result: the verdict, two ladders side by side, everything compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from markupsafe import Markup

from app.errors import LabError
from app.i18n import marked
from app.lab.experiment import LabCase, Result
from app.lab.stage import Observation
from app.walkthrough.world import Rung, WorldSeen
from app.walkthrough.world_words import WorldWords
from app.web.study.moments import Moment
from app.web.study.page_cache import PageCache
from app.web.world.ladder import ladder_picture


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


_SENTENCES: Final = {
    "agree": marked("{kernel} did what the model says."),
    "explained": marked("{kernel} does otherwise, and it is known why."),
    "disagree": marked("{kernel} contradicts the model."),
}
_NAMES: Final = {
    "segments": marked("Segments"),
    "counters": marked("Counters"),
    "left": marked("Left"),
    "timer": marked("Timer"),
    "timer_ms": marked("Its time"),
    "transitions": marked("Transitions"),
    "sleep": marked("close() sleeps"),
}
_SLEEPS: Final = {
    "none": marked("no"),
    "woken": marked("until the peer ends it"),
    "whole-time": marked("the whole linger time"),
}


class KernelWords(WorldWords):
    """The words on the ladder of what a kernel did."""

    def label(self, rung: Rung) -> str:
        """What stands in the picture; only what can be seen from outside."""
        _ = self._
        match rung.kind, rung.name:
            case (("ours" | "theirs"), "data"):
                return _("{bytes} bytes").format(bytes=rung.amount)
            case (("ours" | "theirs"), "data+fin"):
                return _("{bytes} bytes, FIN").format(bytes=rung.amount)
            case "theirs", name:
                return name.upper()
            case "sleep", _name:
                return _("sleeps")
            case "return", "killed":
                return _("process gone")
            case "destroyed", _name:
                return _("nothing left")
        return super().label(rung)


#: The worst stands for all.
_ORDER: Final = ("failed", "disagree", "left_out", "explained", "agree")


def lab_result(
    cache: PageCache, case: LabCase, found: Iterable[tuple[str, Result | LabError]]
) -> LabResult:
    """The context of a run's results, each with the name of its kernel."""
    _ = cache.language.gettext
    kernels = tuple(_kernel(cache, name, one) for name, one in found)
    words = WorldWords(cache.wording)
    rungs = WorldSeen(case.trace).rungs
    seen = [kernel for kernel in kernels if kernel.checks]
    model = ladder_picture(rungs, Moment(None, ()), words, (_("this end"), _("peer")))
    pictures = [(kernel.name, kernel.ladder) for kernel in seen if kernel.ladder is not None]
    return LabResult(
        verdict=min((kernel.verdict for kernel in kernels), key=_ORDER.index),
        kernels=kernels,
        observed=tuple(kernel.name for kernel in seen),
        ladders=((_("The model"), model), *pictures) if seen else (),
        told=tuple(words.sentence(rung) for rung in rungs) if seen else (),
        checks=tuple(_side_by_side([kernel.checks for kernel in seen])),
    )


def _side_by_side(kernels: Sequence[Sequence[LabCheck]]) -> Iterator[LabCheck]:
    """The checks of several kernels as rows, with a cell for each of them."""
    first = {check.name: check for checks in reversed(kernels) for check in checks}
    by_name = [{check.name: check.cells for check in checks} for checks in kernels]
    unseen = (LabCell(observed="", sign="unseen", note=""),)
    for name, check in first.items():
        cells = (cell for cells in by_name for cell in cells.get(name, unseen))
        yield replace(check, cells=tuple(cells))


def _kernel(cache: PageCache, name: str, found: Result | LabError) -> LabKernel:
    """What came of it on one kernel."""
    _ = cache.language.gettext
    if isinstance(found, LabError):
        text = _("The lab itself failed: {message}.").format(message=found.message)
        return _nothing(name, "failed", text)
    if found.left_out is not None or found.observed is None or found.verdict is None:
        why = found.left_out.sentence(cache.language) if found.left_out else ""
        word = "failed" if found.left_out and found.left_out.code == "lab-failed" else "left_out"
        return _nothing(name, word, why)
    observed = found.observed
    moments = observed.moments
    ladder = None
    if moments is not None:
        rungs = tuple(kernel_rungs(found, observed))
        ends = (_("this end"), _("peer"))
        ladder = ladder_picture(rungs, Moment(None, ()), KernelWords(cache.wording), ends)
    return LabKernel(
        name=name,
        verdict=found.word,
        sentence=_(_SENTENCES[found.word]).format(kernel=name),
        notes=tuple(notes(cache, found, observed)),
        ladder=ladder,
        wire=tuple((f"{at:,} µs", text or _("close() returns.")) for at, _kind, text in moments)
        if moments
        else (),
        checks=tuple(checks(cache, found)),
    )


def _nothing(name: str, verdict: str, sentence: str) -> LabKernel:
    return LabKernel(
        name=name, verdict=verdict, sentence=sentence, notes=(), ladder=None, wire=(), checks=()
    )


def kernel_rungs(found: Result, observed: Observation) -> Iterator[Rung]:
    """The ladder of what was seen; the receive queue is as the lab has found it before."""
    assert found.plan is not None
    model = WorldSeen(found.case.trace).rungs
    yield Rung(0, "state", found.case.trace.scenario["state"])
    yield from (rung for rung in model if rung.kind == "queued")
    yield Rung(0, "close")
    sleeps = observed.sleep != "none"
    is_mini, has_mini = observed.timer == "timewait", False
    waiting: Rung | None = None
    for _, kind, text in observed.moments or ():
        rung = _rung(kind, text, ending=found.plan.ending)
        if rung is not None and rung.kind == "state" and is_mini and rung.name == "CLOSE":
            # The whole socket goes where the mini-socket takes over.
            rung, has_mini = Rung(0, "mini", observed.left or ""), True
        if rung is None or (has_mini and rung.kind == "state"):
            continue
        if waiting is not None and rung == Rung(0, waiting.kind, waiting.name):
            waiting = Rung(0, rung.kind, rung.name, count=waiting.count + 1)
            continue
        if waiting is not None:
            yield waiting
            waiting = None
        if sleeps and rung.kind in {"theirs", "return"}:
            yield Rung(0, "sleep")
            sleeps = False
        if rung.kind == "ours" and not rung.amount:
            waiting = rung
        else:
            yield rung
    if waiting is not None:
        yield waiting
    if observed.left is None:
        yield Rung(0, "destroyed")
    elif is_mini and not has_mini:
        yield Rung(0, "mini", observed.left)
    elif not is_mini and observed.left != "LISTEN":
        yield Rung(0, "orphan")


def _rung(kind: str, text: str, *, ending: str) -> Rung | None:
    """One moment; None for what stands for nothing of its own."""
    if kind == "returned":
        return Rung(0, "return", "killed" if ending == "kill" else "")
    if kind == "state":
        old, new = text.split(" > ")
        return Rung(0, "state", new) if old != new else None
    way, letters, place = text.split()[:3]
    size = int(place.partition("(")[2].rstrip(")"))
    name = "data+fin" if "F" in letters and size else "FIN" if "F" in letters else ""
    name = "RST" if "R" in letters else name or ("data" if size else "ack")
    if way == ">":
        return Rung(0, "ours", name, amount=size) if name != "ack" else None
    return Rung(0, "theirs", name, amount=size)


def checks(cache: PageCache, found: Result) -> Iterator[LabCheck]:
    """Everything compared, with what is said of a difference."""
    _ = cache.language.gettext
    assert found.verdict is not None
    told = ""
    for check in found.verdict.checks:
        reason = _(check.difference.reason) if check.difference else ""
        sign = "unseen" if check.agrees is None else "same" if check.agrees else "different"
        if check.difference is not None:
            sign = "explained"
        yield LabCheck(
            name=_(_NAMES[check.what]),
            predicted=_shown(cache, check.what, check.predicted),
            cells=(
                LabCell(
                    observed=""
                    if check.agrees is None
                    else _shown(cache, check.what, check.observed),
                    sign=sign,
                    # One reason for several rows is said with the first.
                    note=reason if reason != told else "",
                ),
            ),
        )
        told = reason or told


def _shown(cache: PageCache, what: str, value: Any) -> str:
    _ = cache.language.gettext
    if what == "sleep":
        return _(_SLEEPS[value])
    if what == "timer_ms" and value is not None:
        # A real timer was looked at a little later: to the second is what can be compared.
        return cache.wording.duration(round(value / 1000) * 1000 if value >= 2000 else value)
    if what == "transitions":
        return chain(value) or _("none")
    if isinstance(value, dict):
        return ", ".join(f"{name} +{count}" for name, count in value.items()) or _("none")
    if isinstance(value, tuple):
        return " ".join(value) or _("none")
    return _("none") if value is None else str(value)


def chain(transitions: Iterable[tuple[str, str]]) -> str:
    """Transitions that follow from each other as one chain: `ESTABLISHED → FIN_WAIT1 → CLOSE`."""
    text, last = "", ""
    for old, new in transitions:
        if text and old == last:
            text += f" → {new}"
        else:
            text += f"{', ' if text else ''}{old} → {new}"
        last = new
    return text


def notes(cache: PageCache, found: Result, observed: Observation) -> Iterator[str]:
    """What else there is to know about a run."""
    _ = cache.language.gettext
    if observed.moments is None:
        yield _("Without a network namespace of the lab’s own, its segments cannot be seen.")
    elif observed.transitions is None:
        yield _("Transitions are seen by tracepoints, which takes root and tracefs.")
    if observed.reset_reasons:
        yield _("The kernel’s reason for the RST: {reason}").format(
            reason=", ".join(dict.fromkeys(observed.reset_reasons))
        )
    if found.attempts > 1:
        yield _("Performed {count} times until it was believed.").format(count=found.attempts)
