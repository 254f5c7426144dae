# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""`walkthrough settings`, and the options that it has in common with `walkthrough serve`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import click

from app.cli import fail
from app.web.settings import SETTINGS, Setting, SettingsError, read_settings

_Command = TypeVar("_Command", bound=Callable[..., Any])


def settings_options(command: _Command) -> _Command:
    """A click decorator: an option for each setting, as text, None where it is not given."""
    for setting in reversed(SETTINGS):
        help_ = f"{setting.text} [{setting.variable}; default: {setting.default}]"
        command = click.option(
            setting.option, setting.name, metavar=setting.kind.metavar, help=help_
        )(command)
    return command


@click.command()
@settings_options
def settings(**options: str | None) -> None:
    """Print every setting with its present value, or what is wrong with them.

    It takes the options of `walkthrough serve`, and reads the same environment variables. Values
    that are secret are not printed.
    """
    try:
        present = read_settings(options)
    except SettingsError as error:
        fail(error, 2)
    rows = [
        (s.option, s.of(present), _where_from(s, options), s.variable, s.text) for s in SETTINGS
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        click.echo("  ".join(_padded(row, widths)))


def _padded(row: tuple[str, ...], widths: list[int]) -> Iterator[str]:
    for text, width in zip(row, [*widths, 0], strict=True):
        yield text.ljust(width)


def _where_from(setting: Setting, options: dict[str, str | None]) -> str:
    if options.get(setting.name) is not None:
        return "option"
    return "environment" if os.environ.get(setting.variable) else "default"
