# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""History of a function in a clone: the commits that changed it, and which a socket can see.

Each commit is compared with its parent, both read from git's objects. The presets are run in both
texts; where none shows a difference, the sockets that tell the two apart are looked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from typing_extensions import TypedDict

from app.editions.cutting import Choices, alike, cut_choices, tokens_of
from app.editions.difference import DifferenceClass, differences, parted
from app.editions.loading import load
from app.editions.records import Kept
from app.editions.trees import Commit, list_commits, read_commit
from app.errors import KernelRuleBroken, NotTaken, StepLimitExceeded
from app.walkthrough.records import Edition, Walkthrough

#: Commits that touched the files, at most.
MAX_COMMITS: Final = 20_000
#: Whether a socket can see a commit: a preset shows it, another socket does, none, or the text (or
#: that of its parent) cannot be run; `begins` is the first that has the function.
Standing = Literal["preset", "socket", "none", "not-taken", "begins"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangingCommit:
    """A commit that changed the function or what is executed with it.

    `choices` are those of `#ifdef`s for which this is so, each by the names that are on; none where
    it is so whatever is chosen. A commit that does something else for others is there once more.
    `functions` are the names that changed, and the facts that were read off. `presets` are the ids
    of those that show it, `classes` the sockets for which the same differs, the smallest first;
    `why` says why the text, or what of it differs, cannot be run.
    """

    commit: Commit
    functions: tuple[str, ...]
    standing: Standing
    choices: tuple[tuple[str, ...], ...] = ()
    presets: tuple[str, ...] = ()
    classes: tuple[DifferenceClass, ...] = ()
    why: str | None = None


class CommitReport(TypedDict):
    """A commit that changed the function; `scenario` is the smallest socket that sees it."""

    commit: str
    date: str
    subject: str
    functions: list[str]
    standing: Standing
    choices: list[list[str]]
    presets: list[str]
    scenario: str | None
    differs: dict[str, tuple[str, str]]
    decision: str | None
    why: str | None


class HistoryReport(TypedDict):
    """What `walkthrough history` found; `unread` is the first commit for which no time was left."""

    clone: str
    range: str
    commits: int
    steps: list[CommitReport]
    unread: str | None


class History:
    """The walk through the commits of a range that touched the files. Raises NotTaken.

    A merge is one of them where it makes of a function what none of its parents has: what it only
    brings together, the commits that it merges have changed. What `config` leaves open of `#ifdef`s
    is compared for each choice, like with like.

    `tell_apart` gives the queries of `AtlasStore.ask_both` for two texts. It stops after so many
    seconds: `unread` is then the commit that is next.
    """

    def __init__(
        self,
        clone: Path,
        given: str,
        walkthrough: Walkthrough,
        tell_apart: Callable[[Edition, Edition], Iterable[str]],
        *,
        seconds: float,
        config: Mapping[str, bool] | None = None,
    ) -> None:
        self.commits = list_commits(clone, given, MAX_COMMITS, with_merges=True)
        self.unread: Commit | None = None
        self._clone = clone
        self._walkthrough = walkthrough
        self._config = config
        self._deadline = time.monotonic() + seconds
        # A commit's text is that of its successor's parent.
        self._kept = lru_cache(maxsize=8)(self._read)
        self._editions: dict[str, Edition] = {}
        self._tell_apart = tell_apart

    def steps(self) -> Iterator[ChangingCommit]:
        """The commits that changed something, each as soon as it is known."""
        for commit in self.commits:
            if time.monotonic() > self._deadline:
                self.unread = commit
                return
            before = self._kept(commit.parents[0]) if commit.parents else ""
            after = self._kept(commit.id)
            merged = [self._kept(parent) for parent in commit.parents[1:]]
            if isinstance(after, str):
                if not any(isinstance(text, str) for text in (before, *merged)):
                    yield ChangingCommit(
                        commit=commit, functions=(), standing="not-taken", why=after
                    )
            elif isinstance(before, str):
                if any(not isinstance(text, str) for text in merged):
                    continue
                first = next(iter(after.texts.values()))
                names = tuple(piece.name for piece in (*first.shown, *first.callees))
                yield ChangingCommit(commit=commit, functions=names, standing="begins")
            else:
                texts = [text for text in merged if not isinstance(text, str)]
                yield from self._choices(commit, before, after, texts)

    def _read(self, commit: str) -> Choices | str:
        """The texts at a commit, or why there is none."""
        try:
            tree = read_commit(self._clone, commit)
            return cut_choices(tree, self._walkthrough.function, self._config)
        except NotTaken as error:
            return str(error)

    def _edition(self, kept: Kept) -> Edition:
        if kept.digest not in self._editions:
            self._editions[kept.digest] = load(kept, self._walkthrough).edition
        return self._editions[kept.digest]

    def _choices(
        self, commit: Commit, before: Choices, after: Choices, merged: Iterable[Choices]
    ) -> Iterator[ChangingCommit]:
        """What a commit does, once for all choices for which it does the same."""
        pairs = list(alike(before, after))
        found: list[tuple[ChangingCommit, list[tuple[str, ...]]]] = []
        for on, a, b in pairs:
            others = [text.like(frozenset(on)) for text in merged]
            if changed := _changed(a, b, others):
                step = self._compared(commit, changed, a, b)
                for known, choices in found:
                    if known == step:
                        choices.append(on)
                        break
                else:
                    found.append((step, [on]))
        for step, choices in found:
            some = tuple(choices) if len(choices) < len(pairs) else ()
            yield replace(step, choices=some)

    def _compared(
        self, commit: Commit, changed: tuple[str, ...], before: Kept, after: Kept
    ) -> ChangingCommit:
        try:
            a, b = self._edition(before), self._edition(after)
        except NotTaken as error:
            why = str(error)
            return ChangingCommit(commit=commit, functions=changed, standing="not-taken", why=why)
        presets = self._walkthrough.presets
        every = differences(a, b, [preset.scenario for preset in presets])
        classes = [item for item in every if not _unknown(item, a, b)]
        if not classes:
            every += differences(a, b, parted(self._tell_apart(a, b)))
            classes = [item for item in every if not _unknown(item, a, b)]
            standing: Standing = "socket" if classes else "not-taken" if every else "none"
            return ChangingCommit(
                commit=commit,
                functions=changed,
                standing=standing,
                classes=tuple(classes),
                why=_unknown(every[0], a, b) if every and not classes else None,
            )
        shown = {scenario.query() for item in classes for scenario in item.members}
        return ChangingCommit(
            commit=commit,
            functions=changed,
            standing="preset",
            presets=tuple(item.id for item in presets if item.scenario.query() in shown),
            classes=tuple(classes),
        )


def _unknown(found: DifferenceClass, *editions: Edition) -> str | None:
    """What one of the two runs stopped at; None where they differ in what a socket sees.

    A rule of the kernel that is broken, or a loop without end, is seen.
    """
    for edition in editions:
        error = edition.trace(found.scenario).error
        if error and not isinstance(error, KernelRuleBroken | StepLimitExceeded):
            return f"some sockets see nothing of it, the runs of others stop: {error}"
    return None


def _changed(before: Kept, after: Kept, merged: Iterable[Kept]) -> tuple[str, ...]:
    """What is executed otherwise: functions, tables, and what was read off.

    Otherwise than in `before`, and than in each of those that were `merged`.
    """

    def parts(kept: Kept) -> dict[str, object]:
        found: dict[str, object] = {name: fact.value for name, fact in kept.facts.items()}
        found.update(kept.tables)
        found.update((piece.name, tokens_of(piece)) for piece in (*kept.shown, *kept.callees))
        return found

    new = parts(after)
    texts = [parts(text) for text in (before, *merged)]
    names = dict.fromkeys(name for text in (*texts, new) for name in text)
    return tuple(name for name in names if all(text.get(name) != new.get(name) for text in texts))


def report_step(step: ChangingCommit) -> CommitReport:
    """The step as JSON has it."""
    smallest = step.classes[0] if step.classes else None
    return {
        "commit": step.commit.id,
        "date": step.commit.date,
        "subject": step.commit.subject,
        "functions": list(step.functions),
        "standing": step.standing,
        "choices": [list(choice) for choice in step.choices],
        "presets": list(step.presets),
        "scenario": smallest.scenario.query() if smallest else None,
        "differs": smallest.differs if smallest else {},
        "decision": smallest.decision if smallest else None,
        "why": step.why,
    }
