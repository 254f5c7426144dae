# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough diff` and `walkthrough history`: what a socket can see of a change of the kernel."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from app.cli import fail
from app.cli.common import Asked, asking, config_option, interruptible
from app.editions.cutting import Choices, alike, cut_choices
from app.editions.loading import load
from app.editions.patching import patched
from app.editions.records import Kept
from app.editions.trees import FILE_BYTES, MAIN, Tree, read_commit, read_trees
from app.errors import NotTaken, printable
from app.walkthrough.records import Edition, Walkthrough

if TYPE_CHECKING:
    from app.editions.difference import DifferenceReport
    from app.editions.history import ChangingCommit
    from app.walkthrough.atlas.store import AtlasStore

#: Exit statuses: a socket sees a difference; a text cannot be taken; the patch does not apply.
_DIFFERS, _NO_TEXT, _NO_PATCH = 1, 2, 3


@click.command()
@click.argument("a")
@click.argument("b", required=False)
@click.option(
    "--patch", type=click.File("rb"), help="What makes B of A: a unified diff; - reads it."
)
@config_option
@asking("walkthrough", "editions", "json")
def diff(
    asked: Asked,
    a: str,
    b: str | None,
    patch: BinaryIO | None,
    config: Mapping[str, bool] | None,
) -> None:
    """Say which paths two texts of the function differ in, and for which sockets.

    A and B are kernel sources as for import, labels of imported kernels, or "own" for the
    walkthrough's text. Instead of B, a patch of A: walkthrough diff 6.12.117 --patch fix.patch

    Every path of both is run in both, for each choice of #ifdefs that --config leaves open. The
    exit status is 0 if no socket sees a difference, 1 if one does, 2 where a text cannot be taken,
    and 3 where the patch does not apply.
    """
    if (b is None) == (patch is None):
        raise click.UsageError("Give a second text or --patch.")
    from app.walkthrough.atlas.store import AtlasFailed

    walkthrough, status = asked.walkthrough, _NO_TEXT
    texts = _Texts(walkthrough, config)
    try:
        if patch is not None:
            tree = texts.tree(a)
            one = texts.cut(a, tree)
            name_b, data = patch.name.rpartition("/")[2], patch.read(FILE_BYTES + 1)
            status = _NO_PATCH
            changed = patched(tree, data)
            if changed.files == tree.files:
                said = f"{patch.name} changes no file that the function is in."
                click.echo(printable(said), err=True)
            other = cut_choices(changed, walkthrough.function, config)
        else:
            name_b, one = b or "", texts.choices(a)
            other = texts.choices(name_b)
        pairs = [(on, texts.edition(x), texts.edition(y)) for on, x, y in alike(one, other)]
        status = _NO_TEXT
        found = [_compared(walkthrough, (a, name_b), pair) for pair in pairs]
    except (NotTaken, AtlasFailed) as error:
        said = f"{patch.name}: {error}" if patch and status == _NO_PATCH else str(error)
        fail(printable(said), status)
    status = _DIFFERS if any(report["classes"] for report, _ in found) else 0
    if asked.as_json:
        whole: DifferenceReport = {
            "a": a,
            "b": name_b,
            "tried": sum(report["tried"] for report, _ in found),
            "classes": [entry for report, _ in found for entry in report["classes"]],
        }
        asked.printed(whole)
        sys.exit(status)
    for (chosen, _, _), (report, paths) in zip(pairs, found, strict=True):
        if len(found) > 1:
            click.echo(f"\n#ifdef: {_choice(chosen)}")
        _echo_report(report, paths)
    sys.exit(status)


def _compared(
    walkthrough: Walkthrough, names: tuple[str, str], pair: tuple[tuple[str, ...], Edition, Edition]
) -> tuple[DifferenceReport, int]:
    """What differs in two texts, and how many paths the first has. Raises AtlasFailed."""
    from app.editions.difference import differences, parted, report_differences, scenarios_of

    chosen, one, other = pair
    store = _store()
    atlases = [store.get(edition, walkthrough.function) for edition in (one, other)]
    both = _both(store, walkthrough)(one, other)
    scenarios = scenarios_of(walkthrough, atlases, parted(both))
    classes = differences(one, other, scenarios)
    report = report_differences(names, len(scenarios), classes, atlases[0], chosen)
    return report, len(atlases[0].paths)


