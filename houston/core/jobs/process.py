"""Names of processes, by which others on the same machine find out that one has died."""

import os
from functools import cache
from pathlib import Path
from secrets import token_hex

_token = token_hex(4)


def own_name() -> str | None:
    """The name of this process; None where the system has no `/proc`."""
    machine = _machine()
    return None if machine is None else f"{machine}/{os.getpid()}/{_token}"


def is_dead(name: str | None) -> bool:
    """Return whether a process is known to be dead; those of other machines never are.

    A process number that is used again counts as alive, so that no job runs twice by mistake.
    """
    if name is None:
        return False
    machine, number, token = name.rsplit("/", 2)
    if machine != _machine():
        return False
    if int(number) == os.getpid():
        return token != _token
    return not _exists(int(number))


@cache
def _machine() -> str | None:
    """The scope of process numbers: this boot of this machine, and this container."""
    try:
        start = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{start}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return None


def _exists(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it belongs to another user
    return True
