# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Quotation and citation of a place: texts for mail, Markdown, a frame and a footnote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import pairwise
from typing import Final
from urllib.parse import quote

from app.walkthrough.wording import source_sentence
from app.web.contexts import LinkView
from app.web.sharing.excerpt import excerpt, telling_lines
from app.web.study.captions import place_title
from app.web.study.study import Study, verdict
from app.web.wrapping import COLUMNS, HELD, ascii_of, columns, listed, wrap, wrapped

_TAB: Final = 4
#: The most lines of code where the place itself does not say how many.
_LINES: Final = 6
FRAME_WIDTH, FRAME_HEIGHT = 720, 520


@dataclass(frozen=True)
class Quotation:
    """What is quoted, with whole addresses: `link` leads to it, `frame` is it in a frame."""

    study: Study
    link: str
    frame: str

    # The pieces

    @cached_property
    def title(self) -> str:
        """The place or the scenario, with the function's name before it."""
        name = f"{self.study.walkthrough.function}()"
        return f"{name}{self._colon}{place_title(self.study)}"

    @property
    def _colon(self) -> str:
        return "：" if self.study.cache.language.code == "zh" else ": "

    @property
    def source(self) -> str:
        """The kernel and the file, and from where its lines are counted."""
        study = self.study
        file = study.edition.callees[study.callee].file if study.callee else None
        return source_sentence(study.walkthrough, study.cache.language, study.variant, file)

    @cached_property
    def numbers(self) -> list[int | None]:
        """The quoted lines; None where some are left out."""
        study = self.study
        if study.inner:
            return [*study.inside[study.inner - 1].step.site.span.lines]
        if study.step is not None:
            step = study.steps[study.step - 1]
            return [*range(step.line, step.end_line + 1)]
        start, end = study.focus.rows if study.callee and study.focus else telling_lines(study)
        if study.focus is None or study.focus.decision is not None:
            return excerpt(study, start, end, _LINES)
        found = [*range(start, end + 1)]
        while len(found) > 1 and not self._line(found[-1]).strip():
            found.pop()
        return [*found]

    def _line(self, number: int) -> str:
        edition, callee = self.study.edition, self.study.callee
        source = edition.callees[callee] if callee else edition.source
        return source.line(number).expandtabs(_TAB).rstrip()

    @cached_property
    def code(self) -> list[tuple[str, str]]:
        """The quoted lines as they are indented, as (number, text).

        A line that lies alone between two of them is quoted too, more are an ellipsis.
        """
        numbers = [number for number in self.numbers if number is not None]
        rows = [(str(number), self._line(number)) for number in numbers[:1]]
        for before, number in pairwise(numbers):
            if number - before == 2:
                rows.append((str(number - 1), self._line(number - 1)))
            elif number - before > 2:
                rows.append(("", f"{self._indent(number)}..."))
            rows.append((str(number), self._line(number)))
        return rows

    def _indent(self, number: int) -> str:
        line = self._line(number)
        return line[: len(line) - len(line.lstrip())]

    @cached_property
    def path(self) -> str:
        """The decisions in a sentence: up to the place's where it is one, else all of them."""
        study, language = self.study, self.study.cache.language
        steps = study.trace.steps
        last = len(steps) if study.step is None else study.step
        focus = study.focus
        if focus is not None and focus.decision is not None and study.step is None:
            line = focus.decision.line
            here = [n for n, step in enumerate(steps, 1) if step.site.span.line == line]
            last = here[-1] if here else last
        ways: dict[int, list[str]] = {}
        for step in steps[:last]:
            if step.site.decision is not None and step.taken is not None:
                ways.setdefault(step.site.span.line, []).append(verdict(step.taken))
        said = language.gettext(", ").join(
            f"{line}{HELD}{_counted(found)}" for line, found in ways.items()
        )
        query = study.query.replace("&", " ") or "state=ESTABLISHED"
        if study.variant:
            query += f" variant={study.variant}"
        if not said:
            return language.gettext("With {query}, before the first decision.").format(query=query)
        return language.gettext("With {query} the path is, by line: {path}.").format(
            query=query, path=said
        )

    @cached_property
    def reason(self) -> str:
        """Why of the step, or of the decision in focus; empty where there is neither."""
        study, steps = self.study, self.study.trace.steps
        if study.inner:
            inner = study.inside[study.inner - 1].step
            return _plain(study.wording.inside(inner, study.edition))
        if study.step is not None:
            return _plain(study.wording.reason(steps[study.step - 1], study.edition).full)
        if study.focus is None or study.focus.decision is None:
            return ""
        here = [
            step
            for step in steps
            if step.site.decision == study.focus.decision.id
            and study.focus.taken in (None, step.taken)
        ]
        return _plain(study.wording.reason(here[-1], study.edition).full) if here else ""

    @cached_property
    def outcome(self) -> str:
        """What is left, in sentences."""
        found = self.study.wording.outcome(self.study.trace)
        return self.study.cache.language.space.join(map(_plain, found))

    @property
    def sentences(self) -> list[str]:
        """Reason, path, outcome: what there is of them."""
        return [text for text in (self.reason, self.path, self.outcome) if text]

    # The texts

    def mail(self, *more: Sequence[str]) -> str:
        """Plain text of 72 columns, the code with its numbers, the link on a line of its own.

        `more` are paragraphs that come before the link: sentences, and items that begin with "- ".
        The English one is ASCII. Only a link that is longer stays longer: a broken one is none.
        """
        paragraphs = [
            [*wrapped(self.title), *wrapped(self.source)],
            list(self._code_lines()),
            *(wrapped(_plain(text)) for text in self.sentences),
            *([line for text in lines for line in listed(_plain(text))] for lines in more),
            [self.link],
        ]
        text = "\n\n".join("\n".join(lines) for lines in paragraphs) + "\n"
        return ascii_of(text) if self.study.cache.language.code == "en" else text

    def _code_lines(self) -> Iterator[str]:
        margin = max(len(number) for number, _ in self.code)
        for number, text in self.code:
            head = f"{number:>{margin}} | "
            indent = len(text) - len(text.lstrip()) + _TAB
            for line in _broken(text, COLUMNS - len(head), indent):
                yield f"{head}{line}".rstrip()
                head = f"{'':>{margin}} | "

    def markdown(self) -> str:
        """The title as a link, the code in a fence, the sentences."""
        margin = max(len(number) for number, _ in self.code)
        code = "\n".join(f"{number:>{margin}}  {text}".rstrip() for number, text in self.code)
        title = _escaped(self.title)
        parts = [f"**[{title}]({self.link})** ({_escaped(self.source)})", f"```c\n{code}\n```"]
        return "\n\n".join([*parts, *map(_escaped, self.sentences)]) + "\n"

    def html(self) -> str:
        """A frame that shows the place, its commentary and the steps."""
        return frame_html(self.frame, self.title)


