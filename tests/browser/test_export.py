# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The export: what its reader can do with nothing but files, under a prefix, in both languages."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from playwright.sync_api import Page, expect

from app.i18n import LANGUAGE_CODES
from app.walkthrough.atlas.filters import branches_of
from app.web.export.links import ROOT
from tests.browser.axe import findings
from tests.browser.reading import (
    address,
    assert_not_reloaded,
    expect_address,
    lines_with,
    mark,
    move,
    shown,
)
from tests.conftest import OpenPage, shipped
from tests.second.conftest import NAME
from tools.page_states import settle

pytestmark = pytest.mark.long

# The same pages


@pytest.mark.parametrize(
    "place",
    [
        "/tcp_close?state=CLOSE_WAIT&recv=300-fin",
        "/tcp_close?state=LISTEN&accept_queue=3&step=4&lang=zh",
        "/tcp_close/drain",
        "/tcp_close/L131?lang=zh",
        "/tcp_close/keeps-socket/true?lang=zh",
        "/tcp_close/oom",
    ],
)
def test_a_page_says_the_same_as_the_servers(
    open_page: OpenPage, open_export: OpenPage, place: str
) -> None:
    theirs, ours = open_page(place), open_export(place)
    wanted, found = shown(theirs), shown(ours)
    for state in (wanted, found):
        # Their addresses are compared where they are followed.
        del state["buttons"]
    assert found == wanted
    for selector in ("section.branch", ".focus-note", ".caveat", ".story"):
        one, other = (page.locator(selector).all_inner_texts() for page in (theirs, ours))
        assert one == other, selector
    expect(ours.locator(".nearest-note")).to_have_count(0)


def test_a_place_is_shown_for_the_socket_that_is_asked_for(open_export: OpenPage) -> None:
    page = open_export("/tcp_close/unread/true?state=LISTEN&lang=zh")
    assert lines_with(page, ".is-focus") == [47]
    expect(page.locator(".line[data-path='on'] .way[data-taken]").first).to_be_attached()
    assert address(page) == "/tcp_close/unread/true?state=LISTEN&lang=zh"


def test_several_lines_are_chosen_and_their_address_shows_them_elsewhere(
    open_export: OpenPage,
) -> None:
    page = open_export("/tcp_close/L42")
    page.locator("#L48 .no").click(modifiers=["Shift"])
    expect_address(page, "/tcp_close/L42-L48")
    assert lines_with(page, ".is-focus") == list(range(42, 49))
    other = open_export("/tcp_close/L42-L48?lang=zh")
    assert address(other) == "/tcp_close/L42-L48?lang=zh"
    assert lines_with(other, ".is-focus") == list(range(42, 49))


def test_a_preset_by_its_name_leads_to_its_socket(open_export: OpenPage) -> None:
    for scripts in (True, False):
        page = open_export("/tcp_close/as/linger2-61?lang=zh", java_script_enabled=scripts)
        page.wait_for_url("**/zh/tcp_close/?*")
        assert address(page).startswith("/tcp_close?state=FIN_WAIT2&linger2=61")


# Walking


def test_from_socket_to_socket_step_by_step_in_both_languages(open_export: OpenPage) -> None:
    page = open_export("/tcp_close/unread")
    mark(page)
    page.locator("#field-recv").fill("300")
    page.locator("#field-recv").press("Enter")
    expect_address(page, "/tcp_close?recv=300")
    move(page, "forward")
    move(page, "decision")
    expect_address(page, "/tcp_close?recv=300&step=4")
    expect(page.locator(".line[data-when='now']")).to_have_count(1)
    page.locator("#unread [data-way='false']").click()
    expect(page.locator("section.branch")).to_be_visible()
    page.go_back()
    expect_address(page, "/tcp_close?recv=300&step=4")
    expect(page.locator(".line[data-when='now']")).to_have_count(1)
    assert_not_reloaded(page)
    page.locator("a[data-language]").click()
    expect_address(page, "/tcp_close?recv=300&step=4&lang=zh")
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^zh"))


def test_predicting_needs_no_server(open_export: OpenPage) -> None:
    page = open_export("/tcp_close?state=LISTEN&lang=zh")
    page.locator("[data-predict]").click()
    expect(page.locator(".predict")).to_be_visible()


