# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Where a reader says that a commentary is wrong: an issue, filled in with the place."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from app.web.settings import ISSUE, REPOSITORY
from app.web.study.study import Study


class Feedback:
    """Makes the addresses; without a `target` there are none.

    `target` is a repository whose host has `/issues/new` (GitHub, Gitea, Forgejo), or an address
    with `{title}` and `{body}` in it. Raises ValueError for what is neither.
    """

    def __init__(self, target: str | None = None) -> None:
        if target is not None and REPOSITORY.fullmatch(target):
            target = target.rstrip("/") + "/issues/new?title={title}&body={body}"
        elif target is not None and not ISSUE.fullmatch(target):
            raise ValueError(
                f"--feedback {target!r}: a repository such as https://example.org/owner/name, "
                "or an address with {title} and {body} in it"
            )
        self.target = target

    def of_blocks(self, study: Study, origin: str, revision: str) -> Mapping[str, str]:
        """The address for each block's id; empty where none is set."""
        if self.target is None:
            return {}
        language, walkthrough = study.cache.language, study.walkthrough
        found = {}
        for block in walkthrough.blocks:
            title = f"{walkthrough.function}(), {block.id}: "
            address = study.cache.addresses.page(walkthrough.id, block.id, lang=language.code)
            body = f"{language.pick(block.title)}\n{origin}{address}\n{revision}\n\n"
            found[block.id] = self.target.format(
                title=quote(title, safe=""), body=quote(body, safe="")
            )
        return found
