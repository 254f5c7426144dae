# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Tells a trace in plain words, one thing a line: the text of the files in golden/.

The words are the tests' own, not those of the page: a page may be worded anew, a trace may not
change.
"""

from collections.abc import Iterable, Mapping

from app.kernel.model import Outcome, Trace
from app.machine.trace import Effect
from tests.kernel.closing import tcp_close

WIDTH = 100


def tell(trace: Trace) -> str:
    """All of a trace, in sections: decisions, effects, calls, reads, caveats, outcome."""
    sections = {
        "decisions": decisions(trace),
        "effects": effects(trace),
        "calls": folded(trace.calls),
        "reads": folded(trace.reads),
        "caveats": folded(trace.caveats),
        "outcome": outcome(trace.outcome),
    }
    return "\n".join(
        "\n".join([title, *(f"  {line}" for line in lines or ["none"]), ""])
        for title, lines in sections.items()
    )


def decisions(trace: Trace) -> list[str]:
    """`47 if (data_was_unread) -> true`, in the order of evaluation."""
    found = []
    for step in trace.steps:
        if step.site.number is not None:
            code = tcp_close().decisions[step.site.number].code
            outcome = "true" if step.taken else "false"
            found.append(f"{step.site.span.line:>3} {code} -> {outcome}")
    return found


def effects(trace: Trace) -> list[str]:
    """What changed, each with the line that changed it."""
    return [
        f"{step.site.span.line:>3} {effect_in_words(effect)}"
        for step in trace.steps
        for effect in step.effects
    ]


def effect_in_words(effect: Effect) -> str:
    """One change, as a sentence of a few words."""
    kind, name, before, after, cause = effect
    match kind:
        case "assignment":
            return f"{name} is now {after}" + ("" if before is None else f" (it was {before})")
        case "state" if cause == "unchanged":
            return f"the state stays {after}"
        case "state":
            return f"the state goes from {before} to {after}"
        case "segment":
            return f"{'an' if name == 'ACK' else 'a'} {name} goes out ({cause})"
        case "event" if after == "ignored":
            return f"the peer's {name} ({cause}) is ignored"
        case "event":
            return f"the peer's {name} arrives ({cause})"
        case "counter":
            return f"the counter {name} goes up to {after}"
        case "gauge":
            return f"the gauge {name} goes from {before} to {after}"
        case "timer" if after is None:
            return f"the {name} timer is cancelled"
        case "timer":
            return f"the {name} timer is set to {after} ms"
        case "lock" if name == "bottom-halves":
            return f"bottom halves are {'off' if after else 'on'}"
        case "lock":
            return f"the {name} is {after}"
        case "reference":
            return f"the references go from {before} to {after}"
        case "memory" if name == "skb":
            return f"the segment {before} is freed"
        case "memory" if name == "reclaimed":
            return f"{before} bytes are given back"
        case "memory" if name == "fastopen_rsk":
            return "the Fast Open request is freed"
        case "memory":
            return f"the {name} is freed"
        case "flag":
            return f"{name} is set"
        case "hash":
            return "the socket leaves the lookup tables"
        case "wake-up":
            return "the owner is woken"
        case "errno":
            return f"the error is {after}"
        case "sleep":
            return f"the owner sleeps, at most {after} ms"
        case "fate" if name == "mini-socket":
            return f"a mini-socket takes over, in {after}"
        case "fate":
            return f"the socket is {after}"
        case _:
            raise AssertionError(f"no words for {effect}")


def outcome(found: Outcome) -> list[str]:
    """What is left."""
    return [
        f"the state is {found.state}",
        f"the fate is {found.fate}",
        f"sent: {', '.join(found.segments) or 'nothing'}",
        f"counters: {counts(found.counters)}",
        f"gauges: {counts(found.gauges)}",
        f"keepalive timer: {milliseconds(found.keepalive_ms)}",
        f"time-wait timer: {milliseconds(found.timewait_ms)}",
        f"mini-socket: {found.timewait or 'none'}",
        f"orphans: {found.orphans:+d}, references: {found.refs:+d}",
        f"the locks are {'free' if found.locks_balanced else 'HELD'}",
    ]


def counts(numbers: Mapping[str, int]) -> str:
    """Names with their numbers, those that are 0 left out."""
    return ", ".join(f"{name} {n}" for name, n in sorted(numbers.items()) if n) or "none"


def milliseconds(time: int | None) -> str:
    """A time, or none."""
    return "none" if time is None else f"{time} ms"


def folded(words: Iterable[str]) -> list[str]:
    """Words with commas between, in lines that fit a page."""
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) + 4 > WIDTH:
            lines[-1] += ","
            lines.append("")
        lines[-1] += f", {word}" if lines[-1] else word
    return [line for line in lines if line]
