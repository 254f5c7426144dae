# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Builds the edition: every address of the program as a file, every path as data.

The addresses are those that the program's own pages link to, from the front page on. A page of the
study that shows one place is kept in short; one that shows a scenario is not a file of its own but
one of the paths, which the browser puts together.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, Final

from app.i18n import DEFAULT_LANGUAGE, LANGUAGE_CODES, language
from app.paths import CONTENT, STATIC, TEMPLATES
from app.walkthrough.atlas.filters import branches_of
from app.walkthrough.atlas.lookup import Lookup, make_lookup
from app.walkthrough.atlas.records import Atlas
from app.walkthrough.records import Walkthrough
from app.web.addresses import (
    ATLAS,
    CHANGES,
    COMPARE,
    LAB,
    PRESENT,
    SITUATION,
    WATCH,
    Addresses,
    branch_place,
    read_lines,
)
from app.web.edition.atlas_facts import atlas_facts
from app.web.edition.facts import examples_of, facts, words
from app.web.edition.folder import Folder
from app.web.edition.links import file_of
from app.web.edition.packing import Pool
from app.web.edition.rendering import NEXT, Order, Rendered, Workers, workers
from app.web.http.assets import travelling
from app.web.site import Site

#: Addresses that only the running program answers.
NEEDS_SERVER: Final = (
    *("/api", "/live", "/embed", "/card", "/copy", "/oembed", "/static"),
    f"/{CHANGES}.atom",
)
#: What is of no use as a page: this host's counters, and the traces of slides, which are data.
_NO_PAGES: Final = (WATCH, f"{PRESENT}/traces")
#: Pages whose query picks one of a few: those that they link to themselves.
PICKED: Final = (ATLAS, COMPARE, LAB)
_BATCH: Final = 8

Progress = Callable[[int, int], None]
"""Called with how many pages are done, and how many are known of."""


def build(folder: Folder, progress: Progress, content: Path = CONTENT) -> None:
    """Writes the whole edition. Raises OSError, ContentError."""
    site = Site(content, TEMPLATES, STATIC, is_static=True)
    _copy_assets(folder, site.assets)
    for walkthrough in site.walkthroughs.values():
        # Made once and kept on the disk, where the renderers find it.
        site.atlases.get(walkthrough.edition, walkthrough.function)
    with workers(content) as crew, ThreadPoolExecutor(1) as beside:
        # The atlas takes seconds, in which the pages are rendered by others.
        lookups = {
            name: beside.submit(make_lookup, walkthrough.edition.program)
            for name, walkthrough in site.walkthroughs.items()
        }
        building = _Building(folder, site, crew, progress)
        building.pages()
        for name, walkthrough in site.walkthroughs.items():
            for page in PICKED:
                building.picked(walkthrough, page)
            building.forwarded(walkthrough)
            building.walkthrough(walkthrough, lookups[name].result())
    building.worker()


def _copy_assets(folder: Folder, version: str) -> None:
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            name = path.relative_to(STATIC).as_posix()
            folder.write(f"static/{version}/{name}", travelling(path))


