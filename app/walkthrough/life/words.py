# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Life in words: short labels for the time line, sentences for reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.i18n import Language
from app.kernel.life.records import EndName, Event, Life, Sent, Snapshot
from app.kernel.life.rules import LATE
from app.walkthrough.records import Walkthrough
from app.walkthrough.told import words_in
from app.walkthrough.wording import Wording

if TYPE_CHECKING:
    from app.kernel.life.shorten import Shorter


class Told(NamedTuple):
    """An event in words, and what there is behind it; the return is none of the events."""

    at_us: int
    end: EndName
    text: str
    this: Snapshot
    peer: Snapshot
    event: Event | None = None


class LifeWords:
    """The words for one walkthrough in one language."""

    def __init__(self, walkthrough: Walkthrough, language: Language) -> None:
        self.walkthrough = walkthrough
        self.language = language
        self._ = language.gettext

    def clock(self, us: int) -> str:
        """A time, as short as an axis needs it: 0, 40 ms, 1.2 s, 338 s."""
        _ = self._
        if us < 1000:
            return f"{us} µs" if us else "0"
        if us < 1_000_000:
            return _("{count} ms").format(count=_number(us / 1000, 3))
        return _("{count} s").format(count=_number(us / 1e6, 4))

    def time(self, us: int) -> str:
        """A time in a sentence; minutes too where it has them."""
        text, minutes = self.clock(us), us // 60_000_000
        if minutes < 2:
            return text
        rest = self._("{minutes} min {seconds} s").format(
            minutes=minutes, seconds=us // 1_000_000 % 60
        )
        return self._("{time} ({rest})").format(time=text, rest=rest)

    def says(self, life: Life) -> str:
        """How long, and what ends it."""
        told = self.walkthrough.outside.life
        if life.ends_us is None:
            return self.language.pick(told.endless[life.ended_by]) if told else ""
        why = self.rule(life.ended_by)
        if not life.ends_us:
            text = self._("When {call} returns nothing is left of it at this end.")
        else:
            text = self._("{time} after {call} nothing is left of it at this end.")
        text = text.format(time=self.time(life.ends_us), call=self.walkthrough.call)
        return f"{text}{self.language.space}{why}" if why else text

    def rule(self, name: str) -> str:
        """What the kernel does there."""
        told = self.walkthrough.outside.life
        return self.language.pick(told.rules[name].text) if told else ""

    def left_out(self, name: str) -> str:
        """What the kernel does there besides."""
        told = self.walkthrough.outside.life
        return self.language.pick(told.rules[name].left_out or {}) if told else ""

    def peer(self, name: str) -> str:
        """How a peer behaves, in short; its word in addresses where nobody says."""
        told = self.walkthrough.outside.life
        return self.language.pick(told.peers[name]) if told else name

    def shorter(self, item: Shorter) -> str:
        """A change that shortens it, and until when it lasts then."""
        wording, ends = Wording(self.walkthrough, self.language), item.life.ends_us
        change = wording.pair(wording.name_of(item.item), wording.value_of(item.item, item.value))
        text = self._("{change}: gone after {time}") if ends else self._("{change}: gone at once")
        return text.format(change=change, time=self.time(ends or 0))

    def notes(self, life: Life) -> list[str]:
        """How conditions that do not fit the scenario were taken, and what its times are."""
        told = self.walkthrough.outside.life
        codes = (*life.notes, "late") if life.ended_by in LATE else life.notes
        return [self.language.pick(told.notes[code]) for code in codes] if told else []

    def segment(self, sent: Sent) -> str:
        """A segment's label."""
        words = set(sent.flags.split())
        name = next((word for word in ("RST", "FIN") if word in words), "")
        name = name or (self._("data") if sent.bytes else "ACK")
        return self._("{name}, again").format(name=name) if sent.is_again else name

    def told(self, life: Life) -> list[Told]:
        """What is told of a life, one thing after the other.

        First the return, where nothing happens in that moment.
        """
        first = next(iter(life.events), None)
        told = [
            Told(
                at_us=event.at_us,
                end=event.end,
                text=self.rule(event.rule),
                this=event.this,
                peer=event.peer,
                event=event,
            )
            for event in life.events
        ]
        if first is None or first.at_us or first.end != "this":
            text = self._("{call} has returned.").format(call=self.walkthrough.call)
            told.insert(0, Told(0, "this", text, life.this, life.peer))
        return told

    def probe(self, event: Event) -> str:
        """What is sent where it only asks for an answer; empty where it does not."""
        asks = any(c.what == "fired" and c.name in ("persist", "keepalive") for c in event.timers)
        return self._("probe") if asks else ""

    def label(self, event: Event) -> str:
        """What happens where no segment shows it."""
        fired = next((change for change in event.timers if change.what == "fired"), None)
        return self._word("fires", fired.name) if fired else ""

    def _word(self, table: str, name: str) -> str:
        return self.language.pick(words_in("trace")[table][name])

    def end(self, name: str) -> str:
        """Which end."""
        return self._("this end") if name == "this" else self._("peer")

    def holds(self, snapshot: Snapshot) -> str:
        """What there is, and what counts it."""
        return self._word("holds", snapshot.holds)

    def bind(self, snapshot: Snapshot) -> str:
        """Whether its port can be bound."""
        return self._word("bind", snapshot.bind)


def _number(value: float, figures: int) -> str:
    """So many figures, but each of those before the point."""
    text = f"{value:.{figures}g}"
    return f"{value:.0f}" if "e" in text else text
