# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Where the server is reached: what stands before a path to make it a whole address."""

from __future__ import annotations

import re
from typing import Final

from starlette.requests import Request

from app.web.settings import ORIGIN

_HOST: Final = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?", re.ASCII)


class Origin:
    """The server's public address; `public` is None where nobody has set one.

    Raises ValueError for what is no scheme and host.
    """

    def __init__(self, public: str | None = None) -> None:
        if public is not None:
            public = public.rstrip("/")
            if not ORIGIN.fullmatch(public):
                raise ValueError(
                    f"--public-url {public!r}: a scheme and a host such as https://example.org"
                )
        self.public = public

    def whole(self, address: str) -> str:
        """The address with the public origin; as it is where there is none.

        What a request says of itself (`Host`, `Forwarded`) has no part in it, since an answer is
        kept and given to others too.
        """
        return f"{self.public or ''}{address}"

    def of(self, request: Request) -> str | None:
        """The public origin, else the one that this request was sent to, if that is well-formed.

        Only for answers that are not kept (`headers_for`).
        """
        if self.public is not None:
            return self.public
        host = request.headers.get("host", "")
        return f"{request.url.scheme}://{host}" if _HOST.fullmatch(host) else None

    def headers_for(self, kept: str = "no-cache") -> dict[str, str]:
        """`Cache-Control` of an answer that holds whole addresses."""
        return {"Cache-Control": kept if self.public is not None else "no-store"}
