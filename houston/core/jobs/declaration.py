"""Which jobs an application knows, and how each of them is tried again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeVar
from uuid import UUID

import venusian
from pyramid.config import Configurator

MAX_ATTEMPTS = 5
BACKOFF_SECONDS = 10.0
LONGEST_BACKOFF_SECONDS = 3600.0

JobFunction = Callable[..., None]
AnyFunction = TypeVar("AnyFunction", bound=JobFunction)


@dataclass(frozen=True)
class Declaration:
    """A named function, and the rules of its retries.

    `backoff` is the wait after the first failure in seconds; each further failure doubles it, up
    to an hour. The arguments of a `secret` job are erased as soon as it is over.
    """

    name: str
    function: JobFunction
    max_attempts: int = MAX_ATTEMPTS
    backoff: float = BACKOFF_SECONDS
    secret: bool = False

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

    def ring(self) -> None:
        """Tell a worker that something is due."""

    def start(self) -> None:
        """Start the workers that live in this process, if any should."""

    def stop(self) -> None:
        """Stop the workers of this process, and wait for them a little."""

    def work(self) -> None:
        """Be a worker until a signal ends the process."""


class Jobs:
    """The declared jobs of one application, those that run here, and its doorbell."""

    def __init__(self, doorbell: Doorbell) -> None:
        self.doorbell = doorbell
        self.running: set[UUID] = set()
        self._declared: dict[str, Declaration] = {}

    def declare(self, declaration: Declaration) -> None:
        """Make a job known by its name."""
        self._declared[declaration.name] = declaration

    def known(self, name: str) -> Declaration:
        """The declaration of this name, or a LookupError."""
        try:
            return self._declared[name]
        except KeyError:
            raise LookupError(f"no job named {name!r} is declared") from None

    def find(self, name: str) -> Declaration:
        """The declaration of this name, or one whose function always fails."""
        return self._declared.get(name, UNKNOWN)


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
) -> None:
    """`config.add_job("mail.send", function)`: call `function(context, **arguments)` for that job.

    The function is called at least once for each job, so a repetition must do no harm. Two
    functions of one name are a configuration conflict.
    """
    resolved = config.maybe_dotted(function)
    declaration = Declaration(name, resolved, max_attempts, backoff, secret)
    jobs: Jobs = config.registry["houston.jobs"]
    config.action(("houston.job", name), jobs.declare, args=(declaration,))
