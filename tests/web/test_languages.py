# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Which language a reader gets: `?lang=`, else Accept-Language, else English."""

import re
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment, Template
from markupsafe import Markup
from starlette.testclient import TestClient

from app.i18n import LANGUAGE_CODES, Catalogue, Language
from app.web.compiling import CompiledTemplates, FixedWords, Straight
from app.web.http.negotiation import accepted_language
from tests.web.conftest import ReadPage
from tests.web.reading import Element, links

CHINESE = re.compile("[\u4e00-\u9fff]")
ADDRESSES = ("/", "/tcp_close", "/tcp_close/unread/true", "/tcp_close/L42?recv=300", "/api")
ERRORS = ("/nothing", "/tcp_close/nothing", "/tcp_close?rto=0", "/?x=1")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("zh-Hans-CN", "zh"),
        ("ZH-cn", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9,zh-CN;q=0.8", "en"),
        ("en;q=0.5, zh;q=0.9", "zh"),
        ("en;q=0, zh", "zh"),
        ("zh;q=0", "en"),
        ("fr", "en"),
        ("fr, zh;q=0.5", "zh"),
        ("fr, de;q=0.9", "en"),
        ("*", "en"),
        ("zh;q=abc", "en"),
        ("; ; =,,", "en"),
        ("zh" + "," * 10_000, "zh"),
        ("x" * 100_000, "en"),
    ],
)
def test_accept_language_is_weighed(header: str, code: str) -> None:
    assert accepted_language(header) == code


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("lang", "header", "tag"),
    [
        (None, "zh-CN,zh;q=0.9", "zh-CN"),
        (None, "fr", "en"),
        ("zh", "en", "zh-CN"),
        ("en", "zh", "en"),
        ("", "zh", "zh-CN"),
    ],
)
def test_the_query_goes_before_the_header(
    client: TestClient, page: ReadPage, address: str, lang: str | None, header: str, tag: str
) -> None:
    if lang is not None:
        address += ("&" if "?" in address else "?") + f"lang={lang}"
    response = client.get(address, headers={"accept-language": header})
    assert response.headers["content-language"] == tag
    assert "accept-language" in response.headers["vary"].lower()
    assert page(address, accept_language=header).one("html")["lang"] == tag


@pytest.mark.parametrize("address", [address for address in ADDRESSES if address != "/api"])
def test_a_chinese_page_is_chinese(page: ReadPage, address: str) -> None:
    shown = page(address, accept_language="zh")
    assert CHINESE.search(shown.one("head").one("title").text)
    assert CHINESE.search(shown.one("h1").text)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_english_page_is_english_but_for_the_way_to_the_other(
    page: ReadPage, address: str
) -> None:
    shown = page(address)
    assert set(CHINESE.findall(shown.text)) == set("中文")


@pytest.mark.parametrize("address", ERRORS)
def test_errors_are_in_the_readers_language(page: ReadPage, address: str) -> None:
    for shown in (
        page(address, status=404 if "nothing" in address else 422, accept_language="zh"),
        page(
            f"{address}{'&' if '?' in address else '?'}lang=zh",
            status=404 if "nothing" in address else 422,
        ),
    ):
        assert shown.one("html")["lang"] == "zh-CN"
        assert CHINESE.search(shown.one("ul", id="problems").text)


@pytest.mark.parametrize("lang", ["fr", "EN", "zh-CN", "en ", "x" * 500, "%00"])
def test_a_language_without_an_interface_is_refused(page: ReadPage, lang: str) -> None:
    for address in ("/", "/tcp_close", "/tcp_close/entry", "/api"):
        shown = page(f"{address}?lang={lang}", status=422)
        assert shown.one("html")["lang"] == "en"
        assert "en, zh" in shown.one("ul", id="problems").text


def test_a_language_that_was_chosen_goes_along_with_every_link(page: ReadPage) -> None:
    for address in ("/?lang=zh", "/tcp_close?lang=zh", "/tcp_close/unread/true?lang=zh&recv=1"):
        shown = page(address)
        ways = [
            link
            for link in links(shown.one("main"), address)
            if not link.startswith(("/static/", "/api/"))
        ]
        permalinks = links(shown.one("p", class_="links"), "/") if "tcp_close" in address else set()
        for link in set(ways) - permalinks:
            assert "lang=zh" in link, link


def test_a_language_that_was_not_chosen_is_in_no_link(page: ReadPage) -> None:
    shown = page("/tcp_close", accept_language="zh")
    assert not [link for link in links(shown.one("main"), "/") if "lang=" in link]


def test_the_other_language_shows_the_same_thing(page: ReadPage) -> None:
    shown = page("/tcp_close/unread/true?recv=300&step=4&variant=article")
    (other,) = shown.one("nav", class_="languages").all("a")
    assert other["hreflang"] == other["lang"] == "zh-CN"
    assert other["href"] == "/tcp_close/unread/true?recv=300&step=4&variant=article&lang=zh"
    chinese = page(other["href"])
    (back,) = chinese.one("nav", class_="languages").all("a")
    assert back["href"] == "/tcp_close/unread/true?recv=300&step=4&variant=article&lang=en"
    assert page(back["href"]).one("html")["lang"] == "en"


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_page_names_itself_in_all_languages(page: ReadPage, address: str) -> None:
    alternates = {
        link["hreflang"]: link["href"]
        for link in page(address).all("link", rel="alternate")
        if "hreflang" in link.attributes
    }
    assert {"en", "zh-CN"} <= set(alternates)
    for tag, link in alternates.items():
        if tag != "x-default":
            assert page(link).one("html")["lang"] == tag


