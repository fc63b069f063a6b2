"""Creating an asset group: all of it, or nothing if there is any fault."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.errors import Conflict
from houston.core.events import Events
from houston.core.jobs import Jobs
from houston.core.security.grants import Identity
from houston.core.security.recaptcha import check_recaptcha
from houston.core.services import Services
from houston.modules.asset_groups.effects import Context
from houston.modules.asset_groups.models import (
    AssetGroup,
    AssetGroupSighting,
    AssetGroupSightingEncounter,
    Stage,
    UploadType,
)
from houston.modules.asset_groups.pipeline import Event, fire
from houston.modules.asset_groups.services.checks import (
    Faults,
    Lookups,
    check_files,
    check_group,
    check_restrictions,
    encounters_of,
    look_up,
)
from houston.modules.asset_groups.services.preparation import advance_if_prepared
from houston.modules.asset_groups.services.references import insert_assets
from houston.modules.assets.models import Asset
from houston.modules.assets.services import create_assets
from houston.modules.jobs.services import create_progress
from houston.modules.site_settings.services import recaptcha
from houston.modules.uploads.services import finished, take
from houston.modules.users.models import User
from houston.modules.users.services.sign_up import public_user, submitter


def create_asset_group(
    services: Services,
    db: Session,
    caller: Identity | None,
    body: dict[str, Any],
    *,
    restricted: bool,
) -> AssetGroup:
    """Create an asset group of uploaded files, with its sightings and their encounters.

    Args:
        services: The site's services.
        db: The session.
        caller: The user; None for an anonymous one.
        body: The values of NewAssetGroupSchema.
        restricted: Whether bulk uploads, owners and sightings without files are refused.

    Raises:
        Unprocessable: With all that the site does not know; or reCAPTCHA refuses the token.
        Forbidden: The submitter's address is of a user who can sign in.
        Conflict: The caller has a bulk upload that is not processed.
    """
    _check_recaptcha(services, db, body.get("token"))
    emails = [encounter.get("ownerEmail") for encounter, _ in encounters_of(body)]
    faults, lookups = Faults(), look_up(services, db, emails)
    check_group(body, lookups, faults)
    if restricted:
        check_restrictions(body, "anonymous users" if caller is None else "User", faults)
    transaction = UUID(body["transactionId"]) if body.get("transactionId") else None
    names = finished(db, caller, transaction) if transaction else ()
    check_files(body, names, faults)
    faults.check()
    if body["uploadType"] is UploadType.BULK and caller is not None:
        _refuse_second_bulk_upload(db, caller)
    group = _create_group(services[Events], db, caller, body)
    uploads = take(db, caller, transaction, names) if transaction else ()
    owned = {"asset_group_guid": group.guid, "owner_guid": group.owner_guid}
    assets = create_assets(services[Jobs], db, uploads, **owned)
    _create_sightings(db, group, body["sightings"], assets, lookups)
    advance_if_prepared(services, db, group)
    return group


def _check_recaptcha(services: Services, db: Session, token: str | None) -> None:
    use = recaptcha(services, db)
    if use.secret:
        check_recaptcha(use, token or "", "token")


def _refuse_second_bulk_upload(db: Session, caller: Identity) -> None:
    # The account is locked, so that one of two concurrent uploads is refused.
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
    events: Events, db: Session, caller: Identity | None, body: Mapping[str, Any]
) -> AssetGroup:
    owner_guid, submitter_guid = _owner_and_submitter(
        events, db, caller, body.get("submitterEmail")
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
        upload_type=body["uploadType"],
        description=body.get("description") or "",
        config=_without(body, "sightings", "token"),
        progress_preparation=preparation,
        progress_detection=detection,
        progress_identification=identification,
    )
    db.add(group)
    db.flush()
    return group


def _owner_and_submitter(
    events: Events, db: Session, caller: Identity | None, email: str | None
) -> tuple[UUID, UUID | None]:
    if caller is not None:
        return caller.account.guid, None
    return public_user(events, db).guid, submitter(events, db, email).guid if email else None


def _create_sightings(
    db: Session,
    group: AssetGroup,
    given: Sequence[Mapping[str, Any]],
    assets: Iterable[Asset],
    lookups: Lookups,
) -> None:
    """Create the sightings and their encounters, and give each the assets of its files."""
    sightings = [
        _sighting_of(db, group, values, position, lookups) for position, values in enumerate(given)
    ]
    db.add_all(sightings)
    db.flush()
    guids = {asset.filename: asset.guid for asset in assets}
    own = {
        sighting.guid: [guids[name] for name in values.get("assetReferences", ())]
        for sighting, values in zip(sightings, given, strict=True)
    }
    insert_assets(db, own)


def _sighting_of(
    db: Session, group: AssetGroup, values: Mapping[str, Any], position: int, lookups: Lookups
) -> AssetGroupSighting:
    row = AssetGroupSighting(
        guid=uuid4(),
        asset_group=group,
        position=position,
        stage=Stage.UNKNOWN,
        sighting=_without(values, "encounters", "assetReferences"),
        encounters=[
            encounter_of(each, order, lookups) for order, each in enumerate(values["encounters"])
        ],
    )
    fire(Event.SUBMITTED, Context(db, row))
    return row


def encounter_of(
    values: Mapping[str, Any], position: int, lookups: Lookups
) -> AssetGroupSightingEncounter:
    """The row of an encounter, without its annotations."""
    return AssetGroupSightingEncounter(
        guid=uuid4(),
        position=position,
        owner_guid=lookups.owner(values.get("ownerEmail")),
        encounter=_without(values, "annotations"),
    )


def _without(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
