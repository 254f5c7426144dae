# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A reader pastes what a host prints: what is read, what is said of it, that nothing is sent."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import keep_what_is_said
from tests.conftest import OpenPage

PAGE = "/tcp_close/symptoms"

NSTAT = """\
#kernel
IpInReceives                    8123771            0.0
TcpActiveOpens                  90211              0.0
TcpEstabResets                  4410               0.0
TcpOutRsts                      9022               0.0
TcpExtTCPAbortOnData            300                0.0
TcpExtTCPAbortOnClose           2700               0.0
TcpExtTCPAbortOnMemory          0                  0.0
TcpExtTCPAbortOnTimeout         77                 0.0
TcpExtTCPAbortOnLinger          0                  0.0
"""
ZERO = NSTAT.replace("2700", "0").replace("300 ", "0 ")
SS = """\
State      Recv-Q Send-Q Local Address:Port  Peer Address:Port  Process
LISTEN     0      128          0.0.0.0:22         0.0.0.0:*
ESTAB      0      0      10.0.0.5:443       203.0.113.7:51122
FIN-WAIT-1 0      4096   10.0.0.5:https     203.0.113.9:51123
FIN-WAIT-1 0      1      10.0.0.5:443       203.0.113.9:51124
FIN-WAIT-2 0      0      10.0.0.5:443       203.0.113.9:51125  users:(("nginx",pid=7,fd=9))
LAST-ACK   0      1      [2001:db8::5]:443  [2001:db8::9]:51126
TIME-WAIT  0      0      10.0.0.5:443       203.0.113.11:51127  timer:(timewait,43sec,0)
CLOSE-WAIT 1      0      10.0.0.5%eth0:443  203.0.113.12:51128
"""


@pytest.fixture
def symptoms(open_page: OpenPage) -> Page:
    return open_page(PAGE)


def paste(page: Page, text: str) -> None:
    """Puts the text into the field, and waits until it was read."""
    page.locator("#host-text").fill(text)
    expect(page.locator(".said")).not_to_be_empty()


def said(page: Page) -> str:
    return page.locator(".said").inner_text()


def row(page: Page, name: str) -> list[str]:
    """Count and share of a row of the table."""
    cells = page.locator(f"tr[data-name='{name}']")
    return [cells.locator(f".{cell}").inner_text() for cell in ("count", "share")]


def test_ss_without_its_state_column_is_told_apart(symptoms: Page) -> None:
    text = "Recv-Q Send-Q Local Address:Port Peer Address:Port\n0 1 10.0.0.5:443 10.0.0.6:5000\n"
    paste(symptoms, text)
    assert "keep the State column" in said(symptoms)


def test_pasted_counters_stand_in_the_table_with_their_share(symptoms: Page) -> None:
    paste(symptoms, NSTAT)
    assert "3,000 aborted closes" in said(symptoms)
    assert row(symptoms, "TcpExtTCPAbortOnClose") == ["2,700", "90%"]
    assert row(symptoms, "TcpExtTCPAbortOnData") == ["300", "10%"]
    assert row(symptoms, "TcpExtTCPAbortOnMemory") == ["0", "0%"]
    assert row(symptoms, "TcpOutRsts") == ["9,022", ""]
    assert row(symptoms, "FIN_WAIT1") == ["not in the text", ""]


def test_pasted_counters_stand_beside_the_lines_that_count(symptoms: Page) -> None:
    paste(symptoms, NSTAT)
    mark = symptoms.locator("#heat-49 [data-name='TcpExtTCPAbortOnClose']")
    expect(mark.locator(".value")).to_have_text("2,700")
    shared = symptoms.locator("#heat-55 [data-name='TcpExtTCPAbortOnData']")
    expect(shared.locator(".value")).to_have_text("≤ 300, one of 3 lines")
    bars = [item.locator(".gauge line").get_attribute("x2") for item in (mark, shared)]
    assert bars == ["100%", "12%"]
    expect(symptoms.locator("#heat-49")).to_have_attribute("data-lit", "known")
    expect(symptoms.locator("#heat-55")).to_have_attribute("data-lit", "shared")
    none = symptoms.locator("#heat-145 [data-name='TcpExtTCPAbortOnMemory']")
    expect(none.locator(".value")).to_have_text("0")
    expect(none).to_be_hidden()
    symptoms.get_by_label("Show also what is not in the text").check()
    expect(none).to_be_visible()