def test_a_challenge_is_followed_and_solved(open_export: OpenPage) -> None:
    page = open_export("/tcp_close/challenges")
    page.locator("a[href*='challenge=close-second']").first.click()
    banner = page.locator("section.challenge")
    expect(banner.locator("li[data-holds='yes']").first).to_be_visible()
    expect(banner.locator(".hint-more")).to_be_visible()
    page.get_by_role("radio", name="CLOSE_WAIT").check()
    expect(banner.locator(".solved")).to_be_visible()
    page.locator("#unread [data-way='true']").click()
    expect(banner.locator(".hint-more")).to_be_visible()
    page.go_back()
    expect(banner.locator(".solved")).to_be_visible()


# A socket that no file has


@pytest.mark.parametrize(
    ("asked", "shown_instead", "says"),
    [
        # A number of the same kind.
        ("recv=4711", "recv=300", "recv=300, instead of recv=4711"),
        # The path does not read it.
        ("state=CLOSE&rto=777", "state=CLOSE", "does not read what differs"),
        # Longer than anything that is here.
        ("recv=1-1-1-1-1", "recv=300", "instead of recv=1-1-1-1-1"),
        ("state=FIN_WAIT2&linger2=77", "state=FIN_WAIT2&linger2=", "instead of linger2=77"),
        # What is no input, and no value of one.
        ("lingr=3", "", "instead of lingr=3"),
        ("state=TIME_WAIT&recv=300", "recv=300", "state=ESTABLISHED, instead of state=TIME_WAIT"),
        # No socket, but a text.
        ("recv=300&kernel=6.12.117", "recv=300", "6.12.117, whose text is not in this export"),
    ],
)
def test_the_nearest_is_shown_and_what_differs_is_said(
    open_export: OpenPage, asked: str, shown_instead: str, says: str
) -> None:
    page = open_export(f"/tcp_close?{asked}")
    note = page.locator(".nearest-note")
    expect(note).to_be_visible()
    expect(note).to_contain_text(says)
    assert address(page).partition("?")[2].startswith(shown_instead)


def test_the_form_says_so_too_and_keeps_what_was_typed(open_export: OpenPage) -> None:
    page = open_export("/tcp_close?lang=zh")
    mark(page)
    page.locator("#field-recv").fill("299")
    page.locator("#field-recv").press("Enter")
    expect(page.locator(".nearest-note")).to_contain_text("recv=299")
    expect_address(page, "/tcp_close?recv=300&lang=zh")
    expect(page.locator("#field-recv")).to_have_value("299")
    move(page, "forward")
    expect_address(page, "/tcp_close?recv=300&step=1&lang=zh")
    assert_not_reloaded(page)


# All paths, comparisons, slides


def test_a_filter_that_is_linked_is_a_page_and_others_are_found_in_it(
    open_page: OpenPage, open_export: OpenPage
) -> None:
    for query in ("branch=unread/true", "fate=destroyed&segment=RST&branch=unread/true,oom/false"):
        pages = [opened(f"/tcp_close/atlas?{query}") for opened in (open_page, open_export)]
        ids = [page.locator("tbody tr").evaluate_all("n => n.map((r) => r.id)") for page in pages]
        assert ids[0] == ids[1], query
        count = "node => node.firstChild.textContent.trim()"
        one, other = (page.locator(".a-count").evaluate(count) for page in pages)
        assert one == other
        values = "n => [...n.querySelectorAll('select')].map((s) => s.value)"
        one, other = (page.locator(".a-filter").evaluate(values) for page in pages)
        assert one == other


def test_a_comparison_that_no_page_leads_to_is_said_to_be_missing(open_export: OpenPage) -> None:
    page = open_export("/tcp_close/compare?a=recv:299&b=default&lang=zh")
    expect(page.locator(".nearest-note")).to_be_visible()
    page.locator("main a[href*='compare/?']").first.click()
    expect(page.locator(".versus")).to_be_visible()


