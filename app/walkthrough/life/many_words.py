# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Words for many lives at once, and their report."""

from __future__ import annotations

# Not from typing: pydantic reads that one from Python 3.12 on.
from typing_extensions import TypedDict

from app.i18n import Language
from app.walkthrough.life.many import OF, Limit, Steady
from app.walkthrough.life.words import LifeWords
from app.walkthrough.told import words_in


class ShareReport(TypedDict):
    """The connections of one kind of peer, a `part` of all; times are null if nothing ends them."""

    peer: str
    part: float
    orphan_s: float | None
    mini_s: float | None


class LimitReport(TypedDict):
    """A limit: what is used of it, and how many closed connections a second reach it.

    `used` is null where that grows for ever, `rate` where none reach it.
    """

    name: str
    limit: int
    is_default: bool
    used: float | None
    rate: float | None
    does: str
    source: str


class ManyReport(TypedDict):
    """The steady state of many lives; null where none is reached, since something stays for ever.

    `bytes` are those of the sockets and of what they have queued; `notes` say how shares were
    taken.
    """

    rate: int
    url: str
    says: str
    notes: list[str]
    orphans: float | None
    minis: float | None
    bytes: float | None
    shares: list[ShareReport]
    limits: list[LimitReport]
    first: str | None


class ManyWords:
    """The words in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._ = language.gettext

    def count(self, number: float | None) -> str:
        """A number for people, three digits of it that mean something."""
        if number is None:
            return self._("ever more")
        if number >= 1000:
            digits = len(str(int(number))) - 3
            return f"{round(number, -digits):,.0f}"
        return f"{number:.3g}"

    def bytes(self, number: float | None) -> str:
        """An amount of memory."""
        if number is None:
            return self._("ever more")
        for unit in ("B", "KiB", "MiB"):
            if number < 1024:
                return f"{number:.3g} {unit}"
            number /= 1024
        return f"{number:.4g} GiB"

    def says(self, found: Steady) -> str:
        """The answer in two sentences."""
        _ = self._
        text = _(
            "At any time {orphans} orphans and {minis} mini-sockets are there, {bytes}."
        ).format(
            orphans=self.count(found.orphans),
            minis=self.count(found.minis),
            bytes=self.bytes(found.bytes),
        )
        return f"{text}{self.language.space}{self.first(found)}"

    def notes(self, found: Steady, life: LifeWords) -> list[str]:
        """How shares were taken where they are not what they seem."""
        _, notes, asked = self._, list[str](), found.crowd.asked()
        named: dict[str, list[str]] = {}
        if asked > OF:
            text = _("The shares add up to {sum}, more than 1,000, so each is its part of {sum}.")
            notes.append(text.format(sum=f"{asked:,}"))
        for share in found.shares:
            told = life.notes(share.life)
            if share.is_filled:
                text = _("Its window holds back something, so these close with unsent data.")
                told.insert(0, text)
            for text in told:
                named.setdefault(text, []).append(life.peer(share.peer))
        # What is said of several is said once.
        return notes + [
            text if len(names) > 1 else _("“{name}”: {value}").format(name=names[0], value=text)
            for text, names in named.items()
        ]

    def first(self, found: Steady) -> str:
        """Which limit is met first, and when."""
        _, first = self._, found.first
        if first is None:
            return _("No limit is met at any rate.")
        if first.used is None:
            text = _("Some stay for ever, so {name} ({limit}) is met whatever the rate.")
        elif first.used >= first.limit:
            text = _(
                "That is more than {name} allows ({limit}): it is met from {rate} closes a second "
                "on."
            )
        else:
            text = _("The first limit met is {name} ({limit}), at {rate} closes a second.")
        return text.format(name=first.name, limit=f"{first.limit:,}", rate=self.count(first.rate))

    def limit(self, limit: Limit) -> tuple[str, str]:
        """What is done at it, and where its number comes from."""
        texts, pick = words_in("limits")[limit.name], self.language.pick
        source = pick(texts["source"]) if limit.is_default else self._("as given")
        return pick(texts["does"]), source


def report_many(found: Steady, life: LifeWords, url: str) -> ManyReport:
    """The whole answer."""
    words = ManyWords(life.language)
    limits: list[LimitReport] = []
    for limit in found.limits:
        does, source = words.limit(limit)
        limits.append(
            {
                "name": limit.name,
                "limit": limit.limit,
                "is_default": limit.is_default,
                "used": limit.used,
                "rate": limit.rate,
                "does": does,
                "source": source,
            }
        )
    return {
        "rate": found.crowd["rate"],
        "url": url,
        "says": words.says(found),
        "notes": words.notes(found, life),
        "orphans": found.orphans,
        "minis": found.minis,
        "bytes": found.bytes,
        "shares": [
            {
                "peer": share.peer,
                "part": share.part,
                "orphan_s": share.orphan_s,
                "mini_s": share.mini_s,
            }
            for share in found.shares
        ],
        "limits": limits,
        "first": found.first.name if found.first else None,
    }
