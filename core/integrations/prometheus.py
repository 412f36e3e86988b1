"""Figures for Prometheus, in a registry of their own, as text.

What happens in this process is counted as it happens. What waits in the database is the same for all processes, so it
is read when somebody asks and put beside the counts (`Backlog`).
"""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core.db.backlog import Backlog

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_TURN_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 45.0, 60.0)
_REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})


class PrometheusMeter:
    """A meter whose counts can be scraped."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        here = self._registry
        self._turns = Counter("brenda_turns", "Turns by how they ended.", ["outcome"], registry=here)
        self._turn_seconds = Histogram(
            "brenda_turn_seconds", "How long turns took.", buckets=_TURN_SECONDS, registry=here
        )
        self._calls = Counter("brenda_model_calls", "Calls of chat models.", ["model", "outcome"], registry=here)
        self._requests = Counter(
            "brenda_http_requests", "Requests to the web app.", ["method", "path", "status"], registry=here
        )
        self._request_seconds = Histogram(
            "brenda_http_request_seconds", "How long requests took.", ["path"], buckets=_REQUEST_SECONDS, registry=here
        )

    def turn(self, outcome: str, seconds: float) -> None:
        """See `Meter`."""
        self._turns.labels(outcome).inc()
        self._turn_seconds.observe(seconds)

    def model_call(self, model: str, outcome: str) -> None:
        """See `Meter`."""
        self._calls.labels(model, outcome).inc()

    def request(self, method: str, path: str, status: int, seconds: float) -> None:
        """See `Meter`. A method that nobody knows is counted as one, so that strangers cannot make new series."""
        self._requests.labels(method if method in _METHODS else "other", path, str(status)).inc()
        self._request_seconds.labels(path).observe(seconds)

    def text(self, backlog: Backlog | None) -> bytes:
        """Everything in Prometheus' text format. Without a backlog its gauges are left out, and `brenda_up` is 0."""
        passing = CollectorRegistry()
        passing.register(_BacklogCollector(backlog))
        return generate_latest(self._registry) + generate_latest(passing)


class _BacklogCollector(Collector):
    """A backlog as gauges."""

    def __init__(self, backlog: Backlog | None) -> None:
        self._backlog = backlog

    def collect(self) -> Iterator[Metric]:
        """The gauges."""
        yield GaugeMetricFamily("brenda_up", "Whether the database answered.", value=1.0 if self._backlog else 0.0)
        if self._backlog is None:
            return
        waiting, age = "brenda_inbox_waiting_seconds", "Age of the oldest message that waits for an answer."
        yield GaugeMetricFamily(waiting, age, value=self._backlog.inbox_seconds)
        yield from (_family(*named) for named in _families(self._backlog))


Counts = Iterable[tuple[tuple[str, ...], int]]


def _families(backlog: Backlog) -> Iterator[tuple[str, str, tuple[str, ...], Counts]]:
    yield "brenda_outbox", "Rows of the outbox that are not sent.", ("channel", "status"), backlog.outbox
    yield "brenda_jobs", "Jobs by task and status; failed ones are dead letters.", ("task", "status"), backlog.jobs
    yield "brenda_webhook_events", "Webhook events kept.", ("provider", "status"), backlog.webhooks
    yield "brenda_follow_ups_withheld", "Follow-ups withheld.", ("reason",), backlog.withheld


def _family(name: str, help_text: str, labels: tuple[str, ...], counts: Counts) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help_text, labels=labels)
    for values, count in counts:
        family.add_metric(values, count)
    return family
