# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The table of settings: what it accepts, what it says is wrong, and that the documents have it."""

import os
import re
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main
from app.rooms.limits import Limits
from app.web.settings import SETTINGS, Setting, Settings, SettingsError, read_settings
from tests.conftest import IN_CI

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENT = REPOSITORY / "docs" / "operation.md"
UPDATE = bool(os.environ.get("UPDATE_DOCS")) and not IN_CI
BY_NAME = {setting.name: setting for setting in SETTINGS}


def problems(
    options: dict[str, str | None] | None = None,
    environment: dict[str, str] | None = None,
    *,
    has_lab: bool = False,
) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        read_settings(options or {}, environment or {}, has_lab=has_lab)
    return caught.value.problems


# The table


def test_every_field_is_a_setting() -> None:
    own = {item.name for item in fields(Settings)} - {"limits", "has_lab"}
    assert set(BY_NAME) == own | {item.name for item in fields(Limits)}


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_default_is_accepted_as_it_is_documented(setting: Setting) -> None:
    if setting.default not in {"none", "the user's state folder", "0.01667"}:
        assert read_settings({setting.name: setting.default}, {}) == Settings()


def test_an_option_counts_for_more_than_a_variable_and_that_for_more_than_the_default() -> None:
    environment = {"WALKTHROUGH_PORT": "81", "WALKTHROUGH_MAX_ROOMS": "5"}
    assert read_settings({}, {}).port == 8000
    assert read_settings({}, environment).port == 81
    assert read_settings({"port": "82"}, environment).port == 82
    assert read_settings({}, environment).limits == Limits(max_rooms=5)


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert read_settings({}, {setting.variable: "" for setting in SETTINGS}) == Settings()


# What is wrong


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("port", text) for text in ("-1", "65536", "http", "8000.5", "", "٤", " 1")),
        *(
            ("root_path", text)
            for text in ("kernel", "//kernel", "/a/../b", "/a b", "/a?b", "/%41")
        ),
        *(
            ("public_url", text)
            for text in ("example.org", "https://example.org/kernel", "ftp://x")
        ),
        *(("forwarded_allow_ips", text) for text in ("proxy", "10.0.0.0/40", "1.2.3.4,")),
        *(("workers", text) for text in ("0", "65", "auto")),
        *(("redis", text) for text in ("http://x", "redis://", "redis://x:port/0", "unix://x")),
        *(("feedback", text) for text in ("mailto:me", "https://example.org/{what}")),
        *(("metrics", text) for text in ("9464", ":9464", "::1:9464", "127.0.0.1:99999", "")),
        *(("log_format", text) for text in ("JSON", "xml")),
        *(("max_rooms", text) for text in ("0", "-1", "1.5", "many", "١", "1_000")),
        *(("votes_rate", text) for text in ("0", "inf", "nan", "x", "١", "1_0")),
    ],
)
def test_a_bad_value_is_refused_with_what_is_allowed(name: str, text: str) -> None:
    setting = BY_NAME[name]
    (problem,) = problems({name: text})
    assert problem.startswith(setting.option)
    assert problem.endswith(f"allowed is {setting.kind.allowed}")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("root_path", "/kernel/", "/kernel"),
        ("root_path", "/", ""),
        ("root_path", "/a/b.c_d~e-f", "/a/b.c_d~e-f"),
        ("public_url", "https://example.org/", "https://example.org"),
        ("public_url", "http://[::1]:8000", "http://[::1]:8000"),
        ("forwarded_allow_ips", "10.0.0.0/8, ::1", "10.0.0.0/8, ::1"),
        ("forwarded_allow_ips", "*", "*"),
        ("redis", "unix:///run/redis.sock", "unix:///run/redis.sock"),
        ("redis", "rediss://:secret@host/1", "rediss://:secret@host/1"),
        ("metrics", "[::1]:9464", ("::1", 9464)),
        ("metrics", "localhost:0", ("localhost", 0)),
    ],
)
def test_a_good_value_is_read(name: str, text: str, value: object) -> None:
    assert getattr(read_settings({name: text}, {}), name) == value


