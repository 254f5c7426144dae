# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A symptom as it is handed on: text for mail, Markdown for a ticket, JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from markupsafe import Markup
from pydantic import Field
from typing_extensions import TypedDict

from app.i18n import Language
from app.walkthrough.content.prose import Link, Prose, Resolver, paragraphs, render
from app.walkthrough.records import Walkthrough
from app.walkthrough.symptoms import Symptom
from app.walkthrough.wording import kernel_name
from app.web.wrapping import COLUMNS, ascii_of, columns, listed, wrap, wrapped


class CommandReport(TypedDict):
    """A command that confirms a symptom, and what its output tells."""

    run: str
    tells: str


class SymptomReport(TypedDict):
    """A symptom; texts are plain, paragraphs apart by an empty line."""

    id: str
    group: Annotated[str, Field(description="Where one sees it.", examples=["peer"])]
    title: str
    counters: Annotated[list[str], Field(description="Those that rise, as nstat has them.")]
    states: Annotated[list[str], Field(description="Those that sockets pile up in.")]
    sees: str
    does: str
    confirm: list[CommandReport]
    change: str
    trap: str | None
    url: str


class SymptomList(TypedDict):
    """The symptoms of a walkthrough, in the order of its page."""

    symptoms: list[SymptomReport]


@dataclass(frozen=True, slots=True, kw_only=True)
class SymptomTexts:
    """One symptom in a language; `link` is its whole address, `resolve` gives those of links."""

    walkthrough: Walkthrough
    symptom: Symptom
    language: Language
    link: str
    resolve: Resolver

    @property
    def title(self) -> str:
        """What one sees, in a line."""
        return self.language.pick(self.symptom.title)

    @property
    def source(self) -> str:
        """Whose function does it."""
        name = f"{self.walkthrough.function}()"
        return f"{name}{self.language.gettext(', ')}{self.kernel}" if self.kernel else name

    def parts(self) -> Iterator[tuple[str, Mapping[str, Prose]]]:
        """The headings and their texts, but for the commands."""
        _ = self.language.gettext
        yield _("What does it"), self.symptom.does
        yield _("What to change"), self.symptom.change
        if self.symptom.trap:
            yield _("The trap"), self.symptom.trap

    def html(self, texts: Mapping[str, Prose]) -> Markup:
        """A text for a page."""
        html = render(texts[self.language.code].lead, self.resolve)
        return Markup(html)  # noqa: S704 - raw HTML is off

    @property
    def kernel(self) -> str:
        """Whose text the function is."""
        return kernel_name(self.walkthrough, self.language)

    def _plain(self, texts: Mapping[str, Prose]) -> list[str]:
        return list(paragraphs(texts[self.language.code].lead))

    def _typed(self, texts: Mapping[str, Prose]) -> list[str]:
        """For a mail: in ASCII where that is enough, before lines are broken."""
        found = self._plain(texts)
        return [ascii_of(text) for text in found] if self.language.code == "en" else found

    # The texts

    def mail(self) -> str:
        """Plain text of 72 columns; a command is in one piece, so that it can be copied."""
        does, *rest = self.parts()
        said = [
            [*wrapped(self.title), *wrapped(self.source)],
            *self._said(self.symptom.sees),
            *self._headed(*does),
            [self.language.gettext("Confirm it on a host").upper()],
        ]
        for command in self.symptom.confirm:
            tells = [wrap(text, COLUMNS - 4, columns) for text in self._typed(command.tells)]
            said.append([f"  $ {command.run}", *(f"    {line}" for row in tells for line in row)])
        for heading, texts in rest:
            said += self._headed(heading, texts)
        said.append([self.link])
        text = "\n\n".join("\n".join(lines) for lines in said) + "\n"
        return ascii_of(text) if self.language.code == "en" else text

    def _headed(self, heading: str, texts: Mapping[str, Prose]) -> list[list[str]]:
        return [[heading.upper()], *self._said(texts)]

    def _said(self, texts: Mapping[str, Prose]) -> list[list[str]]:
        return [listed(text) for text in self._typed(texts)]

    def markdown(self) -> str:
        """For a ticket: the title as a link, headings, commands in fences; links lead on."""
        does, *rest = self.parts()
        said = [f"## [{self.title}]({self.link})", self.source, *self._marked(self.symptom.sees)]
        said += self._section(*does)
        said.append(f"### {self.language.gettext('Confirm it on a host')}")
        for command in self.symptom.confirm:
            said += [f"```sh\n{command.run}\n```", *self._marked(command.tells)]
        for heading, texts in rest:
            said += self._section(heading, texts)
        return "\n\n".join(said) + "\n"

    def _section(self, heading: str, texts: Mapping[str, Prose]) -> list[str]:
        return [f"### {heading}", *self._marked(texts)]

    def _marked(self, texts: Mapping[str, Prose]) -> list[str]:
        return list(paragraphs(texts[self.language.code].lead, self.resolve))

    def report(self) -> SymptomReport:
        found = self.symptom

        def text(texts: Mapping[str, Prose]) -> str:
            return "\n\n".join(self._plain(texts))

        return {
            "id": found.id,
            "group": found.group,
            "title": self.title,
            "counters": list(found.counters),
            "states": list(found.states),
            "sees": text(found.sees),
            "does": text(found.does),
            "confirm": [{"run": item.run, "tells": text(item.tells)} for item in found.confirm],
            "change": text(found.change),
            "trap": text(found.trap) if found.trap else None,
            "url": self.link,
        }


def whole(resolve: Resolver, origin: str, page: str) -> Resolver:
    """The addresses of links with a host before them; what is on `page` as well."""

    def address(link: Link) -> str:
        found = resolve(link)
        if found.startswith("#"):
            found = page + found
        return found if "://" in found else f"{origin}{found}"

    return address
