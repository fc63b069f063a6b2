"""Settings that are accepted together and deserve a warning when a server or a worker starts."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

Values = Mapping[str, Any]


def _counts_alone(settings: Values) -> bool:
    shares_jobs: bool = settings["houston.jobs.url"].startswith("redis")
    return shares_jobs and str(settings["houston.limits.storage"]).startswith("memory:")


def _refuses_its_links(settings: Values) -> bool:
    return urlsplit(settings["houston.base_url"]).hostname not in settings["houston.hosts"]


RISKS: tuple[tuple[Callable[[Values], bool], str], ...] = (
    (
        _counts_alone,
        "houston.jobs.url is shared by several processes, and houston.limits.storage is not: each "
        "process counts for itself, so callers have a multiple of the rate limits.",
    ),
    (
        _refuses_its_links,
        "houston.hosts lacks the host of houston.base_url: links in mails will be refused.",
    ),
    (
        lambda settings: settings["houston.mail.url"].startswith("null:"),
        "houston.mail.url is null: nobody can confirm an address or set a forgotten password.",
    ),
    (
        lambda settings: settings["houston.log.level"] == "DEBUG",
        "houston.log.level is DEBUG: libraries log the contents of requests.",
    ),
)
"""Each condition of the settings, with the sentence about what follows."""


def risks_of(settings: Values) -> Iterator[str]:
    """Yield a sentence for each risk that the settings of production take."""
    if settings["houston.environment"] == "production":
        yield from (sentence for applies, sentence in RISKS if applies(settings))
