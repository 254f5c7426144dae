# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Puts the program together. Nothing happens at import time."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Router

from app.errors import InputProblem, OutsideFailure, ReaderError, StoreFailure, TooMany
from app.paths import CONTENT, STATIC, TEMPLATES
from app.rooms.classroom import Classroom
from app.walkthrough.load import Content
from app.web.addresses import CHANGES, COPY, EMBED, is_room_api
from app.web.front.discovery import Discovery
from app.web.http.asked import HeadAsGet, Refusals, UnderPrefix, WithoutSlash, allowed_methods
from app.web.http.assets import VersionedFiles
from app.web.http.bodies import FORM, media_type
from app.web.http.cache import AnswerCache
from app.web.http.compression import Compression
from app.web.http.headers import SECURITY_HEADERS, OpenerPolicy, SecurityHeaders
from app.web.http.late import LateRoutes
from app.web.http.leaving import before_leaving
from app.web.http.origin import Origin
from app.web.http.problems import headers_of, problem_response, reader_error_response
from app.web.http.rendering import Rendering, RenderQueue
from app.web.http.requests import Observer, Requests, RouteNoted
from app.web.lab.guard import ThisMachineOnly
from app.web.operation.descriptors import most_streams
from app.web.operation.health import Health
from app.web.operation.sample import SAMPLE_S, Drawn, Meter, sample_of
from app.web.reading.feedback import Feedback
from app.web.reading.pages import StudyPages
from app.web.settings import Settings
from app.web.site import Site

if TYPE_CHECKING:
    from app.lab.place import Place
    from app.web.which.reasoners import Reasoners

#: Who is over a limit is told so after so many seconds.
_REFUSAL_S: Final = 0.25

Handlers: TypeAlias = dict[Any, Callable[[Request, Exception], Awaitable[Response]]]
"""What answers an error, by its class."""


def create_app(
    content: Content = CONTENT,
    settings: Settings | None = None,
    *,
    classroom: Classroom | None = None,
    request_log: Observer | None = None,
    meter: Meter | None = None,
    render_queue: RenderQueue | None = None,
    lab_guests: Sequence[Place] = (),
    is_export: bool = False,
) -> Starlette:
    """The program, for a folder of walkthroughs.

    Without `settings` they are those of the environment; a `classroom` is used instead of the
    one that they describe; a `request_log` and a `meter` hear of each request; with a
    `render_queue` pages are made beside the event loop; the lab boots `lab_guests` too, where a
    reader chooses them; `is_export` makes the pages of the export. Raises ContentError where the
    content has mistakes, ValueError for a bad setting.
    """
    settings = settings or Settings.from_environment()
    site = Site(
        content,
        TEMPLATES,
        STATIC,
        Origin(settings.public_url),
        editions=None if is_export else settings.editions,
        is_export=is_export,
    )
    # Nobody reads what is sent to files.
    reads_pasted = settings.reads_pasted and not is_export
    if classroom is None:
        classroom = Classroom(settings.log(), settings.limits, capacity=most_streams())
    has_lab = settings.has_lab
    runs = watch = None
    if has_lab:
        from app.web.lab.runs import LabRuns
        from app.web.lab.watch import WatchPages

        runs, watch = LabRuns(time.monotonic, lab_guests), WatchPages(site)

    def leave() -> None:
        classroom.hub.stop()
        if runs is not None and watch is not None:
            runs.stop()
            watch.stop()

    drawn = Drawn()
    background = classroom.hub.background

    async def measure() -> None:
        assert meter is not None
        meter.take(await sample_of(classroom, drawn.count, site.atlases.states()))

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        classroom.hub.begin(looks=settings.redis is not None)
        if meter is not None:
            background.every("metrics", SAMPLE_S, measure)
        async with contextlib.AsyncExitStack() as stack:
            if render_queue is not None:
                await stack.enter_async_context(render_queue.running())
                background.watch("rendering", render_queue.is_alive)
            # A server waits for its connections before it ends the program; streams have no end.
            stack.enter_context(before_leaving(leave))
            yield
        await classroom.close()

    handlers = _handlers(site, classroom)

    # The reader of the first page waits for nothing that it has no need of.
    @cache
    def reasoners() -> Reasoners:
        from app.web.which.reasoners import Reasoners

        return Reasoners(site)

    def front() -> Router:
        from app.web.front.pages import FrontPages

        return Router(FrontPages(site, reads_pasted=reads_pasted).routes(), redirect_slashes=False)

    def cards() -> Router:
        from app.web.cards.files import CardFiles

        return Router(CardFiles(site, drawn).routes(), redirect_slashes=False)

    def api() -> Starlette:
        from app.web.json_api import make_api

        return make_api(site, classroom, reasoners(), handlers)

    def parts() -> Router:
        from app.web.parts import make_parts

        return make_parts(
            site,
            classroom,
            reasoners(),
            settings,
            render_queue=render_queue,
            runs=runs,
            watch=watch,
            reads_pasted=reads_pasted,
        )

    def is_part(path: str) -> bool:
        first, _, rest = path.strip("/").partition("/")
        if first in site.walkthroughs:
            return bool(rest)
        # What begins otherwise is nowhere, and that is said at once.
        return first.partition(".")[0] in {"live", "oembed", CHANGES, COPY, EMBED}

    app = Starlette(
        lifespan=lifespan,
        exception_handlers=handlers,
        routes=[
            Mount("/static", VersionedFiles(site.static, site.assets), name="static"),
            LateRoutes(lambda path: path.startswith(("/api", "/live")), api),
            *Health(site, classroom).routes(),
            *Discovery(site).routes(),
            LateRoutes(lambda path: path.startswith("/card/"), cards),
            LateRoutes(lambda path: not path.strip("/"), front),
            LateRoutes(is_part, parts),
            # It takes any name for a walkthrough or for one of its places.
            *StudyPages(site, Feedback(settings.feedback)).routes(),
        ],
    )
    app.state.site = site
    app.router.redirect_slashes = False
    app.router.default = WithoutSlash(app.router, app.router.default)

    app.router.middleware_stack = Refusals(app.router.middleware_stack)

    # The last one added is the outermost: a cached answer passes nothing else.
    app.add_middleware(RouteNoted)
    app.add_middleware(Compression)
    app.add_middleware(SecurityHeaders)
    # The lab's tasks are the loop's, and only who sits at this machine reads then.
    if render_queue is not None and not has_lab:
        app.add_middleware(Rendering, queue=render_queue)
    app.add_middleware(AnswerCache)
    public = settings.public_url or ""
    app.add_middleware(OpenerPolicy, is_https=public.startswith("https:"))
    app.add_middleware(HeadAsGet)
    if runs is not None:
        app.add_middleware(ThisMachineOnly)
    heard_by = tuple(observer for observer in (request_log, meter) if observer is not None)
    if heard_by:
        app.add_middleware(Requests, observers=heard_by)
    if settings.root_path:
        app.add_middleware(UnderPrefix, prefix=settings.root_path)
    return app


