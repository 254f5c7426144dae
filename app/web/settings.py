# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a server is told at its start, besides its content: one table, read and checked here.

A setting is an option of `walkthrough serve`, else an environment variable, else its default. All
that is wrong is told at once, also a variable that begins like ours and is none of them: a limit
that is misspelt would be no limit. It is a table of our own, since a library for it would read the
variables, but give neither the options nor the nearest name.
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from app.errors import nearest
from app.paths import editions_folder, state_folder
from app.rooms.limits import Limits
from app.rooms.log import Log

#: Environment variables are the settings' names in capitals, behind this.
PREFIX: Final = "WALKTHROUGH_"
#: The folder of walkthroughs, and whether they stand alone: of every command, so none of the table.
CONTENT: Final = PREFIX + "CONTENT"
ALONE: Final = PREFIX + "ALONE"

Address = tuple[str, int]
"""A host and a port to listen on."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a setting takes: how its value is read of a text, or ValueError raised, and words."""

    metavar: str
    allowed: str
    read: Callable[[str], Any]


def _setting(default: Any, kind: _Kind, text: str, *, is_secret: bool = False) -> Any:
    """A field whose `text` says to an operator what it is; a function makes another default."""
    about = {"kind": kind, "text": text, "is_secret": is_secret}
    if callable(default):
        return field(default_factory=default, metadata=about)
    return field(default=default, metadata=about)


# Reading a value


def _whole(metavar: str, low: int, high: int) -> _Kind:
    def read(text: str) -> int:
        value = int(text) if text.isascii() and text.isdigit() else -1
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return _Kind(metavar, f"a whole number from {low} to {high}", read)


def _above_zero(number: type[int] | type[float]) -> _Kind:
    def read(text: str) -> float:
        # Python takes digits of every script, and "1_000".
        if not text.isascii() or "_" in text:
            raise ValueError(text)
        value = number(text)
        if not 0 < value < float("inf"):
            raise ValueError(text)
        return value

    if number is int:
        return _Kind("N", "a whole number above 0", read)
    return _Kind("NUMBER", "a number above 0", read)


def _choice(metavar: str, *names: str) -> _Kind:
    def read(text: str) -> str:
        if text not in names:
            raise ValueError(text)
        return text

    return _Kind(metavar, f"{', '.join(names[:-1])} or {names[-1]}", read)


