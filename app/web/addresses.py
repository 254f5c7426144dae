# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Addresses of the product, one method for each kind; queries are read in `app.web.query`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from app.walkthrough.pairs import Side, edition_key

#: The page that compares two scenarios, below a walkthrough; `?a=…&b=…`. Each side is one value,
#: `a=state:FIN_WAIT1,linger2:-1`, whose `:` and `,` may stand in a query as they are; so nothing
#: is percent-encoded there either. How a side is written and read:
#: app/walkthrough/comparison/sides.py.
COMPARE: Final = "compare"
#: The page of all paths; its query is a filter.
ATLAS: Final = "atlas"
#: The page that asks what was observed; its query is the answers so far.
WHICH: Final = "which"
#: The life after the call, and below it many of them at once.
LIFE: Final = "life"
MANY: Final = "many"
#: The page of symptoms, below a walkthrough.
SYMPTOMS: Final = "symptoms"
#: The page of challenges, too.
CHALLENGES: Final = "challenges"
#: The page of what kernels have changed in the function.
HISTORY: Final = "history"
#: The slides.
PRESENT: Final = "present"

#: The page of the lab, too.
LAB: Final = "lab"
#: On a server that has a lab: where a recipe is run, the counters, and their stream.
LAB_RUN: Final = "lab/run"
WATCH: Final = "watch"
WATCH_STREAM: Final = "watch/stream"

#: The page of the search, and the index that a browser searches.
SEARCH: Final = "search"

