# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The edition without a server: the browser decides as the function does, and needs nobody.

What it has in common with the program is tested where the mark `both_editions` stands.
"""

import random
import re
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

import pytest
from playwright.sync_api import Page, expect

from app.errors import ReaderError
from app.i18n import LANGUAGE_CODES, language
from app.kernel.caveats import caveats_of
from app.kernel.inputs import EVENTS, INPUTS, STATES
from app.kernel.scenario import Scenario, parse_scenario
from app.lab.evidence import sightings
from app.paths import CONTENT
from app.walkthrough.atlas.filters import COUNTERS, FATES, SEGMENTS, branches_of
from app.walkthrough.atlas.store import AtlasStore, cache_folder
from app.walkthrough.load import load_walkthrough
from app.walkthrough.records import Walkthrough
from app.web.addresses import Addresses, read_query
from app.web.atlas.picture import edges_of
from app.web.atlas.view import SORTS, AtlasView
from app.web.edition.links import linked
from app.web.study.shelf import Shelf
from tests.browser.axe import findings
from tests.browser.reading import (
    Shown,
    address,
    assert_not_reloaded,
    expect_address,
    lines_with,
    mark,
    move,
    shown,
)
from tests.conftest import OpenPage
from tests.differential.scenarios import SEGMENTS as QUEUED

SEED: Final = 20_261_128
DECIDED: Final = 1_600
#: Words that are not allowed, and some that only look so.
ODD: Final = {
    "state": ("TIME_WAIT", "TCP_LISTEN", "listen", "ESTABLISED", "NEW_SYN_RECV"),
    "recv": ("30x", "0", "fin-", "2000000000", "007fin", "none", "-".join(["1"] * 65)),
    "wait": ("nak", "ACK", "ack-", "none", "acks"),
    "linger": ("of", "off", "1.5", "99999999999", "-0", "+1", "00"),
    "linger2": ("x", "-2147484", "٣"),
    "rto": ("0", "-1", "120001", ""),
    "netns": ("dead", "dyin"),
    "orphans": ("2", "yes"),
    "lingr": ("3",),
    "variants": ("article",),
}


@cache
def walkthrough() -> Walkthrough:
    return load_walkthrough(CONTENT / "tcp_close")


def random_query(chance: random.Random) -> str:
    """A query as readers write them: mostly good, its numbers at and beside every border."""
    numbers = {
        "accept_queue": ("1", "2", "64"),
        "linger": ("0", "1", "5", "-1", "off"),
        "linger2": ("-1", "-60", "1", "3", "30", "59", "60", "61", "100", "2147483"),
        "fin_timeout": ("0", "1", "59", "61", "120", "3600"),
        "tw_timeout": ("0", "1", "59", "61", "120", "3600"),
        "rto": ("1", "3", "201", "1000", "17142", "17143", "120000"),
    }

    def listed(words: tuple[str, ...], most: int) -> str:
        return "-".join(
            chance.choices(words, k=chance.choices(range(1, most + 1), [6, 5, 3, 1])[0])
        )

    def value(key: str) -> str:
        if key == "state":
            return chance.choice(STATES)
        if key == "recv":
            return listed(QUEUED, 4)
        if key in {"wait", "backlog"}:
            return listed(EVENTS, 4)
        return chance.choice(numbers.get(key, ("0", "1") if key != "netns" else ("dying",)))

    share = chance.choice((0.1, 0.25, 0.5))
    pairs = [(key, value(key)) for key in INPUTS if chance.random() < share]
    if chance.random() < 0.12:
        key = chance.choice(sorted(ODD))
        pairs.append((key, chance.choice(ODD[key])))
    return "&".join(f"{key}={text}" for key, text in pairs)


_DECIDE: Final = """async ({ base, queries }) => {
    const load = (name) => import(`${base}/js/edition/${name}.js`);
    const names = ["data", "query", "examples", "caveats", "inputs", "judging"];
    const all = Object.assign({}, ...await Promise.all(names.map(load)));
    const { factsOf, readQuery, nearestExample, caveatsOf, changed, outcomeOf } = all;
    const facts = await factsOf("tcp_close");
    return queries.map((query) => {
        const { values, problems } = readQuery(query, facts);
        if (problems.length) {
            const told = ({ code, key, value, nearest }) => [code, key, value, nearest ?? null];
            return { problems: problems.map(told) };
        }
        const near = nearestExample(values, facts);
        return {
            short: changed(values, facts).join("&"),
            caveats: caveatsOf(values, facts),
            example: near && near.example.query,
            outcome: near && outcomeOf(near, values, facts),
        };
    });
}"""


def scripts_of(page: Page) -> str:
    """The folder of the scripts, as the page has them."""
    found = page.locator("script[type=module]").first.evaluate("script => script.src")
    return str(found).partition("/js/")[0]


def shortened(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


def scenario_of(query: str) -> Scenario:
    return parse_scenario(parse_qsl(query, keep_blank_values=True))


def told(scenario: Scenario, *, is_several: bool) -> dict[str, Any]:
    """What one sees of a run: decisions outside of the drain loop, and how it ends.

    A listener's children get a RST each; of several the number is the reader's own.
    """
    trace = walkthrough().trace(scenario)
    drain = walkthrough().edition.looped
    taken = [branch for branch in trace.branches if branch[0] not in drain]
    outcome = trace.outcome
    return {
        "decisions": taken,
        "segments": None if is_several else list(outcome.segments),
        "state": outcome.state,
        "fate": outcome.fate,
        "timewait": outcome.timewait,
        "counters": sorted(outcome.counters),
    }


def test_the_browser_decides_as_the_function_does(open_edition: OpenPage) -> None:
    """Problems, caveats, path, outcome and times of 1,600 random queries, all in one go."""
    chance = random.Random(SEED)
    queries = [random_query(chance) for _ in range(DECIDED)]
    page = open_edition("/tcp_close")
    answers = page.evaluate(_DECIDE, {"base": scripts_of(page), "queries": queries})
    kinds = {"refused": 0, "beyond": 0, "told": 0}
    for query, answer in zip(queries, answers, strict=True):
        try:
            scenario = read_query(query, walkthrough()).scenario
        except ReaderError as error:
            kinds["refused"] += 1
            wanted = [[p.code, p.key, p.value, p.nearest] for p in error.problems]
            # The page shortens what is long; an error has done so before.
            found = [[*one[:2], shortened(one[2]), one[3]] for one in answer["problems"]]
            assert found == wanted, query
            continue
        assert answer.get("short") == scenario.query(), query
        assert answer["caveats"] == list(caveats_of(scenario)), query
        if answer["example"] is None:
            kinds["beyond"] += 1
            beyond = (
                len(scenario["recv"]) > 2
                or len(scenario["wait"]) > 3
                or len(scenario["backlog"]) > 3
            )
            assert beyond, query
            continue
        kinds["told"] += 1
        example = scenario_of(answer["example"])
        is_several = max(scenario["accept_queue"], example["accept_queue"]) > 1
        mine, its = (told(one, is_several=is_several) for one in (scenario, example))
        assert mine == its, (query, answer["example"])
        outcome = walkthrough().trace(scenario).outcome
        assert answer["outcome"]["keepalive_ms"] == outcome.keepalive_ms, query
        assert answer["outcome"]["timewait_ms"] == outcome.timewait_ms, query
    assert kinds["refused"] > 100
    assert kinds["beyond"] > 50
    assert kinds["told"] > 1_000


# All paths


_FILTER: Final = """async ({ base, queries }) => {
    const load = (name) => import(`${base}/js/edition/${name}.js`);
    const [{ pickedPages }, { readFilter, wantedPaths, edgesOf, shortQuery }] =
        await Promise.all(["data", "atlas-filter"].map(load));
    const atlas = await pickedPages("tcp_close", "atlas", "en");
    return queries.map((query) => {
        const { problems, ...wanted } = readFilter(query, atlas);
        if (problems.length) return { problems };
        const paths = wantedPaths(wanted, atlas);
        return {
            ids: paths.map(({ id, fate }) => [fate, id]),
            edges: edgesOf(paths).map((one) => [one.decision, one.taken, one.target, one.count]),
            short: shortQuery(wanted.fields),
        };
    });
}"""


def test_the_browser_filters_and_sorts_all_paths_as_the_program_does(
    open_edition: OpenPage,
) -> None:
    chance = random.Random(SEED)
    names = list(branches_of(walkthrough().edition))
    fields: list[dict[str, str]] = []
    for _ in range(150):
        some = {
            "branch": ",".join(chance.sample(names, chance.choice((1, 1, 2, 3)))),
            "fate": chance.choice(FATES),
            "state": chance.choice(("CLOSE", "FIN_WAIT1", "FIN_WAIT2", "CLOSING")),
            "segment": chance.choice(SEGMENTS),
            "counter": chance.choice(COUNTERS),
            "sort": chance.choice(tuple(SORTS)),
        }
        fields.append({key: text for key, text in some.items() if chance.random() < 0.4})
    page = open_edition("/tcp_close/atlas")
    queries = ["&".join(f"{key}={text}" for key, text in one.items()) for one in fields]
    answers = page.evaluate(_FILTER, {"base": scripts_of(page), "queries": queries})
    shelf = Shelf(walkthrough(), language("en"), Addresses("", "x"), sightings(walkthrough(), ()))
    atlas = AtlasStore(cache_folder()).get(walkthrough().edition, walkthrough().function)
    for one, answer in zip(fields, answers, strict=True):
        view = AtlasView(shelf, atlas, one, None)
        for group in view.groups():
            mine = [path for fate, path in answer["ids"] if fate == group.fate]
            assert mine == [path.id for path in group.paths], one
        assert len(answer["ids"]) == len(view.paths), one
        edges = [[e.decision, e.taken, e.target, e.count] for e in edges_of(view.paths, view.ranks)]
        assert answer["edges"] == edges, one
        assert view.address().partition("?")[2] == answer["short"]


def test_the_page_of_a_filter_is_the_same_as_the_servers(
    open_page: OpenPage, open_edition: OpenPage
) -> None:
    for query in ("branch=unread/true", "segment=RST&sort=counters", "counter=TCPAbortOnData"):
        pages = [opened(f"/tcp_close/atlas?{query}") for opened in (open_page, open_edition)]
        for selector, what in (
            (".a-count", "n => n.firstChild.textContent.trim()"),
            (".a-paths", "n => n.innerText"),
            (".atlas-map", 'n => n.innerHTML.replace(/href="[^"]*"/g, \'\')'),
            (".a-filter", "n => [...n.querySelectorAll('select')].map((s) => s.value)"),
        ):
            one, other = (page.locator(selector).evaluate(what) for page in pages)
            assert one == other, (query, selector)
        links = "ns => ns.map((n) => n.href.baseVal.split('?')[1])"
        one, other = (page.locator(".atlas-map a").evaluate_all(links) for page in pages)
        assert one == other
        focus = [page.locator(".a-focus").all_inner_texts() for page in pages]
        assert focus[0] == focus[1]


def test_what_no_filter_is_is_said_with_what_is_allowed(open_edition: OpenPage) -> None:
    page = open_edition("/tcp_close/atlas?brunch=1&fate=gone&branch=unred/true&lang=zh")
    problems = page.locator("#problems > li")
    expect(problems).to_have_count(3)
    for text in ("branch", "destroyed", "unread/true"):
        expect(page.locator("#problems")).to_contain_text(text)
    page = open_edition("/tcp_close/atlas?branch=unread/true&fate=orphan")
    expect(page.locator(".a-paths")).to_have_text("No path fits all of this.")
    expect(page.locator(".a-map")).to_have_count(0)


# The same pages


#: A preset, a witness, both loops; then numbers that are told by their class, and caveats.
SAMPLE: Final = (
    ("state=CLOSE_WAIT&recv=300-fin", True),
    ("state=FIN_WAIT2&linger2=-1", True),
    ("state=LISTEN&accept_queue=3", True),
    ("recv=4711", False),
    ("state=FIN_WAIT2&linger2=77&fin_timeout=130&tw_timeout=33&rto=777", False),
    ("linger=44&wait=fin-ack&recv=19-2000", False),
    ("state=SYN_SENT&recv=12fin&repair=1", False),
    ("state=LISTEN&fastopen=1&pending=1", True),
)
#: How often the loop runs is not what makes a path.
DRAIN: Final = range(19, 32)
_NUMBER: Final = re.compile(r"\d+")


@pytest.mark.parametrize(("query", "is_example"), SAMPLE)
def test_a_page_says_the_same_as_the_servers(
    open_page: OpenPage, open_edition: OpenPage, query: str, is_example: bool
) -> None:
    for lang in LANGUAGE_CODES:
        theirs, ours = (
            opened(f"/tcp_close?{query}&lang={lang}") for opened in (open_page, open_edition)
        )
        wanted, found = shown(theirs), shown(ours)
        note = ours.locator(".class-note")
        if is_example:
            expect(note).to_have_count(0)
            for state in (wanted, found):
                del state["buttons"]
                state["address"] = state["address"].replace("&lang=en", "")
            assert found == wanted
        else:
            expect(note).to_be_visible()
            assert _NUMBER.sub("#", found["outcome"]) == _NUMBER.sub("#", wanted["outcome"])
            for key in ("title", "preset", "missed"):
                assert found[key] == wanted[key], key
            theirs_on, ours_on = (
                [
                    (line["number"], line["path"], line["taken"])
                    for line in state["lines"]
                    if int(line["number"]) not in DRAIN
                ]
                for state in (wanted, found)
            )
            assert ours_on == theirs_on
        caveats = [page.locator(".caveat").all_inner_texts() for page in (theirs, ours)]
        assert caveats[0] == caveats[1]


def test_a_place_says_the_same_as_the_servers(open_page: OpenPage, open_edition: OpenPage) -> None:
    """Which socket is shown for it, and what the atlas knows of its branches."""
    for lang, places in (
        ("en", ("drain", "oom", "L131", "L96-L100")),
        ("zh", ("unread/false", "keeps-socket/true", "L27-L60")),
    ):
        for place in places:
            at = f"/tcp_close/{place}?lang={lang}"
            theirs, ours = open_page(at), open_edition(at)
            states: list[Shown] = [shown(page) for page in (theirs, ours)]
            for state in states:
                del state["buttons"]
                state["address"] = state["address"].replace("?lang=en", "")
            assert states[1] == states[0], at
            for selector in ("section.branch", ".focus-note"):
                one, other = (page.locator(selector).all_inner_texts() for page in (theirs, ours))
                assert one == other, at


@pytest.mark.parametrize("lang", LANGUAGE_CODES)
def test_the_form_of_a_place_stays_in_its_language(open_edition: OpenPage, lang: str) -> None:
    page = open_edition(f"/tcp_close/unread?lang={lang}")
    mark(page)
    page.locator("#field-recv").fill("300")
    page.locator("#field-recv").press("Enter")
    suffix = "&lang=zh" if lang == "zh" else ""
    expect_address(page, f"/tcp_close?recv=300{suffix}")
    expect(page.locator("html")).to_have_attribute("lang", re.compile(f"^{lang}"))
    assert_not_reloaded(page)
    move(page, "forward")
    page.locator("a[data-language]").click()
    other = "" if lang == "zh" else "&lang=zh"
    expect_address(page, f"/tcp_close?recv=300&step=1{other}")


def test_several_lines_are_chosen_and_their_address_shows_them_elsewhere(
    open_edition: OpenPage,
) -> None:
    page = open_edition("/tcp_close/L42")
    page.locator("#L48 .no").click(modifiers=["Shift"])
    expect_address(page, "/tcp_close/L42-L48")
    assert lines_with(page, ".is-focus") == list(range(42, 49))
    other = open_edition("/tcp_close/L42-L48?lang=zh")
    assert address(other) == "/tcp_close/L42-L48?lang=zh"
    other.goto(page.url)
    assert lines_with(other, ".is-focus") == list(range(42, 49))


def test_a_preset_by_its_name_leads_to_its_socket(open_edition: OpenPage) -> None:
    for scripts in (True, False):
        page = open_edition("/tcp_close/as/linger2-61?lang=zh", java_script_enabled=scripts)
        page.wait_for_url("**/zh/tcp_close/?*")
        assert address(page).startswith("/tcp_close?state=FIN_WAIT2&linger2=61")


# Slides


def test_the_slides_walk_a_path_without_a_server(open_edition: OpenPage) -> None:
    page = open_edition("/tcp_close?recv=301&lang=zh")
    page.locator(".outcome .links a[href*='/present/']").click()
    page.wait_for_url("**/zh/tcp_close/present/?recv=301**")
    stage = page.locator(".stage.is-ready")
    expect(stage).to_be_visible()
    expect(page.locator(".slide.is-shown .story")).to_contain_text("recv=301")
    for key in ("s", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(page).to_have_url(re.compile(r"\?recv=301&step=\d+#"))
    expect(page.locator(".slide.is-shown .line[data-when='now']")).to_have_count(1)
    page.keyboard.press("?")
    expect(page.locator("dialog.help")).to_be_visible()
    keys = page.locator("dialog.help kbd").all_inner_texts()
    assert not {"v", "r", "q"} & set(keys)
    page.keyboard.press("Escape")
    with page.context.expect_page() as opened:
        page.keyboard.press("w")
    notes = opened.value
    notes.wait_for_url("**/zh/tcp_close/present/notes/?recv=301**")
    expect(notes.locator(".presenter-notes section").first).to_be_visible()
    assert page.locator("[data-do=room], [data-do=ask], a[href*='/live']").count() == 0


def test_the_slides_refuse_what_they_cannot_show(open_edition: OpenPage) -> None:
    page = open_edition("/tcp_close/present?state=FOO")
    expect(page.locator("#problems")).to_contain_text("ESTABLISHED")
    page = open_edition("/tcp_close/present?recv=1-1-1-1-1")
    expect(page.locator("#problems")).to_contain_text("recv")


# Without a network


def test_offline_everything_goes_on(open_edition: OpenPage) -> None:
    """A secure host lets the browser keep the whole edition: also what was never opened."""
    page = open_edition("/tcp_close")
    # Hundreds of files: how long they take is the machine's affair.
    expect(page.locator("html[data-kept=edition]")).to_be_attached(timeout=300_000)
    page.context.set_offline(True)
    mark(page)
    page.get_by_role("radio", name="LISTEN").check()
    expect_address(page, "/tcp_close?state=LISTEN")
    move(page, "decision")
    page.get_by_role("button", name="Predict").click()
    expect(page.locator(".predict")).to_be_visible()
    assert_not_reloaded(page)
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
    ):
        page.goto(at)
        expect(page.locator(selector).first).to_be_visible()


def test_a_kept_page_is_found_without_the_slash_at_its_end(
    open_edition: OpenPage, edition: str
) -> None:
    """As a file server does it: else the page's links would go up from the wrong folder."""
    page = open_edition("/tcp_close")
    expect(page.locator("html[data-kept=edition]")).to_be_attached()
    for offline in (False, True):
        page.context.set_offline(offline)
        for folder in ("", "/zh"):
            page.goto(f"{edition}{folder}/tcp_close/atlas?segment=FIN")
            expect(page.locator("tbody tr").first).to_be_visible()
            expect(page).to_have_url(f"{edition}{folder}/tcp_close/atlas/?segment=FIN")
            # Nothing is under way any more that the next change would cut off.
            expect(page.locator("html[data-kept=edition]")).to_be_attached()