@pytest.mark.parametrize("lang", LANGUAGE_CODES)
def test_the_api_speaks_the_language_asked_for(client: TestClient, lang: str) -> None:
    for asked in ({"params": {"lang": lang}}, {"headers": {"accept-language": lang}}):
        trace = client.get("/api/tcp_close/trace", **asked).json()  # type: ignore[arg-type]
        walkthrough = client.get("/api/tcp_close", **asked).json()  # type: ignore[arg-type]
        problems = client.get("/api/nothing", **asked).json()  # type: ignore[arg-type]
        for text in (
            *(step["why"] for step in trace["steps"]),
            *trace["summary"],
            walkthrough["title"],
            walkthrough["presets"][0]["story"],
            problems["problems"][0]["detail"],
        ):
            assert bool(CHINESE.search(text)) == (lang == "zh"), text


# ---- Chinese has no spaces between its words ----

_CHARACTER = "[\u3001-\u3011\u3400-\u9fff\uff01-\uff1f]"
#: Without parentheses: what stands after them may be another thing.
_MARK = "[\u3001-\u3011\uff01-\uff07\uff0a-\uff0f\uff1a-\uff1f]"
_WITHIN = re.compile(f".{{0,20}}{_CHARACTER} +{_CHARACTER}.{{0,20}}")
_AT_A_MARK = re.compile(f".{{0,20}}(?:{_MARK} +[^ ]|[^ ] +{_MARK}).{{0,20}}")
_INLINE = frozenset("a b i em strong code span kbd sub sup".split())


def _texts(element: Element) -> tuple[list[str], list[str]]:
    """Each text by itself, and what runs on in one line through inline elements."""
    alone: list[str] = []
    lines = [""]

    def read(part: Element) -> None:
        for item in part.inside:
            if isinstance(item, str):
                alone.append(" ".join(item.split()))
                lines[-1] += item
            elif item.tag not in {"script", "svg", "textarea", "dl"}:
                is_inline = item.tag in _INLINE
                if not is_inline:
                    lines.append("")
                read(item)
                if not is_inline:
                    lines.append("")

    read(element)
    return alone, [" ".join(line.split()) for line in lines]


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/tcp_close",
        "/tcp_close?recv=300&step=9",
        "/tcp_close?linger=5&wait=fin-ack&step=20",
        "/tcp_close?state=FIN_WAIT2&linger2=-1&variant=article",
        "/tcp_close?state=LISTEN&recv=fin-1&repair=1&accept_queue=1&fastopen=1",
        "/tcp_close?challenge=forty-seconds",
        "/tcp_close/zero-linger/true",
        "/tcp_close/L42-L48",
        "/tcp_close/atlas",
        "/tcp_close/symptoms",
        "/tcp_close/symptoms/fin-wait2",
        "/tcp_close/challenges",
        "/tcp_close/history",
        "/tcp_close/compare?a=&b=recv%3D300",
        "/tcp_close/lab",
        "/tcp_close/present",
        "/copy/tcp_close/unread/true",
        "/changes",
        "/api",
    ],
)
def test_no_space_stands_between_chinese_characters(page: ReadPage, address: str) -> None:
    shown = page(f"{address}{'&' if '?' in address else '?'}lang=zh")
    alone, lines = _texts(shown.one("body"))
    names = [value for element in shown.walk() for value in element.attributes.values()]
    stray = [text for text in (*alone, *names) if _WITHIN.search(text)]
    stray += [text for text in lines if _AT_A_MARK.search(text)]
    assert stray == []


def test_a_corrected_translation_is_seen_though_compiled_templates_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    template = "{{ _('Close') }} {{ _('Into {name}').format(name='<') }} {{ _('a') ~ '<' }}"

    def page(close: str) -> str:
        words = Language("zh", "zh-CN", "中文", Catalogue(f'msgid "Close"\nmsgstr "{close}"'))
        environment = Environment(
            loader=DictLoader({"page.html": template}),
            autoescape=True,
            extensions=["jinja2.ext.i18n", FixedWords],
            bytecode_cache=CompiledTemplates(words),
        )
        environment.extend(words=words)
        return environment.get_template("page.html").render()

    assert page("<b>关") == page("<b>关") == "<b>关 Into &lt; a&lt;"
    assert page("关闭") == "关闭 Into &lt; a&lt;"


def test_html_is_put_into_a_page_as_it_is_and_a_text_is_escaped() -> None:
    environment = Environment(autoescape=True)
    environment.code_generator_class = Straight
    template = "{{ page.real }}{{ text }}{{ html }}"
    # The hooks that are overridden are Jinja's own: without them it would only be slower.
    for name, asks in (("line.html", False), ("error.html", True)):
        code = environment.compile(template, name=name, raw=True)
        assert code.count("is Markup else escape(") == 3
        assert ("environment.getattr" in code) is asks
        page = Template.from_code(environment, environment.compile(template, name=name), {})
        assert page.render(page=7, text="<b>", html=Markup("<i>")) == "7&lt;b&gt;<i>"
