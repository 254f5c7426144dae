# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a reader can choose: the fields of the socket, the presets, the variants of the source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from app.i18n import marked
from app.kernel.features import Fact
from app.kernel.inputs import INPUTS, Input
from app.kernel.life.conditions import CONDITIONS
from app.kernel.scenario import DEFAULT
from app.walkthrough.pairs import Side, edition_key
from app.walkthrough.records import Block
from app.walkthrough.wording import source_sentence
from app.web.query import PageQuery, TextQuery
from app.web.study.contexts import InputView, PresetView
from app.web.study.page_cache import PageCache
from app.web.study.study import Study

#: The one field that is none of the kernel's.
_OTHER_END: Final = marked("the other end")

#: What is read off a tree where the model stands in for its text, by its name; by its value.
_READ_OFF: Final[Mapping[str, Mapping[str, str]]] = {
    "timewait": {"": marked("TIME-WAIT lasts {value} s")},
    "drops_request": {
        "True": marked("tcp_disconnect() removes the Fast Open request"),
        "False": marked("tcp_disconnect() leaves the Fast Open request"),
    },
    "reasons": {"": marked("The resets of tcp_disconnect() have a reason: {value}")},
    "linger_bits": {"": marked("The time to linger is multiplied by HZ in {value} bits")},
    "linger2_cap": {
        "120 s": marked("TCP_LINGER2 is at most 120 s"),
        "": marked("TCP_LINGER2 above tcp_fin_timeout is taken for 0"),
    },
}


def input_views(study: Study) -> tuple[InputView, ...]:
    """The fields of the form."""
    reads = study.trace.reads
    return tuple(
        input_view(study, item, study.scenario[item.key], is_read=item.key in reads)
        for item in INPUTS.values()
    )


def condition_views(study: Study) -> tuple[InputView, ...]:
    """The fields of what the life after the call depends on."""
    return tuple(
        input_view(study, item, study.conditions[item.key]) for item in CONDITIONS.values()
    )


def input_view(study: Study, item: Input, value: Any, *, is_read: bool = True) -> InputView:
    """One field; most scenarios have most of them in common."""
    cache = study.cache
    key = ("input", id(item), value, is_read)
    return cache.once(key, lambda: _input_view(cache, item, value, is_read=is_read))


def _input_view(cache: PageCache, item: Input, value: Any, *, is_read: bool) -> InputView:
    """What it accepts is in the input's schema, as it is for the API."""
    schema = item.schema()
    choices = tuple(schema.get("enum", ()))
    number: dict[str, Any] = next(
        (one for one in (schema, *schema.get("oneOf", ())) if one.get("type") == "integer"), {}
    )
    low, high = number.get("minimum"), number.get("maximum")
    control = "choice" if choices else "text"
    if number is schema:
        control = "flag" if (low, high) == (0, 1) else "number"
    if control == "flag" and item.default:
        # A box that is not ticked sends nothing, which would mean the default.
        control, choices = "choice", ("0", "1")
    return InputView(
        key=item.key,
        name=cache.wording.name_of(item),
        field=cache.language.gettext(_OTHER_END) if item.field == _OTHER_END else item.field,
        control=control,
        value=str(item.flat(value)),
        default=str(item.flat(item.default)),
        choices=tuple((one, cache.wording.value_of(item, one)) for one in choices),
        low=low,
        high=high,
        hint=cache.wording.hint_of(item),
        is_read=is_read,
        is_changed=value != item.default,
    )


def preset_views(study: Study, place: str | None = None) -> tuple[PresetView, ...]:
    """The menu of presets, as links to the walkthrough or to a `place` of it."""
    key = ("presets", place, study.variant, study.challenge, study.lang)
    menu = study.cache.kept(key, lambda: _preset_views(study, place))
    return tuple(
        replace(view, is_current=True) if preset.scenario == study.scenario else view
        for preset, view in zip(study.walkthrough.presets, menu, strict=True)
    )


def _preset_views(study: Study, place: str | None) -> tuple[PresetView, ...]:
    return tuple(
        PresetView(
            id=preset.id,
            title=study.pick(preset.title),
            story=study.pick(preset.story),
            href=study.href(place, preset.query, challenge=study.challenge),
            is_current=False,
        )
        for preset in study.walkthrough.presets
    )


class KernelView:
    """The imported kernel whose text a study reads, which is its `edition`."""

    def __init__(self, study: Study) -> None:
        self.study, self.edition = study, study.edition
        #: Those of its file, in order.
        self.lines = sorted(self.edition.file_lines.values())

    @property
    def others(self) -> list[str]:
        """Other kernels with the same text."""
        return [label for label in self.edition.labels if label != self.edition.kernel]

    @property
    def absent(self) -> list[Block]:
        """The blocks that it has not."""
        known = self.edition.blocks_by_id
        return [block for block in self.study.walkthrough.blocks if block.id not in known]

    def compare(self, *sides: Side) -> str:
        """The address of a comparison."""
        walkthrough = self.study.walkthrough.id
        return self.study.addresses.compare(walkthrough, *sides, lang=self.study.lang)

    @property
    def everywhere(self) -> str:
        """This socket in all texts."""
        return self.compare(Side(self.study.scenario))

    @property
    def telling(self) -> str:
        """All sockets that tell it from the own text."""
        return self.compare(Side(DEFAULT), Side(DEFAULT, self.edition.kernel)) + "#texts"

    @property
    def read_off(self) -> Iterator[tuple[str, Fact]]:
        """What was read off the tree, in words; the code is empty where the tree does not say."""
        for name, fact in self.edition.read_off.items():
            texts = _READ_OFF[name]
            text = texts.get(str(fact.value)) or texts[""]
            yield self.study._(text).format(value=fact.value), fact


def kernel_view(study: Study) -> KernelView | None:
    """What is said of the kernel whose text is read; None for the own one."""
    return KernelView(study) if study.edition.kernel else None


def source_note(study: Study, query: PageQuery) -> str:
    """Whose text is quoted; of a kernel that is not here, that it is another's."""
    language = study.cache.language
    said = source_sentence(study.walkthrough, language, study.variant)
    missing = text_note(study.cache, query) if query.missing else ""
    return language.space.join(filter(None, (missing, said)))


def text_note(cache: PageCache, query: TextQuery, *, is_of_text: bool = True) -> str:
    """Which text a page is about; empty for the walkthrough's own, if that was asked for."""
    _ = cache.language.gettext
    if query.missing is not None:
        return _(
            "This link is about Linux {kernel}, whose text is not on this server. What follows is "
            "the walkthrough’s own text."
        ).format(kernel=query.missing)
    if query.variant and not is_of_text:
        return _(
            "You read Linux {kernel}. What this page tells is of the walkthrough’s own text, or of "
            "every kernel."
        ).format(kernel=query.variant)
    if query.variant in cache.walkthrough.kernels:
        return _("The text of Linux {kernel}").format(kernel=query.variant)
    edition = cache.walkthrough.edition_of(query.variant)
    return cache.language.pick(edition.title) if query.variant else ""


def text_fields(query: TextQuery) -> tuple[tuple[str, str], ...]:
    """What a form sends along, so that its answer is about the same text."""
    return ((edition_key(query.variant), query.variant),) if query.variant else ()
