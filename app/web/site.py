# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What all requests share: the walkthroughs, the addresses, the templates, what was worked out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    select_autoescape,
)
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.editions.store import with_kernels
from app.errors import NotFound, not_among
from app.i18n import DEFAULT_LANGUAGE, LANGUAGE_CODES, Language, language, marked
from app.lab.evidence import load_evidence, sightings
from app.walkthrough.content.files import folder_digest
from app.walkthrough.content.prose import code_html
from app.walkthrough.load import Content, came_along, list_walkthroughs, load_walkthrough
from app.walkthrough.records import Walkthrough
from app.web.addresses import SEARCH, Addresses
from app.web.compiling import CompiledTemplates, FixedWords, Straight
from app.web.contexts import ExportView, LinkView, PageFrame, SearchLinks
from app.web.http.assets import assets_version
from app.web.http.headers import META_POLICY
from app.web.http.negotiation import accepted_language
from app.web.http.origin import Origin
from app.web.meta import CARD_SIZE, PageMeta, Share, data_block, locales
from app.web.navigation import foot_of, parts_of
from app.web.query import MAX_QUERY
from app.web.search_index import Indexes
from app.web.study.page_cache import HOLE, PageCache, inline

if TYPE_CHECKING:
    from app.walkthrough.atlas.store import AtlasStore

_SEVERAL: Final = marked("Walkthroughs")
#: How many parts of pages, of a few kilobytes at most, are kept in each language.
_KEPT_PARTS: Final = 4096


