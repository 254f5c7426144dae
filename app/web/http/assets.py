# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Static files, under a path that changes whenever one of them does."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope


def assets_version(folder: Path) -> str:
    """A short hash of every file's name and bytes."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


_IMPORT: Final = re.compile(rb'^@import "([\w-]+\.css)";$', re.MULTILINE)


def travelling(path: Path) -> bytes:
    """A file as it goes over the wire: a style sheet has in it those that it imports.

    What is always needed together comes at once, and is compressed as one text.
    """
    body = path.read_bytes()
    if path.suffix != ".css":
        return body
    return _IMPORT.sub(lambda found: travelling(path.parent / found[1].decode()), body)


class VersionedFiles(StaticFiles):
    """Serves `<version>/<file>`; a file of the present version may be kept for ever.

    Relative imports between modules keep the version by themselves. An old version still finds
    the file, for pages that were open while the program was replaced, but not to be kept.
    """

    #: See `app.web.http.cache`.
    reads_no_query = True

    def __init__(self, folder: Path, version: str) -> None:
        super().__init__(directory=folder)
        self.version = version
        self._sheets: dict[Path, bytes] = {}

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file without the version in front of its path."""
        version, _, file = path.partition("/")
        if not file:
            raise HTTPException(404)
        response = await super().get_response(file, scope)
        if isinstance(response, FileResponse) and file.endswith(".css"):
            response = self._with_imports(response, scope)
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if version == self.version else "no-cache"
        )
        return response

    def _with_imports(self, file: FileResponse, scope: Scope) -> Response:
        """The same answer with what travels of the sheet, which is made once."""
        path = Path(file.path)
        if path not in self._sheets:
            self._sheets[path] = travelling(path)
        body = self._sheets[path]
        headers = {name: value for name, value in file.headers.items() if name != "content-length"}
        if scope["method"] == "HEAD":
            return Response(headers={**headers, "content-length": str(len(body))})
        return Response(body, headers=headers)
