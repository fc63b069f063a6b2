"""Waitress for a baseline, with the number of threads of Houston and without logs.

    python -m benchmarks.baselines.waitress_server FACTORY PORT

`python -m waitress` logs a warning for each request that has to wait, which under load are most
requests.
"""

import logging
import sys
from pkgutil import resolve_name

from waitress import serve

THREADS = 8
"""The number of threads in production.ini."""


def main() -> None:
    """Serve the application of the factory ``package.module:make_app``."""
    factory, port = sys.argv[1:]
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    serve(resolve_name(factory)(), host="127.0.0.1", port=int(port), threads=THREADS)


if __name__ == "__main__":
    main()