class Site:
    """The program's state; nothing in it changes after the start.

    `is_export` makes the pages of the export. Raises ContentError where a
    content folder has mistakes.
    """

    def __init__(
        self,
        content: Content,
        templates: Path,
        static: Path,
        origin: Origin | None = None,
        *,
        editions: Path | None = None,
        is_export: bool = False,
    ) -> None:
        self.origin = origin or Origin()
        folders = list_walkthroughs(content)
        self.walkthroughs: dict[str, Walkthrough] = {
            name: load_walkthrough(folder, is_checked=came_along(folder))
            for name, folder in folders.items()
        }
        if editions is not None:
            for name, item in self.walkthroughs.items():
                self.walkthroughs[name] = with_kernels(item, editions)
        if is_export:
            # Files have no lives but those under the usual conditions.
            for name, item in self.walkthroughs.items():
                solvable = tuple(one for one in item.challenges if not one.is_about_life)
                self.walkthroughs[name] = replace(item, challenges=solvable)
        self.sightings = {
            name: sightings(item, load_evidence(item, folders[name]))
            for name, item in self.walkthroughs.items()
        }
        #: Of each content folder; it changes with any of its files.
        self.revisions = {name: folder_digest(folder) for name, folder in folders.items()}
        self.indexes = Indexes(self.walkthroughs, self.revisions)
        self.static = static
        self.assets = assets_version(static)
        others = (code for code in LANGUAGE_CODES if code != DEFAULT_LANGUAGE)
        self.export = (
            ExportView(policy=META_POLICY, languages=" ".join((DEFAULT_LANGUAGE, *others)))
            if is_export
            else None
        )
        self._environments: dict[str, Environment] = {}
        self._templates = templates
        self._cache = lru_cache(maxsize=64)(self._make_cache)

    @cached_property
    def atlases(self) -> AtlasStore:
        """The store of atlases: nothing is made before somebody asks."""
        from app.walkthrough.atlas.store import AtlasStore, cache_folder, make_apart

        return AtlasStore(cache_folder(), make_apart)

    # Addresses and languages

    def addresses(self, request: Request) -> Addresses:
        """Addresses under the path that this request came in by."""
        # Below a mount, such as that of the static files, `root_path` is the mount's.
        scope = request.scope
        prefix = scope.get("app_root_path", scope.get("root_path", ""))
        return Addresses(prefix.rstrip("/"), self.assets)

    def language(self, request: Request, lang: str | None) -> Language:
        """The language of the answer."""
        return language(lang or accepted_language(request.headers.get("accept-language", "")))

    def safe_language(self, request: Request) -> Language:
        """The language of an error: `lang` if it is a good one, whatever else is wrong."""
        return self.language(request, safe_lang(request))

    # Walkthroughs

    @property
    def only(self) -> Walkthrough | None:
        """The walkthrough that everything here is about; None where there are several."""
        return next(iter(self.walkthroughs.values())) if len(self.walkthroughs) == 1 else None

    def name(self, lang: Language) -> str:
        """What the site is called: by its function, or as a library of several."""
        return f"{self.only.function}()" if self.only else lang.gettext(_SEVERAL)

    def walkthrough(self, name: str) -> Walkthrough:
        """The walkthrough of an id. Raises NotFound."""
        found = self.walkthroughs.get(name)
        if found is None:
            raise NotFound(
                [not_among("unknown-walkthrough", "walkthrough", name, self.walkthroughs)]
            )
        return found

    def cache(self, walkthrough: Walkthrough, lang: Language, addresses: Addresses) -> PageCache:
        """What the walkthrough's pages in a language share."""
        return self._cache(walkthrough.id, lang.code, addresses)

    def _make_cache(self, walkthrough_id: str, code: str, addresses: Addresses) -> PageCache:
        return PageCache(
            self.walkthroughs[walkthrough_id],
            language(code),
            addresses,
            self.sightings[walkthrough_id],
        )

    # Templates

    def frame(
        self,
        request: Request,
        carried: str | None,
        walkthrough: Walkthrough | None = None,
        *,
        title: str,
        description: str,
        canonical: str,
        path: str | None = None,
        query: str = "",
        share: Share | None = None,
        kernel: str | None = None,
        note: str = "",
        own: str = "",
    ) -> PageFrame:
        """What is around the content of a page of a `walkthrough`, or of none.

        `carried` is the language that was asked for, which links carry along. `path` and `query`
        make the language links. `canonical` is without a language; `carried` is added to it.
        The parts of the bar carry the `kernel` along too, one that is not here as well.
        """
        addresses, lang = self.addresses(request), self.language(request, carried)
        path = canonical if path is None else path

        def in_language(code: str) -> str:
            joined = "&".join(part for part in (query, f"lang={code}") if part)
            return f"{path}?{joined}"

        about = walkthrough or self.only
        # A language that the texts have not would only change what is around them.
        languages = about.languages if about else LANGUAGE_CODES

        return PageFrame(
            language=lang,
            lang=carried,
            title=title,
            description=description,
            meta=self._meta(
                addresses,
                lang,
                carried,
                title=title,
                description=description,
                canonical=canonical,
                share=share or Share(),
                languages=languages,
            ),
            languages=tuple(
                (
                    code,
                    language(code).tag,
                    LinkView(
                        href=in_language(code),
                        text=language(code).name,
                        is_current=code == lang.code,
                    ),
                )
                for code in languages
            ),
            manifest=addresses.manifest(lang=lang.code),
            home=addresses.library(lang=carried),
            brand=self.name(lang),
            function=LinkView(
                href=addresses.page(about.id, lang=carried), text=f"{about.function}()"
            )
            if about and about is not self.only
            else None,
            reading=addresses.page(about.id, lang=carried) if about else None,
            search=self._search(about, addresses, lang, carried, kernel) if about else None,
            parts=tuple(parts_of(about, addresses, lang, carried, kernel)) if about else (),
            foot=tuple(foot_of(addresses, lang, carried)),
            note=note,
            own=own,
        )

    def _search(
        self,
        walkthrough: Walkthrough,
        addresses: Addresses,
        lang: Language,
        carried: str | None,
        kernel: str | None,
    ) -> SearchLinks:
        version = self.indexes.version(walkthrough.id)
        return SearchLinks(
            page=addresses.page(walkthrough.id, SEARCH, variant=kernel, lang=carried),
            index=addresses.search_index(walkthrough.id, version, lang=lang.code),
            home=addresses.page(walkthrough.id, lang=carried),
        )

    def _meta(
        self,
        addresses: Addresses,
        lang: Language,
        carried: str | None,
        *,
        title: str,
        description: str,
        canonical: str,
        share: Share,
        languages: Sequence[str],
    ) -> PageMeta:
        """What the page says of itself to programs."""
        whole = self.origin.whole

        def in_language(code: str | None) -> str:
            sign = "&" if "?" in canonical else "?"
            return whole(f"{canonical}{sign}lang={code}" if code else canonical)

        address = in_language(carried)
        card = whole(share.card or addresses.card(lang=lang.code))
        locale, others = locales(lang.code, tuple(dict.fromkeys((lang.code, *languages))))
        data = {
            "@type": share.type,
            "headline": title,
            "description": description,
            "inLanguage": lang.tag,
            "url": address,
            "image": card,
            "isPartOf": {
                "@type": "WebSite",
                "name": self.name(lang),
                "url": whole(addresses.library()),
            },
            **share.about,
        }
        return PageMeta(
            canonical=address,
            any_language=in_language(None),
            alternates=tuple((language(code).tag, in_language(code)) for code in languages),
            card=card,
            card_size=CARD_SIZE,
            kind="article" if share.about else "website",
            locale=locale,
            other_locales=others,
            site_name=self.name(lang),
            oembed=share.oembed and whole(share.oembed),
            data=data_block(data),
        )

    def environment(self, lang: Language) -> Environment:
        """The templates in a language."""
        if lang.code not in self._environments:
            environment = Environment(
                loader=FileSystemLoader(self._templates),
                autoescape=select_autoescape(default=True, default_for_string=True),
                undefined=StrictUndefined,
                trim_blocks=True,
                lstrip_blocks=True,
                extensions=["jinja2.ext.i18n", FixedWords],
                auto_reload=False,
                bytecode_cache=CompiledTemplates(lang),
            )
            environment.extend(words=lang)
            environment.code_generator_class = Straight
            environment.install_gettext_translations(  # type: ignore[attr-defined]
                lang.translations, newstyle=True
            )
            environment.filters["inline"] = inline
            environment.filters["pick"] = lang.pick
            environment.filters["code"] = lambda text: Markup(code_html(text))  # noqa: S704 - escaped
            environment.globals["export"] = self.export
            environment.filters["once"] = lru_cache(maxsize=_KEPT_PARTS)(_rendered)
            environment.globals["space"] = lang.space
            environment.globals["hole"] = HOLE
            self._environments[lang.code] = environment
        return self._environments[lang.code]

    def page(
        self, request: Request, template: str, frame: PageFrame, page: Any, status: int = 200
    ) -> HTMLResponse:
        """A rendered page in its frame."""
        return self.rendered(request, template, frame.language, page, status, frame=frame)

    def rendered(
        self,
        request: Request,
        template: str,
        lang: Language,
        page: Any,
        status: int = 200,
        **more: Any,
    ) -> HTMLResponse:
        """A rendered template, which need not be a whole page of the site."""
        html = (
            self.environment(lang)
            .get_template(template)
            .render(page=page, language=lang, static=self.addresses(request).static, **more)
        )
        return HTMLResponse(
            html,
            status_code=status,
            headers={
                "Content-Language": lang.tag,
                "Vary": "Accept-Language",
                # A page may be kept, but has to be asked after: content changes with the program.
                "Cache-Control": "no-cache",
            },
        )


def _rendered(macro: Callable[..., Markup], *arguments: Any) -> Markup:
    """What a macro makes of its arguments: `macro|once(…)` in a template keeps it."""
    return macro(*arguments)


def safe_lang(request: Request) -> str | None:
    """The `lang` of a query that may be wrong in whatever way; None where there is no good one."""
    if len(request.scope["query_string"]) > MAX_QUERY:
        return None
    asked = request.query_params.get("lang")
    return asked if asked in LANGUAGE_CODES else None
