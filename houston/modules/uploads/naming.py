"""The names of the files of one transaction, each of which is told apart from the others.

Two cameras count their photographs alike. Files of one name are called by their paths on the
computer of the sender, if the client tells them, or else by a number.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import PurePosixPath

from houston.core.values import composed, quoted
from houston.modules.uploads.models import Upload
from houston.modules.uploads.protocol import MAX_NAME, path_of

MAX_CANDIDATES = 10
"""The candidates that a message names."""


class NamedUploads(Mapping[str, Upload]):
    """Finished uploads by their names, in their order.

    Names are compared in the normal form of Unicode that is composed: that of a file on macOS is
    decomposed, and that of the same file in a spreadsheet is not.

    Args:
        uploads: The finished uploads of one transaction.
    """

    def __init__(self, uploads: Iterable[Upload]) -> None:
        same: dict[str, list[Upload]] = defaultdict(list)
        for upload in uploads:
            same[composed(upload.filename)].append(upload)
        self._by_name: dict[str, Upload] = {}
        self._names: dict[str, list[str]] = {}
        unique = {name for name, found in same.items() if len(found) == 1}
        for reference, found in same.items():
            names = list(_told_apart(found, unique))
            self._by_name |= zip(names, found, strict=True)
            self._names[reference] = names
        for name in self._by_name:
            self._names.setdefault(composed(name), [name])

    def __getitem__(self, name: str) -> Upload:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def only(self, names: Iterable[str]) -> "NamedUploads":
        """Return the uploads of some names, in the order of the names."""
        chosen = NamedUploads(())
        chosen._by_name = {name: self._by_name[name] for name in names}
        return chosen

    def candidates(self, reference: str) -> Sequence[str]:
        """Return the names of the files that a text may mean: none, one or several."""
        return self._names.get(composed(reference), ())


def listed(candidates: Sequence[str]) -> str:
    """Return some names for a message."""
    more = ", …" if len(candidates) > MAX_CANDIDATES else ""
    return ", ".join(map(quoted, candidates[:MAX_CANDIDATES])) + more


def _told_apart(uploads: Sequence[Upload], taken: Iterable[str]) -> Iterator[str]:
    """Yield a name for each of some uploads that have the same filename."""
    if len(uploads) == 1:
        yield uploads[0].filename
        return
    paths = [path_of(upload.description) or "" for upload in uploads]
    compared = [composed(path) for path in paths]
    times = Counter(compared)
    used, numbers = set(taken), count(1)
    for upload, path, key in zip(uploads, paths, compared, strict=True):
        if path and len(path) <= MAX_NAME and times[key] == 1 and key not in used:
            name = path
        else:
            name = _numbered(upload.filename, used, numbers)
        used.add(composed(name))
        yield name


def _numbered(filename: str, used: set[str], numbers: Iterator[int]) -> str:
    """Return a filename with the next number that is free, before the suffix."""
    suffix = PurePosixPath(filename).suffix[:20]
    stem = filename.removesuffix(suffix)
    endings = (f" ({number}){suffix}" for number in numbers)
    names = (stem[: MAX_NAME - len(ending)] + ending for ending in endings)
    return next(name for name in names if composed(name) not in used)
