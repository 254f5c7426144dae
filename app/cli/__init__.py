# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The command line: a command per module, imported when it is asked for."""

from __future__ import annotations

import ast
import gc
import os
import sys
from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from typing import Final, NoReturn

import click

from app import paths
from app.web.settings import ALONE, CONTENT

_COMMANDS: Final = (
    *("atlas", "capture", "check", "compare", "diff", "editions", "export", "history", "import"),
    *("lab", "life", "new", "schema", "serve", "settings", "symptom", "trace", "watch", "witness"),
)
#: The modules of those that are not called like theirs.
_MODULES: Final = {
    **dict.fromkeys(("diff", "history"), "differences"),
    **dict.fromkeys(("import", "editions"), "kernels"),
}


class _Commands(click.Group):
    """Who serves pages waits for no other command's modules."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        name = f"app.cli.{_module(cmd_name)}"
        if name not in sys.modules:
            # What is imported stays for good: to look for garbage among it would only cost time.
            gc.disable()
            import_module(name)
            gc.freeze()
            gc.enable()
        command: click.Command = getattr(sys.modules[name], _function(cmd_name))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands by what they say of themselves, without importing any."""
        width = formatter.width - 6 - max(map(len, _COMMANDS))
        with formatter.section("Commands"):
            formatter.write_dl(
                [
                    (name, click.Command(name, help=_help(name)).get_short_help_str(width))
                    for name in _COMMANDS
                ]
            )


def _module(command: str) -> str:
    return _MODULES.get(command, command)


def _function(command: str) -> str:
    return f"{command}_" if iskeyword(command) else command


def _help(command: str) -> str:
    """The docstring of a command."""
    text = (paths.PACKAGE / "cli" / f"{_module(command)}.py").read_text(encoding="utf-8")
    return next(
        ast.get_docstring(item) or ""
        for item in ast.parse(text).body
        if isinstance(item, ast.FunctionDef) and item.name == _function(command)
    )


def fail(why: object, status: int = 1) -> NoReturn:
    """Ends the command, and says why."""
    click.echo(str(why), err=True)
    sys.exit(status)


def _say_folder(_: click.Context, __: click.Parameter, folder: Path | None) -> None:
    # By the environment, so that whoever reads kernels finds them, worker processes too.
    if folder is not None:
        os.environ[paths.EDITIONS] = str(folder.absolute())


editions_option = click.option(
    "--editions",
    type=click.Path(file_okay=False, path_type=Path),
    callback=_say_folder,
    expose_value=False,
    help="Folder of the imported kernels; else in the user's state folder.",
)


def _with_walkthroughs(_: click.Context, __: click.Parameter, folder: Path | None) -> Path | None:
    if folder is not None:
        # It reads content, which most commands do only later, and the help never.
        from app.walkthrough.load import list_walkthroughs

        if not list_walkthroughs(folder):
            raise click.BadParameter(f"{folder} has no folder with a walkthrough.yaml")
    return folder


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--content",
    envvar=CONTENT,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    callback=_with_walkthroughs,
    help="Folder of walkthroughs, one folder each, beside those that came with the program.",
)
@click.option(
    "--alone", envvar=ALONE, is_flag=True, help="Only those of --content, not the program's own."
)
@editions_option
def main(content: Path | None, alone: bool) -> None:
    """Read a kernel function, choose a socket, see its path."""
    if alone and content is None:
        raise click.UsageError("--alone needs --content: without both there is nothing to read")
    if content is not None and not alone:
        from app.errors import printable
        from app.walkthrough.load import list_walkthroughs

        for name in list_walkthroughs(content).keys() & list_walkthroughs(paths.CONTENT).keys():
            said = f"{name}: the one in {content} is taken, not the one that came with the program"
            click.echo(printable(said), err=True)
