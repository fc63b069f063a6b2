"""What another service says, asked for once in a while: pages must not wait for it each time."""

from collections.abc import Callable
from time import monotonic


class Kept:
    """What another service answered last, be it nothing; it is asked again after a while."""

    SECONDS = 60.0

    def __init__(self) -> None:
        self._until, self._answer = 0.0, ""

    def get(self, ask: Callable[[], str | None]) -> str:
        """The answer, or an empty text."""
        if monotonic() >= self._until:
            # Who comes while it is asked for is given what was answered before.
            self._until = monotonic() + self.SECONDS
            self._answer = ask() or ""
        return self._answer
