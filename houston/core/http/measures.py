"""The page of metrics in the text format of Prometheus: of this process, and of the database.

A measure of the database is a gauge that a module adds. All are read again at most every 30
seconds, since the page is open to everybody who reaches the port.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from pyramid.request import Request
from pyramid.response import Response
from sqlalchemy import func, literal, select, union_all
from sqlalchemy.exc import SQLAlchemyError

from houston.core.db.models import Base
from houston.core.db.session import Session
from houston.core.services import Services, services_of

log = logging.getLogger(__name__)

SECONDS = 30.0
Values = Mapping[Sequence[str], float]
"""The values of a measure by the values of its labels."""


@dataclass(frozen=True)
class Measure:
    """A gauge: its description, its labels, and `read(services, db)`, which returns its values."""

    description: str
    labels: Sequence[str]
    read: Callable[[Services, Session], Values]


class Measures(dict[str, Measure]):
    """The measures of an application by name, and the page that was made of them last."""

    page = b""
    made = float("-inf")

    def collect(self, services: Services, db: Session) -> Iterable[GaugeMetricFamily]:
        """Read all measures."""
        for name, measure in self.items():
            family = GaugeMetricFamily(name, measure.description, labels=measure.labels)
            for labels, value in measure.read(services, db).items():
                family.add_metric(labels, value)
            yield family


class Collected:
    """What a registry of Prometheus collects."""

    def __init__(self, families: Iterable[GaugeMetricFamily]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Return the metrics."""
        return self._families


def metrics(request: Request) -> Response:
    """The metrics of this process; without a database those of the process alone."""
    measures = request.services[Measures]
    if measures.made < monotonic() - SECONDS:
        _measure(request, measures)
    body = generate_latest() + measures.page
    headers = [("Content-Type", CONTENT_TYPE_LATEST), ("Content-Length", str(len(body)))]
    return Response(app_iter=[body], headerlist=headers)


def _measure(request: Request, measures: Measures) -> None:
    registry = CollectorRegistry()
    try:
        registry.register(Collected(measures.collect(request.services, request.db)))
        measures.page = generate_latest(registry)
    except SQLAlchemyError:
        measures.page = b""
        log.warning("The database was not measured", exc_info=True)
    measures.made = monotonic()


def count_rows(_services: Services, db: Session) -> Values:
    """The number of rows of each model, by its module and class."""
    models = [mapper.class_ for mapper in Base.registry.mappers]
    counts = [
        select(literal(f"{model.__module__}.{model.__name__}"), func.count()).select_from(model)
        for model in models
    ]
    return {(name,): number for name, number in db.execute(union_all(*counts))}


def add_measure(config: Any, name: str, measure: Measure) -> None:
    """Add a gauge: `config.add_measure("teams", Measure("…", ("state",), read))`."""
    measures = services_of(config)[Measures]
    config.action(("houston.measure", name), measures.__setitem__, args=(name, measure))


def includeme(config: Any) -> None:
    """Add the directive, and the number of rows of each model."""
    services_of(config).add(Measures())
    config.add_directive("add_measure", add_measure)
    config.add_measure("models", Measure("Rows of each model.", ("cls",), count_rows))
