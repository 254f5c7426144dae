# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The catalogues hold every text of the interface, and the pages in Chinese are Chinese."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from starlette.testclient import TestClient

from app.i18n import DEFAULT_LANGUAGE, LANGUAGE_CODES, Catalogue, language
from app.paths import CONTENT
from app.walkthrough.told import words_in
from app.web.app import create_app
from tests.conftest import shipped
from tools.messages import (
    KEYWORDS,
    ROOT,
    TEMPLATE,
    catalogue_file,
    extract,
    extract_python,
    untranslated,
    written,
)

TRANSLATED = [code for code in LANGUAGE_CODES if code != DEFAULT_LANGUAGE]
CJK = "\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef\u3000-\u303f"
REMEDY = "python -m tools.messages"


@pytest.fixture(scope="module")
def template() -> Catalog:
    """What the code and the templates have now."""
    return extract()


@pytest.fixture(params=TRANSLATED)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    """The translations into one language."""
    with catalogue_file(request.param).open("rb") as text:
        return read_po(text, locale=request.param)


def messages(catalogue: Catalog) -> Iterator[Message]:
    """The messages, without the header."""
    return (message for message in catalogue if message.id)


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """A message's forms: one, or one for each plural."""
    return (text or "",) if text is None or isinstance(text, str) else tuple(text)


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


# ---- the catalogues ----


def test_template_is_what_the_code_and_the_templates_have_now(template: Catalog) -> None:
    assert TEMPLATE.read_text(encoding="utf-8") == written(template), REMEDY


def test_catalogue_has_the_messages_of_the_template(template: Catalog, catalogue: Catalog) -> None:
    in_template = sorted(str(message.id) for message in messages(template))
    assert sorted(str(message.id) for message in messages(catalogue)) == in_template, REMEDY


def test_every_message_is_translated(catalogue: Catalog) -> None:
    assert [message.id for message in untranslated(catalogue)] == []


def test_no_translation_is_a_guess(catalogue: Catalog) -> None:
    assert not catalogue.fuzzy
    assert [message.id for message in catalogue if message.fuzzy] == []


def test_translation_has_the_placeholders_of_its_message(catalogue: Catalog) -> None:
    for message in messages(catalogue):
        # The singular need not say its number; the last form is the plural, which does.
        wanted = placeholders(forms(message.id)[-1])
        for text in filter(None, forms(message.string)):
            assert placeholders(text) == wanted, message.id


def test_no_message_has_a_per_cent_sign(template: Catalog) -> None:
    """Jinja applies the % operator to each message."""
    assert [m.id for m in messages(template) if "%" in "".join(forms(m.id))] == []


def test_message_in_an_f_string_is_found_on_every_python() -> None:
    code = b"""f"{self._('one')} {n}"; ngettext('two', 'many', n); _(name); marked('three')"""
    found = [
        (function, literals)
        for _, function, literals, _ in extract_python(io.BytesIO(code), KEYWORDS, (), {})
    ]
    assert found == [
        ("_", ("one",)),
        ("ngettext", ("two", "many", None)),
        ("_", (None,)),
        ("marked", ("three",)),
    ]


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_program_reads_what_babel_reads(code: str) -> None:
    with catalogue_file(code).open("rb") as text:
        known = read_po(text, locale=code)
    texts = language(code).translations
    assert isinstance(texts, Catalogue)
    for message in messages(known):
        one, *many = forms(message.id)
        wanted = forms(message.string)[0]
        assert texts.gettext(one) == wanted
        if many:
            assert [texts.ngettext(one, many[0], count) for count in (0, 1, 2)] == [wanted] * 3
    assert len(known) == len(texts.texts)
    assert known.num_plurals == 1


def test_what_is_not_translated_is_english() -> None:
    texts = language(TRANSLATED[0]).translations
    assert texts.gettext("no such text") == "no such text"
    assert [texts.ngettext("one", "many", count) for count in (1, 2)] == ["one", "many"]


def test_wheel_has_no_need_of_compiled_catalogues() -> None:
    """What is read is what is edited."""
    assert list((ROOT / "app" / "locale").rglob("*.mo")) == []


# ---- Chinese ----


def told(value: object) -> Iterator[dict[str, str]]:
    """The texts by language of a file of `content/words`."""
    if isinstance(value, dict):
        if {*value} & {*LANGUAGE_CODES}:
            yield value
        else:
            yield from (text for item in value.values() for text in told(item))


WORDS = [text for file in (CONTENT / "words").iterdir() for text in told(words_in(file.stem))]


def test_the_words_are_there_in_every_language_with_the_same_placeholders() -> None:
    assert len(WORDS) > 200
    for text in WORDS:
        assert {*text} == {*LANGUAGE_CODES}, text
        assert all(text.values()), text
        # A count of one need not be said, as in the catalogues.
        others = [placeholders(text[code]) for code in TRANSLATED]
        assert all(placeholders(text["en"]) <= other for other in others), text


@pytest.fixture(scope="module")
def chinese() -> list[tuple[str, str]]:
    """Message and translation, plural forms apart."""
    with catalogue_file("zh").open("rb") as text:
        catalogue = read_po(text, locale="zh")
    return [
        (forms(message.id)[-1], translation)
        for message in messages(catalogue)
        for translation in forms(message.string)
    ] + [(text["en"], text["zh"]) for text in WORDS]


def test_chinese_has_full_width_punctuation(chinese: list[tuple[str, str]]) -> None:
    half_width = re.compile(rf"[{CJK}][,.:;!?()]|[,:;!?(][{CJK}]")
    assert [text for _, text in chinese if half_width.search(text)] == []


