"""Reading the files, and merging them: objects by name, lists one after the other."""

import logging
from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from houston.core.json import JsonError, loads
from houston.core.settings import SettingsError
from houston.modules.image_analysis.catalogue.tree import DETECTORS, IDENTIFIERS, SETTING

log = logging.getLogger(__name__)

FORM = "IA.*.json"


def read_files(folders: Iterable[Path]) -> dict[str, Any]:
    """All files of the folders as one tree, each folder's in alphabetical order.

    Where two contradict each other the later one holds, and the log says so.
    """
    tree: dict[str, Any] = {}
    for folder in folders:
        if not folder.is_dir():
            raise SettingsError(f"{SETTING} must be a folder that can be read.")
        for file in sorted(folder.glob(FORM)):
            addition = _read(file)
            for path in _contradictions(tree, addition):
                log.warning("%s says otherwise of %s than a file before it", file.name, path)
            _merge(tree, addition)
    return tree


def _read(file: Path) -> dict[str, Any]:
    try:
        content = loads(file.read_bytes())
    except (OSError, JsonError) as error:
        raise SettingsError(f"{SETTING}: {file.name} cannot be read: {error}.") from None
    if not isinstance(content, dict):
        raise SettingsError(f"{SETTING}: {file.name} must hold an object.")
    return content


def _merge(tree: dict[str, Any], addition: dict[str, Any]) -> None:
    for name, value in addition.items():
        known = tree.get(name)
        if isinstance(known, dict) and isinstance(value, dict):
            _merge(known, value)
        elif isinstance(known, list) and isinstance(value, list):
            known.extend(each for each in value if each not in known)
        else:
            tree[name] = deepcopy(value)


def _contradictions(
    tree: dict[str, Any], addition: dict[str, Any], path: tuple[str, ...] = ()
) -> Iterator[str]:
    """Where both say something, and not the same.

    A detector and an identifier are compared whole: whatever one file adds to another's counts for
    the species of both.
    """
    for name, value in addition.items():
        known = tree.get(name, value)
        if known == value or (isinstance(known, list) and isinstance(value, list)):
            continue
        both_objects = isinstance(known, dict) and isinstance(value, dict)
        if both_objects and path not in ((DETECTORS,), (IDENTIFIERS,)):
            yield from _contradictions(known, value, (*path, name))
        else:
            yield ".".join((*path, name))
