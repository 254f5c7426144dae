# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a command tells who gave it something that it cannot use."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from app.cli.reading import problem_line
from app.errors import ContentError, ReaderError
from app.i18n import DEFAULT_LANGUAGE, language


@contextmanager
def told(lang: str = DEFAULT_LANGUAGE, *, broken_content: int = 1) -> Iterator[None]:
    """Ends the command with status 2 for bad input, `broken_content` where that does not load."""
    try:
        yield
    except ReaderError as error:
        for problem in error.problems:
            click.echo(problem_line(problem, language(lang)), err=True)
        sys.exit(2)
    except ContentError as error:
        click.echo(str(error), err=True)
        sys.exit(broken_content)
