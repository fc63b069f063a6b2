"""`invoke --list`: the commands of the package, in a checkout."""

from houston.scripts import namespace as ns

__all__ = ["ns"]
