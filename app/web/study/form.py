# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a reader can choose: the fields of the socket, the presets, the variants of the source."""

from __future__ import annotations

from app.i18n import marked
from app.kernel.scenario import INPUTS, ChoiceInput, Input, LingerInput, NumberInput
from app.web.study.contexts import InputView, PresetView, VariantView
from app.web.study.study import Study

_HINTS = {
    "recv": marked("segments joined by -: 300, fin, 200fin"),
    "linger": marked("off, or seconds"),
    "linger2": marked("seconds; 0 is the sysctl"),
    "fin_timeout": marked("seconds"),
    "tw_timeout": marked("seconds"),
    "rto": marked("ms"),
    "wait": marked("ack, fin, data, rst, joined by -"),
    "backlog": marked("ack, fin, data, rst, joined by -"),
    "accept_queue": marked("connections that nobody accepted"),
}


def input_views(study: Study) -> tuple[InputView, ...]:
    """The fields of the form."""
    return tuple(_input_view(study, item) for item in INPUTS.values())


def _input_view(study: Study, item: Input) -> InputView:
    """One field."""
    value = study.scenario[item.key]
    low = high = None
    choices: tuple[str, ...] = ()
    if isinstance(item, ChoiceInput):
        control, choices = "choice", item.choices
    elif isinstance(item, NumberInput):
        low, high = item.low, item.high
        control = "flag" if (low, high) == (0, 1) else "number"
    else:
        control = "text"
        if isinstance(item, LingerInput):
            low, high = item.low, item.high
    return InputView(
        item.key,
        study.wording.input_name(item.key),
        item.field,
        control,
        str(item.flat(value)),
        str(item.flat(item.default)),
        choices,
        low,
        high,
        study.shelf.language.gettext(_HINTS[item.key]) if item.key in _HINTS else "",
        item.key in study.trace.reads,
        value != item.default,
    )


def preset_views(study: Study, place: str | None = None) -> tuple[PresetView, ...]:
    """The menu of presets, as links to the walkthrough or to a `place` of it."""
    pick = study.shelf.language.pick
    return tuple(
        PresetView(
            preset.id,
            pick(preset.title),
            pick(preset.story),
            study.shelf.addresses.page(
                study.walkthrough.id,
                place,
                query=preset.scenario.query(),
                variant=study.variant,
                challenge=study.challenge,
                lang=study.lang,
            ),
            preset.scenario == study.scenario,
        )
        for preset in study.walkthrough.presets
    )


def variant_views(study: Study) -> tuple[VariantView, ...]:
    """The texts that could be run instead."""
    pick = study.shelf.language.pick
    return tuple(
        VariantView(
            edition.id,
            pick(edition.title),
            pick(edition.note),
            study.shelf.addresses.page(
                study.walkthrough.id,
                query=study.scenario.query(),
                variant=None if edition.id == study.variant else edition.id,
                challenge=study.challenge,
                lang=study.lang,
            ),
            edition.id == study.variant,
            tuple((edit, pick(edit.effect)) for edit in edition.edits),
        )
        for edition in study.walkthrough.variants.values()
        if edition.id is not None
    )
