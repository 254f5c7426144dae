# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Crawl of the program: every page that it links to, from the front page on, becomes a file.

A page without a query is a file of its own. Those that a query picks (the sockets of a walkthrough,
the filters of its atlas, its comparisons) stand together in a bundle beside the page without one,
and so do the whole pages of places, whose files are short.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Any, Final
from urllib.parse import parse_qsl

from app.i18n import DEFAULT_LANGUAGE, LANGUAGE_CODES, language
from app.kernel.inputs import INPUTS, STATES
from app.kernel.scenario import parse_scenario
from app.paths import CONTENT, STATIC, TEMPLATES
from app.walkthrough.atlas.filters import COUNTERS, FATES, SEGMENTS, branches_of
from app.walkthrough.load import Content
from app.walkthrough.records import Walkthrough
from app.web.addresses import (
    ATLAS,
    CHANGES,
    COMPARE,
    LAB,
    LIFE,
    MANY,
    PRESENT,
    SEARCH,
    SITUATION,
    WATCH,
    WHICH,
    Addresses,
    branch_place,
    read_lines,
)
from app.web.export.bundle import Bundle
from app.web.export.folder import Folder
from app.web.export.links import Address, Page, file_of, place_of, relative
from app.web.export.rendering import Order, Workers, workers
from app.web.http.assets import travelling
from app.web.site import Site

#: Addresses that only the running program answers.
NEEDS_SERVER: Final = (
    *("/api", "/live", "/embed", "/card", "/copy", "/oembed", "/static", "/manifest."),
    f"/{CHANGES}.atom",
)
#: What is no page there: this host's counters, the traces of slides, which are data, the search,
#: which is a script's, the way back
#: from what was observed, with a page a set of answers, and lives under other conditions.
_NO_PAGES: Final = (WATCH, f"{PRESENT}/traces", SEARCH, WHICH, LIFE, f"{LIFE}/{MANY}")
#: Pages whose query picks one of those that they link to.
PICKED: Final = (ATLAS, COMPARE, LAB)
#: The file of the pages that a query picks, beside the page without one.
BUNDLE: Final = "pages.bin"
#: Scenarios of which a worker makes traces and banners in one go.
_MANY: Final = 100
_BATCH: Final = 8

#: What all paths may be filtered by, besides a branch.
FILTERS: Final = {"fate": FATES, "state": STATES, "segment": SEGMENTS, "counter": COUNTERS}
#: Each input that is left out of a query.
DEFAULTS: Final = {key: str(item.flat(item.default)) for key, item in INPUTS.items()}

Progress = Callable[[int, int], None]
"""Called with how many pages are done, and how many are known of."""


def build(folder: Folder, progress: Progress, content: Content = CONTENT) -> None:
    """Writes the whole export. Raises OSError, ContentError, NotRendered."""
    site = Site(content, TEMPLATES, STATIC, is_export=True)
    _copy_assets(folder, site.assets)
    for walkthrough in site.walkthroughs.values():
        # Made once and kept on the disk, where the renderers find it.
        site.atlases.get(walkthrough.edition, walkthrough.function)
    with workers(content) as crew:
        crawl = _Crawl(folder, site, crew, progress)
        crawl.files()
        for walkthrough in site.walkthroughs.values():
            crawl.forwarded(walkthrough)
            crawl.picked(walkthrough)
            crawl.scenarios(walkthrough)
            crawl.search_indexes(walkthrough)
    crawl.write_bundles()
    crawl.service_worker()


def _copy_assets(folder: Folder, version: str) -> None:
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            name = path.relative_to(STATIC).as_posix()
            folder.write(f"static/{version}/{name}", travelling(path))


