# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Parts that the commands share: options, finding a walkthrough, refusals, columns of text."""

from __future__ import annotations

import signal
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from app.cli import editions_option, fail
from app.editions.store import with_kernels
from app.errors import (
    ContentError,
    InputProblem,
    NotFound,
    NotTaken,
    ReaderError,
    not_among,
    printable,
)
from app.i18n import DEFAULT_LANGUAGE, LANGUAGE_CODES, Language, language
from app.paths import CONTENT
from app.walkthrough.load import came_along, list_walkthroughs, load_walkthrough
from app.walkthrough.records import Edition, Walkthrough
from app.walkthrough.refusals import allowed, sentence
from app.walkthrough.report import json_text
from app.walkthrough.wording import source_sentence

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from app.walkthrough.atlas.records import Atlas

#: Characters of a message: folders, and what is allowed, may have been named by anyone.
MAX_LINE: Final = 4000
#: The exit status of what was interrupted, as shells have it.
INTERRUPTED = 130


def _read_options(
    _: click.Context, __: click.Parameter, path: Path | None
) -> Mapping[str, bool] | None:
    import gzip
    import lzma

    from app.editions.cutting import decoded, read_config
    from app.editions.trees import FILE_BYTES

    if path is None:
        return None
    packed = {".gz": gzip.GzipFile, ".xz": lzma.LZMAFile}.get(path.suffix)
    try:
        with packed(path) if packed else path.open("rb") as file:
            return read_config(decoded(file.read(FILE_BYTES)))
    except (OSError, EOFError, lzma.LZMAError) as error:
        raise click.BadParameter(f"{path}: {error}") from error


config_option = click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    callback=_read_options,
    help="The kernel's .config, /proc/config.gz too: it decides #ifdefs inside the functions.",
)


#: Options that several commands have.
_OPTIONS: Final = {
    "lang": click.option(
        "--lang", type=click.Choice(LANGUAGE_CODES), default="en", help="Language of the texts."
    ),
    "json": click.option(
        "--json", "as_json", is_flag=True, help="Print JSON, as the API gives it."
    ),
    "walkthrough": click.option(
        "--walkthrough", "name", help="Of which function; else of the first."
    ),
    "edition": click.option(
        "--variant",
        "--kernel",
        "variant",
        help="Of a variant of the source, or of an imported kernel by its label.",
    ),
    "editions": editions_option,
}


@dataclass(kw_only=True)
class Asked:
    """What a command was told by the options that several have, and what these name.

    That is read when it is wanted. Raises ReaderError where there is none of a name, and
    ContentError where a walkthrough has mistakes.
    """

    name: str | None = None
    variant: str | None = None
    as_json: bool = False
    lang: str = DEFAULT_LANGUAGE
    with_editions: bool = True

    @cached_property
    def words(self) -> Language:
        """The language of the texts."""
        return language(self.lang)

    @cached_property
    def walkthrough(self) -> Walkthrough:
        """The one of the name, the first of the library without one, with the reader's kernels."""
        known = library()
        name = self.name if self.name is not None else next(iter(known), "")
        if name not in known:
            raise NotFound([not_among("unknown-walkthrough", "walkthrough", name, known)])
        folder = known[name]
        found = load_walkthrough(folder, is_checked=came_along(folder))
        return with_kernels(found) if self.with_editions else found

    @cached_property
    def edition(self) -> Edition:
        """The text that is asked for, else the walkthrough's own."""
        return self.walkthrough.edition_of(self.variant)

    @cached_property
    def atlas(self) -> Atlas:
        """The atlas of that text. Raises AtlasFailed."""
        # Only who asks for an atlas waits for what makes it.
        from app.walkthrough.atlas.store import AtlasStore, cache_folder

        return AtlasStore(cache_folder()).get(self.edition, self.walkthrough.function)

    def printed(self, report: Mapping[str, Any]) -> bool:
        """Prints a report as JSON where that was asked for; whether it was."""
        if self.as_json:
            click.echo(json_text(report))
        return self.as_json

    def echo_source(self) -> None:
        """Below what names lines: whose text it is, and from where they are counted."""
        show("", source_sentence(self.walkthrough, self.words, self.variant))


#: What the fields of `Asked` are called among the parameters of a command.
_SHARED: Final = ("name", "variant", "as_json", "lang")
_Command = Callable[..., None]


def asking(
    *options: str, with_editions: bool = True, broken_content: int = 1
) -> Callable[[_Command], _Command]:
    """A command with these shared options, which gets what they say as its first argument.

    It ends with status 2 for bad input, a kernel that cannot be taken in too, and
    `broken_content` where that does not load. `with_editions` says whether the walkthrough comes
    with the kernels that the reader imported.
    """

    def with_options(command: _Command) -> _Command:
        @wraps(command)
        def called(**values: Any) -> None:
            said = {key: values.pop(key) for key in _SHARED if key in values}
            asked = Asked(**said, with_editions=with_editions)
            try:
                command(asked, **values)
            except ReaderError as error:
                for problem in error.problems:
                    click.echo(problem_line(problem, asked.words), err=True)
                sys.exit(2)
            except NotTaken as error:
                fail(printable(str(error), MAX_LINE), 2)
            except ContentError as error:
                fail(error, broken_content)

        for option in reversed(options):
            called = _OPTIONS[option](called)
        return called

    return with_options


def content() -> tuple[Path, ...]:
    """The folders of walkthroughs, those of an id in the first of them win.

    What `walkthrough --content` said, and with that, unless it said --alone, the program's own.
    """
    said = click.get_current_context().find_root().params
    given: Path | None = said.get("content")
    return tuple(path for path in (given, None if said.get("alone") else CONTENT) if path)


def library() -> Mapping[str, Path]:
    """The folders of the walkthroughs by their ids."""
    return list_walkthroughs(content())


def problem_line(problem: InputProblem, words: Language) -> str:
    """A problem in a line: what is wrong, the nearest match, what is allowed."""
    parts = [sentence(problem, words)]
    if problem.nearest:
        parts.append(words.gettext("Did you mean {nearest}?").format(nearest=problem.nearest))
    parts.append(words.gettext("Allowed: {allowed}").format(allowed=allowed(problem, words)))
    return printable(words.space.join(parts), MAX_LINE)


@contextmanager
def interruptible(status: int = INTERRUPTED) -> Iterator[None]:
    """Ctrl+C is an exception here, which cleans up on its way; then it ends the command.

    Everywhere else it ends the program at once. With `status` 0 that is how the command ends, and
    nothing is said.
    """
    before = signal.getsignal(signal.SIGINT)
    is_ours = threading.current_thread() is threading.main_thread() and before != signal.SIG_IGN
    try:
        if is_ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        yield
    except KeyboardInterrupt:
        if status:
            click.echo("Interrupted.", err=True)
        sys.exit(status)
    finally:
        if is_ours:
            signal.signal(signal.SIGINT, before)


def padded(text: str, width: int) -> str:
    """The text with blanks behind it, to so many places of a terminal."""
    places = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
    return text + " " * (width - places)


def table_of(*names: str) -> Table:
    """An empty table with these columns."""
    # Only people wait for a table, so only they wait for its library.
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in names:
        table.add_column(name, overflow="fold")
    return table


def named(name: str, text: str) -> Text:
    """A line of what something is called, and it."""
    from rich.text import Text

    return Text(padded(name, 14), style="dim") + Text(text)


def show(*parts: Table | Text | str) -> None:
    """Prints what people read, each on lines of its own; nothing in a text is markup."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for part in parts:
        console.print(Text(part) if isinstance(part, str) else part)
