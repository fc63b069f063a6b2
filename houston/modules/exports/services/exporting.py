"""The export of what a search finds: its bounds, its file and its entry in the audit log."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from houston.core.audit import Action, audit
from houston.core.db.session import Database, Session
from houston.core.errors import BadRequest
from houston.core.security.grants import Identity
from houston.core.services import Services
from houston.core.settings import Settings
from houston.modules.exports.formats import FORMATS
from houston.modules.exports.services.dataset import Dataset, Noun

NO_RESULTS = "No results to export"
NOT_OF_WORDS = re.compile(r"\W+", re.ASCII)


def check_found(dataset: Dataset) -> None:
    """Raise `BadRequest` if there is nothing that the caller may export."""
    if dataset.main.number == 0:
        raise BadRequest(NO_RESULTS)


def make_dataset(
    services: Services, db: Session, identity: Identity, noun: Noun, query: Mapping[str, Any]
) -> Dataset:
    """The records of an export that is sent at once.

    Raises:
        BadRequest: The query is not valid, finds nothing that the caller may export, or too much.
    """
    dataset = Dataset(services, db, identity, noun, query)
    check_found(dataset)
    number, most = dataset.main.number, services[Settings]["houston.exports.at_once"]
    if number > most:
        raise BadRequest(
            f"The search finds {number} records, and at most {most} are sent at once: narrow it, "
            "or let the export be made in the background, by POST /exports."
        )
    return dataset


def write(dataset: Dataset, folder: Path, options: Mapping[str, Any]) -> Path:
    """Write the file of an export into a folder, which has the temporary files as well."""
    format = FORMATS[options["format"]]
    path = folder / f"{_name_of(dataset)}.{format.extension}"
    format.write(dataset, path, options)
    return path


def record(services: Services, actor: Any, dataset: Dataset, format: str) -> None:
    """Enter an export into the audit log, after its session is closed: one has to do at a time."""
    dataset.db.close()
    message = f"Exported {dataset.main.number} {dataset.noun} as {format}."
    with services[Database].transaction(actor) as db:
        audit(db, Action.ACCESS, "Export", dataset.guid, message=message)


def _name_of(dataset: Dataset) -> str:
    """The name of the file: `codex-export-<site>-<time>`."""
    ascii_name = dataset.site.name.encode("ascii", "ignore").decode()
    site = NOT_OF_WORDS.sub("-", ascii_name).strip("-")[:100] or "Unknown"
    return f"codex-export-{site}-{dataset.created:%Y%m%d%H%M}"
