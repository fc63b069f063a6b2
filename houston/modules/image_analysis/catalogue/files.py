"""The files of the catalogue: merged into one tree, whose links are followed."""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from houston.core.json import JsonError, loads
from houston.core.settings import SettingsError

log = logging.getLogger(__name__)

SETTING = "houston.image_analysis.configs"
PATTERN = "IA.*.json"
DETECTORS, IDENTIFIERS = "_detectors", "_identifiers"
SECTIONS = ((DETECTORS,), (IDENTIFIERS,))
ENTRY = re.compile(rf"@({DETECTORS}|{IDENTIFIERS})\.[^.]+\Z")
"""A link to an entry. In species it is the key that matters and not the entry."""

MOST_LINKS = 20
DEEPEST = 32


def read_files(folders: Iterable[Path]) -> dict[str, Any]:
    """Merge all files of the folders into one tree, those of a folder in alphabetical order.

    Objects are merged by name, and lists joined. Any other value of a later file replaces that of
    an earlier one, with a warning in the log.

    Raises:
        SettingsError: A folder or a file cannot be read.
    """
    tree: dict[str, Any] = {}
    for folder in folders:
        if not folder.is_dir():
            raise SettingsError(f"{SETTING} must be a folder that can be read.")
        for file in sorted(folder.glob(PATTERN)):
            for path in _merge(tree, _read(file)):
                log.warning("%s replaces %s of an earlier file", file.name, path)
    return tree


class Tree:
    """The merged files, of which parts are read with the values that links stand for.

    Its methods raise SettingsError for a link that leads nowhere or to itself.
    """

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root

    def section(self, name: str) -> Any:
        """Return a section with all its links followed."""
        return self._resolve(self._root.get(name, {}), (name,), kept=None)

    def genera(self) -> dict[str, Any]:
        """Return everything but the metadata; links to detectors and identifiers stay."""
        return {
            name: self._resolve(value, (name,), kept=ENTRY)
            for name, value in self._root.items()
            if not name.startswith("_")
        }

    def _resolve(self, value: Any, path: tuple[str, ...], kept: re.Pattern[str] | None) -> Any:
        if len(path) > DEEPEST:
            # The first names: the others repeat themselves where a value contains itself.
            raise _error(path[:3], "is nested too deeply, or contains itself")
        value = self._follow(value, kept)
        if isinstance(value, dict):
            return {name: self._resolve(each, (*path, name), kept) for name, each in value.items()}
        if isinstance(value, list):
            return [self._resolve(each, (*path, "*"), kept) for each in value]
        return value

    def _follow(self, value: Any, kept: re.Pattern[str] | None = None, links: int = 0) -> Any:
        """Return a value, or what a chain of links leads to."""
        if not isinstance(value, str) or not value.startswith("@") or (kept and kept.match(value)):
            return value
        path = value[1:].split(".")
        if links == MOST_LINKS:
            raise _error(path, "is a link that leads to itself")
        found: Any = self._root
        for index, name in enumerate(path):
            if not isinstance(found, dict) or name not in found:
                raise _error(path[: index + 1], "is missing")
            is_last = index == len(path) - 1
            found = self._follow(found[name], kept if is_last else None, links + 1)
        return found


def _error(path: Sequence[str], problem: str) -> SettingsError:
    return SettingsError(f"{SETTING}: {'.'.join(path)} {problem}.")


def _read(file: Path) -> dict[str, Any]:
    try:
        content = loads(file.read_bytes())
    except (OSError, JsonError) as error:
        raise SettingsError(f"{SETTING}: {file.name} cannot be read: {error}.") from None
    if not isinstance(content, dict):
        raise SettingsError(f"{SETTING}: {file.name} must hold an object.")
    return content


def _merge(
    tree: dict[str, Any], addition: dict[str, Any], path: tuple[str, ...] = ()
) -> Iterator[str]:
    """Add a tree to another one, and yield the paths at which they have different values.

    Detectors and identifiers are compared as a whole, since an addition to one of them applies to
    the species of both files.
    """
    for name, value in addition.items():
        known, place = tree.setdefault(name, value), (*path, name)
        if known == value:
            continue
        if isinstance(known, list) and isinstance(value, list):
            known.extend(each for each in value if each not in known)
        elif isinstance(known, dict) and isinstance(value, dict):
            replaced = list(_merge(known, value, place))
            yield from [".".join(place)] if path in SECTIONS else replaced
        else:
            tree[name] = value
            yield ".".join(place)
