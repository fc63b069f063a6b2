"""Collecting what is wrong, each fault with its path for programs and its words for people."""

from typing import NamedTuple

from houston.core.errors import Unprocessable, summary


class Place(NamedTuple):
    """Where in a submission something is: `sightings.996`, which people know as `Sighting 997`."""

    path: str
    words: str

    def field(self, name: str) -> str:
        """The path of a field here."""
        return f"{self.path}.{name}" if self.path else name


class Faults:
    """What is wrong with the input, by path."""

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {}

    def add(self, path: str, text: str) -> None:
        """Note a fault, once."""
        texts = self._texts.setdefault(path, [])
        if text not in texts:
            texts.append(text)

    def has(self, path: str) -> bool:
        """Whether something is wrong there already."""
        return path in self._texts

    def check(self) -> None:
        """Raise Unprocessable with all that was noted, if anything was."""
        if self._texts:
            raise Unprocessable(summary(self._texts), messages=self._texts)
