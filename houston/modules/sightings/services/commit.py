"""The commit: a sighting with encounters is created from an asset group sighting."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from houston.core.db.session import Session
from houston.core.events import Events
from houston.core.services import Services
from houston.domain import times
from houston.domain.observations import MatchState, Observed, Sex
from houston.modules.asset_groups.models import AssetGroupSighting, AssetGroupSightingEncounter
from houston.modules.jobs.models import Progress
from houston.modules.sightings.events import SightingCommitted
from houston.modules.sightings.models import (
    Encounter,
    Sighting,
    SightingStage,
    SightingTaxonomy,
    sighting_asset,
)
from houston.modules.sightings.services.identification import begin_identification


def create_sighting(services: Services, db: Session, origin: AssetGroupSighting) -> Sighting:
    """Create a sighting from an asset group sighting whose values are checked.

    Its assets and annotations stay those of the asset group sighting.
    """
    values = origin.sighting
    sighting = Sighting(
        asset_group_sighting=origin,
        stage=SightingStage.IDENTIFICATION,
        match_state=MatchState(values.get("match_state") or MatchState.UNREVIEWED),
        name=values.get("name"),
        comments=values.get("comments"),
        featured_asset_guid=_guid(values.get("featuredAssetGuid")),
        id_configs=values.get("idConfigs") or [],
        taxonomies=[
            SightingTaxonomy(taxonomy_guid=UUID(guid), position=position)
            for position, guid in enumerate(dict.fromkeys(values.get("taxonomies") or ()))
        ],
        progress_identification=Progress(
            description=f"Identification for AssetGroupSighting {origin.guid}",
            parent_guid=origin.asset_group.progress_identification_guid,
        ),
    )
    _set_observation(sighting, values)
    drafts = [(_encounter_of(draft), draft.encounter) for draft in origin.encounters]
    sighting.encounters = [encounter for encounter, _ in drafts]
    db.add(sighting)
    db.flush()
    origin.progress_identification = sighting.progress_identification
    _link_assets(db, sighting, origin)
    services[Events].publish(db, SightingCommitted(sighting, drafts))
    begin_identification(services, db, sighting)
    db.flush()
    return sighting


def _encounter_of(draft: AssetGroupSightingEncounter) -> Encounter:
    """The encounter of a draft, with its annotations."""
    values, group = draft.encounter, draft.asset_group_sighting.asset_group
    encounter = Encounter(
        owner_guid=draft.owner_guid or group.owner_guid,
        submitter_guid=group.submitter_guid,
        asset_group_sighting_encounter_guid=draft.guid,
        position=draft.position,
        sex=Sex(values["sex"]) if values.get("sex") else None,
        taxonomy_guid=_guid(values.get("taxonomy")),
        annotations=list(draft.annotations),
    )
    _set_observation(encounter, values)
    return encounter


def _set_observation(row: Observed, values: Mapping[str, Any]) -> None:
    row.observed, _ = times.read(values)
    row.decimal_latitude = values.get("decimalLatitude")
    row.decimal_longitude = values.get("decimalLongitude")
    row.location_guid = _guid(values.get("locationId"))
    row.verbatim_locality = values.get("verbatimLocality") or None
    row.custom_fields = values.get("customFields") or {}


def _link_assets(db: Session, sighting: Sighting, origin: AssetGroupSighting) -> None:
    rows = [
        {"sighting_guid": sighting.guid, "asset_guid": asset.guid, "position": position}
        for position, asset in enumerate(origin.assets)
    ]
    if rows:
        db.execute(insert(sighting_asset), rows)
        db.expire(sighting, ["assets"])


def _guid(text: str | None) -> UUID | None:
    return UUID(text) if text else None
