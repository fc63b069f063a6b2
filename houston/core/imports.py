"""Control over the optional imports of libraries."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def hidden(*packages: str) -> Iterator[None]:
    """Hide packages from the imports in a block, unless they have been imported before.

    Some libraries import all optional dependencies that are installed. `None` in `sys.modules`
    makes an import fail as if the package were not installed (Python reference, 5.3.1). Use it at
    start-up only: other threads see the same modules.

    >>> with hidden("this_one"):
    ...     import this_one
    Traceback (most recent call last):
    ModuleNotFoundError: import of this_one halted; None in sys.modules
    """
    absent = [name for name in packages if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None is meant
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