def test_a_page_goes_on_offline_where_nothing_can_be_kept(open_edition: OpenPage) -> None:
    page = open_edition("/tcp_close?challenge=close-second", service_workers="block")
    expect(page.locator("html[data-kept]")).to_be_attached()
    page.context.set_offline(True)
    mark(page)
    page.get_by_role("radio", name="CLOSE_WAIT").check()
    expect(page.locator("section.challenge .solved")).to_be_visible()
    page.locator("#unread [data-way='true']").click()
    expect(page.locator("section.branch")).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("dialog.search")).to_be_visible()
    page.keyboard.press("Escape")
    move(page, "last")
    page.go_back()
    expect(page.locator("section.challenge .solved")).to_be_visible()
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


@pytest.mark.parametrize(("width", "theme"), [(1440, "dark"), (390, "light")])
def test_every_kind_of_page_fits_and_axe_finds_nothing(
    open_edition: OpenPage, width: int, theme: str
) -> None:
    page = open_edition("/", viewport={"width": width, "height": 844}, color_scheme=theme)
    for kind in KINDS:
        page.goto(kind + "?lang=zh")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, kind
        # The others have the program's own markup, which is looked at there.
        if kind in {"/tcp_close/unread", "/tcp_close/atlas", "/tcp_close/present"}:
            assert findings(page) == [], kind


