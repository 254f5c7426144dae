# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Page that asks what was observed, one thing at a time: what it shows, and the endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.i18n import LANGUAGE_CODES
from app.machine.trace import Branch
from app.walkthrough.atlas.records import AtlasPath
from app.walkthrough.atlas.report import branch_name
from app.walkthrough.which.asking import Ruled, Which, common, observed_of
from app.walkthrough.which.looks import QUESTIONS, UNKNOWN
from app.walkthrough.which.words import WhichWords
from app.web.addresses import API, WHICH
from app.web.atlas.view import TIMEOUT_S, being_made
from app.web.query import Fields, TextQuery, joined_fields
from app.web.study.form import text_fields
from app.web.study.maker import Maker
from app.web.study.page_cache import PageCache
from app.web.visit import Pages
from app.web.waiting import within
from app.web.which.reasoners import Reasoners, read_answers


class WhichView(Maker):
    """`which/which.html`: what fits the answers; `asked` is the question that a reader chose."""

    def __init__(
        self,
        cache: PageCache,
        which: Which,
        *,
        answers: Mapping[str, str],
        asked: str | None,
        lang: str | None,
        text: TextQuery,
    ) -> None:
        super().__init__(cache, lang, text.variant)
        self.which, self.answers = which, answers
        self.edition = self.walkthrough.edition_of(text.variant)
        self.words = WhichWords(cache.language, self.walkthrough.call)
        #: The answers so far and the text, as hidden fields.
        self.given = (*answers.items(), *text_fields(text))
        self.looks = which.fitting(observed_of(answers))
        self.paths = tuple({look.path.id: look.path for look in self.looks}.values())
        #: Questions that tell something apart; the one that is asked now, "" where there is none.
        self.open = which.best(self.looks, answers)
        self.asked = asked if asked in self.open else next(iter(self.open), "")

    def address(self, answers: Mapping[str, str], ask: str | None = None) -> str:
        """The page with these answers."""
        return self.href(WHICH, joined_fields({**answers, **({"ask": ask} if ask else {})}))

    @property
    def api(self) -> str:
        """The same as JSON."""
        return self.href(WHICH, joined_fields(self.answers), below=API, lang=None)

    @property
    def unknown(self) -> Iterator[tuple[str, str]]:
        """Address and text of what is not known, where that would tell the paths apart."""
        known = observed_of(self.answers)
        for key in self.which.best(self.which.fitting(known), known):
            yield self.address(self.without(key), key), self.words.question(key)

    def without(self, key: str) -> dict[str, str]:
        """The answers but for one."""
        return {name: text for name, text in self.answers.items() if name != key}

    @property
    def branches(self) -> list[Branch]:
        """Those that all of the paths take, and not every path."""
        every = set(common(self.which.paths))
        return [branch for branch in common(self.paths) if branch not in every]

    @property
    def choices(self) -> Iterator[tuple[str, str, str]]:
        """Each answer, how many paths it leaves, and the branch that it decides if it does."""
        for choice in self.which.choices(self.looks, self.asked):
            decides = next((self.title(b) for b in choice.branches[:1] if b[1]), "")
            yield choice.answer, self._counted(len(choice.paths)), decides
        yield UNKNOWN, "", ""

    def did(self, ruled: Ruled) -> str:
        """What an answer did."""
        if ruled.answer == UNKNOWN:
            return ""
        if ruled.after == ruled.before:
            return self._("excludes nothing more")
        return self._("excludes {count}, leaves {rest}").format(
            count=ruled.before - ruled.after, rest=ruled.after
        )

    def is_behind(self, path: AtlasPath) -> bool:
        """Whether none of its FINs was seen: one would still wait behind unsent data."""
        return self.answers.get("sent") in {"none", "rst"} and "FIN" in path.ending.segments

    def query(self, path: AtlasPath) -> str:
        """Its simplest scenario."""
        return (path.real_witness or path.witness).query

    def place(self, branch: Branch) -> str:
        """The address of a branch."""
        return self.href(branch_name(branch))

    def title(self, branch: Branch) -> str:
        """A branch in words."""
        title = self.pick(self.edition.decisions_by_id[branch[0]].title)
        return f"{title}{self.cache.language.space}{str(branch[1]).lower()}"

    def _counted(self, count: int) -> str:
        text = self.cache.language.ngettext("leaves one path", "leaves {count} paths", count)
        return text.format(count=count)


class WhichPages(Pages):
    """Its endpoint."""

    def __init__(self, reasoners: Reasoners) -> None:
        super().__init__(reasoners.site)
        self.reasoners = reasoners

    def routes(self) -> list[Route]:
        return [Route(f"/{{walkthrough}}/{WHICH}", self.which)]

    async def which(self, request: Request) -> Response:
        """The paths that fit the answers, and the next question. Raises ReaderError."""
        walkthrough = self.walkthrough(request)
        given = Fields(request.url.query, (*QUESTIONS, "ask", "kernel", "lang"))
        lang = given.word("lang", LANGUAGE_CODES)
        asked = given.word("ask", QUESTIONS)
        text = given.text(walkthrough)
        answers = read_answers(given)
        visit = self.visit(request, lang, text)
        frame = visit.frame(WHICH, query=joined_fields(answers))
        which = await within(TIMEOUT_S, self.reasoners.of(walkthrough, text.variant))
        if which is None:
            return being_made(visit, WHICH, frame)
        view = WhichView(visit.cache, which, answers=answers, asked=asked, lang=lang, text=text)
        return visit.page("which/which.html", frame, view)
