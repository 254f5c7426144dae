# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough diff` and `walkthrough history`: what a socket can see of a change of the kernel."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from app.cli.common import (
    editions_option,
    find_walkthrough,
    interruptible,
    json_option,
    told,
    walkthrough_option,
)
from app.editions.cutting import cut
from app.editions.loading import load
from app.editions.patching import patched
from app.editions.records import Kept
from app.editions.trees import FILE_BYTES, MAIN, Tree, read_commit, read_trees
from app.errors import NotTaken, printable
from app.walkthrough.records import Edition, Walkthrough
from app.walkthrough.report import json_text

if TYPE_CHECKING:
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
@walkthrough_option
@editions_option
@json_option
def diff(a: str, b: str | None, patch: BinaryIO | None, name: str | None, as_json: bool) -> None:
    """Say which paths two texts of the function differ in, and for which sockets.

    A and B are kernel sources as for import, labels of imported kernels, or "own" for the
    walkthrough's text. Instead of B, a patch of A: walkthrough diff 6.12.117 --patch fix.patch

    Every path of both is run in both. The exit status is 0 if no socket sees a difference, 1 if
    one does, 2 where a text cannot be taken, and 3 where the patch does not apply.
    """
    if (b is None) == (patch is None):
        raise click.UsageError("Give a second text or --patch.")
    from app.editions.difference import differences, parted, report_differences, scenarios_of
    from app.walkthrough.atlas.store import AtlasFailed

    with told():
        walkthrough = find_walkthrough(name)
    status = _NO_TEXT
    try:
        if patch is not None:
            tree, chosen = _tree(walkthrough, a)
            before = _loaded(walkthrough, tree, chosen)
            name_b, data = patch.name.rpartition("/")[2], patch.read(FILE_BYTES + 1)
            status = _NO_PATCH
            changed = patched(tree, data)
            if changed.files == tree.files:
                said = f"{patch.name} changes no file that the function is in."
                click.echo(printable(said), err=True)
            editions = [before, _loaded(walkthrough, changed, chosen)]
        else:
            name_b = b or ""
            editions = [_text(walkthrough, text) for text in (a, name_b)]
        status = _NO_TEXT
        store = _store()
        atlases = [store.get(edition, walkthrough.function) for edition in editions]
        both = _both(store, walkthrough)(*editions)
    except (NotTaken, AtlasFailed) as error:
        said = f"{patch.name}: {error}" if patch and status == _NO_PATCH else str(error)
        click.echo(printable(said), err=True)
        sys.exit(status)
    scenarios = scenarios_of(walkthrough, atlases, parted(both))
    classes = differences(editions[0], editions[1], scenarios)
    report = report_differences((a, name_b), len(scenarios), classes, atlases[0])
    if as_json:
        click.echo(json_text(report))
        sys.exit(_DIFFERS if classes else 0)
    click.echo(
        f"{len(scenarios)} sockets, one for each pair of ends that the two texts can come to, "
        "were closed in both."
    )
    if not classes:
        click.echo("No socket sees a difference, within these inputs.")
    else:
        paths = {path for entry in report["classes"] for path in entry["paths"]}
        click.echo(f"{len(paths)} of {len(atlases[0].paths)} paths of {a} end otherwise.")
    for entry in report["classes"]:
        more = f" (and {entry['count'] - 1} more)" if entry["count"] > 1 else ""
        click.echo(f"\n{_socket(entry['scenario'])}{more}")
        if entry["paths"]:
            click.echo(f"  {'paths':<14}{' '.join(entry['paths'])}")
        if entry["decision"]:
            click.echo(f"  {'they part at':<14}{entry['decision']}")
        _echo_differences(entry["differs"])
    sys.exit(_DIFFERS if classes else 0)


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
@walkthrough_option
@json_option
def history(
    clone: Path, since: str | None, until: str, seconds: int, name: str | None, as_json: bool
) -> None:
    """Say of each commit of a clone that changed the function whether a socket can see it.

    For example: walkthrough history ~/linux --since v4.19

    The commits are read from git's objects; nothing is checked out. Each is compared with its
    parent: first all presets are run in both, and where none shows a difference, every path of
    both. The exit status is 2 where CLONE or a revision is none.
    """
    from app.editions.history import History, HistoryReport, report_step
    from app.walkthrough.atlas.store import AtlasFailed

    with told():
        walkthrough = find_walkthrough(name, with_editions=False)
    given = f"{since}..{until}" if since else until
    steps = []
    try:
        with interruptible():
            walk = History(clone, given, walkthrough, _both(_store(), walkthrough), seconds)
            for step in walk.steps():
                steps.append(step)
                if not as_json:
                    _echo_step(walkthrough, step)
    except (NotTaken, AtlasFailed) as error:
        click.echo(printable(str(error)), err=True)
        sys.exit(_NO_TEXT)
    report: HistoryReport = {
        "clone": str(clone),
        "range": given,
        "commits": len(walk.commits),
        "steps": [report_step(step) for step in steps],
        "unread": walk.unread.id if walk.unread else None,
    }
    if as_json:
        click.echo(json_text(report))
        return
    counts = Counter(step.standing for step in steps)
    seen = counts["preset"] + counts["socket"]
    click.echo(
        f"{len(walk.commits)} commits touched the files, {len(steps)} of them the function and "
        f"what it calls; a socket can see {seen}."
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


def _socket(query: str) -> str:
    return query.replace("&", " ") or "the defaults"


def _echo_differences(differs: dict[str, tuple[str, str]]) -> None:
    for what, (one, other) in differs.items():
        click.echo(f"  {what:<14}{one} → {other}")


def _both(
    store: AtlasStore, walkthrough: Walkthrough
) -> Callable[[Edition, Edition], Iterable[str]]:
    """What gives the sockets that tell two texts apart, as queries. Raises AtlasFailed."""
    return lambda one, other: store.ask_both(one, other, walkthrough.function).result()


def _store() -> AtlasStore:
    from app.walkthrough.atlas.store import AtlasStore, cache_folder

    return AtlasStore(cache_folder())


def _text(walkthrough: Walkthrough, name: str) -> Edition:
    """The text that a word means. Raises NotTaken."""
    if name == "own":
        return walkthrough.edition
    if name in walkthrough.kernels:
        return walkthrough.kernels[name]
    return _loaded(walkthrough, *_tree(walkthrough, name))


def _loaded(walkthrough: Walkthrough, tree: Tree, chosen: tuple[str, ...]) -> Edition:
    """The text of a tree, of several that with these names of the preprocessor."""
    found = cut(tree, walkthrough.function)
    kept = next((kept for kept in found if kept.chosen == chosen), found[0])
    return load(kept, walkthrough).edition


def _tree(walkthrough: Walkthrough, name: str) -> tuple[Tree, tuple[str, ...]]:
    """The files that a word means, and the names of the preprocessor that were chosen.

    Of a kernel that was imported its source is read again: only the function was kept of it.
    """
    if name == "own":
        files = {MAIN: walkthrough.edition.source.text.encode()}
        return Tree(files=files, name="own", origin="the walkthrough's own text"), ()
    kept: Kept | None = getattr(walkthrough.kernels, "kept", {}).get(name)
    if kept is None:
        return next(read_trees(name)), ()
    (label,) = (label for label in kept.labels if label.name == name)
    path, _, commit = label.origin.rpartition(" ")
    try:
        if re.fullmatch(r"[0-9a-f]{40,64}", commit):
            return read_commit(Path(path), commit), kept.chosen
        return next(read_trees(label.origin)), kept.chosen
    except NotTaken as error:
        raise NotTaken(f"the source of {name} cannot be read again: {error}") from error