def test_without_scripts_a_page_shows_what_is_in_its_file_and_says_so(
    open_edition: OpenPage,
) -> None:
    page = open_edition("/", java_script_enabled=False)
    for kind in KINDS:
        page.goto(kind)
        expect(page.locator(".edition-note .without-script")).to_be_visible()
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


def test_every_link_leads_to_a_file_below_the_prefix(exported: Path) -> None:
    base = "http://host/some/prefix/"
    lost = set()
    for file in exported.rglob("*.html"):
        name = file.relative_to(exported).as_posix()
        text = file.read_text(encoding="utf-8")
        assert linked(text) == [], name
        for link in re.findall(r'\s(?:href|src|action|data-home)="([^"]*)"', text):
            parts = urlsplit(urljoin(base + name, link))
            if link.startswith("#") and len(link) > 1 and f'id="{link[1:]}"' not in text:
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
    assert sum(path.stat().st_size for path in files) <= 25_000_000
    places = [
        *walkthrough().blocks_by_id,
        *branches_of(walkthrough().edition),
        *walkthrough().decisions_by_id,
        *(f"L{number}" for number in range(1, 172)),
        *(f"as/{preset.id}" for preset in walkthrough().presets),
        *(f"symptoms/{symptom.id}" for symptom in walkthrough().symptoms.symptoms),
        *("atlas", "compare", "lab", "challenges", "symptoms", "present", "present/notes"),
    ]
    for place in places:
        for folder in ("", "zh"):
            assert (exported / folder / "tcp_close" / place / "index.html").is_file(), place
