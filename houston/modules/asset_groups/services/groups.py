"""Creating, changing and deleting asset groups; any fault prevents the whole creation."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import with_parent

from houston.core.api.patch import Change
from houston.core.db.session import Session
from houston.core.errors import Conflict, Unprocessable
from houston.core.events import Events
from houston.core.jobs import Jobs
from houston.core.security.grants import Identity
from houston.core.security.recaptcha import check_recaptcha
from houston.core.services import Services
from houston.modules.asset_groups.events import AssetGroupSightingsDeleted
from houston.modules.asset_groups.models import (
    AssetGroup,
    AssetGroupSighting,
    Stage,
    UploadType,
)
from houston.modules.asset_groups.pipeline import Context, Event, fire, mark_processed
from houston.modules.asset_groups.services import checks
from houston.modules.asset_groups.services.checks import Checker
from houston.modules.asset_groups.services.curation import encounter_of, insert_assets
from houston.modules.asset_groups.services.stages import advance_if_prepared, lock_group
from houston.modules.assets.models import Asset
from houston.modules.assets.services import create_assets, delete_assets
from houston.modules.jobs.models import Progress
from houston.modules.jobs.services import create_progress
from houston.modules.site_settings.services import recaptcha
from houston.modules.uploads.naming import NamedUploads
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
        services: The parts of the application.
        db: The session.
        caller: The user; None for an anonymous one.
        body: The values of NewAssetGroupSchema.
        restricted: Whether bulk uploads, owners and sightings without files are refused.

    Raises:
        Unprocessable: With all that the site does not know; or reCAPTCHA refuses the token.
        Conflict: The caller has a bulk upload that is not processed.
    """
    if (use := recaptcha(services, db)).secret:
        check_recaptcha(use, body.get("token") or "", "token")
    encounters = checks.encounters_of(body)
    checker = Checker(services, db, [values.get("ownerEmail") for values, _ in encounters])
    if restricted:
        who = "anonymous users" if caller is None else "User"
        checks.check_restrictions(checker, body, who)
    checks.check_group(checker, body)
    transaction = UUID(body["transactionId"]) if body.get("transactionId") else None
    files = finished(db, caller, transaction) if transaction else NamedUploads(())
    checks.check_files(checker, body, files)
    checker.finish()
    if body["uploadType"] is UploadType.BULK and caller is not None:
        _refuse_second_bulk_upload(db, caller)
    group = _create_group(services[Events], db, caller, body)
    uploads = take(db, caller, transaction, files) if transaction else files
    owned = {"asset_group_guid": group.guid, "owner_guid": group.owner_guid}
    progress = group.progress_preparation
    assets = create_assets(services[Jobs], db, uploads.items(), **owned, progress=progress)
    _create_sightings(db, group, body["sightings"], assets, checker)
    advance_if_prepared(services, db, group)
    return group


def update_group(db: Session, group: AssetGroup, change: Change) -> AssetGroup:
    """Change the description or the owner of an asset group.

    Raises:
        Unprocessable: The new owner has no active account.
    """
    if "owner" in change.values:
        _change_owner(db, group, change.values["owner"])
    change.apply_to(group, but=("owner",))
    db.flush()
    return group


def delete_asset_group(services: Services, db: Session, group: AssetGroup) -> None:
    """Delete an asset group with its assets, their annotations, and its sightings.

    Subscribers delete the sightings to which they were committed.
    """
    lock_group(db, group)
    own = AssetGroupSighting.asset_group_guid == group.guid
    services[Events].publish(db, AssetGroupSightingsDeleted(own))
    # Changes lock their asset group sighting before its annotations.
    sightings = select(AssetGroupSighting.guid).where(own).order_by(AssetGroupSighting.guid)
    db.execute(sightings.with_for_update())
    assets = select(Asset).where(Asset.asset_group_guid == group.guid)
    delete_assets(services[Events], db, db.scalars(assets).all())
    progress = (
        group.progress_preparation_guid,
        group.progress_detection_guid,
        group.progress_identification_guid,
    )
    db.delete(group)
    db.flush()
    db.execute(delete(Progress).where(Progress.guid.in_(progress)))


def delete_sighting(services: Services, db: Session, sighting: AssetGroupSighting) -> None:
    """Delete an asset group sighting with its assets; the last one with its asset group."""
    group = sighting.asset_group
    lock_group(db, group)
    siblings = exists().where(
        AssetGroupSighting.asset_group_guid == group.guid, AssetGroupSighting.guid != sighting.guid
    )
    if not db.scalar(select(siblings)):
        delete_asset_group(services, db, group)
        return
    itself = AssetGroupSighting.guid == sighting.guid
    services[Events].publish(db, AssetGroupSightingsDeleted(itself))
    assets = select(Asset).where(with_parent(sighting, AssetGroupSighting.assets))
    delete_assets(services[Events], db, db.scalars(assets).all())
    progress = sighting.progress_detection_guid
    db.delete(sighting)
    db.flush()
    db.execute(delete(Progress).where(Progress.guid == progress))
    # The other sightings may have waited for assets of this one.
    advance_if_prepared(services, db, group)
    mark_processed(db, group.guid)


def _refuse_second_bulk_upload(db: Session, caller: Identity) -> None:
    # The account is locked, so that one of two concurrent uploads is refused.
    account = caller.account.guid
    db.execute(select(User.guid).where(User.guid == account).with_for_update())
    unprocessed = select(AssetGroup.guid).where(
        AssetGroup.owner_guid == account,
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
    email = body.get("submitterEmail") if caller is None else None
    visitor = submitter(events, db, email) if email else None
    owner_guid = public_user(events, db).guid if caller is None else caller.account.guid
    guid = uuid4()
    group = AssetGroup(
        guid=guid,
        owner_guid=owner_guid,
        submitter_guid=visitor.guid if visitor else None,
        upload_type=body["uploadType"],
        description=body.get("description") or "",
        config=_without(body, "sightings", "token"),
        **{
            f"progress_{phase}": create_progress(db, f"{phase.title()} for AssetGroup {guid}")
            for phase in ("preparation", "detection", "identification")
        },
    )
    db.add(group)
    db.flush()
    return group


def _create_sightings(
    db: Session,
    group: AssetGroup,
    given: Sequence[Mapping[str, Any]],
    assets: Iterable[Asset],
    checker: Checker,
) -> None:
    """Create the sightings and their encounters, and give each the assets of its files."""
    guids = {asset.filename: asset.guid for asset in assets}
    own = {}
    for position, values in enumerate(given):
        row = AssetGroupSighting(
            guid=uuid4(),
            asset_group=group,
            position=position,
            stage=Stage.UNKNOWN,
            sighting=_without(values, "encounters", "assetReferences"),
            encounters=[
                encounter_of(each, order, checker)
                for order, each in enumerate(values["encounters"])
            ],
        )
        fire(Event.SUBMITTED, Context(db, row))
        db.add(row)
        own[row.guid] = [guids[name] for name in values.get("assetReferences", ())]
    db.flush()
    insert_assets(db, own)


def _change_owner(db: Session, group: AssetGroup, guid: UUID) -> None:
    """Change the owner of an asset group and of the assets in it."""
    owner = db.scalar(select(User).where(User.guid == guid, User.is_active))
    if owner is None:
        text = f"Failed to update AssetGroup details. There is no active user {guid}."
        raise Unprocessable.about("owner", text)
    group.owner_guid, group.owner = owner.guid, owner
    db.execute(update(Asset).where(Asset.asset_group_guid == group.guid).values(owner_guid=guid))


def _without(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