def _handlers(site: Site, classroom: Classroom) -> Handlers:
    """The answers to errors: pages for people, problem details for programs."""

    def is_api(request: Request) -> bool:
        path = request.url.path.removeprefix(request.scope.get("root_path", ""))
        takes = request.headers.get("accept", "")
        # Who votes without a script looks at the answer.
        is_form = media_type(request) == FORM and "text/html" in takes and path.endswith("/votes")
        return (
            path == "/oembed"
            or path.startswith("/api/")
            or (path.startswith(f"/{COPY}/") and path.endswith((".txt", ".md")))
            or (is_room_api(path, request.method) and not is_form)
            or takes.startswith("text/event-stream")
        )

    async def on_reader_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, ReaderError)
        if isinstance(error, TooMany):
            # Who asks again at once, on fifty connections, leaves the others their turn.
            await asyncio.sleep(_REFUSAL_S)
        response: Response
        if is_api(request):
            response = reader_error_response(error, site.safe_language(request))
        else:
            from app.web.front.errors import error_page

            response = error_page(site, request, error)
        response.headers.update(headers_of(error))
        return response

    async def on_outside_failure(request: Request, error: Exception) -> Response:
        assert isinstance(error, OutsideFailure)
        # Only what it is; why is for the log.
        if isinstance(error, StoreFailure):
            classroom.hub.tell(error)
        problem = InputProblem(error.code, error.what, None, "")
        response = await on_reader_error(request, ReaderError([problem], status=503))
        response.headers["Retry-After"] = str(error.retry_after_s)
        return response

    async def on_http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = dict(error.headers or {})
        allowed = allowed_methods(headers.get("Allow", "GET"))
        if error.status_code == 405:
            headers["Allow"] = allowed
        if is_api(request) or error.status_code not in {404, 405}:
            return problem_response(error.status_code, error.detail, headers=headers)
        if error.status_code == 405:
            problem = InputProblem("unknown-method", "method", request.method, allowed)
        else:
            problem = InputProblem(
                "unknown-page", "path", request.url.path, site.addresses(request).library()
            )
        from app.web.front.errors import error_page

        response = error_page(site, request, ReaderError([problem], status=error.status_code))
        response.headers.update(headers)
        return response

    async def on_bug(request: Request, error: Exception) -> Response:
        # Our own mistake: the log has the trace, the reader gets none of it.
        # It is answered outside of the middleware, so the headers are added here.
        return problem_response(
            500,
            "Something went wrong here; it is not your fault.",
            headers=dict(SECURITY_HEADERS),
        )

    return {
        ReaderError: on_reader_error,
        OutsideFailure: on_outside_failure,
        HTTPException: on_http_error,
        Exception: on_bug,
    }
