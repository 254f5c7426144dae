# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Which paths fit, as JSON."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request

from app.i18n import DEFAULT_LANGUAGE, LANGUAGE_CODES, language
from app.walkthrough.records import Walkthrough
from app.walkthrough.which.looks import QUESTIONS, UNKNOWN
from app.walkthrough.which.report import WhichReport, report_which
from app.walkthrough.which.words import WhichWords
from app.web.api import ApiRouter, kernel_parameter, query_parameter, walkthrough_parameter
from app.web.query import Fields
from app.web.which.reasoners import Reasoners, read_answers

#: What a program calls, where one description is for every walkthrough.
_CALL: Final = "close()"


def make_which_api(reasoners: Reasoners) -> APIRouter:
    """The route under /api."""
    router = ApiRouter()
    site = reasoners.site
    walkthrough = walkthrough_parameter(site)

    @router.operation(
        "/{walkthrough}/which",
        "Which paths fit what was observed",
        *(
            query_parameter(
                question,
                WhichWords(language(DEFAULT_LANGUAGE), _CALL).question(question),
                type="string",
                enum=[*answers, UNKNOWN],
            )
            for question, answers in QUESTIONS.items()
        ),
        kernel_parameter(site.walkthroughs.values()),
    )
    async def which(request: Request, found: Walkthrough = walkthrough) -> WhichReport:
        """The paths, and the best question. The first request takes seconds."""
        given = Fields(request.url.query, (*QUESTIONS, "kernel", "lang"))
        lang = given.word("lang", LANGUAGE_CODES)
        text = given.text(found, needs_kernel=True)
        answers = read_answers(given)
        words = WhichWords(site.language(request, lang), found.call)
        return report_which(found, await reasoners.of(found, text.variant), answers, words)

    return router