def test_the_slides_walk_a_path_without_a_server(open_export: OpenPage) -> None:
    page = open_export("/tcp_close?recv=301&lang=zh")
    page.locator(".outcome .links a[href*='/present/']").click()
    page.wait_for_url("**/zh/tcp_close/present/?recv=300**")
    expect(page.locator(".stage.is-ready")).to_be_visible()
    for key in ("s", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(page).to_have_url(re.compile(r"\?recv=300&step=\d+#"))
    expect(page.locator(".slide.is-shown .line[data-when='now']")).to_have_count(1)
    page.keyboard.press("?")
    expect(page.locator("dialog.help")).to_be_visible()
    assert not {"v", "r", "q"} & set(page.locator("dialog.help kbd").all_inner_texts())
    page.keyboard.press("Escape")
    with page.context.expect_page() as opened:
        page.keyboard.press("w")
    notes = opened.value
    notes.wait_for_url("**/zh/tcp_close/present/notes/?recv=300**")
    expect(notes.locator(".presenter-notes section").first).to_be_visible()
    assert page.locator("[data-do=room], [data-do=ask], a[href*='/live']").count() == 0
    other = open_export("/tcp_close/present?recv=301")
    expect(other.locator(".nearest-note")).to_contain_text("recv=301")


# Two walkthroughs


def test_each_walkthrough_has_its_own_sockets_paths_and_pages(open_export: OpenPage) -> None:
    page = open_export("/")
    for name in ("tcp_close", NAME):
        page.goto("/")
        entry = page.locator("article.entry", has_text=f"{name}()")
        entry.get_by_role("link", name="Read the code").click()
        page.wait_for_url(f"**/{name}/")
        page.goto(f"/{name}?state=CLOSE_WAIT&recv=311-fin")
        expect(page.locator(".nearest-note")).to_contain_text("recv=311-fin")
        said = page.locator(".outcome .sentences").inner_text()
        assert ("stays with its program" in said) == (name == NAME)
        page.goto(f"/{name}/atlas?fate=kept")
        assert page.locator("tbody tr").count() > 10 if name == NAME else True
        for view in ("compare", "symptoms", "challenges", "present"):
            page.goto(f"/{name}/{view}?lang=zh")
            assert f"{name}()" in page.title()


# Without a network


def test_offline_everything_goes_on(open_export: OpenPage, export_host: str) -> None:
    """A secure host lets the browser keep the whole export: also what was never opened."""
    page = open_export("/tcp_close", service_workers="allow")
    expect(page.locator("html[data-kept=export]")).to_be_attached()
    page.context.set_offline(True)
    for at, selector in (
        ("/tcp_close?state=LISTEN&step=3", ".line[data-when='now']"),
        ("/tcp_close/oom/true?lang=zh", "section.branch"),
        ("/tcp_close/L42-L48", ".line.is-focus"),
        ("/tcp_close/L93?lang=zh", ".line.is-focus"),
        ("/tcp_close/atlas?segment=FIN", "tbody tr"),
        ("/tcp_close/lab?recv=300", ".l-script"),
        ("/tcp_close/compare?a=recv:300&b=default", ".versus"),
        ("/tcp_close/present?recv=300#drain", ".slide.is-shown"),
        ("/tcp_close/symptoms?lang=zh", "textarea"),
        ("/?lang=zh", ".entry"),
        # Without the slash at its end, as a file server has it: else its links went up too far.
        (f"{export_host}/zh/tcp_close/atlas?segment=FIN", "tbody tr"),
    ):
        page.goto(at)
        expect(page.locator(selector).first).to_be_visible()
    expect(page).to_have_url(f"{export_host}/zh/tcp_close/atlas/?segment=FIN")


def test_a_page_goes_on_offline_where_nothing_can_be_kept(open_export: OpenPage) -> None:
    page = open_export("/tcp_close")
    expect(page.locator("html[data-kept]")).to_be_attached()
    page.context.set_offline(True)
    mark(page)
    page.get_by_role("radio", name="CLOSE_WAIT").check()
    expect_address(page, "/tcp_close?state=CLOSE_WAIT")
    page.locator("#unread [data-way='true']").click()
    expect(page.locator("section.branch")).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("dialog.search")).to_be_visible()
    page.keyboard.press("Escape")
    move(page, "last")
    assert_not_reloaded(page)


