"""The web client, prepared for web servers that compress nothing by themselves."""

from pathlib import Path
from typing import Any

from invoke import Exit, task

from houston.modules.client.compression import compress_folder
from houston.scripts.application import CONFIG_HELP, settings_of


@task(help={**CONFIG_HELP, "folder": "The folder; by default that of houston.client.path."})
def compress(_context: Any, folder: str = "", config: str | None = None) -> None:
    """Compress the files of the web client, as much as possible, into files beside them."""
    path = Path(folder or settings_of(config).get("houston.client.path") or ".missing")
    if not path.is_dir():
        raise Exit("Name the folder of a web client, or set houston.client.path.", 1)
    try:
        print(f"{sum(1 for _ in compress_folder(path))} compressed files are written.")
    except OSError as error:
        raise Exit(f"{error.filename}: {error.strerror}.", 1) from None
