"""Which jobs an application knows, and how each of them is tried again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeVar

import venusian
from pyramid.config import Configurator

from houston.core.db.session import Session
from houston.core.services import Services, services_of

MAX_ATTEMPTS = 5
BACKOFF_SECONDS = 10.0
LONGEST_BACKOFF_SECONDS = 3600.0

JobFunction = Callable[..., None]
FailureFunction = Callable[[Services, Session, Mapping[str, Any], str], None]
AnyFunction = TypeVar("AnyFunction", bound=JobFunction)


@dataclass(frozen=True)
class Declaration:
    """A named function, and the rules of its repetition.

    `backoff` is the wait after the first failure in seconds; each further failure doubles it, up
    to an hour. The arguments of a `secret` job are erased as soon as it is over. With `every` the
    job is made anew each so many seconds. `on_failure` hears of a job that is given up. An `urgent`
    job goes before all that are not.
    """

    name: str
    function: JobFunction
    max_attempts: int = MAX_ATTEMPTS
    backoff: float = BACKOFF_SECONDS
    secret: bool = False
    every: float | None = None
    on_failure: FailureFunction | None = None
    urgent: bool = False

    def delay(self, attempt: int) -> timedelta:
        """The wait after the failure of this attempt, counted from 1."""
        doublings = min(attempt - 1, 32)
        return timedelta(seconds=min(self.backoff * 2.0**doublings, LONGEST_BACKOFF_SECONDS))


def _refuse(_context: Any, **_arguments: Any) -> None:
    raise LookupError("no job of this name is declared here")


# A newer process may have enqueued what this one does not know yet: it fails like any other job,
# is tried again, and is treated as secret.
UNKNOWN = Declaration("", _refuse, secret=True)


class Doorbell(Protocol):
    """How workers hear that something is due, and how they are started and stopped."""

    def ring(self, due: int = 1) -> None:
        """Tell as many workers as `due` jobs can occupy that something is due."""

    def start(self) -> None:
        """Start the workers that live in this process, if any should."""

    def stop(self) -> None:
        """Stop the workers of this process, and wait for them a little."""

    def work(self) -> None:
        """Be a worker until a signal ends the process."""


def job(name: str, **options: Any) -> Callable[[AnyFunction], AnyFunction]:
    """Declare the decorated function as a job once `config.scan` finds it.

    The options are those of `config.add_job`.
    """

    def decorate(function: AnyFunction) -> AnyFunction:
        def declare(scanner: Any, _name: str, found: AnyFunction) -> None:
            scanner.config.add_job(name, found, **options)

        venusian.attach(function, declare, category="pyramid")
        return function

    return decorate


def add_job(
    config: Configurator,
    name: str,
    function: JobFunction | str,
    *,
    max_attempts: int = MAX_ATTEMPTS,
    backoff: float = BACKOFF_SECONDS,
    secret: bool = False,
    every: float | None = None,
    on_failure: FailureFunction | None = None,
    urgent: bool = False,
) -> None:
    """`config.add_job("mail.send", function)`: call `function(context, **arguments)` for that job.

    The function is called at least once for each job, so a repetition must do no harm. Two
    functions of one name are a configuration conflict.

    With `every` the function is also called each so many seconds (at most a month), without
    arguments and once among all processes; a call that is not over is not joined by another one.

    `on_failure(services, db, arguments, error)` is called in the transaction that gives a job up:
    its last attempt failed or died with its worker, or it was cancelled. It may write and publish;
    if it raises, its writing is undone and the job is over all the same.

    What somebody waits for, and takes no time, is `urgent`: it goes before whatever else is due.
    """
    resolved = config.maybe_dotted(function)
    declaration = Declaration(
        name, resolved, max_attempts, backoff, secret, every, on_failure, urgent
    )
    from houston.core.jobs.queue import Jobs

    jobs = services_of(config)[Jobs]
    config.action(("houston.job", name), jobs.declare, args=(declaration,))
