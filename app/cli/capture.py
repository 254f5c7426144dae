# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough capture`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli import fail
from app.cli.common import Asked, asking
from app.errors import LabError

if TYPE_CHECKING:
    from app.i18n import Language
    from app.lab.capture.connections import Table
    from app.lab.capture.files import Counted
    from app.lab.capture.report import ConnectionReport


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--all", "with_open", is_flag=True, help="Also connections of which no end is seen.")
@asking("walkthrough", "edition", "json", "lang")
def capture(asked: Asked, file: Path, with_open: bool) -> None:
    """Say how each connection in a packet capture ended, and which paths that fits.

    FILE is a pcap or pcapng file, such as tcpdump -w writes; headers are enough (tcpdump -s 128).
    Data in it is not looked at. --kernel says of which kernel's text the paths are.

    The exit status is 2 for bad input, and 3 where the file cannot be read as a capture.
    """
    from app.lab.capture.connections import Table
    from app.lab.capture.files import Counted, segments_of
    from app.lab.capture.fitting import Fitting
    from app.lab.capture.report import CaptureWords
    from app.walkthrough.which.asking import Which

    try:
        edition, counted, table = asked.edition, Counted(), Table()
        # Opened before anything that takes time.
        segments = segments_of(file, counted)
        fitting = Fitting(Which(edition, asked.atlas))
        words = CaptureWords(asked.walkthrough, edition, fitting, asked.words)
        show = _Json() if asked.as_json else _Text(asked.words)
        for connection in table.connections(segments):
            if connection.has_ended or with_open or asked.as_json:
                show.connection(words.connection(connection))
            show.open_count += not connection.has_ended
        show.end(counted, table)
    except LabError as error:
        fail(error.message, 3)


class _Json:
    """The document, written as it comes: a capture may have many connections."""

    def __init__(self) -> None:
        self.open_count = 0
        self._is_first = True
        click.echo('{"connections": [', nl=False)

    def connection(self, report: ConnectionReport) -> None:
        click.echo(("" if self._is_first else ",") + "\n" + json.dumps(report, ensure_ascii=False))
        self._is_first = False

    def end(self, counted: Counted, table: Table) -> None:
        summary = {
            "packets": counted.packets,
            "not_read": counted.others,
            "cut": counted.cut,
            "let_go": table.let_go,
            "without_end": self.open_count,
        }
        click.echo("], " + json.dumps(summary, ensure_ascii=False)[1:])


class _Text:
    """A paragraph for each connection, and what was read in the end."""

    def __init__(self, words: Language) -> None:
        self.open_count = 0
        self._count = 0
        self._words = words
        self._ = words.gettext

    def connection(self, report: ConnectionReport) -> None:
        self._count += 1
        first, second = report["ends"]
        begun = report["at"]
        when = "" if begun is None else f"  {datetime.fromtimestamp(begun, UTC):%H:%M:%S.%f} UTC"
        lines = [click.style(f"{first} – {second}{when}", bold=True)]
        if not report["closes"]:
            lines.append(f"  {report['says']}")
        for close in report["closes"]:
            lines.append(f"  {close['says']}")
            if close["how"] == "none" and report["closer"] is not None:
                continue
            for number, entry in enumerate(close["entries"], 1):
                text = self._words.ngettext(
                    "One path: {link}",
                    "{count} paths that are the same on the wire, the likeliest: {link}",
                    len(entry["paths"]),
                ).format(count=len(entry["paths"]), link=entry["link"])
                lines.append(f"    {number}. {text}")
                if entry["look"] is not None:
                    asks = self._("To tell: {question}").format(question=entry["look"])
                    lines.append(f"       {asks}")
        click.echo("\n".join(lines) + "\n")

    def end(self, counted: Counted, table: Table) -> None:
        parts = [
            self._words.ngettext(
                "{packets} packets; one connection.",
                "{packets} packets; {count} connections.",
                self._count,
            ).format(packets=f"{counted.packets:,}", count=f"{self._count:,}")
        ]
        if counted.others:
            text = self._("{count} packets are not TCP, or of a header that was cut.")
            parts.append(text.format(count=f"{counted.others:,}"))
        if self.open_count:
            text = self._("Of {count} connections no end is seen (--all shows them too).")
            parts.append(text.format(count=f"{self.open_count:,}"))
        if table.let_go:
            text = self._(
                "Only {most} connections are remembered at once: {count} were let go before they "
                "ended."
            )
            parts.append(text.format(most=f"{table.most:,}", count=f"{table.let_go:,}"))
        if counted.cut is not None:
            parts.append(self._("The file is cut: {reason}.").format(reason=counted.cut))
        click.echo(self._words.space.join(parts))
