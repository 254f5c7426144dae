# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Elements of the SVG pictures that Python draws."""

from __future__ import annotations

from markupsafe import Markup, escape


def element(name: str, *inside: str | int, when: str = "", **given: str | float) -> Markup:
    """An element around what is `inside`, all of it escaped that is no markup.

    Attributes are `given` by name, `class` as `class_` and `-` as `_`; a number is as short as it
    can be. `when` has further attributes as they are, behind a space.
    """
    attributes = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{value:g}"'
        if isinstance(value, float)
        else f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in given.items()
    )
    content = "".join(map(escape, inside))
    end = f">{content}</{name}>" if content else "/>"
    return Markup(f"<{name}{when}{attributes}{end}")  # noqa: S704 - all of it is escaped
