# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Draws the icon as PNG for those who take no SVG: `python -m tools.icons`, after it changed."""

from typing import Final

import resvg_py

from app.paths import STATIC

#: Tabs and favicon.ico, Apple's home screen, the manifest's two.
SIZES: Final = (32, 180, 192, 512)


def main() -> None:
    """Writes `static/icon-<size>.png`."""
    icon = (STATIC / "icon.svg").read_text(encoding="utf-8")
    for size in SIZES:
        png = resvg_py.svg_to_bytes(
            svg_string=icon, width=size, height=size, skip_system_fonts=True
        )
        (STATIC / f"icon-{size}.png").write_bytes(png)


if __name__ == "__main__":
    main()