def _echo_report(report: DifferenceReport, paths: int) -> None:
    click.echo(
        f"{report['tried']} sockets, one for each pair of ends that the two texts can come to, "
        "were closed in both."
    )
    if not report["classes"]:
        click.echo("No socket sees a difference, within these inputs.")
    else:
        otherwise = {path for entry in report["classes"] for path in entry["paths"]}
        click.echo(f"{len(otherwise)} of {paths} paths of {report['a']} end otherwise.")
    for entry in report["classes"]:
        more = f" (and {entry['count'] - 1} more)" if entry["count"] > 1 else ""
        click.echo(f"\n{_socket(entry['scenario'])}{more}")
        if entry["paths"]:
            click.echo(f"  {'paths':<14}{' '.join(entry['paths'])}")
        if entry["decision"]:
            click.echo(f"  {'they part at':<14}{entry['decision']}")
        _echo_differences(entry["differs"])


@click.command()
@click.argument("clone", type=click.Path(exists=True, path_type=Path))
@click.option("--since", help="Only what is not in this revision: v4.19.")
@click.option("--until", default="HEAD", help="Up to this revision; else what is checked out.")
@click.option(
    "--seconds",
    default=900,
    type=click.IntRange(1, 86_400),
    help="How long to go on; what is left is said.",
)
@config_option
@asking("walkthrough", "json", with_editions=False)
def history(
    asked: Asked,
    clone: Path,
    since: str | None,
    until: str,
    seconds: int,
    config: Mapping[str, bool] | None,
) -> None:
    """Say of each commit of a clone that changed the function whether a socket can see it.

    For example: walkthrough history ~/linux --since v4.19

    The commits are read from git's objects; nothing is checked out. Each is compared with its
    parent: first all presets are run in both, and where none shows a difference, every path of
    both; of #ifdefs that --config leaves open each choice. The exit status is 2 where CLONE or a
    revision is none.
    """
    from app.editions.history import History, HistoryReport, report_step
    from app.walkthrough.atlas.store import AtlasFailed

    walkthrough = asked.walkthrough
    given = f"{since}..{until}" if since else until
    steps = []
    try:
        with interruptible():
            tell_apart = _both(_store(), walkthrough)
            walk = History(clone, given, walkthrough, tell_apart, seconds=seconds, config=config)
            for step in walk.steps():
                steps.append(step)
                if not asked.as_json:
                    _echo_step(walkthrough, step)
    except AtlasFailed as error:
        fail(printable(str(error)), _NO_TEXT)
    report: HistoryReport = {
        "clone": str(clone),
        "range": given,
        "commits": len(walk.commits),
        "steps": [report_step(step) for step in steps],
        "unread": walk.unread.id if walk.unread else None,
    }
    if asked.printed(report):
        return
    changing = {step.commit.id for step in steps}
    seen = {step.commit.id for step in steps if step.standing in {"preset", "socket"}}
    click.echo(
        f"{len(walk.commits)} commits touched the files, {len(changing)} of them the function and "
        f"what it calls; a socket can see {len(seen)}."
    )
    if walk.unread:
        left = len(walk.commits) - walk.commits.index(walk.unread)
        click.echo(
            f"After {seconds} s {left} commits are left; go on with --since {walk.unread.id[:12]}^"
        )


