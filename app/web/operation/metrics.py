# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Numbers for Prometheus, by its own library; imported where a server is asked for them only.

They are served at an address of their own, which no reader reaches. With several workers each
writes its numbers into a folder, and the process that started them adds them up (the library's
multiprocess mode, which has to be chosen before the library is imported). Labels have few values:
templates of routes, never paths.
"""

from __future__ import annotations

import platform
import socket
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, make_server

import prometheus_client as prometheus
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.exposition import ThreadingWSGIServer
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from app.web.http.requests import Note
from app.web.operation.sample import Sample

#: Where they are, and how they may be asked for.
PATH: Final = "/metrics"
_METHODS: Final = ("GET", "HEAD")
#: Warm pages take a millisecond, cold ones some tens, an atlas seconds.
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Meter:
    """The numbers of one process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        prometheus.disable_created_metrics()  # type: ignore[no-untyped-call]

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"walkthrough_{name}", text, labels, registry=registry)

        def gauge(name: str, text: str, *labels: str, mode: Any = "livesum") -> Gauge:
            name = f"walkthrough_{name}"
            return Gauge(name, text, labels, multiprocess_mode=mode, registry=registry)

        self._requests = counter(
            "requests", "Requests that were answered.", "method", "route", "status"
        )
        self._seconds = Histogram(
            "walkthrough_request_duration_seconds",
            "From the request to the end of its answer; streams, which have none, are left out.",
            ["route"],
            buckets=_BUCKETS,
            registry=registry,
        )
        self._bytes = counter("response_bytes", "Bytes of bodies, as they were sent.", "route")
        self._at_work = gauge(
            "requests_in_progress", "Requests that are being answered, streams among them."
        )
        self._kept = counter(
            "answer_cache",
            "Answers with their traces that were found in the cache (hit) or made (miss).",
            "result",
        )
        self._rooms = gauge(
            "rooms", "Live rooms in the store; NaN while it does not answer.", mode="livemostrecent"
        )
        self._in_use = gauge("rooms_in_use", "Live rooms that a process has in memory, added up.")
        self._followers = gauge("followers", "Followers of live rooms.")
        self._votes = counter("votes", "Votes that were counted.")
        self._cards = counter("cards_drawn", "Cards that were drawn, not kept ones.")
        self._atlases = gauge(
            "atlases",
            "Atlases that were asked for, by what became of them.",
            "state",
            mode="livemax",
        )
        self._last: Sample | None = None
        for result in ("hit", "miss"):
            self._kept.labels(result)

    def begin(self) -> None:
        """A request has come."""
        self._at_work.inc()

    def end(self, note: Note) -> None:
        """It was answered."""
        self._at_work.dec()
        self._requests.labels(note.method, note.route, str(note.status)).inc()
        self._bytes.labels(note.route).inc(note.size)
        if not note.is_stream:
            self._seconds.labels(note.route).observe(note.seconds)
        if note.is_kept is not None and note.status == 200:
            self._kept.labels("hit" if note.is_kept else "miss").inc()

    def take(self, sample: Sample) -> None:
        """Take over what was looked at."""
        last, self._last = self._last, sample
        self._rooms.set(float("nan") if sample.rooms is None else sample.rooms)
        self._in_use.set(sample.rooms_in_use)
        self._followers.set(sample.followers)
        self._votes.inc(sample.votes - (last.votes if last else 0))
        self._cards.inc(sample.cards - (last.cards if last else 0))
        for state, count in sample.atlases.items():
            self._atlases.labels(state).set(count)


class _Build(Collector):
    """What is running; it does not change, so it needs no process to tell it."""

    def __init__(self, version: str, revisions: Mapping[str, str], workers: int) -> None:
        self._version = version
        self._revisions = revisions
        self._workers = workers

    def collect(self) -> Iterator[Metric]:
        """The version of the program, and the revision of each walkthrough's content."""
        info = InfoMetricFamily("walkthrough_build", "The program that is running.")
        info.add_metric((), {"version": self._version, "python": platform.python_version()})
        yield info
        content = InfoMetricFamily(
            "walkthrough_content", "The content that is served.", labels=["walkthrough"]
        )
        for name, revision in self._revisions.items():
            content.add_metric([name], {"revision": revision})
        yield content
        yield GaugeMetricFamily(
            "walkthrough_workers", "Processes that were asked for.", value=self._workers
        )


def one_process() -> tuple[Meter, CollectorRegistry]:
    """The numbers of a server without workers, and of its process."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    return Meter(registry), registry


def a_worker() -> Meter:
    """The numbers of a worker: into the folder that the environment names, for `all_workers`."""
    return Meter(CollectorRegistry())


def all_workers(folder: Path) -> CollectorRegistry:
    """The sum of what the workers have in a folder."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))  # type: ignore[no-untyped-call]
    return registry


def forget_the_dead(folder: Path, alive: Collection[int]) -> None:
    """What a worker had at a moment goes with it; what it counted stays."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        if pid not in alive:
            mark_process_dead(pid, path=str(folder))  # type: ignore[no-untyped-call]


def serve_metrics(
    address: tuple[str, int],
    registry: CollectorRegistry,
    version: str,
    revisions: Mapping[str, str],
    workers: int,
) -> int:
    """Answer at an address, in a thread; gives the port. Raises OSError where it is taken."""
    registry.register(_Build(version, revisions, workers))
    host, port = address

    class Server(ThreadingWSGIServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

    server = make_server(host, port, metrics_alone(registry), Server, _Quiet)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return int(server.server_port)


def metrics_alone(registry: CollectorRegistry) -> Callable[..., list[bytes]]:
    """The library's WSGI application at its path, for reading; by itself it answers everything."""
    answer = prometheus.make_wsgi_app(registry)

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        if path != PATH:
            return _refuse(start, "404 Not Found", f"The metrics are at {PATH}.\n")
        if method not in _METHODS:
            refused = "The metrics are for reading.\n"
            return _refuse(start, "405 Method Not Allowed", refused, ("Allow", ", ".join(_METHODS)))
        body = b"".join(answer({**environ, "REQUEST_METHOD": "GET"}, start))
        return [body] if method == "GET" else []

    return application


def _refuse(
    start: Callable[..., Any], status: str, text: str, *headers: tuple[str, str]
) -> list[bytes]:
    start(status, [("Content-Type", "text/plain; charset=utf-8"), *headers])
    return [text.encode()]


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """The log has nothing of who asks."""
