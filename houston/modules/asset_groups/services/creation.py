"""Making a submission: read as a whole, and written only if nothing is wrong with it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select

from houston.core.db.session import Session
from houston.core.errors import Conflict
from houston.core.events import Events
from houston.core.jobs import Jobs
from houston.core.security.identity import Identity
from houston.core.security.recaptcha import check_recaptcha
from houston.core.services import Services
from houston.modules.asset_groups.models import (
    AssetGroup,
    AssetGroupSighting,
    AssetGroupSightingEncounter,
    Stage,
    UploadType,
    asset_group_sighting_asset,
)
from houston.modules.asset_groups.pipeline import Case, Event, fire
from houston.modules.asset_groups.services.files import check_files
from houston.modules.asset_groups.services.preparation import go_on_if_prepared
from houston.modules.asset_groups.services.rights import check_rights
from houston.modules.asset_groups.validation import (
    Encounter,
    Faults,
    Lookups,
    Sighting,
    Submission,
    look_up,
    owner_emails,
    read_submission,
)
from houston.modules.assets.models import Asset
from houston.modules.assets.services import create_assets
from houston.modules.jobs.services import create_progress
from houston.modules.site_settings.services import recaptcha
from houston.modules.uploads.models import Upload
from houston.modules.uploads.services import finished, take
from houston.modules.users.models import User, folded
from houston.modules.users.services.sign_up import public_user, submitter


def create_asset_group(
    services: Services, db: Session, caller: Identity | None, body: Mapping[str, Any]
) -> AssetGroup:
    """Make a submission of uploaded files and the sightings that it reports.

    Raises Unprocessable with everything that is wrong with it, and for what reCAPTCHA takes for a
    robot; Forbidden for the address of somebody who could have signed in; Conflict while a table of
    the caller's is unprocessed.
    """
    _check_person(services, db, body.get("token"))
    faults, lookups = Faults(), look_up(services, db, owner_emails(body))
    submission = read_submission(body, lookups, faults)
    check_rights(submission, caller, faults)
    transaction = submission.transaction_guid
    check_files(submission, finished(db, caller, transaction) if transaction else (), faults)
    faults.check()
    if submission.is_bulk and caller is not None:
        _guard_unprocessed(db, caller)
    group = _create_group(services[Events], db, caller, submission)
    uploads = _claim(db, caller, submission)
    assets = create_assets(
        services[Jobs],
        db,
        uploads,
        asset_group_guid=group.guid,
        owner_guid=group.owner_guid,
    )
    sightings = [
        _sighting_of(db, group, each, position, lookups)
        for position, each in enumerate(submission.sightings)
    ]
    db.add_all(sightings)
    db.flush()
    _give_assets(db, submission.sightings, sightings, assets)
    go_on_if_prepared(services, db, group)
    return group


def _check_person(services: Services, db: Session, token: Any) -> None:
    """Where the site uses reCAPTCHA, it must take the caller for a person."""
    use = recaptcha(services, db)
    if use.secret:
        check_recaptcha(use, token if isinstance(token, str) else "", "token")


def _guard_unprocessed(db: Session, caller: Identity) -> None:
    """The account is locked, so that of two tables that come at once one is refused."""
    account = select(User.guid).where(User.guid == caller.account.guid)
    db.execute(account.with_for_update())
    unprocessed = select(AssetGroup.guid).where(
        AssetGroup.owner_guid == caller.account.guid,
        AssetGroup.upload_type == UploadType.BULK,
        AssetGroup.is_processed.is_(False),
    )
    guid = db.scalar(unprocessed.limit(1))
    if guid is not None:
        raise Conflict(
            f"Bulk Upload {guid} not processed, please finish this before creating new bulk upload"
        )


def _create_group(
    events: Events, db: Session, caller: Identity | None, submission: Submission
) -> AssetGroup:
    values = submission.values
    owner_guid, submitter_guid = _owner_and_submitter(
        events, db, caller, values.get("submitterEmail")
    )
    guid = uuid4()
    preparation, detection, identification = (
        create_progress(db, f"{phase} for AssetGroup {guid}")
        for phase in ("Preparation", "Detection", "Identification")
    )
    group = AssetGroup(
        guid=guid,
        owner_guid=owner_guid,
        submitter_guid=submitter_guid,
        upload_type=UploadType(values["uploadType"]),
        description=values.get("description") or "",
        config={name: value for name, value in values.items() if name != "token"},
        progress_preparation=preparation,
        progress_detection=detection,
        progress_identification=identification,
    )
    db.add(group)
    db.flush()
    return group


def _claim(db: Session, caller: Identity | None, submission: Submission) -> Sequence[Upload]:
    """All files of the transaction; raises Unprocessable if somebody was faster."""
    transaction = submission.transaction_guid
    if transaction is None:
        return ()
    uploads, faults = take(db, caller, transaction), Faults()
    check_files(submission, {upload.filename for upload in uploads}, faults)
    faults.check()
    return uploads


def _owner_and_submitter(
    events: Events, db: Session, caller: Identity | None, email: str | None
) -> tuple[UUID, UUID | None]:
    if caller is not None:
        return caller.account.guid, None
    return public_user(events, db).guid, submitter(events, db, email).guid if email else None


def _sighting_of(
    db: Session, group: AssetGroup, read: Sighting, position: int, lookups: Lookups
) -> AssetGroupSighting:
    row = AssetGroupSighting(
        guid=uuid4(),
        asset_group=group,
        position=position,
        stage=Stage.UNKNOWN,
        sighting=read.values,
        encounters=[
            encounter_of(each, order, lookups) for order, each in enumerate(read.encounters)
        ],
    )
    fire(Event.SUBMITTED, Case(db, row))
    return row


def encounter_of(read: Encounter, position: int, lookups: Lookups) -> AssetGroupSightingEncounter:
    """The row of an encounter that was read."""
    email = read.values.get("ownerEmail")
    return AssetGroupSightingEncounter(
        guid=uuid4(),
        position=position,
        owner_guid=lookups.owners.get(folded(email)) if email else None,
        encounter=read.values,
    )


def _give_assets(
    db: Session,
    read: Sequence[Sighting],
    sightings: Sequence[AssetGroupSighting],
    assets: Sequence[Asset],
) -> None:
    """Give each sighting the assets of its files, in their order."""
    by_name = {asset.filename: asset.guid for asset in assets}
    rows = [
        {
            "asset_guid": by_name[name],
            "asset_group_sighting_guid": sighting.guid,
            "position": position,
        }
        for sighting, told in zip(sightings, read, strict=True)
        for position, name in enumerate(told.files)
    ]
    if rows:
        db.execute(insert(asset_group_sighting_asset), rows)
