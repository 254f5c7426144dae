# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Makes the context of the page that asks one thing at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.machine.trace import Branch
from app.walkthrough.atlas.records import AtlasPath
from app.walkthrough.atlas.report import branch_name
from app.walkthrough.which.asking import Choice, Which, common, observed_of
from app.walkthrough.which.looks import UNKNOWN
from app.walkthrough.which.words import WhichWords
from app.web.addresses import API, WHICH
from app.web.contexts import LinkView, PageFrame
from app.web.maker import Maker
from app.web.query import TextQuery
from app.web.study.form import text_fields
from app.web.study.page_cache import PageCache, inline
from app.web.which.contexts import (
    AnsweredView,
    ApartView,
    ChoiceView,
    FitView,
    QuestionView,
    WhichPage,
)


class WhichView(Maker):
    """What fits the answers, in one language; `asked` is the question that a reader chose."""

    def __init__(
        self,
        cache: PageCache,
        answers: Mapping[str, str],
        asked: str | None,
        lang: str | None,
        text: TextQuery,
    ) -> None:
        super().__init__(cache, lang, text.variant)
        self.edition = self.walkthrough.edition_of(text.variant)
        self.hidden = text_fields(text)
        self.answers, self.asked = answers, asked
        self.words = WhichWords(cache.language, self.walkthrough.call)

    def address(self, answers: Mapping[str, str], ask: str | None = None) -> str:
        """The page with these answers."""
        return self.href(WHICH, query_of({**answers, **({"ask": ask} if ask else {})}))

    def page(self, frame: PageFrame, which: Which | None) -> WhichPage:
        looks = which.fitting(observed_of(self.answers)) if which is not None else ()
        paths = tuple({look.path.id: look.path for look in looks}.values())
        open_ = which.best(looks, self.answers) if which is not None else ()
        asked = self.asked if self.asked in open_ else next(iter(open_), None)
        every = set(common(which.paths)) if which is not None else set()
        query = query_of(self.answers)
        return WhichPage(
            frame=frame,
            walkthrough=self.walkthrough,
            action=self.addresses.page(self.walkthrough.id, WHICH),
            count=len(paths) if which is not None else None,
            considered=self._considered(which) if which is not None else "",
            anew=self.href(WHICH),
            given=(*self.answers.items(), *self.hidden),
            answered=tuple(self._answered(which)) if which is not None else (),
            question=self._question(asked, which.choices(looks, asked))
            if which is not None and asked is not None
            else None,
            others=tuple(
                LinkView(href=self.address(self.answers, key), text=self.words.question(key))
                for key in open_
                if key != asked
            ),
            unknown=tuple(self._unknown(which)) if which is not None and not open_ else (),
            branches=tuple(map(self._branch, (b for b in common(paths) if b not in every))),
            apart=tuple(map(self._apart, which.apart(paths))) if which is not None else (),
            paths=tuple(map(self._path, paths)),
            api=self.addresses.below(
                API, self.walkthrough.id, WHICH, query=query, variant=self.variant
            ),
        )

    def _unknown(self, which: Which) -> Iterator[LinkView]:
        known = observed_of(self.answers)
        for key in which.best(which.fitting(known), known):
            rest = {name: text for name, text in self.answers.items() if name != key}
            yield LinkView(href=self.address(rest, key), text=self.words.question(key))

    def _considered(self, which: Which) -> str:
        text = self._(
            "Of {count} paths that a kernel can take; {others} that are only hypothetical are "
            "left out."
        )
        return text.format(count=len(which.paths), others=which.left_out)

    def _question(self, question: str, choices: tuple[Choice, ...]) -> QuestionView:
        views = [
            ChoiceView(
                answer=choice.answer,
                text=inline(self.words.answer(question, choice.answer)),
                leaves=self._counted(len(choice.paths)),
                decides=next((self._title(b) for b in choice.branches[:1] if b[1]), ""),
            )
            for choice in choices
        ]
        unknown = inline(self.words.answer(question, UNKNOWN))
        return QuestionView(
            id=question,
            text=self.words.question(question),
            hint=inline(self.words.hint(question)),
            choices=(
                *views,
                ChoiceView(answer=UNKNOWN, text=unknown, leaves="", decides=""),
            ),
        )

    def _answered(self, which: Which) -> Iterator[AnsweredView]:
        for ruled in which.ruled(self.answers):
            rest = {key: text for key, text in self.answers.items() if key != ruled.question}
            if ruled.answer == UNKNOWN:
                did = ""
            elif ruled.after == ruled.before:
                did = self._("excludes nothing more")
            else:
                did = self._("excludes {count}, leaves {rest}").format(
                    count=ruled.before - ruled.after, rest=ruled.after
                )
            yield AnsweredView(
                text=self.words.question(ruled.question),
                answer=inline(self.words.answer(ruled.question, ruled.answer)),
                did=did,
                without=self.address(rest, ruled.question),
            )

    def _path(self, path: AtlasPath) -> FitView:
        query = (path.real_witness or path.witness).query
        text = query.replace("&", " ") or self._("the default scenario")
        return FitView(
            id=path.id,
            ends=self.words.ends(path),
            is_behind=self.answers.get("sent") in {"none", "rst"} and "FIN" in path.ending.segments,
            when=inline(self.words.condition(path)),
            scenario=LinkView(href=self.href(None, query), text=text),
        )

    def _branch(self, branch: Branch) -> LinkView:
        return LinkView(href=self.href(branch_name(branch)), text=self._title(branch))

    def _apart(self, name: str) -> ApartView:
        decision = self.edition.decisions_by_id[name]
        return ApartView(
            title=self.pick(decision.title),
            line=decision.line,
            href=self.href(name),
            code=decision.condition,
        )

    def _title(self, branch: Branch) -> str:
        decision = self.edition.decisions_by_id[branch[0]]
        title = self.pick(decision.title)
        return f"{title}{self.cache.language.space}{str(branch[1]).lower()}"

    def _counted(self, count: int) -> str:
        text = self.cache.language.ngettext("leaves one path", "leaves {count} paths", count)
        return text.format(count=count)


def query_of(fields: Mapping[str, str]) -> str:
    """Answers as a query has them."""
    return "&".join(f"{key}={text}" for key, text in fields.items())