def test_pasted_sockets_stand_in_the_table_and_beside_the_lines(symptoms: Page) -> None:
    paste(symptoms, SS)
    assert "8 sockets; 5 of them" in said(symptoms)
    assert "1 of these has a process" in said(symptoms)
    assert "CLOSE_WAIT 1" in said(symptoms)
    assert row(symptoms, "FIN_WAIT1") == ["2", "40%"]
    assert row(symptoms, "CLOSING") == ["not in the text", ""]
    assert row(symptoms, "TcpExtTCPAbortOnClose") == ["not in the text", ""]
    expect(symptoms.locator("#heat-56 [data-name='FIN_WAIT1'] .value")).to_have_text("2")


def test_zero_is_told_apart_from_nonsense_and_from_what_is_left_out(symptoms: Page) -> None:
    paste(symptoms, ZERO)
    assert "All abort counters in the text are 0" in said(symptoms)
    expect(symptoms.locator(".said")).to_have_attribute("data-tone", "")
    symptoms.locator("#host-text").fill("Lorem ipsum\ndolor sit amet")
    expect(symptoms.locator(".said")).to_contain_text("Nothing in this text tells")
    expect(symptoms.locator(".said")).to_have_attribute("data-tone", "trouble")
    expect(symptoms.locator("tr[data-state='some']")).to_have_count(0)
    expect(symptoms.locator(".figure:visible")).to_have_count(0)
    symptoms.locator("#host-text").fill("#kernel\nTcpOutRsts 5 0.0\n")
    expect(symptoms.locator(".said")).to_contain_text("nstat leaves out what is 0")
    symptoms.locator("#host-text").fill("#kernel\nUdpInDatagrams 5 0.0\n")
    expect(symptoms.locator(".said")).to_contain_text("none of TCP")


