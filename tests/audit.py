"""Run pip-audit, if its database is reachable: `python -m tests.audit`.

A vulnerability fails the run; an unreachable database skips it with a message.
"""

import socket
import subprocess
import sys

DATABASE = ("pypi.org", 443)


def reachable() -> bool:
    """Return whether the vulnerability database is reachable."""
    try:
        socket.create_connection(DATABASE, timeout=3).close()
    except OSError:
        return False
    return True


def main() -> int:
    """Audit the versions in requirements.txt."""
    if not reachable():
        print("pip-audit: skipped, its database is not reachable")
        return 0
    command = ["-m", "pip_audit", "--requirement", "requirements.txt", "--no-deps"]
    return subprocess.run([sys.executable, *command]).returncode


if __name__ == "__main__":
    sys.exit(main())
