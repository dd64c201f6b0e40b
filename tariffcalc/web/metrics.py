"""``/metrics`` for Prometheus: requests and how long they took, runs by status, the law that is loaded.

Counts of several processes are added up where ``PROMETHEUS_MULTIPROC_DIR`` names a folder that they share.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

from flask import Flask, Response, current_app
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, values
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from tariffcalc.errors import TariffcalcError
from tariffcalc.estimate import read_schedule
from tariffcalc.lawfiles import importers
from tariffcalc.paths import rates_folder
from tariffcalc.result import program_version
from tariffcalc.web.requests import method, route, seconds
from tariffcalc.web.state import store

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Upper ends of the histogram's classes, in seconds."""

_NAME = "tariffcalc-metrics"


class Metrics:
    """The counts of one application."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("tariffcalc_requests", "Requests answered", labels, registry=self.registry)
        self.seconds = Histogram(
            "tariffcalc_request_seconds", "Time to the answer", labels, registry=self.registry, buckets=BUCKETS
        )

    def count(self, response: Response) -> Response:
        """Count an answer."""
        self.add(method(), route(), response.status_code, seconds())
        return response

    def add(self, verb: str, rule: str, status: int, taken: float) -> None:
        """Count one more: its method, route, status and seconds."""
        self.requests.labels(verb, rule, str(status)).inc()
        self.seconds.labels(verb, rule, str(status)).observe(taken)

    def text(self) -> bytes:
        """All counts in the text format of Prometheus."""
        registry = CollectorRegistry()
        if FOLDER in os.environ:
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        registry.register(State())
        own = b"" if FOLDER in os.environ else generate_latest(self.registry)
        return own + generate_latest(registry)


class State:
    """What is looked up when it is asked for."""

    def collect(self) -> Iterator[Metric]:
        """The law that is loaded, and the runs by status where the database answers."""
        law = GaugeMetricFamily("tariffcalc_law_measures", "Measures loaded", labels=["importer", "digest"])
        for importer in importers(rates_folder()):
            schedule = read_schedule(importer)
            law.add_metric([schedule.importer, schedule.digest[:16]], len(schedule.measures))
        yield law
        program = GaugeMetricFamily("tariffcalc_program", "The program that answers", labels=["version"])
        program.add_metric([program_version()], 1)
        yield program
        yield from _runs()


def register_metrics(app: Flask) -> None:
    """Count every answer of the application."""
    metrics = Metrics()
    app.extensions[_NAME] = metrics
    app.after_request(metrics.count)


def count(app: Flask, verb: str, rule: str, status: int, taken: float) -> None:
    """Count an answer that Flask was not asked for."""
    metrics: Metrics = app.extensions[_NAME]
    metrics.add(verb, rule, status, taken)


def metrics_text() -> bytes:
    """The counts of the application that answers."""
    found: Metrics = current_app.extensions[_NAME]
    return found.text()


def share_counts() -> str | None:
    """Let the processes that are forked from this one count together; return the folder if it was made for that."""
    made = None if FOLDER in os.environ else tempfile.mkdtemp(prefix="tariffcalc-metrics-")
    os.environ.setdefault(FOLDER, made or "")
    # the library chooses when it is imported, which was before
    values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]
    return made


def _runs() -> Iterator[Metric]:
    answers = GaugeMetricFamily("tariffcalc_database_up", "Whether the database answers")
    try:
        counted = store().runs.counts()
    except TariffcalcError:
        answers.add_metric([], 0)
        yield answers
        return
    answers.add_metric([], 1)
    yield answers
    runs = GaugeMetricFamily("tariffcalc_runs", "Runs by status", labels=["status"])
    for status, number in counted.items():
        runs.add_metric([status], number)
    yield runs