def test_chinese_has_a_space_between_its_characters_and_latin_ones(
    chinese: list[tuple[str, str]],
) -> None:
    han = "\u3400-\u4dbf\u4e00-\u9fff"
    # A placeholder stands for a number or a name of the kernel.
    tight = re.compile(rf"[{han}][A-Za-z0-9_{{]|[A-Za-z0-9_()}}][{han}]")
    # These two join sentences and clauses that bring their own punctuation.
    joints = {"{before} {sentence}", "{clause}, {consequence}.", "{clause}."}
    assert [text for source, text in chinese if source not in joints and tight.search(text)] == []


class VisibleText(HTMLParser):
    """The text of a page that a reader sees or hears, without code and without quoted English."""

    VOID = frozenset("meta link input br hr img source area col embed wbr".split())
    UNREAD = frozenset(["script", "style", "code", "svg", "kbd", "template"])
    HEARD = frozenset(["title", "aria-label", "alt", "placeholder"])

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._left_out: list[bool] = [False]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        left_out = (
            self._left_out[-1]
            or tag in self.UNREAD
            or not (attributes.get("lang") or "zh").startswith("zh")
        )
        if not left_out:
            self.parts += [v for name, v in attrs if v and (name in self.HEARD)]
            self.parts += [v for name, v in attrs if v and name.startswith("data-") and " " in v]
            if tag == "meta" and attributes.get("name") == "description":
                self.parts.append(attributes.get("content") or "")
        if tag not in self.VOID:
            self._left_out.append(left_out)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            self._left_out.pop()

    def handle_data(self, data: str) -> None:
        if not self._left_out[-1] and data.strip():
            self.parts.append(" ".join(data.split()))


#: Every kind of page, and scenarios that bring out most of the sentences.
ADDRESSES = [
    "/",
    "/api",
    "/tcp_close",
    "/tcp_close?state=CLOSE_WAIT&recv=300-fin",
    "/tcp_close?linger=3&wait=ack&step=12",
    "/tcp_close?backlog=ack-fin",
    "/tcp_close?backlog=data&linger2=-1",
    "/tcp_close?state=LISTEN&accept_queue=2&repair=1",
    "/tcp_close?state=FIN_WAIT2&fin_timeout=100",
    "/tcp_close?orphans=1&pending=1",
    "/tcp_close?state=SYN_RECV&fastopen=1&recv=10",
    "/tcp_close?recv=300-fin&variant=article",
    "/tcp_close?state=FIN_WAIT2&linger2=-1&variant=article",
    "/tcp_close/unread/true",
    "/tcp_close/unread/true?recv=fin",
    "/tcp_close/linger2-negative/true?recv=300",
    "/tcp_close/listen?recv=300",
    "/tcp_close/L42-L48",
    "/tcp_close/symptoms",
    "/tcp_close/symptoms/reset-after-close",
    "/tcp_close/nowhere",
    "/tcp_close?stat=LISTEN&recv=x&state=TIME_WAIT&rto=0&rto=1&orphans=maybe",
    "/nowhere",
]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app()) as client:
        yield client


@pytest.mark.parametrize("address", ADDRESSES)
def test_page_in_chinese_has_no_english_sentence_of_the_interface(
    client: TestClient, chinese: list[tuple[str, str]], address: str
) -> None:
    answer = client.get(address + ("&" if "?" in address else "?") + "lang=zh")
    assert answer.headers["content-type"].startswith("text/html")
    text = "\n".join(VisibleText(answer.text).parts)
    sentences = [source for source, _ in chinese if len(words(source)) > 1]
    assert [source for source in sentences if as_seen(source).search(text)] == []


def words(message: str) -> list[str]:
    """The words of a message that are there whatever its placeholders are."""
    return re.findall(r"[A-Za-z]+", re.sub(r"\{\w+\}", "", message))


def as_seen(message: str) -> re.Pattern[str]:
    """How a message looks on a page, whatever its placeholders are."""
    fixed = re.split(r"\{\w+\}", message.strip())
    return re.compile(r"\S{1,80}".join(map(re.escape, fixed)).removeprefix(r"\S{1,80}"))


@pytest.fixture(scope="module")
def content() -> str:
    """What the authors wrote, white space folded."""
    files = (*CONTENT.rglob("*.zh.md"), *CONTENT.rglob("*.yaml"))
    return " ".join(" ".join(file.read_text(encoding="utf-8").split()) for file in files)


@pytest.mark.parametrize("address", ADDRESSES)
def test_page_in_chinese_has_english_from_the_content_only(
    client: TestClient, content: str, address: str
) -> None:
    """What a template forgets to translate is in no catalogue; a run of words gives it away."""
    answer = client.get(address + ("&" if "?" in address else "?") + "lang=zh")
    text = "\n".join(VisibleText(answer.text).parts)
    # These stay English: the API's description, and why the C stops.
    description = client.get("/api/openapi.json").json()["info"]["description"]
    quoted = f"{content} {description} is not declared"
    runs = re.findall(r"\b[a-z']+(?: [a-z']+){2,}", text)
    assert [run for run in runs if run not in quoted] == []


def test_page_in_chinese_has_no_doubled_punctuation(client: TestClient) -> None:
    """Clauses are put together; none brings a mark that its sentence has too."""
    doubled = re.compile(r"[，。：；、]\s*[，。：；、.,]")
    walkthrough = shipped()
    found = []
    for preset in walkthrough.presets:
        query = "&".join(filter(None, [preset.scenario.query(), "lang=zh"]))
        answer = client.get(f"/api/tcp_close/trace?{query}")
        trace = answer.json()
        texts = [step["why"] for step in trace["steps"]] + trace["summary"] + trace["caveats"]
        texts += [effect["text"] for step in trace["steps"] for effect in step["effects"]]
        found += [text for text in texts if doubled.search(text) or text != text.strip()]
    assert found == []
