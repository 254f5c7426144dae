# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Makes the context of the atlas: all paths as a picture and as a table that filters and sorts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from app.i18n import marked
from app.walkthrough.atlas.filters import (
    COUNTERS,
    FATES,
    SEGMENTS,
    branches_of,
    filtered,
    read_filter,
)
from app.walkthrough.atlas.records import Atlas, AtlasPath
from app.walkthrough.atlas.report import branch_name
from app.walkthrough.segment_words import segment_list
from app.walkthrough.wording import FATES as FATE_WORDS
from app.web.addresses import ATLAS
from app.web.atlas.contexts import AtlasPage, FieldView, GroupView, PathView
from app.web.atlas.picture import Edge, atlas_picture, edges_of
from app.web.contexts import LinkView, PageFrame
from app.web.maker import Maker
from app.web.query import TEXTS
from app.web.study.branch_focus import branch_focus, impossible
from app.web.study.contexts import BranchFocus
from app.web.study.page_cache import PageCache

#: How the table may be sorted; within each group, by the order of the source in the end.
SORTS: Final[Mapping[str, str]] = {
    "decisions": marked("by its decisions"),
    "witness": marked("simplest scenario first"),
    "segments": marked("by segments"),
    "state": marked("by state"),
    "counters": marked("by counters"),
}
#: What becomes of a socket, from left over to gone: the order in the picture.
ENDS: Final = ("orphan", "kept", "timewait", "destroyed", "stopped")


class AtlasView(Maker):
    """The atlas in one language, filtered as `fields` say; see `app.walkthrough.atlas.filters`."""

    def __init__(
        self,
        cache: PageCache,
        atlas: Atlas | None,
        fields: Mapping[str, str],
        lang: str | None,
        variant: str | None,
    ) -> None:
        super().__init__(cache, lang, variant)
        self.edition = self.walkthrough.edition_of(variant)
        self.ranks = {item.id: item.number for item in self.edition.decisions}
        self.atlas = atlas
        carried = ("lang", *TEXTS)
        self.fields = {key: it for key, it in fields.items() if it and key not in carried}
        self.wanted = read_filter(self.walkthrough, fields, variant)
        self.names = branches_of(self.edition)
        self.paths = () if atlas is None else filtered(atlas, self.wanted)

    def address(self, **changes: str | None) -> str:
        """The page with other fields; None takes one away."""
        fields = {**self.fields, **changes}
        query = "&".join(f"{key}={value}" for key, value in fields.items() if value)
        return self.href(ATLAS, query=query)

    def page(self, frame: PageFrame, hidden: tuple[tuple[str, str], ...]) -> AtlasPage:
        """The context; `hidden` is what its form sends along."""
        atlas = self.atlas
        edges = edges_of(self.paths, self.ranks)
        return AtlasPage(
            frame=frame,
            walkthrough=self.walkthrough,
            action=self.addresses.page(self.walkthrough.id, ATLAS),
            hidden=hidden,
            whole=self.href(ATLAS),
            total=None if atlas is None else len(atlas.paths),
            shown=len(self.paths),
            fields=tuple(self.form()),
            is_filtered=any(key != "sort" for key in self.fields),
            decisions=tuple(
                (item.id, item.line, self.pick(item.title))
                for item in self.edition.decisions
                if item.id in self.met
            ),
            mask="0" + "".join("01"[item.id in self.met] for item in self.edition.decisions),
            groups=tuple(self.groups()),
            picture=self.picture(edges) if edges else Markup(),
            focus=self.focus(),
            beginnings=tuple(self.beginnings()),
            covers=tuple(self.covers()),
            cannot=tuple(self.cannot()),
        )

    @property
    def met(self) -> list[str]:
        """The ids of the decisions that tell paths apart, in the order of the source."""
        if self.atlas is None:
            return []
        found = {name for path in self.atlas.paths for name, _ in path.decisions}
        return sorted(found, key=self.ranks.__getitem__)

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
        yield field("fate", _("The socket"), [(fate, _(FATE_WORDS[fate])) for fate in FATES])
        states = sorted({path.ending.state for path in self.atlas.paths}) if self.atlas else []
        yield field("state", _("State at the end"), [(state, state) for state in states])
        yield field(
            "segment",
            _("Sends"),
            [(item, _("nothing") if item == "none" else item) for item in SEGMENTS],
        )
        counted = (
            {name for path in self.atlas.paths for name in path.ending.counters}
            if self.atlas
            else set()
        )
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
        if self.atlas is None:
            return
        _ = self._
        looked_for = {
            "segment=RST": _("a RST is sent"),
            "segment=none": _("nothing is sent"),
            **{f"fate={fate}": _(FATE_WORDS[fate]) for fate in ("orphan", "timewait", "stopped")},
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

    def groups(self) -> Iterator[GroupView]:
        """The paths by what becomes of the socket."""
        order = self.order()
        for fate in FATES:
            paths = sorted((p for p in self.paths if p.ending.fate == fate), key=order)
            if paths:
                yield GroupView(
                    fate=fate,
                    title=self._(FATE_WORDS[fate]),
                    paths=tuple(self.path(path) for path in paths),
                )

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

    def path(self, path: AtlasPath) -> PathView:
        """One row."""
        taken = dict(path.decisions)
        ending, wording = path.ending, self.cache.wording
        times = [
            wording.duration(ms)
            for ms in (ending.keepalive_ms, ending.timewait_ms)
            if ms is not None
        ]
        query = (path.real_witness or path.witness).query
        return PathView(
            id=path.id,
            ways="".join({True: "t", False: "f", None: "-"}[taken.get(n)] for n in self.met),
            print="w"
            + "".join(
                {True: "t", False: "f", None: "-"}[taken.get(item.id)]
                for item in self.edition.decisions
            ),
            taken=", ".join(branch_name(branch) for branch in path.decisions),
            segments=segment_list(ending.segments) or self._("none"),
            state=ending.timewait or ending.state,
            counters=", ".join(sorted(ending.counters)) or "–",
            times=", ".join(times) or "–",
            witness=LinkView(
                href=self.href(query=query),
                text=query.replace("&", " ") or self._("the default scenario"),
            ),
            caveat=path.real_witness is None,
        )

    # The picture

    def picture(self, edges: Sequence[Edge]) -> Markup:
        """All paths that are shown."""
        decisions = self.edition.decisions

        def label(node: int | str) -> str:
            if isinstance(node, str):
                return self._(FATE_WORDS[node])
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
            target = self._(FATE_WORDS[edge.target])
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
        if self.atlas is None or len(self.wanted.branches) != 1:
            return None
        place = self.wanted.branches[0]
        return branch_focus(self.cache, self.atlas, place, lang=self.lang, variant=self.variant)

    def covers(self) -> Iterator[str]:
        """What the atlas covers, and what it bounds."""
        if self.atlas is None:
            return
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

    def cannot(self) -> Iterator[Markup]:
        """What no path has together, where inputs contradict."""
        if self.atlas is not None:
            wanted = (item for item in self.atlas.impossible if not item.is_past)
            yield from impossible(self.cache, self.atlas, wanted)
