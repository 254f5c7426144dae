# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""A folder that a stranger wrote: nothing outside of it is read, and every message is short.

Whatever stands in it, it loads or is refused in bounded time.
"""

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.cli import main
from app.errors import ContentError
from app.lab.evidence import load_evidence
from app.walkthrough.content.files import MAX_BYTES, MAX_FILES
from app.walkthrough.content.yaml_lines import MAX_TEXT
from app.walkthrough.load import load_walkthrough
from app.web.app import create_app
from tests.walkthrough import building
from tests.walkthrough.building import Folder

SECRET = "a-line-of-somebody-elses-file"
MARKDOWN = "blocks/fin.en.md"
EVIDENCE = "evidence/linux-6.18.json"
#: Processor seconds: some thirty times what the slowest of these takes.
SOON = 30
# Where the time ends in a callback of the garbage collector (hypothesis has one), Python passes the
# first end over; the next comes half a second later.
MAY_END_IN_A_CALLBACK = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture
def tiny(tmp_path: Path) -> Folder:
    (tmp_path / "secret").write_text(SECRET)
    return building.tiny(tmp_path)


def check(folder: Folder) -> Result:
    return CliRunner().invoke(main, ["check", str(folder.path)])


def is_plain(text: str) -> bool:
    """Whether a terminal shows a text and does nothing else."""
    return all(letter.isprintable() or letter == "\n" for letter in text)


def link(target: str | Path) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (link("/dev/zero"), "a link that leads out of the folder"),
        (link("/proc/self/environ"), "a link that leads out of the folder"),
        (link("../../secret"), "a link that leads out of the folder"),
        (link("fin.en.md"), "can't be read: a link that leads to itself"),
        (link("nowhere"), "file is missing"),
        (os.mkfifo, "not a regular file"),
        (Path.mkdir, "not a regular file"),
        (lambda path: path.write_text("x" * ((1 << 16) + 1)), "larger than 65536 bytes"),
        (lambda path: path.write_text("A\x1b]0;title\x07"), "a character that nobody sees: \\x1b"),
        (lambda path: path.write_text("if (\u202eadmin)"), "a character that nobody sees: \\u202e"),
    ],
)
def test_only_a_file_of_the_folder_is_read(
    tiny: Folder, make: Callable[[Path], object], message: str
) -> None:
    (tiny.path / MARKDOWN).unlink()
    make(tiny.path / MARKDOWN)
    problem = tiny.problem()
    assert (problem.file, problem.message) == (f"tiny/{MARKDOWN}", message)
    assert SECRET not in check(tiny).output


@pytest.mark.parametrize("name", ["walkthrough.yaml", "tiny.c", "variants.yaml", "blocks"])
@pytest.mark.parametrize("make", [os.mkfifo, link("/dev/zero"), link("/etc"), link("../secret")])
def test_it_is_so_for_every_file(tiny: Folder, name: str, make: Callable[[Path], None]) -> None:
    path = tiny.path / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    make(path)
    result = check(tiny)
    assert result.exit_code == 1
    assert f"tiny/{name}" in result.stderr
    assert "passwd" not in result.stderr
    assert SECRET not in result.stderr


def test_a_link_within_the_folder_is_followed(tiny: Folder) -> None:
    (tiny.path / MARKDOWN).unlink()
    (tiny.path / MARKDOWN).symlink_to("entry.en.md")
    assert tiny.problems() == ()


def test_serving_reads_nothing_else_either(tmp_path: Path, tiny: Folder) -> None:
    """What no check reads is no part of the folder's revision."""
    os.mkfifo(tiny.path / "waiting")
    (tiny.path / "endless").symlink_to("/dev/zero")
    (tmp_path / "beside.md").touch()
    with TestClient(create_app(tmp_path)) as client:
        assert client.get("/tiny").status_code == 200


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        (
            "helpers.yaml",
            "- name: a\n" + "".join(f"  k{n}: 1\n" for n in range(45_000)),
            "0.k0: unknown key, allowed: name",
        ),
        ("helpers.yaml", f"- name: {'[' * 900_000}", "nested more than 40 deep"),
        ("helpers.yaml", f'- name: "{"[" * 900_000}"', f"a text of more than {MAX_TEXT} char"),
        ("helpers.yaml", f"- ? {'[a,' * 30}\n  : b", "not YAML"),
        ("helpers.yaml", f"- ? [{'a, ' * 10_000}]\n  : b", "a key has to be a word"),
        ("helpers.yaml", '- name: "\\e[2J"', "a character that nobody sees: \\x1b"),
        (MARKDOWN, "[" * 900_000, f"larger than {MAX_BYTES['.md']} bytes"),
        (MARKDOWN, "[" * 60_000, "section why is missing"),
        (MARKDOWN, "[](" * 20_000, "section why is missing"),
        (MARKDOWN, "[a](branch:fim/true) " * 2_900, "dead link branch:fim/true"),
        (MARKDOWN, f"# {'x' * 60_000}", "section xxx"),
        ("tiny.c", "(" * 100_000, "not C"),
        ("tiny.c", "x" * 120_000, "xxx"),
        (EVIDENCE, "[" * 100_000, "nested too deep"),
        (EVIDENCE, '{"a":' * 100_000, "nested too deep"),
        (EVIDENCE, f"[{'1,' * 100_000}1]", "valid dictionary"),
        (EVIDENCE, json.dumps({f"k{n}": 1 for n in range(45_000)}), "k0: Extra inputs"),
        (EVIDENCE, "1" * 10_000, "Exceeds the limit"),
    ],
    ids=lambda text: text[:24],
)
def test_a_pathological_text_ends_in_a_short_message(
    tiny: Folder, file: str, text: str, message: str
) -> None:
    tiny.write(file, text)
    start = time.process_time()
    result = check(tiny)
    assert time.process_time() - start < SOON
    assert result.exit_code == 1
    assert message in result.stderr
    assert f"tiny/{file}" in result.stderr
    assert len(result.stderr.splitlines()) <= 101
    assert len(result.stderr) < 60_000
    assert is_plain(result.output)