def is_loopback(host: str) -> bool:
    """Whether everything that a name or an address to listen on stands for is loopback."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return bool(found) and all(ipaddress.ip_address(a[4][0]).is_loopback for a in found)


def _host(text: str) -> str:
    # An address that is none of ours is told when it is listened on.
    if text != text.strip() or any(sign in text for sign in " /"):
        raise ValueError(text)
    return text


def _folder(text: str) -> Path:
    path = Path(text)
    if path.exists() and not path.is_dir():
        raise ValueError(text)
    return path


_PART: Final = r"/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+"
_ROOT_PATH: Final = re.compile(rf"(?:{_PART})*", re.ASCII)


def _root_path(text: str) -> str:
    path = text.rstrip("/")
    if not _ROOT_PATH.fullmatch(path) or not text.startswith("/"):
        raise ValueError(text)
    return path


#: A scheme and a host.
ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+", re.ASCII)
#: A repository, and an address with places for a title and a body.
REPOSITORY: Final = re.compile(r"https?://[^\s{}]+")
ISSUE: Final = re.compile(r"https?://[^\s{}]+(\{(title|body)\}[^\s{}]*)+")


def _public_url(text: str) -> str:
    if not ORIGIN.fullmatch(text.rstrip("/")):
        raise ValueError(text)
    return text.rstrip("/")


def _feedback(text: str) -> str:
    if not REPOSITORY.fullmatch(text) and not ISSUE.fullmatch(text):
        raise ValueError(text)
    return text


def _redis(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme == "unix":
        is_good = parts.path.startswith("/")
    else:
        # Raises ValueError for what is no port.
        is_good = parts.scheme in {"redis", "rediss"} and (parts.port, parts.hostname)[1] not in {
            None,
            "",
        }
    if not is_good:
        raise ValueError(text)
    return text


def _address(text: str) -> Address:
    host, colon, port = text.rpartition(":")
    host = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not colon or not host or (":" in host and not text.startswith("[")):
        raise ValueError(text)
    return _host(host), _PORT.read(port)


_PORT: Final = _whole("PORT", 0, 65535)
_FOLDER: Final = _Kind("FOLDER", "a folder, which is made if it is not there", _folder)


def _proxies(text: str) -> str:
    if text != "*":
        for item in text.split(","):
            ipaddress.ip_network(item.strip(), strict=False)
    return text


@dataclass(frozen=True, slots=True)
class Settings:
    """What the server is told. Where nobody said anything, a value that may be None is None.

    With `has_lab` readers may run recipes on this machine's kernel; only for a server that nobody
    else can reach, so no environment variable sets it.
    """

    host: str = _setting(
        "127.0.0.1", _Kind("HOST", "a name or an address", _host), "Address to listen on."
    )
    port: int = _setting(8000, _PORT, "Port to listen on; 0 for any free one.")
    root_path: str = _setting(
        "",
        _Kind("PATH", "a path such as /kernel, of letters, digits, and . _ ~ -", _root_path),
        "Path under which a proxy has the whole site; whether the proxy takes it away or not.",
    )
    public_url: str | None = _setting(
        None,
        _Kind(
            "URL",
            "a scheme and a host such as https://example.org; a path goes into --root-path",
            _public_url,
        ),
        "How readers reach the host (https://example.org), for canonical addresses.",
    )
    forwarded_allow_ips: str = _setting(
        "127.0.0.1,::1",
        _Kind("LIST", "addresses or networks joined by commas, or * for everybody", _proxies),
        "Proxies that are believed when they say who asks and by which scheme.",
    )
    workers: int = _setting(
        1,
        _whole("N", 1, 64),
        "Processes that answer; with more than one, rooms want --redis.",
    )
    shutdown_seconds: int = _setting(
        10,
        _whole("SECONDS", 1, 600),
        "Seconds that answers may take to become complete after SIGTERM.",
    )
    data: Path = _setting(  # noqa: RUF009 - a field
        state_folder, _FOLDER, "Folder that rooms are kept in."
    )
    editions: Path = _setting(  # noqa: RUF009 - a field
        editions_folder, _FOLDER, "Folder of the kernels that were imported."
    )
    redis: str | None = _setting(
        None,
        _Kind(
            "URL", "redis://host:6379/0, rediss://host:6379/0 or unix:///path/of/a/socket", _redis
        ),
        "Keep rooms in Redis instead (redis://host:6379/0), for several processes and hosts.",
        is_secret=True,
    )
    read_pasted: str = _setting(
        "local",
        _choice("WHERE", "yes", "no", "local"),
        "Read texts that browsers without scripts send, and forget them; local: only on a "
        "loopback address without a public one.",
    )
    feedback: str | None = _setting(
        None,
        _Kind(
            "URL",
            "a repository such as https://example.org/owner/name, or an address with {title} and "
            "{body} in it",
            _feedback,
        ),
        "Repository in which readers report mistakes; without one there is no link for it.",
    )
    log_format: str = _setting(
        "text", _choice("FORMAT", "text", "json"), "Log for people, or a JSON object a line."
    )
    log_level: str = _setting(
        "info",
        _choice("LEVEL", "debug", "info", "warning", "error"),
        "What is logged: a line for each request at info, health checks too at debug.",
    )
    metrics: Address | None = _setting(  # noqa: RUF009 - a field
        None,
        _Kind("HOST:PORT", "a host and a port such as 127.0.0.1:9464", _address),
        "Serve Prometheus metrics at this address, apart from the pages.",
    )
    limits: Limits = field(default_factory=Limits)
    has_lab: bool = False

    @property
    def reads_pasted(self) -> bool:
        """Whether texts may be sent to be read."""
        if self.read_pasted == "local":
            return self.public_url is None and is_loopback(self.host)
        return self.read_pasted == "yes"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """The settings of the environment's variables. Raises SettingsError."""
        return read_settings({}, environment)

    def log(self) -> Log:
        """The log of the rooms. Raises ValueError for an address that is none."""
        if self.redis:
            # Its client library takes long to import, and few need it.
            from app.rooms.redis_log import RedisLog

            return RedisLog(self.redis)
        from app.rooms.sqlite_log import SqliteLog

        return SqliteLog(self.data)


