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

from app.editions.store import editions_folder
from app.errors import nearest
from app.paths import state_folder
from app.rooms.limits import Limits
from app.rooms.log import Log

#: Environment variables are the settings' names in capitals, behind this.
PREFIX: Final = "WALKTHROUGH_"
#: The folder of walkthroughs, and whether they stand alone: of every command, so none of the table.
CONTENT: Final = PREFIX + "CONTENT"
ALONE: Final = PREFIX + "ALONE"

Address = tuple[str, int]
"""A host and a port to listen on."""


def _about(
    read: Callable[[str], Any], allowed: str, text: str, *, metavar: str, **more: Any
) -> dict[str, Any]:
    """What a setting is; `read` makes its value of a text, or raises ValueError."""
    return {"read": read, "allowed": allowed, "text": text, "metavar": metavar, **more}


# Reading a value


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = int(text) if text.isascii() and text.isdigit() else -1
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return read


def _above_zero(number: type[int] | type[float]) -> Callable[[str], float]:
    def read(text: str) -> float:
        # Python takes digits of every script, and "1_000".
        if not text.isascii() or "_" in text:
            raise ValueError(text)
        value = number(text)
        if not 0 < value < float("inf"):
            raise ValueError(text)
        return value

    return read


def _choice(*names: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in names:
            raise ValueError(text)
        return text

    return read


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
    return _host(host), _whole(0, 65535)(port)


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

    host: str = field(
        default="127.0.0.1",
        metadata=_about(_host, "a name or an address", "Address to listen on.", metavar="HOST"),
    )
    port: int = field(
        default=8000,
        metadata=_about(
            _whole(0, 65535),
            "a whole number from 0 to 65535",
            "Port to listen on; 0 for any free one.",
            metavar="PORT",
        ),
    )
    root_path: str = field(
        default="",
        metadata=_about(
            _root_path,
            "a path such as /kernel, of letters, digits, and . _ ~ -",
            "Path under which a proxy has the whole site; whether the proxy takes it away or not.",
            metavar="PATH",
        ),
    )
    public_url: str | None = field(
        default=None,
        metadata=_about(
            _public_url,
            "a scheme and a host such as https://example.org; a path goes into --root-path",
            "How readers reach the host (https://example.org), for canonical addresses.",
            metavar="URL",
        ),
    )
    forwarded_allow_ips: str = field(
        default="127.0.0.1,::1",
        metadata=_about(
            _proxies,
            "addresses or networks joined by commas, or * for everybody",
            "Proxies that are believed when they say who asks and by which scheme.",
            metavar="LIST",
        ),
    )
    workers: int = field(
        default=1,
        metadata=_about(
            _whole(1, 64),
            "a whole number from 1 to 64",
            "Processes that answer; with more than one, rooms want --redis.",
            metavar="N",
        ),
    )
    shutdown_seconds: int = field(
        default=10,
        metadata=_about(
            _whole(1, 600),
            "a whole number from 1 to 600",
            "Seconds that answers may take to become complete after SIGTERM.",
            metavar="SECONDS",
        ),
    )
    data: Path = field(
        default_factory=state_folder,
        metadata=_about(
            _folder,
            "a folder, which is made if it is not there",
            "Folder that rooms are kept in.",
            metavar="FOLDER",
            default="the user's state folder",
        ),
    )
    editions: Path = field(
        default_factory=editions_folder,
        metadata=_about(
            _folder,
            "a folder, which is made if it is not there",
            "Folder of the kernels that were imported.",
            metavar="FOLDER",
            default="the user's state folder",
        ),
    )
    redis: str | None = field(
        default=None,
        metadata=_about(
            _redis,
            "redis://host:6379/0, rediss://host:6379/0 or unix:///path/of/a/socket",
            "Keep rooms in Redis instead (redis://host:6379/0), for several processes and hosts.",
            metavar="URL",
            is_secret=True,
        ),
    )
    read_pasted: str = field(
        default="local",
        metadata=_about(
            _choice("yes", "no", "local"),
            "yes, no or local",
            "Read texts that browsers without scripts send, and forget them; local: only on a "
            "loopback address without a public one.",
            metavar="WHERE",
        ),
    )
    feedback: str | None = field(
        default=None,
        metadata=_about(
            _feedback,
            "a repository such as https://example.org/owner/name, or an address with {title} and "
            "{body} in it",
            "Repository in which readers report mistakes; without one there is no link for it.",
            metavar="URL",
        ),
    )
    log_format: str = field(
        default="text",
        metadata=_about(
            _choice("text", "json"),
            "text or json",
            "Log for people, or a JSON object a line.",
            metavar="FORMAT",
        ),
    )
    log_level: str = field(
        default="info",
        metadata=_about(
            _choice("debug", "info", "warning", "error"),
            "debug, info, warning or error",
            "What is logged: a line for each request at info, health checks too at debug.",
            metavar="LEVEL",
        ),
    )
    metrics: Address | None = field(
        default=None,
        metadata=_about(
            _address,
            "a host and a port such as 127.0.0.1:9464",
            "Serve Prometheus metrics at this address, apart from the pages.",
            metavar="HOST:PORT",
        ),
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


@dataclass(frozen=True, slots=True)
class Setting:
    """A row: `allowed` and `default` in words; `is_secret` means that its value is not shown."""

    name: str
    metavar: str
    text: str
    allowed: str
    default: str
    is_limit: bool
    is_secret: bool
    read: Callable[[str], Any]

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
        about = item.metadata
        if about:
            default = item.default if item.default is not MISSING else None
            yield Setting(
                name=item.name,
                metavar=about["metavar"],
                text=about["text"],
                allowed=about["allowed"],
                default=about.get("default") or in_words(default),
                is_limit=False,
                is_secret=about.get("is_secret", False),
                read=about["read"],
            )
    for item in fields(Limits):
        number: type[int] | type[float] = int if type(item.default) is int else float
        allowed = "a whole number above 0" if number is int else "a number above 0"
        yield Setting(
            name=item.name,
            metavar="N" if number is int else "NUMBER",
            text=item.metadata["text"],
            allowed=allowed,
            default=in_words(item.default),
            is_limit=True,
            is_secret=False,
            read=_above_zero(number),
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
            (limits if setting.is_limit else found)[setting.name] = setting.read(text)
        except ValueError:
            shown = "" if setting.is_secret else f" {text!r}"
            problems.append(f"{name}{shown}: allowed is {setting.allowed}")
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