# Every kind of page


KINDS: Final = (
    "/",
    "/changes",
    "/tcp_close",
    "/tcp_close/unread",
    "/tcp_close/L26",
    "/tcp_close/atlas",
    "/tcp_close/compare",
    "/tcp_close/lab",
    "/tcp_close/symptoms",
    "/tcp_close/challenges",
    "/tcp_close/present",
)


def fits(page: Page, kind: str, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width, kind


@pytest.mark.parametrize(("width", "theme"), [(1440, "dark"), (390, "light")])
def test_every_kind_of_page_fits_and_axe_finds_nothing(
    open_export: OpenPage, width: int, theme: str
) -> None:
    window: dict[str, Any] = {"viewport": {"width": width, "height": 844}, "color_scheme": theme}
    page = open_export("/", **window)
    for kind in KINDS:
        page.goto(kind + "?lang=zh")
        settle(page)
        fits(page, kind, width)
    # The others have the program's own markup, which is looked at there.
    page.goto("/tcp_close?recv=299&lang=zh")
    if width > 1000:
        assert findings(page) == []
    page = open_export("/tcp_close/unread/true?lang=zh", java_script_enabled=False, **window)
    assert page.locator("h1").count() == 1


def test_without_scripts_a_page_shows_what_is_in_its_file_and_says_so(
    open_export: OpenPage,
) -> None:
    page = open_export("/", java_script_enabled=False)
    for kind in KINDS:
        page.goto(kind)
        expect(page.locator(".export-note .without-script")).to_be_visible()
        expect(page.get_by_role("main").get_by_role("heading", level=1).first).to_be_visible()
        # No button that does nothing.
        for button in page.locator("button:visible").all():
            opened = button.get_attribute("popovertarget") or "nothing"
            assert page.locator(f"#{opened}").count(), (kind, button.inner_text())
    page.goto("/tcp_close/L26?lang=zh")
    page.locator(".whole-page a").click()
    page.wait_for_url("**/zh/tcp_close/")
    page.locator("#unread [data-way='true']").click()
    page.wait_for_url("**/zh/tcp_close/unread/true/")
    expect(page.locator("section.branch")).to_be_visible()


class Links(HTMLParser):
    """The ids of a page, and every value that may be an address."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids.add(values.get("id") or "")
        for name in ("href", "src", "action", "data-home"):
            if values.get(name) is not None:
                self.links.append(values[name] or "")


def test_every_link_leads_to_a_file_below_the_prefix(exported: Path) -> None:
    base = "http://host/some/prefix/"
    lost = set()
    for file in exported.rglob("*.html"):
        name = file.relative_to(exported).as_posix()
        text = file.read_text(encoding="utf-8")
        assert ROOT not in text, name
        page = Links(text)
        for link in page.links:
            parts = urlsplit(urljoin(base + name, link))
            if link.startswith("#") and len(link) > 1 and link[1:] not in page.ids:
                lost.add((name, link))
            if parts.netloc != "host":
                continue
            assert parts.path.startswith("/some/prefix/"), (name, link)
            place = exported / unquote(parts.path.removeprefix("/some/prefix/"))
            if not (place / "index.html" if place.is_dir() else place).is_file():
                lost.add((name, link))
    assert lost == set()


def test_it_is_small_and_has_every_place_in_every_language(exported: Path) -> None:
    files = [path for path in exported.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 15_000_000
    places = [
        *shipped().blocks_by_id,
        *branches_of(shipped().edition),
        *shipped().decisions_by_id,
        *(f"L{number}" for number in range(1, 172)),
        *(f"as/{preset.id}" for preset in shipped().presets),
        *(f"symptoms/{symptom.id}" for symptom in shipped().symptoms.symptoms),
        *(
            "atlas",
            "compare",
            "lab",
            "challenges",
            "symptoms",
            "history",
            "present",
            "present/notes",
        ),
    ]
    for place in places:
        for code in LANGUAGE_CODES:
            folder = "" if code == "en" else code
            assert (exported / folder / "tcp_close" / place / "index.html").is_file(), place