def test_a_file_is_no_folder_for_the_rooms(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert len(problems({"data": str(tmp_path / "file")})) == 1


def test_all_that_is_wrong_is_told_at_once_by_the_name_that_was_used() -> None:
    found = problems(
        {"port": "x", "metrics": "y"},
        {"WALKTHROUGH_MAX_ROOMS": "0", "WALKTHROUGH_WORKERS": "2", "WALKTHROUGH_PORT": "z"},
        has_lab=True,
    )
    names = [re.split("[ :]", problem)[0] for problem in found]
    assert names == ["--port", "--metrics", "WALKTHROUGH_MAX_ROOMS", "--lab"]


def test_a_variable_that_is_no_setting_is_told_with_the_nearest_one() -> None:
    found = problems({}, {"WALKTHROUGH_MAX_FOLOWERS": "5", "WALKTHROUGH_XYZ": "", "OTHER": "x"})
    assert found == (
        "WALKTHROUGH_MAX_FOLOWERS: no setting has this name (nearest: WALKTHROUGH_MAX_FOLLOWERS)",
        "WALKTHROUGH_XYZ: no setting has this name",
    )


def test_a_secret_is_not_repeated_where_it_is_wrong() -> None:
    assert "hunter2" not in "".join(problems({"redis": "http://:hunter2@host"}))


# The commands


def test_serve_tells_all_problems_and_has_status_2() -> None:
    words = ["serve", "--port", "x", "--workers", "0"]
    result = CliRunner().invoke(main, words, env={"WALKTHROUGH_PROT": "1"})
    assert result.exit_code == 2
    assert result.stderr.splitlines()[0] == "3 settings can't be used:"
    for name in ("--port 'x'", "--workers '0'", "nearest: WALKTHROUGH_PORT"):
        assert name in result.stderr


def test_settings_prints_each_with_its_value_and_where_it_is_from_but_no_secret() -> None:
    environment = {"WALKTHROUGH_REDIS": "redis://:hunter2@host/0", "WALKTHROUGH_MAX_ROOMS": "7"}
    result = CliRunner().invoke(main, ["settings", "--port", "81"], env=environment)
    assert result.exit_code == 0, result.stderr
    rows = {line.split()[0]: line for line in result.stdout.splitlines()}
    assert list(rows) == [setting.option for setting in SETTINGS]
    assert re.match(r"--port +81 +option +WALKTHROUGH_PORT", rows["--port"])
    assert re.match(r"--max-rooms +7 +environment", rows["--max-rooms"])
    assert re.match(r"--workers +1 +default", rows["--workers"])
    assert "hunter2" not in result.stdout


def test_settings_tells_what_is_wrong() -> None:
    result = CliRunner().invoke(main, ["settings", "--workers", "x"])
    assert result.exit_code == 2
    assert "--workers 'x'" in result.stderr


@pytest.mark.parametrize("command", ["serve", "settings"])
def test_the_help_has_every_setting_with_its_variable_and_default(command: str) -> None:
    shown = CliRunner().invoke(main, [command, "--help"], terminal_width=1000).stdout
    for setting in SETTINGS:
        (line,) = (li for li in shown.splitlines() if li.split()[:1] == [setting.option])
        assert f"[{setting.variable}; default: {setting.default}]" in line
        assert setting.text in line


# The document


def table() -> str:
    """The settings as docs/operation.md has them."""
    lines = ["| option, variable | default | allowed | what |", "|---|---|---|---|"]
    lines += [
        f"| `{s.option}`<br>`{s.variable}` | {s.default} | {s.kind.allowed} | {s.text} |"
        for s in SETTINGS
    ]
    return "\n".join(lines) + "\n"


def test_the_document_has_the_table() -> None:
    """UPDATE_DOCS=1 writes it anew."""
    text = DOCUMENT.read_text()
    before, _, rest = text.partition("<!-- settings -->\n")
    present, end, after = rest.partition("<!-- /settings -->\n")
    assert end
    if UPDATE:
        DOCUMENT.write_text(f"{before}<!-- settings -->\n{table()}{end}{after}")
        return
    assert present == table()


def test_the_document_names_no_setting_that_is_none() -> None:
    text = DOCUMENT.read_text()
    own = {"WALKTHROUGH_ALONE", "WALKTHROUGH_CONTENT"}
    variables = {setting.variable for setting in SETTINGS} | own
    assert set(re.findall(r"WALKTHROUGH_[A-Z_]*[A-Z]", text)) <= variables
    # Options of other programs, and of other commands of this one.
    others = {"--require-hashes", "--no-deps", "--alone", "--content", "--ulimit", "--lab"}
    options = {setting.option for setting in SETTINGS} | others
    assert set(re.findall(r"--[a-z][a-z-]+", text)) <= options
