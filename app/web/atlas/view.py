# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Page of the atlas: all paths as a picture, a table to filter and sort, and the endpoint."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app.errors import ReaderError
from app.i18n import LANGUAGE_CODES, marked
from app.walkthrough.atlas.filters import (
    COUNTERS,
    FATES,
    FILTER_KEYS,
    SEGMENTS,
    branches_of,
    filtered,
    read_filter,
)
from app.walkthrough.atlas.records import Atlas, AtlasPath
from app.walkthrough.atlas.report import branch_name
from app.walkthrough.records import Walkthrough
from app.walkthrough.segment_words import segment_list
from app.web.addresses import ATLAS
from app.web.atlas.picture import Edge, atlas_picture, edges_of
from app.web.contexts import LinkView, PageFrame
from app.web.navigation import PARTS
from app.web.query import Fields, TextQuery, joined_fields
from app.web.study.branch_focus import branch_focus, impossible
from app.web.study.contexts import BranchFocus
from app.web.study.form import text_fields
from app.web.study.maker import Maker
from app.web.study.page_cache import PageCache
from app.web.visit import Pages, Visit
from app.web.waiting import whole_atlas, within

#: How the table may be sorted; within each group, by the order of the source in the end.
SORTS: Final[Mapping[str, str]] = {
    "decisions": marked("by its decisions"),
    "witness": marked("simplest scenario first"),
    "segments": marked("by segments"),
    "state": marked("by state"),
    "counters": marked("by counters"),
}
_WAYS: Final = {True: "t", False: "f", None: "-"}
#: What becomes of a socket, from left over to gone: the order in the picture.
ENDS: Final = ("orphan", "kept", "timewait", "destroyed", "stopped")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A field of the filter; `choices` are (value, text), the first one filters nothing."""

    key: str  # as in the query
    label: str
    value: str  # what is chosen; empty for the first
    choices: tuple[tuple[str, str], ...]


class AtlasView(Maker):
    """`atlas/atlas.html`, filtered as `fields` say; see `app.walkthrough.atlas.filters`."""

    def __init__(
        self,
        cache: PageCache,
        atlas: Atlas,
        fields: Mapping[str, str],
        lang: str | None,
        text: TextQuery,
    ) -> None:
        super().__init__(cache, lang, text.variant)
        self.edition = self.walkthrough.edition_of(text.variant)
        self.ranks = {item.id: item.number for item in self.edition.decisions}
        self.atlas, self.fields = atlas, fields
        self.wanted = read_filter(self.walkthrough, fields, text.variant)
        self.names = branches_of(self.edition)
        self.paths = filtered(atlas, self.wanted)
        #: What the form sends along: the text.
        self.hidden = text_fields(text)
        met = {name for path in atlas.paths for name, _ in path.decisions}
        #: The decisions that tell paths apart: the columns of the table.
        self.decisions = [item for item in self.edition.decisions if item.id in met]

    def address(self, **changes: str | None) -> str:
        """The page with other fields; None takes one away."""
        return self.href(ATLAS, joined_fields({**self.fields, **changes}))

    @property
    def is_filtered(self) -> bool:
        """Whether anything is filtered."""
        return any(key != "sort" for key in self.fields)

    @property
    def mask(self) -> str:
        """For the letters of a print a 1 where they count."""
        return "0" + "".join("01"[item in self.decisions] for item in self.edition.decisions)

    # The filter

    def form(self) -> Iterator[FieldView]:
        _, any_ = self._, ("", self._("any"))

        def field(key: str, label: str, choices: Sequence[tuple[str, str]]) -> FieldView:
            return FieldView(
                key=key, label=label, value=self.fields.get(key, ""), choices=(any_, *choices)
            )

        asked = self.fields.get("branch", "")
        branches = [(name, self.branch_words(*place)) for name, place in self.names.items()]
        if "," in asked:
            branches.append((asked, asked.replace(",", " + ")))
        yield field("branch", _("Takes the branch"), branches)
        yield field(
            "fate", _("The socket"), [(fate, self.cache.wording.fate(fate)) for fate in FATES]
        )
        states = sorted({path.ending.state for path in self.atlas.paths})
        yield field("state", _("State at the end"), [(state, state) for state in states])
        yield field(
            "segment",
            _("Sends"),
            [(item, _("nothing") if item == "none" else item) for item in SEGMENTS],
        )
        counted = {name for path in self.atlas.paths for name in path.ending.counters}
        yield field("counter", _("Counts"), [(name, name) for name in COUNTERS if name in counted])
        yield FieldView(
            key="sort",
            label=_("Order"),
            value=self.fields.get("sort", "decisions"),
            choices=tuple((key, _(text)) for key, text in SORTS.items()),
        )

    def branch_words(self, name: str, taken: bool) -> str:
        """A branch as a reader knows it: `47 Unread data? true`."""
        decision = self.edition.decisions_by_id[name]
        language = self.cache.language
        title = f"{decision.line} {language.pick(decision.title)}"
        return f"{title}{language.space}{str(taken).lower()}"

    def beginnings(self) -> Iterator[LinkView]:
        """What most people look for, with how many paths there are of it."""
        _ = self._
        looked_for = {
            "segment=RST": _("a RST is sent"),
            "segment=none": _("nothing is sent"),
            **{
                f"fate={fate}": self.cache.wording.fate(fate)
                for fate in ("orphan", "timewait", "stopped")
            },
            **{f"counter={name}": name for name in COUNTERS if name.startswith("TCPAbort")},
        }
        for query, text in looked_for.items():
            key, _equals, value = query.partition("=")
            count = len(
                filtered(self.atlas, read_filter(self.walkthrough, {key: value}, self.variant))
            )
            if count:
                yield LinkView(href=self.href(ATLAS, query), text=f"{text} ({count})")

    # The table

    def groups(self) -> Iterator[tuple[str, str, list[AtlasPath]]]:
        """What becomes of the socket, as in a query and in words, and the paths that end so."""
        order = self.order()
        for fate in FATES:
            paths = sorted((p for p in self.paths if p.ending.fate == fate), key=order)
            if paths:
                yield fate, self.cache.wording.fate(fate), paths

    def order(self) -> Callable[[AtlasPath], Any]:
        """What the paths of a group are sorted by."""
        by: dict[str, Callable[[AtlasPath], Any]] = {
            "decisions": lambda path: (),
            "witness": lambda path: (path.witness.changed, len(path.witness.query)),
            "segments": lambda path: path.ending.segments,
            "state": lambda path: path.ending.timewait or path.ending.state,
            "counters": lambda path: sorted(path.ending.counters),
        }
        chosen = by[self.fields.get("sort", "decisions")]
        return lambda path: (
            chosen(path),
            [(self.ranks[name], not taken) for name, taken in path.decisions],
        )

    def ways(self, path: AtlasPath) -> str:
        """For each decision of the source `t`, `f`, or `-` where it is not met."""
        taken = dict(path.decisions)
        return "".join(_WAYS[taken.get(item.id)] for item in self.edition.decisions)

    def taken(self, path: AtlasPath) -> str:
        """The ways in words."""
        return ", ".join(map(branch_name, path.decisions))

    def segments(self, path: AtlasPath) -> str:
        """What is sent, or that nothing is."""
        return segment_list(path.ending.segments) or self._("none")

    def times(self, path: AtlasPath) -> str:
        """Those of keepalive timer and mini-socket."""
        times = (path.ending.keepalive_ms, path.ending.timewait_ms)
        return ", ".join(self.cache.wording.duration(ms) for ms in times if ms is not None)

    # The picture

    def picture(self) -> Markup:
        """All paths that are shown, in one diagram; empty where there are none."""
        decisions = self.edition.decisions
        edges = edges_of(self.paths, self.ranks)
        if not edges:
            return Markup()

        def label(node: int | str) -> str:
            if isinstance(node, str):
                return self.cache.wording.fate(node)
            return f"{decisions[node].line} {self.pick(decisions[node].title)}"

        return atlas_picture(
            edges=edges,
            ends=ENDS,
            label=label,
            address=self.edge_address,
            words=self.edge_words,
            name=self._("All paths, merged"),
        )

    def edge_address(self, edge: Edge) -> str:
        """The paths that take a branch, those shown now."""
        name = branch_name((self.edition.decisions[edge.decision].id, edge.taken))
        have = [item for item in self.fields.get("branch", "").split(",") if item]
        joined = ",".join(dict.fromkeys([*have, name]))
        fate = edge.target if isinstance(edge.target, str) else self.fields.get("fate")
        return self.address(branch=joined, fate=fate)

    def edge_words(self, edge: Edge) -> str:
        """An arc, said."""
        name = branch_name((self.edition.decisions[edge.decision].id, edge.taken))
        if isinstance(edge.target, str):
            target = self.cache.wording.fate(edge.target)
        else:
            target = self.edition.decisions[edge.target].id
        return self.cache.language.ngettext(
            "{branch}, then {target}: one path",
            "{branch}, then {target}: {count} paths",
            edge.count,
        ).format(branch=name, target=target, count=edge.count)

    # What is said about it

    def focus(self) -> BranchFocus | None:
        """When the branch is taken that is filtered by, if it is one."""
        if len(self.wanted.branches) != 1:
            return None
        place = self.wanted.branches[0]
        return branch_focus(self.cache, self.atlas, place, lang=self.lang, variant=self.variant)

    def covers(self) -> Iterator[str]:
        """What the atlas covers, and what it bounds."""
        bounds = self.atlas.bounds
        yield self._(
            "A path is a sequence of decisions, those of the drain loop left out, with how it ends."
        )
        yield self._(
            "Every value of every input is covered, as far as the code tells values apart; nothing "
            "is sampled."
        )
        yield self._(
            "Lists are bounded: at most {segments} segments in the receive queue, and {events} "
            "events while {call} lingers and on the backlog."
        ).format(call=self.cache.walkthrough.call, segments=bounds.segments, events=bounds.events)
        if self.variant is None and self.walkthrough.variants:
            yield self._("They are the paths of the kernel’s text; the API has those of a variant.")
        if bounds.undecided:
            yield self._("{count} comparisons could not be decided.").format(count=bounds.undecided)

    def cannot(self) -> Iterable[Markup]:
        """What no path has together, where inputs contradict."""
        wanted = (item for item in self.atlas.impossible if not item.is_past)
        return impossible(self.cache, self.atlas, wanted)


#: Seconds that a reader waits for an atlas that is being made; then the page asks again by itself.
TIMEOUT_S: Final = 8
#: Seconds after which it asks.
RETRY_S: Final = 5


class AtlasPages(Pages):
    """Its endpoint."""

    def routes(self) -> list[Route]:
        return [Route(f"/{{walkthrough}}/{ATLAS}", self.atlas)]

    async def atlas(self, request: Request) -> Response:
        """All paths, filtered and sorted."""
        walkthrough = self.walkthrough(request)
        fields = AtlasFields(request.url.query, walkthrough, "sort", silent=("form",))
        fields.word("sort", SORTS)
        fields.check()
        text = fields.asked
        visit = self.visit(request, fields.lang, text)
        keys = (*FILTER_KEYS, "sort")
        shown = {key: it for key, it in fields.texts.items() if it and key in keys}
        if "form" in fields.texts:
            if shown.get("sort") == next(iter(SORTS)):
                del shown["sort"]
            view = Maker(visit.cache, visit.lang, text.variant)
            return RedirectResponse(view.href(ATLAS, joined_fields(shown)), 303)
        edition = walkthrough.edition_of(text.variant)
        made = whole_atlas(self.site.atlases, edition, walkthrough.function)
        atlas = await within(TIMEOUT_S, made)
        own = joined_fields(known_to_own(walkthrough, shown))
        frame = visit.frame(ATLAS, query=joined_fields(shown), own_query=own)
        if atlas is None:
            return being_made(visit, ATLAS, frame)
        view = AtlasView(visit.cache, atlas, shown, visit.lang, text)
        return visit.page("atlas/atlas.html", frame, view)


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """`atlas/making.html`."""

    part: str  # which wants the atlas
    title: str  # of its page
    walkthrough: Walkthrough  # whose atlas


def being_made(visit: Visit, part: str, frame: PageFrame) -> Response:
    """In the place of a page that wants the atlas, while that is made: it asks again by itself."""
    title = visit.language.gettext(PARTS[part].title)
    page = Making(part=part, title=title, walkthrough=visit.walkthrough)
    again = dict.fromkeys(("Retry-After", "Refresh"), str(RETRY_S))
    return visit.page("atlas/making.html", frame, page, again, 503)


def known_to_own(walkthrough: Walkthrough, shown: Mapping[str, str]) -> dict[str, str]:
    """The fields without those that name what only another text has, a decision of it say."""
    known = {}
    for key, text in shown.items():
        with suppress(ReaderError):
            read_filter(walkthrough, {key: text}, None)
            known[key] = text
    return known


class AtlasFields(Fields):
    """The query of what shows paths: the filter, and `more` keys that it may have."""

    def __init__(
        self,
        raw: str,
        walkthrough: Walkthrough,
        *more: str,
        silent: Collection[str] = (),
        needs_kernel: bool = False,
    ) -> None:
        super().__init__(raw, (*FILTER_KEYS, *more, "kernel", "lang"), silent=silent)
        self.lang = self.word("lang", LANGUAGE_CODES)
        #: The text whose paths they are.
        self.asked = self.text(walkthrough, needs_kernel=needs_kernel)
        try:
            self.filter = read_filter(walkthrough, self.texts, self.asked.variant)
        except ReaderError as error:
            self.problems.extend(error.problems)
