# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough import` and `walkthrough editions`: the reader's own kernels."""

from __future__ import annotations

import platform
import re
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import click

from app.cli import fail
from app.cli.common import Asked, asking, config_option, show, table_of
from app.editions.cutting import MAX_UNDECIDED, cut
from app.editions.loading import load
from app.editions.report import ImportReport, report_import
from app.editions.store import Store
from app.editions.trees import read_trees
from app.errors import NotTaken
from app.paths import editions_folder
from app.walkthrough.records import Walkthrough

#: The end of a run that did not come to the end.
_STOP = ("stopped",)
#: Where distributions put the source of a kernel, by the two numbers of its version.
_PLACES = (
    "/usr/src/linux-source-{version}*.tar.*",
    "/usr/src/linux-source-{version}*/linux-source-{version}*.tar.*",
    "/usr/src/linux-source-{version}*/net/ipv4/tcp.c",
    "/usr/src/linux-{version}*/net/ipv4/tcp.c",
    "/usr/src/kernels/{version}*/net/ipv4/tcp.c",
)


@click.command("import")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--rev", "revisions", multiple=True, help="Of a git clone: a revision, or a range.")
@config_option
@click.option("--label", help="What to call it; else what the tree says.")
@asking("walkthrough", "editions", "json", with_editions=False)
def import_(
    asked: Asked,
    sources: tuple[str, ...],
    revisions: tuple[str, ...],
    config: Mapping[str, bool] | None,
    label: str | None,
) -> None:
    """Take the function out of kernel sources, to read and run it beside the walkthrough's own.

    SOURCE is a kernel's tree, a tarball of one, a file tcp.c, or with --rev a git clone. Without
    one, the source of the running kernel is looked for where distributions put it.

    For example: walkthrough import /usr/src/linux-source-6.12.tar.xz

    What is kept stays on this machine, a few kB a text. The exit status is 2 where something
    could not be taken; the others were.
    """
    walkthrough = asked.walkthrough
    reports: list[ImportReport] = []
    has_failed = False
    sources = sources or (_running(),)
    if label is not None and (len(sources) > 1 or len(revisions) > 1):
        raise NotTaken("--label is for one source")
    for source in sources:
        try:
            for tree in read_trees(source, revisions):
                for kept in cut(tree, walkthrough.function, config, label):
                    load(kept, walkthrough)
                    kept = Store(editions_folder(), walkthrough.id).add(kept)
                    reports.append(report_import(walkthrough, load(kept, walkthrough)))
                    if not asked.as_json:
                        _print(walkthrough, reports[-1])
        except NotTaken as error:
            click.echo(str(error), err=True)
            has_failed = True
    asked.printed({"imported": reports})
    sys.exit(2 if has_failed else 0)


def _running() -> str:
    """The source of the running kernel. Raises NotTaken, which says what to install."""
    release = platform.release()
    match = re.match(r"\d+\.\d+", release)
    version = match[0] if match else release
    build = Path(f"/lib/modules/{release}/source")
    if (build / "net/ipv4/tcp.c").exists():
        return str(build)
    for pattern in _PLACES:
        for path in sorted(Path("/").glob(pattern.format(version=version)[1:]), reverse=True):
            # `6.1*` is `6.12` too.
            if not re.search(rf"{re.escape(version)}(?!\d)", str(path)):
                continue
            return str(path.parents[2] if path.name == "tcp.c" else path)
    try:
        system = Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        system = ""
    kinds = " ".join(re.findall(r'^ID(?:_LIKE)?="?([^"\n]*)', system, re.MULTILINE)).split()
    if "ubuntu" in kinds:
        how = "sudo apt install linux-source"
    elif "debian" in kinds:
        how = f"sudo apt install linux-source-{version}"
    else:
        how = (
            "install your distribution's package of the kernel's source (kernel-source, "
            "linux-source, or the .src.rpm of the kernel), or unpack it from kernel.org"
        )
    others = sorted(str(path) for path in Path("/usr/src").glob("linux-source-*.tar.*"))
    there = f"; there is {', '.join(others)}, which can be named" if others else ""
    raise NotTaken(f"no source of the running kernel {release} was found{there}. To have it: {how}")


