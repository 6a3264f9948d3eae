"""Figures for Prometheus. No label holds words that somebody typed."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from qa_bot.version import __version__

OUTCOMES = ("found", "not_found", "refused", "error", "abandoned")
STAGES = ("retrieve", "read", "total")
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Counts what one server does.

    Example:
        >>> metrics = Metrics()
        >>> metrics.question("found", {"read": 0.3})
        >>> b'qa_bot_questions_total{outcome="found"} 1.0' in metrics.text()
        True
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._questions = Counter(
            "qa_bot_questions",
            "Questions asked; refused: too many were waiting; abandoned: the asker left",
            ["outcome"],
            registry=self.registry,
        )
        self._stages = Histogram(
            "qa_bot_stage_seconds",
            "Time that a question took, by stage",
            ["stage"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self._requests = Counter(
            "qa_bot_http_requests",
            "Requests answered",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._request_seconds = Histogram(
            "qa_bot_http_request_seconds",
            "Time until a request was answered whole",
            ["route"],
            buckets=SECONDS,
            registry=self.registry,
        )
        Gauge("qa_bot_build", "The version that runs", ["version"], registry=self.registry).labels(
            __version__
        ).set(1)
        # So that a rate is there from the first question on.
        for outcome in OUTCOMES:
            self._questions.labels(outcome)
        for stage in STAGES:
            self._stages.labels(stage)

    def question(self, outcome: str, seconds: dict[str, float] | None = None) -> None:
        """One question more; ``seconds`` by stage."""
        self._questions.labels(outcome).inc()
        for stage, took in (seconds or {}).items():
            if stage in STAGES:
                self._stages.labels(stage).observe(took)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request answered. ``status`` 0: the connection broke first."""
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def watch(self, name: str, text: str, value: Callable[[], float]) -> None:
        """A figure that is read when somebody looks."""
        Gauge(f"qa_bot_{name}", text, registry=self.registry).set_function(value)

    def text(self) -> bytes:
        """All figures in Prometheus' text format, version 0.0.4."""
        return generate_latest(self.registry)
