# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Which paths fit, as JSON."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request

from app.i18n import DEFAULT_LANGUAGE, LANGUAGE_CODES, language
from app.walkthrough.which.looks import QUESTIONS, UNKNOWN
from app.walkthrough.which.report import WhichReport, report_which
from app.walkthrough.which.words import WhichWords
from app.web.addresses import Fields
from app.web.http.openapi import (
    LANG_PARAMETER,
    PROBLEMS,
    api_router,
    parameters,
    query_parameter,
    walkthrough_parameter,
)
from app.web.which.reasoners import Reasoners, read_answers

#: What a program calls, where one description is for every walkthrough.
_CALL: Final = "close()"


def make_which_api(reasoners: Reasoners) -> APIRouter:
    """The route under /api."""
    router = api_router()
    site = reasoners.site
    name = walkthrough_parameter(site.walkthroughs)

    @router.get(
        "/{walkthrough}/which",
        summary="Which paths fit what was observed",
        responses=PROBLEMS,
        openapi_extra=parameters(
            *(
                query_parameter(
                    question,
                    WhichWords(language(DEFAULT_LANGUAGE), _CALL).question(question),
                    type="string",
                    enum=[*answers, UNKNOWN],
                )
                for question, answers in QUESTIONS.items()
            ),
            LANG_PARAMETER,
        ),
    )
    async def which(request: Request, walkthrough: str = name) -> WhichReport:
        """The paths, and the best question. The first request takes seconds."""
        found = site.walkthrough(walkthrough)
        given = Fields(request.url.query, (*QUESTIONS, "lang"))
        lang = given.word("lang", LANGUAGE_CODES)
        answers = read_answers(given)
        words = WhichWords(site.language(request, lang), found.call)
        return report_which(found, await reasoners.of(found), answers, words)

    return router
