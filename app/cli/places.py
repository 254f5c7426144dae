# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Kernels that a command names: this machine's, a file, or a series of Debian's."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from app.errors import LabError

if TYPE_CHECKING:
    from app.i18n import Language
    from app.lab.guest.debian import Package
    from app.lab.place import Place

HERE: Final = "here"

kernels_option = click.option(
    "--kernel",
    "kernels",
    multiple=True,
    metavar="FILE",
    help="Boot this one in an emulator instead: a bzImage, a Debian package of one, or debian:6.1 "
    "(which is downloaded). May be repeated; `here` is this machine.",
)
modules_option = click.option(
    "--modules",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Where the modules of a bare bzImage are: /lib/modules/… of that kernel.",
)


def check_modules(kernels: tuple[str, ...], modules: Path | None) -> None:
    """Refuses modules where no kernel is started that they could be for."""
    if modules is not None and not set(kernels) - {HERE}:
        raise click.UsageError("--modules takes --kernel: the bzImage that they belong to")


yes_option = click.option("--yes", is_flag=True, help="Download without asking.")


@contextlib.contextmanager
def place_of(
    kernel: str, modules: Path | None, *, namespace: str = "auto", ask: Language | None
) -> Iterator[Place]:
    """Where to work. Raises LabError; before a download it asks, in a language."""
    from app.lab.guest import debian
    from app.lab.guest.booted import guest
    from app.lab.guest.image import read_image
    from app.lab.place import here
    from app.paths import cache_folder

    if kernel == HERE:
        yield here(namespace)
        return

    def asks(package: Package) -> bool:
        if ask is None:
            return True
        size = round(package.size / 1e6)
        said = ask.gettext("Download {name} {version}, {size} MB?")
        try:
            return click.confirm(
                said.format(name=package.name, version=package.version, size=size), err=True
            )
        except click.Abort:
            click.echo(err=True)
            raise LabError(
                "not-answered", "nobody has answered; --yes downloads without asking"
            ) from None

    file = Path(kernel)
    if kernel.startswith("debian:"):
        package = debian.newest(kernel.removeprefix("debian:"))
        file = debian.fetch(package, cache_folder() / "kernels", asks)
    with guest(read_image(file, modules)) as place:
        yield place
