"""pip-audit where its database can be reached: `python -m tests.audit`.

A vulnerability that is found fails; a database that cannot be reached is told and passed over.
"""

import socket
import subprocess
import sys

DATABASE = ("pypi.org", 443)


def reachable() -> bool:
    """Whether the database of vulnerabilities answers."""
    try:
        socket.create_connection(DATABASE, timeout=3).close()
    except OSError:
        return False
    return True


def main() -> int:
    """Audit what requirements.txt pins."""
    if not reachable():
        print("pip-audit: skipped, its database cannot be reached from here")
        return 0
    command = ["-m", "pip_audit", "--requirement", "requirements.txt", "--no-deps"]
    return subprocess.run([sys.executable, *command]).returncode


if __name__ == "__main__":
    sys.exit(main())