def _print(walkthrough: Walkthrough, report: ImportReport) -> None:
    """A report for people."""

    def line(name: str, text: str) -> None:
        if text:
            click.echo(f"  {name:<12}{text}")

    (last,) = report["labels"][-1:]
    click.echo(f"{last.name}  (told by {last.how})")
    others = [label.name for label in report["labels"] if label is not last]
    line("digest", report["digest"] + (f", the same as {', '.join(others)}" if others else ""))
    line("from", f"{last.origin}, {report['licence']}")
    if report["undecided"]:
        chosen = ", ".join(report["chosen"]) or "none of them"
        line("#ifdef", f"{', '.join(report['undecided'])}: with {chosen}; --config decides")
        if len(report["undecided"]) > MAX_UNDECIDED:
            choices = 2 ** len(report["undecided"])
            line("", f"of these {choices:,} choices only none and all of the names were read")
    for function in report["functions"]:
        note = "" if function["executed"] else f"; modelled: {function['why_not']}"
        where = f"{function['file']}:{function['line']}, {function['lines']} lines{note}"
        line("function", f"{function['name']}  {where}")
    for name, fact in report["facts"].items():
        said = (
            f"{fact.file}:{fact.line}: {fact.code}" if fact.file else "assumed: not in the source"
        )
        line("read off", f"{name} = {fact.value}  ({said})")
    for kind, standings in (("blocks", report["blocks"]), ("decisions", report["decisions"])):
        counts = Counter(standings.values())
        counted = ", ".join(f"{counts[s]} {s}" for s in ("same", "edited", "absent", "new"))
        line(kind, counted)
        for standing in ("edited", "absent", "new"):
            ids = [name for name, its in standings.items() if its == standing]
            if ids:
                line("", f"{standing}: {', '.join(ids)}")
    for total in report["totals"]:
        said = f"not added up; the input {total['input']} says whether it is above its limit"
        line("total", f"{total['name']} in {total['function']}: {said}")
    names: dict[str, dict[str, None]] = {}
    for unknown in report["unknown"]:
        becomes = f"in {unknown['function']}: {unknown['becomes']}"
        names.setdefault(becomes, {})[unknown["name"]] = None
    for becomes, found in names.items():
        line("unknown", f"{', '.join(found)} {becomes}")
    if not report["presets"]:
        line("presets", "all end as in the walkthrough’s own text")
    stopped = [item for item in report["presets"] if item["differs"].get("fate", "")[1:] == _STOP]
    if len(stopped) == len(walkthrough.presets):
        line("presets", "all stop: the text can be read, but not run")
    elif stopped:
        those = ", ".join(item["id"] for item in stopped)
        line("presets", f"stop, at what is unknown or against the kernel's rules: {those}")
    for preset in report["presets"]:
        if preset in stopped:
            continue
        what = "; ".join(
            f"{name} {own} → {here}" for name, (own, here) in preset["differs"].items()
        )
        line("preset", f"{preset['id']}: {what}")
    line("read it", f"/{walkthrough.id}?kernel={last.name}")


@click.group("editions", invoke_without_command=True)
@asking("walkthrough", "editions", "json", with_editions=False)
def editions(asked: Asked) -> None:
    """List the kernels that were imported; `remove` forgets one."""
    walkthrough, context = asked.walkthrough, click.get_current_context()
    context.obj = walkthrough
    if context.invoked_subcommand is not None:
        return
    store = Store(editions_folder(), walkthrough.id)
    found = store.all()
    kinds = [{"digest": k.digest, "labels": k.labels, "licence": k.licence} for k in found]
    if asked.printed({"editions": kinds}):
        return
    if not found:
        click.echo(f"None in {store.folder}; walkthrough import SOURCE takes one in.")
        return
    table = table_of("kernel", "digest", "told by", "from", "licence")
    for kept in found:
        for label in kept.labels:
            table.add_row(label.name, kept.digest, label.how, label.origin, kept.licence)
    show(table)


@editions.command("remove")
@click.argument("labels", nargs=-1, required=True)
@click.pass_obj
def remove(walkthrough: Walkthrough, labels: tuple[str, ...]) -> None:
    """Forget kernels by their label or digest."""
    store = Store(editions_folder(), walkthrough.id)
    try:
        for label in labels:
            store.remove(label)
            click.echo(f"{label} is removed.")
    except NotTaken as error:
        fail(error, 2)