#: What was corrected in the commentaries; with `.atom` a feed of it.
CHANGES: Final = "changes"
#: What stands before a preset's name: `/tcp_close/as/linger2-61`.
SITUATION: Final = "as"
#: The texts to copy, and the frame, of a place: `/copy/…`, `/embed/…`.
COPY: Final = "copy"
EMBED: Final = "embed"
#: The JSON of a trace, a life, a comparison …: `/api/…`.
API: Final = "api"
#: The name of the front page's card; no walkthrough may have it.
FRONT_CARD: Final = "index"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Builds addresses. `prefix` is the path that the program is mounted at, without a slash.

    `assets` is the version of the static files, which stands in their path.
    """

    prefix: str
    assets: str

    def library(self, *, lang: str | None = None) -> str:
        """The front page."""
        return _with_query(f"{self.prefix}/", _pairs(lang=lang))

    def page(
        self,
        walkthrough: str,
        place: str | None = None,
        *,
        below: str = "",
        query: str = "",
        step: int | str | None = None,
        variant: str | None = None,
        challenge: str | None = None,
        lang: str | None = None,
    ) -> str:
        """A walkthrough's page; `place` is a block, decision, branch or lines of it.

        Or what there is of it `below` another path: `copy`, the texts to copy; `embed`; `api`.
        """
        head = f"{self.prefix}/{below}" if below else self.prefix
        path = f"{head}/{walkthrough}" + (f"/{place}" if place else "")
        return _with_query(
            path, [query, *_pairs(variant=variant, challenge=challenge, step=step, lang=lang)]
        )

    def compare(
        self,
        walkthrough: str,
        a: Side | None = None,
        b: Side | None = None,
        *,
        kernel: str | None = None,
        lang: str | None = None,
    ) -> str:
        """The comparison of two sides; one that is not given is yet to be chosen, in `kernel`."""
        sides = _pairs(a=None if a is None else str(a), b=None if b is None else str(b))
        return self.page(walkthrough, COMPARE, query="&".join(sides), variant=kernel, lang=lang)

    def side(self, walkthrough: str, side: Side, *, lang: str | None = None) -> str:
        """The page of one side alone."""
        return self.page(walkthrough, query=side.scenario.query(), variant=side.variant, lang=lang)

    def api(self, *, lang: str | None = None) -> str:
        """The documentation of the API."""
        return _with_query(f"{self.prefix}/api", _pairs(lang=lang))

    def door(self, *, lang: str | None = None) -> str:
        """Where the code of a room is asked for."""
        return _with_query(f"{self.prefix}/live", _pairs(lang=lang))

    def live(self, code: str, part: str | None = None, *, lang: str | None = None) -> str:
        """A room, or a part of it such as its `events`."""
        path = f"{self.prefix}/live/{code}" + (f"/{part}" if part else "")
        return _with_query(path, _pairs(lang=lang))

    def search(self, walkthrough: str, query: str | None = None, *, lang: str | None = None) -> str:
        """The page of the search, with what is asked for, percent-encoded."""
        asked = f"q={quote(query)}" if query else ""
        return self.page(walkthrough, SEARCH, query=asked, lang=lang)

    def search_index(self, walkthrough: str, version: str, *, lang: str) -> str:
        """The index of everything that can be found, in a language."""
        return self.page(walkthrough, f"{SEARCH}-{version}.json", lang=lang)

    def openapi(self) -> str:
        return f"{self.prefix}/api/openapi.json"

    def card(
        self,
        walkthrough: str | None = None,
        place: str | None = None,
        *,
        query: str = "",
        variant: str | None = None,
        lang: str,
        form: str = "png",
    ) -> str:
        """The picture of a page; `place` may be a view such as `symptoms` too.

        A picture knows no reader who could ask for a language, so that is always in the address.
        """
        path = "/".join(part for part in (walkthrough or FRONT_CARD, place) if part)
        return _with_query(
            f"{self.prefix}/card/{path}.{form}", [query, *_pairs(variant=variant, lang=lang)]
        )

    def situation(self, walkthrough: str, preset: str, *, lang: str | None = None) -> str:
        """A preset by its name: shorter than its scenario, to which it is redirected."""
        path = f"{self.prefix}/{walkthrough}/{SITUATION}/{preset}"
        return _with_query(path, _pairs(lang=lang))

    def oembed(self, page: str) -> str:
        """The description of the frame of a page, whose whole address is given if it is known."""
        return f"{self.prefix}/oembed?format=json&url={quote(page, safe='')}"

    def changes(self, *, feed: bool = False, lang: str | None = None) -> str:
        """What was corrected in the commentaries; as a feed, if that is wanted."""
        return _with_query(f"{self.prefix}/{CHANGES}{'.atom' if feed else ''}", _pairs(lang=lang))

    def manifest(self, *, lang: str) -> str:
        """The web manifest, whose texts are in a language."""
        return _with_query(f"{self.prefix}/manifest.webmanifest", _pairs(lang=lang))

    def static(self, file: str) -> str:
        """A static file; the version in its path lets browsers keep it for ever."""
        return f"{self.prefix}/static/{self.assets}/{file}"


def branch_place(decision: str, taken: bool) -> str:
    """The place of a branch: `unread/true`."""
    return f"{decision}/{str(taken).lower()}"


def lines_place(start: int, end: int) -> str:
    """The place of a line or of a range of lines: `L42`, `L42-L48`."""
    return f"L{start}" if start == end else f"L{start}-L{end}"


def _pairs(*, variant: str | None = None, **values: str | int | None) -> list[str]:
    given: dict[str, str | int | None] = values
    if variant is not None:
        given = {edition_key(variant): variant, **values}
    return [f"{key}={value}" for key, value in given.items() if value is not None]


def _with_query(path: str, parts: Iterable[str]) -> str:
    query = "&".join(part for part in parts if part)
    return f"{path}?{query}" if query else path


_LINES: Final = re.compile(r"L([0-9]{1,6})(?:-L?([0-9]{1,6}))?", re.ASCII)


def read_lines(place: str) -> tuple[int, int] | None:
    """The 1-based lines that `L42` or `L42-L48` names, in their order; None for anything else."""
    match = _LINES.fullmatch(place)
    if match is None:
        return None
    start = int(match[1])
    end = int(match[2]) if match[2] else start
    return min(start, end), max(start, end)


def is_room_api(path: str, method: str) -> bool:
    """Whether a path below the program's own is for programs, not for people."""
    parts = path.strip("/").split("/")
    return parts[0] == "live" and (len(parts) > 2 or method not in {"GET", "HEAD"})
