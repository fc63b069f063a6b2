"""A process that is killed while it writes files leaves complete files, and separate garbage."""

import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

from houston.core.storage.backends import UNFINISHED

ROUNDS = 5
WRITE_FOREVER = """
import os, sys
from hashlib import sha256
from pathlib import Path
from houston.core.storage.backends import Folder
from houston.core.storage import path_of

folder, source = Path(sys.argv[1]), Path(sys.argv[2])
place = Folder(folder)
while True:
    data = os.urandom(2**20)
    source.unlink(missing_ok=True)
    source.write_bytes(data)
    place.write(path_of(sha256(data).hexdigest()), data if data[0] % 2 else source)
    print("written", flush=True)
"""


def test_files_with_their_final_name_are_complete(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    for round in range(ROUNDS):
        command = [sys.executable, "-c", WRITE_FOREVER, folder, tmp_path / f"source{round}"]
        writer = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert writer.stdout is not None
        for _ in range(3):
            assert writer.stdout.readline() == b"written\n"
        time.sleep(0.007 * round)
        writer.kill()
        assert writer.wait() < 0
        writer.stdout.close()
    unfinished = folder / UNFINISHED
    files = [path for path in folder.rglob("*") if path.is_file() and path.parent != unfinished]
    assert len(files) >= 3 * ROUNDS
    for path in files:
        assert sha256(path.read_bytes()).hexdigest() == path.name
