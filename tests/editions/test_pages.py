# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""An imported kernel on the pages, in the API, on cards, in copies and comparisons."""

import html
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from app.cli import main
from app.walkthrough.records import Walkthrough
from app.web.app import create_app
from app.web.atlas.view import known_to_own
from app.web.settings import Settings
from tests.editions import making
from tests.web.reading import document

#: What the model stands in for, and is read off the tree.
DISCONNECT = """\
int tcp_disconnect(struct sock *sk, int flags)
{
	struct request_sock *left = tcp_sk(sk)->fastopen_rsk;

	if (tcp_need_reset(sk->sk_state))
		tcp_send_active_reset(sk, SK_RST_REASON_TCP_STATE);
	if (left)
		reqsk_fastopen_remove(sk, left, false);
	return 0;
}

static int set_linger2(struct tcp_sock *tp, int val)
{
	if (val > TCP_FIN_TIMEOUT_MAX / HZ)
		return -EINVAL;
	return 0;
}
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """A server with a kernel that has a wrapper, a callee, a new statement and none of another."""
    folder = tmp_path_factory.mktemp("kernels")
    text = making.split().replace("\tsk_mem_reclaim(sk);\n\n", "", 1)
    text = text.replace("\tsock_orphan(sk);\n", "\tsock_orphan(sk);\n\tvendor_hook(sk);\n")
    tree = making.tree(folder / "linux", text, before=making.SET_STATE + "\n" + DISCONNECT)
    environment = {"WALKTHROUGH_EDITIONS": str(folder / "store")}
    assert CliRunner().invoke(main, ["import", str(tree)], env=environment).exit_code == 0
    settings = Settings(editions=folder / "store")
    return TestClient(create_app(settings=settings))


#: Pages that are about the text that is asked for; and those that tell of the own one only.
OF_TEXT = (
    *("atlas", "which", "compare", "life", "life/many", "lab"),
    *("present", "present/notes"),
)
OF_OWN = ("symptoms", "symptoms/reset-after-close", "challenges", "history", "search?q=linger")


def beside(part: str, kernel: str) -> str:
    """The address of a part, with a kernel beside whatever else it asks for."""
    return f"/tcp_close/{part}{'&' if '?' in part else '?'}kernel={kernel}"


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "path",
    [
        "/tcp_close?kernel=9.8.7",
        "/tcp_close?kernel=9.8.7&state=CLOSE_WAIT&step=3",
        "/tcp_close/wrapper?kernel=9.8.7",
        "/tcp_close/unread/true?kernel=9.8.7",
        "/tcp_close/L90?kernel=9.8.7",
        "/copy/tcp_close?kernel=9.8.7",
        "/copy/tcp_close/unread/true?kernel=9.8.7",
        "/embed/tcp_close?kernel=9.8.7",
        "/embed/tcp_close/life?kernel=9.8.7",
        "/tcp_close/as/unread-reset?kernel=9.8.7",
        "/tcp_close/life?kernel=9.8.7&state=CLOSE_WAIT",
        "/tcp_close/life/many?kernel=9.8.7",
        "/tcp_close/lab?kernel=9.8.7",
        "/api/tcp_close/life?kernel=9.8.7&state=CLOSE_WAIT",
        "/api/tcp_close/life/many?kernel=9.8.7",
        "/tcp_close/compare?a=state:CLOSE_WAIT&b=state:CLOSE_WAIT,kernel:9.8.7",
        "/tcp_close/compare?a=recv:300,kernel:9.8.7&b=linger:0,kernel:9.8.7",
        "/api/tcp_close/compare?a=state:CLOSE_WAIT&b=state:CLOSE_WAIT,kernel:9.8.7",
    ],
)
def test_a_kernel_is_read_wherever_a_scenario_is(client: TestClient, path: str, lang: str) -> None:
    answer = client.get(f"{path}{'&' if '?' in path else '?'}lang={lang}")
    assert answer.status_code == 200
    assert "9.8.7" in answer.text


def test_the_page_says_what_was_edited_and_marks_it(client: TestClient) -> None:
    page = client.get("/tcp_close?kernel=9.8.7").text
    (note,) = re.findall(r'<div class="variant-note".*?</div>', page, re.DOTALL)
    assert "The text of Linux 9.8.7" in note
    assert "vendor" not in note
    marked = re.findall(r'class="line[^"]*is-changed[^"]*" id="L(\d+)"', page)
    assert len(marked) == 1
    assert "vendor_hook" in page
    assert "The work and its lock are two functions" in page
    assert 'title="net/ipv4/tcp.c:' in page
    assert "Back to the walkthrough’s own text" in page


def test_what_was_read_off_the_tree_stands_with_its_line(client: TestClient) -> None:
    page = client.get("/tcp_close?kernel=9.8.7&lang=en").text
    (told,) = re.findall(r"<summary>Read off the tree.*?</details>", page, re.DOTALL)
    told = re.sub(r"<[^>]+>", "|", told)
    at = (making.SET_STATE + "\n" + DISCONNECT).splitlines()
    for words, code in (
        ("removes the Fast Open request", "reqsk_fastopen_remove(sk, left, false);"),
        ("have a reason: TCP_STATE", "tcp_send_active_reset(sk, SK_RST_REASON_TCP_STATE);"),
        ("TCP_LINGER2 is at most 120 s", "if (val > TCP_FIN_TIMEOUT_MAX / HZ)"),
    ):
        line = next(number for number, text in enumerate(at, 2) if code in text)
        code = code.replace(">", "&gt;")
        assert f"{words}||{code}| |net/ipv4/tcp.c:{line}|" in told
    assert "in 32 bits||assumed: the source does not say" in told
    assert "多 120 秒" in client.get("/tcp_close?kernel=9.8.7&lang=zh").text


def test_a_step_goes_into_a_function_and_out_by_links(client: TestClient) -> None:
    """Without a script: the C beside the call, its line, why, and where each button leads."""
    query = "/tcp_close?kernel=9.8.7&state=CLOSE_WAIT"
    page = client.get(query).text
    (into,) = set(re.findall(r'class="way-in" href="[^"]*step=(\d+)\.1">', page)) - {"0"}
    page = client.get(f"{query}&step={into}.3").text
    ways = dict(re.findall(r'data-go="(\w+)"[^>]*? href="[^"]*step=([\d.]+)"', page))
    assert ways | {"first": "1"} == ways
    assert (ways["back"], ways["forward"], ways["out"]) == (f"{into}.2", f"{into}.4", into)
    (section,) = re.findall(r'<section class="callee is-open" id="(\w+)"', page)
    (now,) = re.findall(rf'id="{section}-L(\d+)"[^>]*data-when="now"', page)
    assert f"Out of {section}()" in page
    item = re.search(rf'<li data-k="3"[^>]*data-line="{now}"[^>]*aria-current="step">', page)
    assert item is not None
    for wrong in (f"{into}.0", f"{into}.99", f"{into}.", "x.1", "1.1"):
        assert client.get(f"{query}&step={wrong}").status_code == 422


def test_lines_of_a_callee_have_addresses(client: TestClient) -> None:
    page = client.get("/tcp_close/tcp_set_state/L8-L9?kernel=9.8.7").text
    assert len(re.findall(r'class="line is-focus" id="tcp_set_state-L[89]"', page)) == 2
    # The socket that is shown comes by: it is one of those that end here.
    assert "path does not come by" not in page
    assert (
        "TCP_MIB_ESTABRESETS"
        in client.get("/copy/tcp_close/tcp_set_state/L8-L9.txt?kernel=9.8.7").text
    )
    assert (
        client.get("/card/tcp_close/tcp_set_state/L8.svg?kernel=9.8.7&lang=en").status_code == 200
    )
    moved = client.get("/tcp_close/tcp_set_state/L9-L8?kernel=9.8.7", follow_redirects=False)
    assert moved.headers["location"].startswith("/tcp_close/tcp_set_state/L8-L9?")
    for wrong in ("L99", "x"):
        assert client.get(f"/tcp_close/tcp_set_state/{wrong}?kernel=9.8.7").status_code == 404
    # It is no place of the own text; a link to a kernel that is missing says so.
    assert client.get("/tcp_close/tcp_set_state").status_code == 404
    missing = client.get("/tcp_close/tcp_set_state?kernel=5.15.3")
    assert "Linux 5.15.3, whose text is not on this server" in missing.text


def test_links_of_the_page_keep_the_kernel(client: TestClient) -> None:
    page = client.get("/tcp_close?kernel=9.8.7&recv=300").text
    assert "/tcp_close?recv=300&amp;kernel=9.8.7&amp;step=1" in page
    assert '<input type="hidden" name="kernel" value="9.8.7">' in page
    for part in ("", "/life"):
        asked = f"/tcp_close{part}?kernel=9.8.7&recv=300&form=1"
        moved = client.get(asked, follow_redirects=False)
        assert moved.headers["location"] == f"/tcp_close{part}?recv=300&kernel=9.8.7"
    life = client.get("/tcp_close/life?kernel=9.8.7&recv=300").text
    assert "/tcp_close/life?recv=300&amp;kernel=9.8.7&amp;step=2" in life
    assert "/tcp_close/life?recv=300&amp;step=2" not in life


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "path",
    [
        "/tcp_close?kernel=9.8.7&recv=300",
        "/tcp_close/unread/false?kernel=9.8.7&recv=300",
        "/tcp_close/tcp_set_state/L1?kernel=9.8.7",
        "/copy/tcp_close/L90?kernel=9.8.7",
        "/copy/tcp_close/unread/true?kernel=9.8.7",
        "/tcp_close/present?kernel=9.8.7&recv=300",
        "/tcp_close/life?kernel=9.8.7&recv=300",
        "/tcp_close/compare?a=kernel:9.8.7&b=recv:300,kernel:9.8.7",
    ],
)
def test_every_link_of_a_kernel_s_page_leads_somewhere(
    client: TestClient, path: str, lang: str
) -> None:
    page = client.get(f"{path}&lang={lang}").text
    links = set(re.findall(r'href="(/[^"#]*)', page))
    lines = {link for link in links if re.search(r"/L\d", link)}
    for link in sorted(links - lines) + sorted(lines)[:4]:
        if not link.startswith(("/static", "/api")):
            made(client, html.unescape(link))
    # A way out of a decision is shown in the text that is read.
    ways = [link for link in links if re.search(r"/unread/(true|false)", link)]
    assert all("kernel=9.8.7" in link for link in ways)


def test_a_kernel_that_is_not_here_shows_the_own_text_and_says_so(client: TestClient) -> None:
    places = [f"{path}?kernel=5.15.3" for path in ("/tcp_close", "/copy/tcp_close")]
    places += ["/embed/tcp_close?kernel=5.15.3", "/tcp_close/as/unread-reset?kernel=5.15.3"]
    for path in (*places, *(beside(part, "5.15.3") for part in (*OF_TEXT, *OF_OWN))):
        assert "Linux 5.15.3, whose text is not on this server" in made(client, path), path
    assert "kernel=9.8.7" in client.get("/tcp_close?kernel=5.15.3&recv=300").text
    for wrong in ("<b>", "a/b", "x" * 60):
        assert client.get("/tcp_close", params={"kernel": wrong}).status_code == 422
    both = client.get("/tcp_close?kernel=9.8.7&variant=article")
    assert both.status_code == 422
    assert client.get("/api/tcp_close/trace?kernel=5.15.3").status_code == 422


def made(client: TestClient, path: str) -> str:
    """The page, when what it waits for has been made."""
    answer = client.get(path)
    for _ in range(8):
        if answer.status_code == 503:
            answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.text


@pytest.mark.parametrize("part", [*OF_TEXT, *OF_OWN])
def test_every_part_takes_a_kernel_and_leads_on_with_it(client: TestClient, part: str) -> None:
    page = made(client, beside(part, "9.8.7") + "&lang=en")
    assert page.count('class="of-text"') == 1
    assert ("You read Linux 9.8.7" in page) == (part in OF_OWN)
    for other in ("", "/atlas", "/compare", "/symptoms", "/lab", "/search"):
        assert f'href="/tcp_close{other}?kernel=9.8.7&amp;lang=en"' in page, other
    own = part + ("&amp;" if "?" in part else "?") + "lang=en"
    assert f'<a href="/tcp_close/{own}">Back to the walkthrough’s own text</a>' in page
    assert "of-text" not in made(client, f"/tcp_close/{part}")
    assert client.get(beside(part, "a/b")).status_code == 422


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_slides_are_those_of_the_kernel(client: TestClient, lang: str) -> None:
    asked = f"kernel=9.8.7&lang={lang}"
    slides = document(client.get(f"/tcp_close/present?{asked}&state=CLOSE_WAIT"))
    ids = [slide["id"] for slide in slides.all("section", class_="slide")]
    assert "wrapper" in ids
    assert "reclaim" not in ids
    code = "".join(line.text for line in slides.all(class_="line"))
    assert "vendor_hook" in code
    edited = slides.one("section", id="orphan").one("div", class_="slide-text").text
    assert ("edited here" if lang == "en" else "这里的文本改过") in edited
    assert "9.8.7" in slides.one("section", id="start").text
    delta = slides.one("section", id="entry").one("ul", class_="slide-changes").one("li").text
    assert delta.startswith("The work and its lock" if lang == "en" else "干活和加锁")
    # Who is not reached is shown a socket that does come by, in this text.
    for slide in slides.all("section", class_="slide")[1:-2]:
        assert slide["data-witness"].endswith("kernel=9.8.7")
        witness = document(client.get(f"/tcp_close/present?{slide['data-witness']}"))
        assert "is-missed" not in witness.one("section", id=slide["id"])["class"]
    traces = client.get(f"/tcp_close/present/traces?{asked}&state=CLOSE_WAIT").json()
    steps = client.get("/api/tcp_close/trace?kernel=9.8.7&state=CLOSE_WAIT").json()["steps"]
    assert [traces["steps"][at]["line"] for at in traces["traces"][0]["steps"]] == [
        step["line"] for step in steps
    ]


def test_a_room_shows_a_kernel_and_outlives_it(tmp_path: Path) -> None:
    """What one process shows, another that has not the text says is missing; so do votes."""
    tree = making.tree(tmp_path / "linux", making.split(), before=making.SET_STATE)
    environment = {"WALKTHROUGH_EDITIONS": str(tmp_path / "store")}
    assert CliRunner().invoke(main, ["import", str(tree)], env=environment).exit_code == 0
    has, has_not = (
        TestClient(create_app(settings=Settings(editions=tmp_path / name, data=tmp_path / "rooms")))
        for name in ("store", "none")
    )
    room = has.post("/live", json={"walkthrough": "tcp_close"}).json()

    def do(client: TestClient, **command: object) -> int:
        headers = {"authorization": f"Bearer {room['key']}"}
        return client.post(f"{room['url']}/commands", json=command, headers=headers).status_code

    count = len(has.get("/api/tcp_close/trace?kernel=9.8.7&state=CLOSE_WAIT").json()["steps"])
    show = {"do": "show", "query": "state=CLOSE_WAIT", "variant": "9.8.7"}
    assert do(has, **show, block="wrapper", step=count) == 200
    page = has.get(room["url"]).text
    assert "The text of Linux 9.8.7" in page
    assert 'id="wrapper"' in page
    assert f"kernel=9.8.7&amp;step={count}" in page
    assert has.get(f"{room['url']}/state").json()["view"]["variant"] == "9.8.7"
    page = has_not.get(room["url"]).text
    assert "Linux 9.8.7, whose text is not on this server" in page
    assert has_not.get(f"{room['url']}/state").json()["view"]["variant"] == "9.8.7"
    # It can show its own text; what it has not is refused, as any name that is none.
    for name in ("9.8.7", "nothing", "<b>", "x" * 99, "../9.8"):
        assert do(has_not, **(show | {"variant": name})) == 422, name
    assert do(has_not, **(show | {"variant": None})) == 200
    assert "of-text" not in has_not.get(room["url"]).text
    # A vote is about the text that it was asked in, wherever its table is made.
    assert do(has, **show, step=1) == 200
    assert do(has, do="ask", decision="unread") == 200
    settings = Settings(editions=tmp_path / "none", data=tmp_path / "rooms")
    for client in (has, TestClient(create_app(settings=settings))):
        assert client.get(room["url"]).status_code == 200
        key = {"authorization": f"Bearer {room['key']}"}
        table = client.get(f"{room['url']}/results.csv", headers=key).text
        assert ",state=CLOSE_WAIT kernel=9.8.7," in table


def test_paths_and_questions_are_those_of_the_kernel(client: TestClient) -> None:
    of_kernel = client.get("/api/tcp_close/atlas?kernel=9.8.7&limit=1").json()["total"]
    atlas = made(client, "/tcp_close/atlas?kernel=9.8.7&lang=en")
    assert f"There are {of_kernel} ways" in atlas
    # Links to sockets, filters and the form stay in this text; what was seen is of the own one.
    assert 'href="/tcp_close?kernel=9.8.7&amp;lang=en">the default scenario</a>' in atlas
    assert 'href="/tcp_close/atlas?segment=RST&amp;kernel=9.8.7&amp;lang=en"' in atlas
    assert '<input type="hidden" name="kernel" value="9.8.7">' in atlas
    assert "data-walkthrough" not in atlas
    asked = "/tcp_close/atlas?kernel=9.8.7&branch=unread/true"
    assert (
        "kernel=9.8.7" in client.get(f"{asked}&form=1", follow_redirects=False).headers["location"]
    )
    assert "The simplest scenario" in made(client, asked + "&lang=en")
    which = made(client, "/tcp_close/which?kernel=9.8.7&sent=rst&lang=en")
    found = client.get("/api/tcp_close/which?kernel=9.8.7&sent=rst").json()
    assert f"Of {found['considered']} paths" in which
    own = client.get("/api/tcp_close/which?sent=rst").json()
    assert 0 < found["considered"] < own["considered"]
    assert '<input type="hidden" name="kernel" value="9.8.7">' in which
    assert client.get("/api/tcp_close/which?kernel=5.15.3").status_code == 422


def test_the_way_back_leaves_out_what_only_the_other_text_has(
    client: TestClient, tcp_close: Walkthrough
) -> None:
    """A filter by a decision that only this text has would be refused there."""
    asked = {"segment": "RST", "branch": "of-a-kernel/true"}
    assert known_to_own(tcp_close, asked) == {"segment": "RST"}
    page = made(client, "/tcp_close/atlas?kernel=9.8.7&segment=RST&branch=unread/true&lang=en")
    back = re.search(r'<a href="([^"]*)">Back to', page)
    assert back
    assert back[1] == "/tcp_close/atlas?segment=RST&amp;branch=unread/true&amp;lang=en"


def test_a_side_that_names_no_text_has_that_of_the_address(client: TestClient) -> None:
    asked = "/tcp_close/compare?kernel=9.8.7&lang=en"
    page = client.get(asked).text
    assert '<input type="hidden" name="kernel" value="9.8.7">' in page
    moved = client.get(f"{asked}&a=unread-reset&b=state:CLOSE&form=1", follow_redirects=False)
    a, b = "a=recv:300,kernel:9.8.7", "b=state:CLOSE,kernel:9.8.7"
    assert moved.headers["location"] == f"/tcp_close/compare?{a}&{b}&lang=en"
    # Field by field, the text is one of the fields.
    field = client.get(f"{asked}&a=default&b.state=CLOSE&b.variant=&form=1", follow_redirects=False)
    assert field.headers["location"].startswith("/tcp_close/compare?a=kernel:9.8.7&b=state:CLOSE&")
    one = client.get(f"{asked}&a=unread-reset").text
    assert f"/tcp_close/compare?{a}&amp;kernel=9.8.7&amp;lang=zh" in one
    both = client.get(f"/tcp_close/compare?{a}&b=default").text
    assert "of-text" not in both


def test_the_api_says_the_edition_the_frames_and_the_lines_of_the_file(client: TestClient) -> None:
    trace = client.get("/api/tcp_close/trace?kernel=9.8.7&state=CLOSE_WAIT").json()
    assert trace["edition"]["label"] == "9.8.7"
    assert trace["edition"]["labels"] == ["9.8.7"]
    assert trace["variant"] is None
    assert trace["url"] == "/tcp_close?state=CLOSE_WAIT&kernel=9.8.7"
    assert trace["outcome"]["gauges"]["CurrEstab"] == -1
    step = next(step for step in trace["steps"] if step["frames"])
    assert step["frames"][0]["function"] == "tcp_set_state"
    inner = step["frames"][0]["steps"][0]
    assert inner["file_line"] == inner["line"] + 1
    assert step["file_line"] > step["line"]
    own = client.get("/api/tcp_close/trace?state=CLOSE_WAIT").json()
    assert own["edition"] is None
    assert all(step["frames"] == [] for step in own["steps"])


def test_an_atlas_of_a_kernel_has_its_new_decisions(client: TestClient) -> None:
    atlas = client.get("/api/tcp_close/atlas?kernel=9.8.7&limit=1").json()
    own = client.get("/api/tcp_close/atlas?limit=1").json()
    # CLOSE_WAIT ends as ESTABLISHED does where both lower the gauge.
    assert 0 < atlas["total"] < own["total"]


def test_one_socket_in_every_text_is_grouped_by_what_is_left(client: TestClient) -> None:
    ends = client.get("/api/tcp_close/texts?state=CLOSE_WAIT").json()["ends"]
    assert [end["labels"] for end in ends] == [[None], ["9.8.7"]]
    assert ends[1]["differs"] == {"gauges": ["none", "CurrEstab-1"]}
    (both,) = client.get("/api/tcp_close/texts").json()["ends"]
    assert both["labels"] == [None, "9.8.7"]
    page = client.get("/tcp_close/compare?a=state:CLOSE_WAIT").text
    assert "This socket in every text here" in page
    assert "/tcp_close?state=CLOSE_WAIT&amp;kernel=9.8.7" in page


def test_two_texts_are_told_apart_by_every_socket_that_does(client: TestClient) -> None:
    found = client.get("/api/tcp_close/texts/own/9.8.7").json()
    assert found["classes"][0]["scenario"] == "state=CLOSE_WAIT"
    assert client.get("/api/tcp_close/texts/own/own").json()["classes"] == []
    assert client.get("/api/tcp_close/texts/own/5.15.3").status_code == 404
    page = client.get("/tcp_close/compare?a=default&b=kernel:9.8.7").text
    assert "All sockets that tell" in page
    assert "<code>state=CLOSE_WAIT</code>" in page
    # The text of a variant can be laid beside the own one as well.
    assert "All sockets" in client.get("/tcp_close/compare?a=default&b=variant:article").text


def test_an_export_says_that_it_leaves_kernels_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = making.tree(tmp_path / "linux", making.split())
    monkeypatch.setenv("WALKTHROUGH_EDITIONS", str(tmp_path / "store"))
    assert CliRunner().invoke(main, ["import", str(tree)]).exit_code == 0
    # The folder is refused, so that nothing has to be written to hear of it.
    refused = CliRunner().invoke(main, ["export", str(tree), "--quiet"])
    assert refused.exit_code == 1
    assert "Left out: the text of 9.8.7." in refused.stderr


def test_the_pages_without_any_kernel_are_as_before() -> None:
    page = TestClient(create_app()).get("/tcp_close").text
    assert 'popovertarget="texts"' not in page


def test_a_card_is_another_one_for_a_kernel(client: TestClient) -> None:
    cards = [client.get(f"/card/tcp_close.svg?{query}") for query in ("kernel=9.8.7", "")]
    assert [card.status_code for card in cards] == [200, 200]
    assert cards[0].content != cards[1].content
