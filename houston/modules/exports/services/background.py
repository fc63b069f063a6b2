"""Exports in the background: a job writes the file, which is kept for some days."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select

from houston.core.api.listing import Listing
from houston.core.audit import Action, audit
from houston.core.db.session import Database, Session
from houston.core.db.types import utc_now
from houston.core.errors import ApiError, Conflict, NotFound
from houston.core.jobs import JobContext, Jobs, job
from houston.core.security.grants import Identity
from houston.core.services import Services
from houston.core.settings import Settings
from houston.core.storage import Storage
from houston.modules.exports.models import Export, ExportState
from houston.modules.exports.resources import ExportResource
from houston.modules.exports.services import exporting
from houston.modules.exports.services.dataset import Dataset, Noun
from houston.modules.jobs.models import Progress
from houston.modules.jobs.services import complete, create_progress, fail, set_percentage
from houston.modules.users.models import ACCOUNT, User
from houston.modules.users.services.accounts import identity_of

MAKE = "exports.make"
MAX_KEPT = 20
MOST_PERCENT = 95
"""The progress of a file until it is stored."""
FAILED = "The file could not be made."
EXPORT = Export.__table__.c
EXPORTS = Listing(
    select(EXPORT.guid, EXPORT.created, EXPORT.noun, EXPORT.format, EXPORT.state, EXPORT.expires),
    sort=("created", "guid", "noun", "format", "state", "expires"),
    grants=ExportResource.grants,
)


def start_export(
    services: Services, db: Session, identity: Identity, noun: Noun, **values: Any
) -> Export:
    """Create an export and the job that makes it; `values` are its format, occasion and query.

    Raises:
        BadRequest: The query is not valid, or finds nothing that the caller may export.
        Conflict: The caller has as many exports as are kept.
    """
    owner = identity.account.guid
    own = select(func.count()).where(EXPORT.owner_guid == owner)
    if (db.scalar(own) or 0) >= MAX_KEPT:
        raise Conflict(f"You have {MAX_KEPT} exports: delete one, or wait until they expire.")
    exporting.check_found(Dataset(services, db, identity, noun, values["query"]))
    keep = timedelta(days=services[Settings]["houston.exports.keep"])
    export = Export(owner_guid=owner, noun=noun, expires=utc_now() + keep, **values)
    db.add(export)
    db.flush()
    job_guid = services[Jobs].enqueue(db, MAKE, {"export": str(export.guid)}, owner=owner)
    export.progress = create_progress(
        db, f"Export of {noun} as {values['format']}", job_guid=job_guid
    )
    db.flush()
    return export


def file_of(export: Export) -> tuple[str, str]:
    """The key of the file of an export in the storage, and its name.

    Raises:
        NotFound: It has expired.
        Conflict: It is not made, or not yet.
    """
    if export.expires <= utc_now():
        raise NotFound("The export has expired.")
    if export.file_key is None or export.filename is None:
        raise Conflict(export.error or "The export is not finished yet.")
    return export.file_key, export.filename


def mark_as_failed(_services: Services, db: Session, arguments: Mapping[str, Any], _: str) -> None:
    """Mark the export of a job without attempts left as failed."""
    _fail(db, UUID(arguments["export"]), FAILED)


@job(MAKE, max_attempts=3, on_failure=mark_as_failed)
def make_export(context: JobContext, export: str) -> None:
    """Write and store the file of an export; one that is refused is not attempted again."""
    guid = UUID(export)
    with TemporaryDirectory(prefix="houston-export-") as folder:
        try:
            written = _write(context, guid, Path(folder))
        except ApiError as refusal:
            _fail(context.db, guid, refusal.message)
            return
        if written is not None:
            _finish(context, guid, written)


@job("exports.delete_expired", every=3600, max_attempts=1)
def delete_expired(context: JobContext) -> None:
    """Delete expired exports with their progress; their files are collected as garbage."""
    expired = Export.expires <= utc_now()
    progress = select(EXPORT.progress_guid).where(expired)
    for statement in (
        delete(Progress).where(Progress.guid.in_(progress)),
        delete(Export).where(expired),
    ):
        context.db.execute(statement, execution_options={"synchronize_session": False})


class Written(NamedTuple):
    """The file of an export, and the number of its records."""

    path: Path
    number: int


def _write(context: JobContext, guid: UUID, folder: Path) -> Written | None:
    """Write the file of an export, unless the export is deleted meanwhile.

    The records are read in a session of their own, so that nobody waits for its end.
    """
    with context.services[Database].reading() as db:
        export = db.get(Export, guid)
        if export is None:
            return None
        identity, reporter = _identity_of(db, export.owner_guid), Reporter(context, guid)
        dataset = Dataset(
            context.services,
            db,
            identity,
            export.noun,
            export.query,
            guid=guid,
            on_read=reporter,
        )
        exporting.check_found(dataset)
        reporter.expected = dataset.main.number
        options = {"format": export.format, "occasion": export.occasion}
        return Written(exporting.write(dataset, folder, options), dataset.main.number)


class Reporter:
    """Reports how much of an export is written.

    Related records are read as well, so that the number that is expected is too small.
    """

    expected = 1

    def __init__(self, context: JobContext, guid: UUID) -> None:
        self._context, self._guid, self._read = context, guid, 0

    def __call__(self, number: int) -> None:
        """Add a number of rows, and commit the progress."""
        self._read += number
        percent = min(MOST_PERCENT, 100 * self._read // self.expected)
        export = self._context.db.get(Export, self._guid)
        set_percentage(self._context.db, export.progress if export else None, percent)
        self._context.set_progress(percent)


def _finish(context: JobContext, guid: UUID, written: Written) -> None:
    """Store the file of an export, unless the export is deleted meanwhile."""
    db, (path, number) = context.db, written
    file = context.services[Storage].put(db, path)
    export = db.get(Export, guid)
    if export is not None:
        export.state, export.number = ExportState.DONE, number
        export.file_key, export.filename = file.key, path.name
        complete(db, export.progress)
        message = f"Exported {number} {export.noun} as {export.format} for {export.owner_guid}."
        audit(db, Action.ACCESS, "Export", guid, message=message)
    context.set_progress(100)


def _fail(db: Session, guid: UUID, reason: str) -> None:
    export = db.get(Export, guid)
    if export is not None and export.state is ExportState.PENDING:
        export.state, export.error = ExportState.FAILED, reason
        fail(db, export.progress, reason)


def _identity_of(db: Session, guid: UUID) -> Identity:
    """The identity of an account, with the roles that it has at the moment.

    Raises:
        NotFound: The account is deactivated.
    """
    account = db.execute(select(*ACCOUNT).where(User.guid == guid)).one()
    if not account.is_active:
        raise NotFound("The account of the owner is deactivated.")
    return identity_of(account)