def test_a_text_that_is_too_large_is_refused_with_a_way_out(symptoms: Page) -> None:
    symptoms.evaluate(
        """() => {
            const area = document.querySelector("#host-text");
            area.value = "TcpOutRsts 1 0.0\\n".repeat(140000);
            area.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    expect(symptoms.locator(".said")).to_contain_text("At most 2 MB are read")


def test_the_reading_is_there_for_programs_and_leads_to_symptoms(symptoms: Page) -> None:
    paste(symptoms, "TCPAbortOnClose: 54\nTCPAbortOnData: 20\n")
    reading = symptoms.evaluate("document.querySelector('host-numbers').reading")
    assert reading["counters"] == {"TCPAbortOnClose": 54, "TCPAbortOnData": 20}
    assert reading["branches"] == ["unread/true"]
    assert "73%" in said(symptoms)
    leads = symptoms.locator(".leads a")
    expect(leads.first).to_have_attribute("href", "#abort-on-close")
    expect(leads).to_have_count(3)


def test_lines_that_were_not_understood_are_counted(symptoms: Page) -> None:
    paste(symptoms, NSTAT + "host$ uptime\n 16:20 up 3 days\n")
    assert "Lines that were not understood: 2." in said(symptoms)


def test_clear_brings_the_page_back_as_it_was(symptoms: Page) -> None:
    before = symptoms.locator("#host").inner_text()
    paste(symptoms, NSTAT + SS)
    symptoms.locator(".clear").click()
    expect(symptoms.locator(".said")).to_be_empty()
    expect(symptoms.locator("#host-text")).to_be_focused()
    assert symptoms.locator("#host").inner_text() == before


def test_nothing_is_requested_and_nothing_is_kept_while_a_text_is_read(symptoms: Page) -> None:
    symptoms.locator("#host-text").focus()
    symptoms.wait_for_load_state("networkidle")
    requests: list[str] = []
    address = symptoms.url
    # What reads a text is loaded with the first.
    paste(symptoms, "TcpOutRsts 5")
    symptoms.context.on("request", lambda request: requests.append(request.url))
    paste(symptoms, NSTAT + SS)
    symptoms.locator("#host-text").press("Enter")
    expect(symptoms.locator("#heat-49 .value")).to_have_text("2,700")
    assert requests == []
    assert symptoms.url == address
    assert symptoms.evaluate("localStorage.length + sessionStorage.length") == 0
    assert symptoms.context.cookies() == []


def test_numbers_and_sentences_are_in_the_language_of_the_page(open_page: OpenPage) -> None:
    page = open_page(f"{PAGE}?lang=zh")
    paste(page, NSTAT + SS)
    assert "3,000" in said(page)
    assert "aborted" not in said(page)


@pytest.mark.parametrize("start", ["/", PAGE])
def test_without_scripts_a_text_is_sent_and_answered(open_page: OpenPage, start: str) -> None:
    page = open_page(start, java_script_enabled=False, viewport={"width": 390, "height": 800})
    page.locator("#host-text").fill(NSTAT + SS)
    page.get_by_role("button", name="Send and read").click()
    page.wait_for_url(f"**{PAGE}#host")
    expect(page.locator("#host")).to_be_in_viewport()
    assert "3,000 aborted closes" in said(page)
    assert row(page, "TcpExtTCPAbortOnClose") == ["2,700", "90%"]
    expect(page.locator("#heat-49")).to_have_attribute("data-lit", "known")
    expect(page.locator("tr[data-name='CLOSING']")).to_be_hidden()


def test_the_front_page_reads_too_and_leads_on_with_the_text(open_page: OpenPage) -> None:
    page = open_page("/")
    paste(page, NSTAT + SS)
    assert "3,000 aborted closes" in said(page)
    expect(page.locator(".leads a").first).to_have_attribute("href", f"{PAGE}#abort-on-close")
    page.get_by_role("link", name="The table and the code").click()
    expect(page.locator("#heat-49 .value")).to_have_text("2,700")
    expect(page.locator("#host-text")).to_have_value(NSTAT + SS)
    assert page.evaluate("window.name") == ""


def test_a_long_paste_is_read_as_a_whole_without_being_laid_out(open_page: OpenPage) -> None:
    page = open_page("/", permissions=["clipboard-read", "clipboard-write"])
    line = SS.splitlines()[3] + "\n"
    page.evaluate("text => navigator.clipboard.writeText(text)", line * 20_000)
    field = page.locator("#host-text")
    field.press("Control+V")
    expect(page.locator(".said")).to_contain_text("20,000 sockets")
    assert len(field.input_value()) < 5_000
    expect(page.get_by_text("The field shows the beginning")).to_be_visible()
    page.get_by_role("link", name="The table and the code").click()
    expect(page.locator("tr[data-name='FIN_WAIT1'] .count")).to_have_text("20,000")
    # Whoever writes into the field has it read as it stands there.
    field.fill(line)
    expect(page.locator("tr[data-name='FIN_WAIT1'] .count")).to_have_text("1")
    expect(page.get_by_text("The field shows the beginning")).to_be_hidden()


def test_a_link_shows_the_same_again_and_says_nothing_of_the_host(symptoms: Page) -> None:
    paste(symptoms, NSTAT + SS)
    shown = said(symptoms)
    reading = symptoms.evaluate("document.querySelector('host-numbers').reading")
    symptoms.get_by_role("link", name="Link to what was found").click()
    expect(symptoms.locator("#host-text")).to_have_value("")
    assert not any(secret in symptoms.url for secret in ("10.0.0", "nginx", "51123"))
    symptoms.wait_for_function("() => document.querySelector('host-numbers').reading")
    assert said(symptoms) == shown
    assert symptoms.evaluate("document.querySelector('host-numbers').reading") == reading


def test_the_lines_that_a_text_lights_are_marked_in_the_function(symptoms: Page) -> None:
    paste(symptoms, "TcpExtTCPAbortOnClose 3 0.0\nTcpExtTCPAbortOnData 1 0.0\n")
    symptoms.get_by_role("link", name="These lines in the function").click()
    expect(symptoms.locator("#L49")).to_have_attribute("data-lit", "known")
    expect(symptoms.locator("#L55")).to_have_attribute("data-lit", "shared")
    expect(symptoms.locator("#L49")).to_be_in_viewport()


def test_the_whole_is_copied_as_markdown(open_page: OpenPage) -> None:
    page = open_page(PAGE, permissions=["clipboard-read", "clipboard-write"])
    keep_what_is_said(page)
    paste(page, NSTAT + SS)
    page.get_by_role("button", name="Copy as Markdown").click()
    expect(page.locator(".copy")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("90% of 3,000 aborted closes")
    assert "| `TcpExtTCPAbortOnClose` | 2,700 | 90% | [unread → true](http://" in copied
    assert "10.0.0" not in copied
