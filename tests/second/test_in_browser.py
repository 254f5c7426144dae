# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A reader goes from the library into the second walkthrough, and steps through it."""

from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, expect

from app.cli import main
from tests.browser.axe import findings
from tests.conftest import OpenPage, tabs
from tests.second.conftest import NAME, serve
from tests.walkthrough.building import write_sentences

LONG = "impatient_close_of_a_socket"
SOURCE = f"""\
void {LONG}(struct sock *sk, long timeout)
{{
	lock_sock(sk);
	if (timeout > 0)
		tcp_send_active_reset(sk, sk->sk_allocation);
	release_sock(sk);
}}
"""
QUESTION = "Does the program want to linger before its socket is closed?"
#: Texts of a picture that are not within what is around them.
OUTSIDE = """([texts, around]) => [...document.querySelectorAll(texts)].filter((text) => {
    const inner = text.getBoundingClientRect();
    const outer = text.closest(around).getBoundingClientRect();
    return inner.left < outer.left || inner.right > outer.right
        || inner.top < outer.top || inner.bottom > outer.bottom;
}).map((text) => text.textContent)"""


@pytest.fixture
def open_both(browser: Browser, served: str) -> Iterator[OpenPage]:
    """Tabs of a server with both walkthroughs."""
    with tabs(browser, served) as open_page:
        yield open_page


@pytest.mark.parametrize("width", [1440, 390])
def test_from_the_library_through_a_function_and_back(open_both: OpenPage, width: int) -> None:
    page = open_both("/", viewport={"width": width, "height": 900})
    assert findings(page) == []
    entry = page.locator("article.entry", has_text=f"{NAME}()")
    entry.get_by_role("link", name="Read the code").click()
    page.wait_for_url(f"**/{NAME}")
    page.goto(f"/{NAME}?recv=300-300")
    # The first two decisions are in lines 8 and 11.
    for step in (3, 4):
        page.locator(".player [data-go='decision']").click()
        page.wait_for_url(f"**/{NAME}?recv=300-300&step={step}")
    expect(page.locator(".line[data-when='now']")).to_have_attribute("data-line", "11")
    assert findings(page) == []
    page.locator("header.bar").get_by_role("link", name=f"{NAME}()").click()
    page.wait_for_url(f"**/{NAME}")
    page.locator("header.bar").get_by_role("link", name="Walkthroughs").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Walkthroughs of the Linux kernel's TCP"
    )


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_chinese_readers_go_the_same_way(open_both: OpenPage, colours: str) -> None:
    page = open_both(f"/{NAME}/too-many/true?lang=zh", color_scheme=colours)
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("header.bar .brand").first).to_have_text("函数走读")
    assert findings(page) == []


def test_what_a_reader_keeps_is_kept_for_each_function(open_both: OpenPage) -> None:
    page = open_both(f"/{NAME}?recv=300-300")
    keys = "Object.keys(localStorage).filter((key) => key.includes(':') || key.includes('tiny'))"
    page.wait_for_function(f"() => ({keys}).length > 0")
    assert all("tcp_close" not in key for key in page.evaluate(keys))


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with a walkthrough that somebody has begun, in English alone."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "own.c").write_text(SOURCE)
    words = ["new", LONG, str(folder / "own.c"), "--into", str(folder), "--language", "en"]
    assert CliRunner().invoke(main, words).exit_code == 0
    path = folder / LONG / "walkthrough.yaml"
    path.write_text(path.read_text().replace("TODO: the question that it asks", QUESTION))
    write_sentences(folder / LONG)
    yield from serve(folder)


@pytest.mark.parametrize("width", [1440, 390])
def test_what_an_author_has_begun_has_room_for_long_names(
    browser: Browser, own: str, width: int
) -> None:
    """And offers neither a lab nor a language that it has not."""
    with tabs(browser, own) as open_page:
        page = open_page(f"/{LONG}?linger=1", viewport={"width": width, "height": 900})
        assert findings(page) == []
        bar = page.locator("header.bar")
        for box in (link.bounding_box() for link in bar.locator(".brand").all()):
            assert box is not None
            assert box["x"] >= 0
            assert box["height"] >= 24
        assert bar.get_by_role("link", name="Lab").count() == 0
        assert bar.get_by_role("link", name="中文").count() == 0
        page.goto(f"/{LONG}/atlas")
        assert page.evaluate(OUTSIDE, [".atlas-map .node text", ".node"]) == []
        assert page.locator(".atlas-map .node").first.text_content() == f"4 {QUESTION}".replace(
            "linger before", "lingerbefore"
        )
        page.goto(f"/{LONG}/compare?a=linger%3D1&b=default")
        assert page.evaluate(OUTSIDE, [".ladder text", ".ladder"]) == []
        expect(page.locator(".ladder .at-right").first).to_have_text("impatient_close_of_a_soc…()")
