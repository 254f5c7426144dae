# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Reader of what people paste, outside of a browser: the browser's own modules, in V8.

One implementation reads in both places, so none can understand more than the other. V8 is loaded
when it is first wanted (0.1 s, 60 MB); each run has an isolate of its own (5 ms), so that nothing
of one text is there when the next is read.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final, TypedDict

from app.errors import OutsideFailure
from app.paths import STATIC

_CORE: Final = STATIC / "js" / "core"
#: What an isolate may have; the largest text that is read takes a twentieth of either.
_SECONDS: Final = 10.0
_BYTES: Final = 512 * 1024 * 1024

_IMPORT: Final = re.compile(r'^import\s+\{[^}]*\}\s+from\s+"(\.[^"]+)";\n', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:async )?function|class|const|let)", re.MULTILINE)
_LEFT_OVER: Final = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


class Reading(TypedDict):
    """What was understood of a text; a name that the text says nothing of is absent, or None.

    `counters` are nstat's without `Tcp` and `TcpExt`, newest reading; `rises` by how much they
    rose; `states`, and those of them that are `held` by a process, by the kernel's name of the
    state; `says` are codes of what the reader has to be told, `ignored` counts lines.
    """

    kind: list[str]
    counters: dict[str, int]
    rises: dict[str, int]
    states: dict[str, int] | None
    held: dict[str, int] | None
    minisockets: int | None
    waiting: int | None
    orphans: int | None
    timewait: int | None
    symptoms: list[str]
    branches: list[str]
    says: list[str]
    ignored: int
    happened: dict[str, list[str]]


class ReadingFailure(OutsideFailure):
    """V8 could not read a text: it took too long, or too much memory."""

    code = "not-read"
    does = "is not read"


def read_pasted(text: str) -> Reading:
    """What a text says. Raises ReadingFailure."""
    reading: Reading = run("reading/read.js", "readHostText", text)
    return reading


def run(module: str, function: str, *arguments: Any) -> Any:
    """What a function of a module below `static/js/core` gives; JSON goes in and comes out.

    It blocks, and wants a thread without an event loop. Raises ReadingFailure.
    """
    # Imported here: V8 is large, and most servers are never asked.
    from py_mini_racer import JSOOMException, JSTimeoutException, MiniRacer

    # JSON is ASCII here, whatever stands in a text; and as a literal in JavaScript it is itself.
    script = f"{joined(_CORE / module)}\nJSON.stringify({function}(...{json.dumps(arguments)}))"
    with MiniRacer() as engine:
        try:
            found = engine.eval(script, timeout_sec=_SECONDS, max_memory=_BYTES)
        except (JSTimeoutException, JSOOMException) as error:
            # It goes on until it hears of that, and would tell a loop that is closed.
            engine.eval("0")
            raise ReadingFailure("text", str(error)) from None
    return json.loads(str(found))


@cache
def joined(entry: Path) -> str:
    """A module and all that it imports as one classic script, which V8 takes without a loader.

    Lines that import go, and the word `export`; so each name is there once in all of them. Raises
    ValueError for another form of import or export.
    """
    parts: dict[Path, str] = {}
    _collect(entry.resolve(), parts)
    return "\n".join(parts.values())


def _collect(path: Path, parts: dict[Path, str]) -> None:
    source = path.read_text("utf-8")
    for name in _IMPORT.findall(source):
        imported = (path.parent / name).resolve()
        if imported not in parts:
            _collect(imported, parts)
    script = _EXPORT.sub("", _IMPORT.sub("", source))
    strange = _LEFT_OVER.search(script)
    if strange:
        raise ValueError(f"{path.name}: {strange[0]}")
    parts[path] = script
