# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a reader can choose: the fields of the socket, the presets, the variants of the source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from app.i18n import Language, marked
from app.kernel.features import Fact
from app.kernel.inputs import INPUTS, Input
from app.kernel.life.conditions import CONDITIONS
from app.kernel.scenario import DEFAULT
from app.walkthrough.pairs import Side, edition_key
from app.walkthrough.wording import kernel_name, source_sentence
from app.web.query import PageQuery, TextQuery
from app.web.study.contexts import InputView, KernelView, PresetView, TextView, VariantView
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
        hint=cache.language.phrase(item.hint),
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
    pick = study.cache.language.pick
    return tuple(
        PresetView(
            id=preset.id,
            title=pick(preset.title),
            story=pick(preset.story),
            href=study.cache.addresses.page(
                study.walkthrough.id,
                place,
                query=preset.query,
                variant=study.variant,
                challenge=study.challenge,
                lang=study.lang,
            ),
            is_current=False,
        )
        for preset in study.walkthrough.presets
    )


def text_views(study: Study, place: str | None = None) -> tuple[TextView, ...]:
    """The kernels whose text can be read: the own one, then those that were imported.

    As links to the walkthrough or to a `place` of it.
    """
    walkthrough, language = study.walkthrough, study.cache.language
    labels: list[str | None] = [None, *study.walkthrough.kernels]
    return tuple(
        TextView(
            id=label or "",
            label=kernel_name(walkthrough, language, label) or walkthrough.function,
            href=study.cache.addresses.page(
                study.walkthrough.id,
                place,
                query=study.query,
                variant=label,
                challenge=study.challenge,
                lang=study.lang,
            ),
            is_own=label is None,
            is_current=label == study.variant or (label is None and study.edition.kernel is None),
        )
        for label in labels
    )


def kernel_view(study: Study) -> KernelView | None:
    """What is said of the kernel whose text is read; None for the own one."""
    edition, cache = study.edition, study.cache
    language = cache.language
    if edition.kernel is None:
        return None
    ids = edition.blocks_by_id
    lines = sorted(edition.file_lines.values())
    return KernelView(
        label=edition.kernel,
        others=tuple(label for label in edition.labels if label != edition.kernel),
        digest=edition.digest,
        licence=edition.licence,
        file=edition.source.file,
        first=lines[0],
        last=lines[-1],
        edited=tuple(
            (block.id, cache.language.pick(block.title))
            for block in edition.blocks
            if block.standing != "same"
        ),
        absent=tuple(
            (block.id, cache.language.pick(block.title))
            for block in study.walkthrough.blocks
            if block.id not in ids
        ),
        unexplained=len(edition.changed),
        back=cache.addresses.page(study.walkthrough.id, query=study.query, lang=study.lang),
        everywhere=cache.addresses.compare(
            study.walkthrough.id, Side(study.scenario), lang=study.lang
        ),
        telling=cache.addresses.compare(
            study.walkthrough.id, Side(DEFAULT), Side(DEFAULT, edition.kernel), lang=study.lang
        )
        + "#texts",
        read_off=tuple(
            (_said(name, fact, language), fact.code, f"{fact.file}:{fact.line}")
            for name, fact in edition.read_off.items()
        ),
    )


def _said(name: str, fact: Fact, language: Language) -> str:
    """What was read off a tree, in words."""
    texts = _READ_OFF[name]
    text = texts.get(str(fact.value)) or texts[""]
    return language.gettext(text).format(value=fact.value)


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


def variant_views(study: Study) -> tuple[VariantView, ...]:
    """The texts that could be run instead."""
    pick = study.cache.language.pick
    return tuple(
        VariantView(
            id=edition.id,
            title=pick(edition.title),
            note=pick(edition.note),
            href=study.cache.addresses.page(
                study.walkthrough.id,
                query=study.query,
                variant=None if edition.id == study.variant else edition.id,
                challenge=study.challenge,
                lang=study.lang,
            ),
            is_current=edition.id == study.variant,
            edits=tuple((edit, pick(edit.effect)) for edit in edition.edits),
        )
        for edition in study.walkthrough.variants.values()
        if edition.id is not None
    )