# The table


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A row: `default` in words; `is_secret` means that its value is not shown."""

    name: str
    kind: _Kind
    text: str
    default: str
    is_limit: bool = False
    is_secret: bool = False

    @property
    def option(self) -> str:
        """On the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """In the environment."""
        return PREFIX + self.name.upper()

    def of(self, settings: Settings) -> str:
        """The present value as a text; a secret only as far as that there is one."""
        value = getattr(settings.limits if self.is_limit else settings, self.name)
        if self.is_secret and value is not None:
            return "(set; not shown)"
        return in_words(value)


def in_words(value: Any) -> str:
    """A value as it would be written on the command line; None and nothing are `none`."""
    if isinstance(value, tuple):
        host, port = value
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if isinstance(value, float):
        return f"{value:.4g}"
    return "none" if value in (None, "") else str(value)


def _rows() -> Iterable[Setting]:
    for item in fields(Settings):
        if item.metadata:
            # Only folders are made by a function.
            is_made = item.default is MISSING
            default = "the user's state folder" if is_made else in_words(item.default)
            yield Setting(name=item.name, default=default, **item.metadata)
    for item in fields(Limits):
        yield Setting(
            name=item.name,
            kind=_above_zero(int if type(item.default) is int else float),
            text=item.metadata["text"],
            default=in_words(item.default),
            is_limit=True,
        )


#: Every setting, in the order of the documentation.
SETTINGS: Final = tuple(_rows())


class SettingsError(ValueError):
    """Settings that can't be used; `problems` has a line for each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = "A setting can't be used:" if count == 1 else f"{count} settings can't be used:"
        super().__init__("\n".join([head, *(f"  {problem}" for problem in self.problems)]))


def read_settings(
    options: Mapping[str, str | None],
    environment: Mapping[str, str] | None = None,
    *,
    has_lab: bool = False,
) -> Settings:
    """The settings; `options` are those of the command line by name, as text.

    Raises SettingsError with everything that is wrong.
    """
    environment = os.environ if environment is None else environment
    found: dict[str, Any] = {}
    limits: dict[str, Any] = {}
    problems: list[str] = []
    for setting in SETTINGS:
        text, name = options.get(setting.name), setting.option
        if text is None:
            # A variable that is empty is as good as none: so unit files and containers write it.
            text, name = environment.get(setting.variable) or None, setting.variable
        if text is None:
            continue
        try:
            (limits if setting.is_limit else found)[setting.name] = setting.kind.read(text)
        except ValueError:
            shown = "" if setting.is_secret else f" {text!r}"
            problems.append(f"{name}{shown}: allowed is {setting.kind.allowed}")
    known = {ALONE, CONTENT, *(setting.variable for setting in SETTINGS)}
    for variable in sorted(set(environment) - known):
        if variable.startswith(PREFIX):
            near = nearest(variable.removeprefix(PREFIX), (n.removeprefix(PREFIX) for n in known))
            hint = f" (nearest: {PREFIX}{near})" if near else ""
            problems.append(f"{variable}: no setting has this name{hint}")
    if has_lab and found.get("workers", 1) > 1:
        problems.append("--lab: the lab is one process's, so it goes with --workers 1 only")
    if problems:
        raise SettingsError(problems)
    return Settings(**found, limits=Limits(**limits), has_lab=has_lab)