def _echo_step(walkthrough: Walkthrough, step: ChangingCommit) -> None:
    commit = step.commit
    click.echo(printable(f"{commit.date}  {commit.id[:12]}  {commit.subject}"))
    if step.functions:
        click.echo(f"  {'changed':<14}{', '.join(step.functions)}")
    if step.choices:
        said = "; ".join(_choice(choice) for choice in step.choices)
        click.echo(printable(f"  {'#ifdef':<14}{said}"))
    if step.standing == "none":
        click.echo("  no socket sees it")
    elif step.standing == "begins":
        click.echo("  the function begins here, as far as it can be read")
    elif step.why:
        click.echo(f"  {'not compared':<14}{printable(step.why)}")
    if step.standing == "socket":
        for item in step.classes[:1]:
            click.echo(f"  {'socket':<14}{_socket(item.scenario.query())}")
            _echo_differences(item.differs)
    elif step.standing == "preset":
        for item in step.classes:
            queries = {scenario.query() for scenario in item.members}
            for preset in walkthrough.presets:
                if (query := preset.scenario.query()) in queries:
                    address = f"/{walkthrough.id}?{query}".removesuffix("?")
                    click.echo(f"  {'preset':<14}{preset.id}  {address}")
            _echo_differences(item.differs)
    click.echo()


def _choice(chosen: Iterable[str]) -> str:
    return f"with {', '.join(chosen) or 'none of them'}"


def _socket(query: str) -> str:
    return query.replace("&", " ") or "the defaults"


def _echo_differences(differs: dict[str, tuple[str, str]]) -> None:
    for what, (one, other) in differs.items():
        click.echo(f"  {what:<13} {one} → {other}")


def _both(
    store: AtlasStore, walkthrough: Walkthrough
) -> Callable[[Edition, Edition], Iterable[str]]:
    """What gives the sockets that tell two texts apart, as queries. Raises AtlasFailed."""
    return lambda one, other: store.ask_both(one, other, walkthrough.function).result()


def _store() -> AtlasStore:
    from app.walkthrough.atlas.store import AtlasStore, cache_folder

    return AtlasStore(cache_folder())


class _Texts:
    """The texts that words mean, on the command line."""

    def __init__(self, walkthrough: Walkthrough, config: Mapping[str, bool] | None) -> None:
        self._walkthrough = walkthrough
        self._config = config
        #: Of labels and of the own text, by the digest.
        self._editions: dict[str, Edition] = {}

    def choices(self, name: str) -> Choices:
        """The text of a word, or its texts. Raises NotTaken."""
        kept = self._kept(name)
        if kept is not None:
            self._editions[kept.digest] = self._walkthrough.kernels[name]
            chosen = frozenset(kept.chosen)
            return Choices(names=chosen.union(kept.undecided), texts={chosen: kept})
        return self.cut(name, self.tree(name))

    def cut(self, name: str, tree: Tree) -> Choices:
        """The texts of a word's tree; of a label only that of its choice. Raises NotTaken."""
        found = cut_choices(tree, self._walkthrough.function, self._config)
        if name == "own":
            self._editions[found.like(frozenset()).digest] = self._walkthrough.edition
        kept = self._kept(name)
        if kept is None:
            return found
        chosen = found.names.intersection(kept.chosen)
        return Choices(names=found.names, texts={chosen: found.like(chosen)})

    def edition(self, kept: Kept) -> Edition:
        """The text that can be run. Raises NotTaken."""
        if kept.digest not in self._editions:
            self._editions[kept.digest] = load(kept, self._walkthrough).edition
        return self._editions[kept.digest]

    def tree(self, name: str) -> Tree:
        """The files that a word means. Raises NotTaken.

        Of a kernel that was imported they are read again: only the function was kept of it.
        """
        if name == "own":
            files = {MAIN: self._walkthrough.edition.source.text.encode()}
            return Tree(files=files, name="own", origin="the walkthrough's own text")
        kept = self._kept(name)
        if kept is None:
            return next(read_trees(name))
        (label,) = (label for label in kept.labels if label.name == name)
        path, _, commit = label.origin.rpartition(" ")
        try:
            if re.fullmatch(r"[0-9a-f]{40,64}", commit):
                return read_commit(Path(path), commit)
            return next(read_trees(label.origin))
        except NotTaken as error:
            raise NotTaken(f"the source of {name} cannot be read again: {error}") from error

    def _kept(self, name: str) -> Kept | None:
        if name not in self._walkthrough.kernels:
            return None
        kept: Kept = self._walkthrough.kernels.kept[name]  # type: ignore[attr-defined]
        return kept
