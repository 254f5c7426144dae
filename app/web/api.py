# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Parts that the operations of the JSON API share: the router, parameters, refusals."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeVar

from fastapi import APIRouter, Depends, Path, Response

from app.i18n import DEFAULT_LANGUAGE, LANGUAGE_CODES, language
from app.kernel.inputs import INPUTS, Input
from app.walkthrough.records import Walkthrough
from app.walkthrough.told import words_in
from app.web.http.problems import ProblemDetails
from app.web.site import Site

_Operation = TypeVar("_Operation", bound=Callable[..., Any])


async def _is_in_a_language(response: Response) -> None:
    """The answer may be kept but has to be asked after: it is in the language of the request."""
    response.headers.update({"Vary": "Accept-Language", "Cache-Control": "no-cache"})


def query_parameter(name: str, description: str, **schema: Any) -> dict[str, Any]:
    """A parameter of the query; `schema` is its JSON schema."""
    return {"name": name, "in": "query", "description": description, "schema": schema}


#: The parameter `lang`.
LANG_PARAMETER = query_parameter(
    "lang",
    "The language of the texts; else Accept-Language, else English.",
    type="string",
    enum=list(LANGUAGE_CODES),
)


def refusals(not_there: str) -> dict[int | str, dict[str, Any]]:
    """How bad input is answered; `not_there` is what an address names that there is not."""
    return {
        status: {"description": description, "content": {"application/problem+json": {}}}
        | {"model": ProblemDetails}
        for status, description in (
            (404, f"There is no such {not_there}."),
            (414, "The query is longer than 2,000 characters."),
            (422, "Something in the query is not allowed; every problem is listed."),
        )
    }


#: The refusals of most operations.
PROBLEMS = refusals("walkthrough")


class ApiRouter(APIRouter):
    """A router under /api whose operations return reports, in the language of the request.

    The return type of an operation is the schema of its answer, so mypy holds that it is what the
    report is.
    """

    def __init__(self) -> None:
        super().__init__(prefix="/api", dependencies=[Depends(_is_in_a_language)])

    def operation(
        self,
        path: str,
        summary: str,
        *parameters: dict[str, Any],
        refusals: dict[int | str, dict[str, Any]] = PROBLEMS,
    ) -> Callable[[_Operation], _Operation]:
        """Decorates a GET; it reads `parameters` itself, and `lang`."""
        extra = {"parameters": [*parameters, LANG_PARAMETER]}
        return self.get(path, summary=summary, responses=refusals, openapi_extra=extra)


def scenario_parameters() -> list[dict[str, Any]]:
    """The inputs, each a parameter."""
    return input_parameters(INPUTS)


def input_parameters(inputs: Mapping[str, Input]) -> list[dict[str, Any]]:
    """Whatever is chosen in the same way, too."""
    return [
        query_parameter(item.key, f"{item.field or _name(item)}: {item.allowed}", **item.schema())
        for item in inputs.values()
    ]


def _name(item: Input) -> str:
    """What it is called in English, where the kernel has no name for it."""
    name = words_in("inputs").get(item.key, {}).get("name", item.key)
    return language(DEFAULT_LANGUAGE).pick(name)


def own_parameter(
    name: str,
    description: str,
    walkthroughs: Collection[Walkthrough],
    known: Callable[[Walkthrough], Iterable[str]],
) -> dict[str, Any]:
    """A parameter whose values are each walkthrough's own.

    Where there are several walkthroughs, no schema says which values go with which; to list them
    together would allow what is refused. Then the refusal lists them.
    """
    if len(walkthroughs) == 1:
        (only,) = walkthroughs
        # An empty value means none, which is all that is left where there are none.
        values = sorted(known(only)) or [""]
        return query_parameter(name, description, type="string", enum=values)
    text = f"{description} Each walkthrough has its own: what it has not is refused, with a list."
    return query_parameter(name, text, type="string")


def variant_parameter(
    walkthroughs: Collection[Walkthrough], description: str = "Run a variant of the source."
) -> dict[str, Any]:
    """The parameter `variant`."""
    return own_parameter("variant", description, walkthroughs, lambda item: item.variants)


def kernel_parameter(walkthroughs: Collection[Walkthrough]) -> dict[str, Any]:
    """The parameter `kernel`."""
    text = "Run the text of an imported kernel: its label, such as 6.12.117."
    return own_parameter("kernel", text, walkthroughs, lambda item: item.kernels)


def walkthrough_parameter(site: Site) -> Any:
    """The walkthrough that the path names by its id. Raises NotFound."""
    ids = list(site.walkthroughs)
    name = Path(description="The id of a walkthrough.", json_schema_extra={"enum": ids})

    async def find(walkthrough: str = name) -> Walkthrough:
        return site.walkthrough(walkthrough)

    return Depends(find)
