"""Waitress for a baseline, with Houston's number of threads and without a word in a log.

    python -m benchmarks.baselines.waitress_server FACTORY PORT

`python -m waitress` logs a warning whenever a request has to wait, which under load is one for
most requests, and a baseline keeps no log.
"""

import logging
import sys
from pkgutil import resolve_name

from waitress import serve

THREADS = 8
"""As production.ini has them."""


def main() -> None:
    """Serve what the factory ``package.module:make_app`` makes."""
    factory, port = sys.argv[1:]
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    serve(resolve_name(factory)(), host="127.0.0.1", port=int(port), threads=THREADS)


if __name__ == "__main__":
    main()