def frame_html(
    address: str, title: str, width: int = FRAME_WIDTH, height: int = FRAME_HEIGHT
) -> str:
    """The frame of a page, as HTML."""
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" '
        f'width="{width}" height="{height}" loading="lazy" '
        'style="border:0;max-width:100%"></iframe>\n'
    )


def _counted(ways: list[str]) -> str:
    """`true`, and `3x true/false` for a loop."""
    runs: list[tuple[str, int]] = []
    for way in ways:
        if runs and runs[-1][0] == way:
            runs[-1] = (way, runs[-1][1] + 1)
        else:
            runs.append((way, 1))
    return "/".join(way if count == 1 else f"{count}x{HELD}{way}" for way, count in runs)


def _plain(text: str) -> str:
    return text.replace("`", "")


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    text = text.replace(HELD, " ")
    return "".join(f"\\{sign}" if sign in r"\`*_[]<>#|~&" else sign for sign in text)


def _broken(text: str, limit: int, indent: int) -> list[str]:
    """A line of code that is too long, broken at its spaces and indented from there on."""
    if columns(text) <= limit:
        return [text]
    lead = text[: len(text) - len(text.lstrip())]
    # The rest moves to the left where its longest word would not fit else.
    indent = min(indent, limit - max(map(columns, text.split())))
    found = wrap(text.lstrip(), limit - max(len(lead), indent), columns)
    return [lead + found[0], *(" " * indent + line for line in found[1:])]


def citation(quotation: Quotation, revision: str) -> str:
    """Function, lines, file, kernel, revision of the content, address: what a footnote needs."""
    study = quotation.study
    language = study.cache.language
    numbers = [number for number in quotation.numbers if number is not None]
    _ = language.gettext
    text = _(
        "{function}, lines {start} to {end}. {source}. {title}. "
        "Revision of the content: {revision}."
    ).format(
        function=f"{study.callee or study.walkthrough.function}()",
        start=numbers[0],
        end=numbers[-1],
        source=quotation.source,
        title=language.pick(study.walkthrough.title),
        revision=revision,
    )
    return f"{text}\n{quotation.link}\n"


def mainline_links(quotation: Quotation) -> Iterator[LinkView]:
    """The same lines in the nearest mainline version, found by their text: numbers differ there.

    Nearest to the own text, that is: of an imported kernel's there are none.
    """
    study = quotation.study
    near = study.walkthrough.provenance.nearest
    if near is None or study.edition.kernel:
        return
    fragment = quote(_telling_text(study, quotation), safe="").replace("-", "%2D")
    for name, address in near.pages.items():
        page = address.format(path=study.walkthrough.provenance.path)
        yield LinkView(href=f"{page}#:~:text={fragment}", text=name)


def _telling_text(study: Study, quotation: Quotation) -> str:
    """A quoted line that stands once in the function, and in mainline too; else its first line."""
    source = study.walkthrough.edition.source
    near = study.walkthrough.provenance.nearest
    texts = [line.strip() for line in source.lines]
    for number in quotation.numbers:
        text = texts[number - 1] if number is not None else ""
        differs = near is not None and any(word in text for word in near.without)
        if len(text) > 12 and texts.count(text) == 1 and not differs:
            return text
    return texts[0]
