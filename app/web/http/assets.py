# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Static files, under a path that changes whenever one of them does."""

from __future__ import annotations

import hashlib
from pathlib import Path

import lightningcss
import rjsmin
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


def travelling(path: Path) -> bytes:
    """A file as it goes over the wire: a script or a style sheet without comments and indentation.

    Those are for who reads the repository. A style sheet has in it those that it imports, so that
    what is always needed together comes at once, and is compressed as one text.
    """
    if path.suffix == ".js":
        return str(rjsmin.jsmin(path.read_text(encoding="utf-8"))).encode()
    if path.suffix == ".css":
        return lightningcss.bundle_css(str(path)).encode()
    return path.read_bytes()


class VersionedFiles(StaticFiles):
    """Serves `<version>/<file>`; a file of the present version may be kept for ever.

    Relative imports between modules keep the version by themselves. An old version still finds
    the file, for pages that were open while the program was replaced, but not to be kept.
    """

    def __init__(self, folder: Path, version: str) -> None:
        super().__init__(directory=folder)
        self.version = version
        self._small: dict[Path, bytes] = {}

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file without the version in front of its path."""
        version, _, file = path.partition("/")
        if not file:
            raise HTTPException(404)
        response = await super().get_response(file, scope)
        if isinstance(response, FileResponse) and file.endswith((".js", ".css")):
            response = self._smaller(response, scope)
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if version == self.version else "no-cache"
        )
        return response

    def _smaller(self, file: FileResponse, scope: Scope) -> Response:
        """The same answer with what travels of the file, which is made once."""
        path = Path(file.path)
        if path not in self._small:
            self._small[path] = travelling(path)
        body = self._small[path]
        headers = {name: value for name, value in file.headers.items() if name != "content-length"}
        if scope["method"] == "HEAD":
            return Response(headers={**headers, "content-length": str(len(body))})
        return Response(body, headers=headers)