class _Crawl:
    def __init__(self, folder: Folder, site: Site, crew: Workers, progress: Progress) -> None:
        self.folder, self.site, self.crew, self.progress = folder, site, crew, progress
        self.done = self.known = 0
        #: Where pages lead; those without a query are files by the end.
        self.linked: dict[Address, None] = {}
        #: By the folder that they stand in.
        self.bundles: dict[str, Bundle] = {}

    def run(self, orders: Iterable[Order]) -> Iterator[tuple[Order, Any]]:
        """Orders with their answers, in the same order, so that two exports are the same."""
        waiting: deque[tuple[list[Order], Future[list[Any]]]] = deque()
        batch: list[Order] = []
        for order in (*orders, None):
            if order is not None:
                batch.append(order)
                self.known += 1
            if batch and (order is None or len(batch) == _BATCH):
                waiting.append((batch, self.crew.submit(batch)))
                batch = []
        while waiting:
            batch, future = waiting.popleft()
            answers = future.result()
            self.done += len(batch)
            self.progress(self.done, self.known)
            yield from zip(batch, answers, strict=True)

    def write_page(self, order: Order, page: Page) -> None:
        """A page without a query."""
        file = file_of(order.subject, order.lang)
        self.folder.write(file, relative(page.html, file).encode())

    def note(self, page: Page) -> None:
        ordered = sorted(page.links, key=lambda link: (link.path, link.query))
        self.linked.update(dict.fromkeys(ordered))

    def bundle(self, path: str, lang: str) -> Bundle:
        return self.bundles.setdefault(Address(path=path).place(lang), Bundle())

    # Pages without a query

    def files(self) -> None:
        """Follows the links, round after round, from the front page and from the first sockets."""
        for walkthrough in self.site.walkthroughs.values():
            first = self.first_scenarios(walkthrough)
            # What the pages of all paths lead to would be as many sockets again.
            count = len(walkthrough.presets) + 1
            self.render_scenarios(walkthrough, first[:count], is_followed=True)
            self.render_scenarios(walkthrough, first[count:])
        seen: set[str] = set()
        found = ["/"]
        while found:
            seen.update(found)
            for order, rendered in self.run(
                Order(self.kind(path), lang, path) for path in found for lang in LANGUAGE_CODES
            ):
                if order.kind == "place":
                    page, short = rendered
                    self.write_page(order, short)
                    self.whole_place(order, page)
                else:
                    page = rendered
                    self.write_page(order, page)
                self.note(page)
            found = sorted({link.path for link in self.linked if self.is_exported(link)} - seen)
        self.folder.write("404.html", self.missing())

    def whole_place(self, order: Order, page: Page) -> None:
        _, name, place = order.subject.split("/", 2)
        bundle = self.bundle(f"/{name}", order.lang)
        bundle.add(place, page.html)
        bundle.facts.setdefault("places", {})[place] = page.scenario

    def missing(self) -> bytes:
        """The page for an address that leads nowhere, in every language."""
        texts = []
        for spoken in map(language, LANGUAGE_CODES):
            heading = spoken.gettext("This address leads nowhere")
            advice = spoken.gettext(
                "Take away the end of the address, piece by piece: it begins with the front page."
            )
            texts.append((spoken.tag, heading, advice))
        spoken = language(DEFAULT_LANGUAGE)
        template = self.site.environment(spoken).get_template("export/missing.html")
        return template.render(name=self.site.name(spoken), texts=texts).encode()

    def forwarded(self, walkthrough: Walkthrough) -> None:
        """Pages that lead on: presets by their names, old names of places; and what is gone."""
        start = f"/{walkthrough.id}"
        moved = [f"{start}/{SITUATION}/{preset.id}" for preset in walkthrough.presets]
        for old, new in walkthrough.aliases.items():
            moved.append(f"{start}/{old}")
            if new in walkthrough.decisions_by_id:
                moved += [f"{start}/{branch_place(old, way)}" for way in (True, False)]
        gone = [f"{start}/{place}" for place in walkthrough.gone]
        for order, page in self.run(
            Order(kind, lang, path)
            for kind, paths in (("moved", moved), ("gone", gone))
            for path in paths
            for lang in LANGUAGE_CODES
        ):
            self.write_page(order, page)

    def is_exported(self, link: Address) -> bool:
        """Whether an address is answered without the program."""
        if link.path.startswith(NEEDS_SERVER) or link.is_file:
            return False
        return link.path.strip("/").partition("/")[2] not in _NO_PAGES

    def kind(self, path: str) -> str:
        """How the page of a path is rendered."""
        name, _, place = path.strip("/").partition("/")
        walkthrough = self.site.walkthroughs.get(name)
        if walkthrough is None:
            return "page"
        if not place:
            return "scenario"
        first = place.partition("/")[0]
        is_place = first in walkthrough.blocks_by_id or first in walkthrough.decisions_by_id
        return "place" if is_place or read_lines(place) is not None else "page"

    # Pages that a query picks

    def picked(self, walkthrough: Walkthrough) -> None:
        """The filters, comparisons and recipes that pages lead to."""
        starts = [f"/{walkthrough.id}/{page}" for page in PICKED]
        filters = {"branch": branches_of(walkthrough.edition), **FILTERS}
        # A browser finds the paths of several filters in the pages of each of them.
        singles = [f"{key}={value}" for key, values in filters.items() for value in values]
        asked = dict.fromkeys((f"/{walkthrough.id}/{ATLAS}", query) for query in singles)
        asked |= dict.fromkeys(
            (link.path, link.query) for link in self.linked if link.path in starts and link.query
        )
        for order, page in self.run(
            Order("page", lang, f"{path}?{query}")
            for path, query in asked
            for lang in LANGUAGE_CODES
        ):
            path, _, query = order.subject.partition("?")
            self.bundle(path, order.lang).add(query, page.html)
            self.note(page)

    # Sockets

    def first_scenarios(self, walkthrough: Walkthrough) -> list[str]:
        """The queries of the default, of the presets, and of the simplest socket of each path."""
        atlas = self.site.atlases.get(walkthrough.edition, walkthrough.function)
        presets = (preset.scenario.query() for preset in walkthrough.presets)
        return list(dict.fromkeys(("", *presets, *(path.witness.query for path in atlas.paths))))

    def render_scenarios(
        self, walkthrough: Walkthrough, queries: Iterable[str], *, is_followed: bool = False
    ) -> None:
        """The pages of sockets."""
        start = f"/{walkthrough.id}"
        for order, page in self.run(
            Order("scenario" if is_followed else "end", lang, f"{start}?{query}")
            for query in queries
            for lang in LANGUAGE_CODES
        ):
            self.bundle(start, order.lang).add(order.subject.partition("?")[2], page.html)
            if is_followed:
                self.note(page)

    def scenarios(self, walkthrough: Walkthrough) -> None:
        """The sockets that pages lead to; then what a browser has to know of all of them."""
        start, first = f"/{walkthrough.id}", self.first_scenarios(walkthrough)
        places = self.bundle(start, DEFAULT_LANGUAGE).facts["places"]
        linked = (
            link.without("step", "challenge")
            for link in self.linked
            if link.path.startswith(start) and self.kind(link.path) in {"scenario", "place"}
        )
        found = [query for query in (*places.values(), *linked) if "variant=" not in query]
        every = list(dict.fromkeys((*first, *found)))
        self.render_scenarios(walkthrough, every[len(first) :])
        reads = {}
        for query in every:
            trace = walkthrough.trace(parse_scenario(parse_qsl(query)))
            reads[query] = " ".join(trace.reads)
        for lang in LANGUAGE_CODES:
            bundle = self.bundle(start, lang)
            bundle.facts["sockets"] = reads
            bundle.facts["defaults"] = DEFAULTS
            bundle.facts["challenges"] = self.banners(walkthrough, lang, every)
            name = file_of(f"{start}/{PRESENT}", lang).replace("index.html", "traces.json")
            ((_, traces),) = self.run([Order("traces", lang, " ".join((walkthrough.id, *first)))])
            self.folder.write(name, _json(traces))

    def banners(
        self, walkthrough: Walkthrough, lang: str, queries: list[str]
    ) -> dict[str, list[int]]:
        """Of each challenge the number of its banner for each socket; `#7` is its name."""
        bundle, known = self.bundle(f"/{walkthrough.id}", lang), dict[str, int]()
        found: dict[str, list[int]] = {item.id: [] for item in walkthrough.challenges}
        parts = [queries[n : n + _MANY] for n in range(0, len(queries), _MANY)]
        for _, answers in self.run(
            Order("banners", lang, " ".join((walkthrough.id, *part))) for part in parts
        ):
            for banners in answers:
                for challenge, html in banners.items():
                    found[challenge].append(known.setdefault(html, len(known)))
        for html, number in known.items():
            bundle.add(f"#{number}", html)
        return found

    def search_indexes(self, walkthrough: Walkthrough) -> None:
        """What a browser searches, in each language."""
        for lang in LANGUAGE_CODES:
            version = self.site.indexes.version(walkthrough.id)
            address = Addresses("", self.site.assets).search_index(
                walkthrough.id, version, lang=lang
            )
            body = self.site.indexes.body(walkthrough.id, language(lang))
            self.folder.write(place_of(address), body)

    # At the end

    def write_bundles(self) -> None:
        """Each beside the page that it belongs to."""
        for place, bundle in sorted(self.bundles.items()):
            self.folder.write(f"{place}{BUNDLE}", bundle.encode())

    def service_worker(self) -> None:
        """Keeps everything for when there is no network; its version is that of what it keeps."""
        names = sorted(self.folder.names)
        digest = hashlib.sha256()
        for name in names:
            digest.update(name.encode() + b"\0" + (self.folder.path / name).read_bytes())
        settings = {"version": digest.hexdigest()[:16], "files": names}
        script = (STATIC / "js/export/worker.js").read_text(encoding="utf-8")
        self.folder.write("sw.js", b"const EXPORT = " + _json(settings) + b";\n" + script.encode())


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