class _Building:
    def __init__(self, folder: Folder, site: Site, crew: Workers, progress: Progress) -> None:
        self.folder, self.site, self.crew, self.progress = folder, site, crew, progress
        self.done = self.known = 0
        #: Addresses with a query that pages link to, each once.
        self.asked: dict[str, None] = {}
        #: What the service worker keeps: everything but the pages that it can put together.
        self.kept = list(folder.names)

    def run(self, orders: Sequence[Order]) -> Iterator[tuple[Order, Rendered]]:
        """The answers, in whatever order they come."""
        self.known += len(orders)
        batches = [orders[n : n + _BATCH] for n in range(0, len(orders), _BATCH)]
        waiting = {self.crew.submit(batch): batch for batch in batches}
        while waiting:
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                batch = waiting.pop(future)
                self.done += len(batch)
                self.progress(self.done, self.known)
                yield from zip(batch, future.result(), strict=True)

    def write(self, name: str, text: str, *, keep: bool = True) -> None:
        self.folder.write(name, text.encode())
        if keep:
            self.kept.append(name)

    # Pages

    def pages(self) -> None:
        """Follows the links, round after round."""
        seen: set[str] = set()
        found = ["/"]
        while found:
            orders = [
                Order(self.kind(path), lang, path) for path in found for lang in LANGUAGE_CODES
            ]
            seen.update(found)
            following: set[str] = set()
            for order, rendered in self.run(orders):
                self.write(
                    _file(order.subject, order.lang), rendered.text, keep=order.kind == "page"
                )
                links = [link.partition("#")[0] for link in rendered.links]
                self.asked.update(dict.fromkeys(map(_without_language, links)))
                following.update(link.partition("?")[0] for link in links)
            found = sorted(path for path in following - seen if self.is_exported(path))
        self.write("404.html", self.missing())

    def missing(self) -> str:
        """The page for an address that leads nowhere, in every language."""
        texts = []
        for spoken in map(language, LANGUAGE_CODES):
            heading = spoken.gettext("This address leads nowhere")
            advice = spoken.gettext(
                "Take away the end of the address, piece by piece: it begins with the front page."
            )
            texts.append((spoken.tag, heading, advice))
        spoken = language(DEFAULT_LANGUAGE)
        template = self.site.environment(spoken).get_template("edition/missing.html")
        return template.render(name=self.site.name(spoken), texts=texts)

    def forwarded(self, walkthrough: Walkthrough) -> None:
        """Pages that lead on: presets by their names, old names of places; and what is gone."""
        start = f"/{walkthrough.id}"
        moved = [f"{start}/{SITUATION}/{preset.id}" for preset in walkthrough.presets]
        for old, new in walkthrough.aliases.items():
            moved.append(f"{start}/{old}")
            if new in walkthrough.decisions_by_id:
                moved += [f"{start}/{branch_place(old, way)}" for way in (True, False)]
        orders = [
            *(Order("moved", lang, path) for path in moved for lang in LANGUAGE_CODES),
            *(
                Order("gone", lang, f"{start}/{place}")
                for place in walkthrough.gone
                for lang in LANGUAGE_CODES
            ),
        ]
        for order, rendered in self.run(orders):
            self.write(_file(order.subject, order.lang), rendered.text, keep=False)

    def is_exported(self, path: str) -> bool:
        """Whether a path is answered without the program."""
        if path.startswith(NEEDS_SERVER):
            return False
        return path.strip("/").partition("/")[2] not in _NO_PAGES

    def kind(self, path: str) -> str:
        """How the page of a path is rendered."""
        name, _, place = path.strip("/").partition("/")
        walkthrough = self.site.walkthroughs.get(name)
        if walkthrough is None or not place:
            return "page"
        if read_lines(place) is not None:
            return "line"
        first = place.partition("/")[0]
        is_place = first in walkthrough.blocks_by_id or first in walkthrough.decisions_by_id
        return "place" if is_place else "page"

    # A walkthrough's data

    def walkthrough(self, walkthrough: Walkthrough, lookup: Lookup) -> None:
        """Its facts, its paths in each language, and what the API says of it."""
        atlas = self.atlas(walkthrough)
        scenarios = examples_of(walkthrough, atlas, lookup)
        self.data(f"{walkthrough.id}.json", facts(walkthrough, atlas, lookup, scenarios))
        queries = "&&".join(scenario.query() for scenario in scenarios)
        slides = [Order("slides", lang, f"{walkthrough.id}?{queries}") for lang in LANGUAGE_CODES]
        orders = [
            Order("parts", lang, f"/{walkthrough.id}?{scenario.query()}")
            for lang in LANGUAGE_CODES
            for scenario in scenarios
        ]
        for kind in ("challenges", "branches"):
            orders += [Order(kind, lang, walkthrough.id) for lang in LANGUAGE_CODES]
        # Those that take longest come first.
        texts = {order: rendered.text for order, rendered in self.run([*slides, *orders])}
        for order in slides:
            self.write(
                f"static/{self.site.assets}/edition/{walkthrough.id}.slides.{order.lang}.json",
                texts[order],
            )
        for lang in LANGUAGE_CODES:
            pool, spoken = Pool(), language(lang)
            pages = [pool.add(texts[order]) for order in orders if order[:2] == ("parts", lang)]
            challenges = texts[Order("challenges", lang, walkthrough.id)].split(NEXT)
            branches = texts[Order("branches", lang, walkthrough.id)].split(NEXT)
            shelf = self.site.shelf(walkthrough, spoken, Addresses("", self.site.assets))
            self.data(
                f"{walkthrough.id}.{lang}.json",
                {
                    **pool.as_json(),
                    "pages": pages,
                    "challenges": challenges,
                    "branches": branches,
                    "words": words(walkthrough, shelf, spoken),
                },
            )
        answers = [f"/api/{walkthrough.id}", f"/api/{walkthrough.id}/atlas", "/api/walkthroughs"]
        for order, rendered in self.run([Order("json", DEFAULT_LANGUAGE, a) for a in answers]):
            if rendered.text:
                self.write(f"{order.subject.strip('/')}.json", rendered.text)

    def picked(self, walkthrough: Walkthrough, page: str) -> None:
        """Each page that a query picks, as it stands below its head."""
        start = f"/{walkthrough.id}/{page}?"
        addresses = [address for address in self.asked if address.startswith(start)]
        more: dict[str, dict[str, Any]] = {lang: {} for lang in LANGUAGE_CODES}
        if page == ATLAS:
            # The browser filters; of a branch alone there is more to say.
            addresses = [f"{start}branch={name}" for name in branches_of(walkthrough.edition)]
            atlas = self.atlas(walkthrough)
            more = {lang: atlas_facts(walkthrough, atlas, language(lang)) for lang in more}
        pools = {lang: Pool() for lang in LANGUAGE_CODES}
        pages: dict[str, dict[str, list[int]]] = {lang: {} for lang in LANGUAGE_CODES}
        orders = [Order("picked", lang, address) for address in addresses for lang in pools]
        for order, rendered in sorted(self.run(orders)):
            query = order.subject.removeprefix(start)
            pages[order.lang][query] = pools[order.lang].add(rendered.text)
        for lang, pool in pools.items():
            missing = language(lang).gettext(
                "This edition has the pages that are linked below; any other needs the program "
                "itself."
            )
            self.data(
                f"{walkthrough.id}.{page}.{lang}.json",
                {**pool.as_json(), "pages": pages[lang], "missing": missing, **more[lang]},
            )

    def atlas(self, walkthrough: Walkthrough) -> Atlas:
        """All paths, which were made in the beginning."""
        return self.site.atlases.get(walkthrough.edition, walkthrough.function)

    def data(self, name: str, value: Any) -> None:
        """A file of data, beside the scripts that read it."""
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        self.write(f"static/{self.site.assets}/edition/{name}", text)

    # Without a network

    def worker(self) -> None:
        """The service worker; its version is that of everything it keeps."""
        names = sorted(self.kept)
        digest = hashlib.sha256()
        for name in names:
            digest.update(name.encode() + b"\0" + (self.folder.path / name).read_bytes())
        script = (STATIC / "js/edition/worker.js").read_text(encoding="utf-8")
        settings = {
            "version": digest.hexdigest()[:16],
            "files": names,
            "languages": [code for code in LANGUAGE_CODES if code != DEFAULT_LANGUAGE],
            "homes": list(self.site.walkthroughs),
        }
        self.folder.write("sw.js", f"const EDITION = {json.dumps(settings)};\n{script}".encode())


def _without_language(address: str) -> str:
    """An address in no language in particular."""
    path, _, query = address.partition("?")
    kept = "&".join(pair for pair in query.split("&") if pair and not pair.startswith("lang="))
    return f"{path}?{kept}" if kept else path


def _file(path: str, lang: str) -> str:
    return file_of(path if lang == DEFAULT_LANGUAGE else f"{path}?lang={lang}")