def test_what_is_more_than_a_hundred_is_counted(tiny: Folder) -> None:
    tiny.write("helpers.yaml", "- name: a\n" + "".join(f"  k{n}: 1\n" for n in range(5_000)))
    told = check(tiny).stderr.splitlines()
    assert len(told) == 101
    number, _, rest = told[-1].partition(" ")
    assert int(number) >= 5_000
    assert rest == "mistakes, of which 100 are told"
    with pytest.raises(ContentError, match=r"… and \d{4} more"):
        tiny.load()


def test_a_folder_of_too_many_files_is_refused(tiny: Folder) -> None:
    for number in range(MAX_FILES):
        tiny.write(f"blocks/{number}", "")
    assert tiny.problem().message == f"more than {MAX_FILES} files"


@MAY_END_IN_A_CALLBACK
def test_what_takes_too_long_is_stopped(tiny: Folder) -> None:
    """Each part is allowed, and all together are too much: 4,000 anchors in 20,000 lines."""
    tiny.write("tiny.c", building.SOURCE + "/* … */\n" * 9_000)
    blocks = "".join(
        f'  - {{id: b{n}, title: {{en: "a", zh: "a"}}, from: "x{n}", to: "y{n}"}}\n'
        for n in range(3_000)
    )
    tiny.edit("walkthrough.yaml", "blocks:\n", f"blocks:\n{blocks}")
    start = time.process_time()
    with pytest.raises(ContentError) as raised:
        load_walkthrough(tiny.path, seconds=1)
    assert time.process_time() - start < SOON
    assert "stopped after 1 s of processor time: too much to check" in str(raised.value)


@MAY_END_IN_A_CALLBACK
def test_evidence_has_its_time_too(tmp_path: Path) -> None:
    folder = building.copy_of_tcp_close(tmp_path)
    walkthrough = folder.load()
    text = folder.text("evidence/linux-6.12.117.json")
    for number in range(20):
        folder.write(f"evidence/linux-7.{number}.json", text)
    with pytest.raises(ContentError, match=r"stopped after 0\.001 s"):
        load_evidence(walkthrough, folder.path, seconds=0.001)


def test_a_variant_that_loops_makes_a_small_page(tmp_path: Path) -> None:
    folder = building.copy_of_tcp_close(tmp_path)
    original = folder.text("variants.yaml")
    folder.write(
        "variants.yaml",
        original
        + """
- id: endless
  title: {en: "Endless", zh: "无尽"}
  note: {en: "It never ends.", zh: "永不结束。"}
  edits:
    - code: "lock_sock(sk);"
      becomes: "lock_sock(sk); while (1) sk->sk_shutdown = SHUTDOWN_MASK;"
      effect: {en: "No end.", zh: "没有尽头。"}
""",
    )
    with TestClient(create_app(tmp_path)) as client:
        start = time.process_time()
        page = client.get("/tcp_close?variant=endless")
        assert time.process_time() - start < SOON
    assert page.status_code == 200
    assert "no end after 2000 operations" in page.text
    assert len(page.content) < 2_000_000


HOSTILE = st.sampled_from(
    (
        "\x1b[31m", "\\e[2J", '"\\e]0;x\\a"', "&#27;[2J", "\x9b2J", "\u202e", "\r", "\\r", "\0",
        "[" * 500, "(" * 500, "*a " * 500, "{{" * 40, "- " * 60, "&a [*a]", "!!python/x ",
        "x" * 5_000, "../../secret", "/dev/zero", "\ud800", "\u2028", "`" * 999, "<script>", "?: ",
    )
)  # fmt: skip
PLACES = ("walkthrough.yaml", "helpers.yaml", "variants.yaml", "tiny.c", MARKDOWN, EVIDENCE)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.floats(0, 1), HOSTILE), max_size=4))
def test_no_mixture_reaches_the_terminal(
    folders: Callable[[], Folder], changes: list[tuple[str, float, str]]
) -> None:
    folder = folders()
    for file, where, piece in changes:
        path = folder.path / file
        text = path.read_bytes() if path.exists() else b"{}"
        at = int(where * len(text))
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text[:at] + piece.encode(errors="surrogatepass") + text[at:])
    result = check(folder)
    assert result.exit_code in {0, 1}, result.exception
    assert is_plain(result.output)
    assert len(result.output) < 60_000
    if result.exit_code == 0:
        for words in (["trace", "tiny"], ["trace", "tiny", "--lang", "zh"]):
            told = CliRunner().invoke(main, ["--content", str(folder.path.parent), *words])
            assert told.exit_code == 0, told.output
            assert is_plain(told.output)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Folder]:
    """A tiny walkthrough, made anew for each example."""
    return lambda: building.tiny(tmp_path_factory.mktemp("hostile"))
