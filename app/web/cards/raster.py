# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""SVG to PNG, with our own fonts and no others."""

from __future__ import annotations

from app.web.cards.fonts import SANS_FAMILY, font_files


def png_of(svg: str, width: int) -> bytes:
    """The picture at a width in pixels."""
    # Loaded when the first card is asked for: it is a large library.
    import resvg_py

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            width=width,
            skip_system_fonts=True,
            font_files=font_files(),
            font_family=SANS_FAMILY,
            sans_serif_family=SANS_FAMILY,
        )
    )
