"""The commit: a sighting with encounters is created from an asset group sighting."""

from uuid import UUID

from sqlalchemy import insert

from houston.core.db.session import Session
from houston.core.events import Events
from houston.core.services import Services
from houston.domain.observations import MatchState
from houston.modules.asset_groups.models import AssetGroupSighting, AssetGroupSightingEncounter
from houston.modules.jobs.models import Progress
from houston.modules.sightings.events import SightingCommitted
from houston.modules.sightings.models import (
    Encounter,
    Sighting,
    SightingStage,
    sighting_asset,
)
from houston.modules.sightings.services.identification import begin_identification
from houston.modules.sightings.services.observations import guid_of, set_encounter, set_values


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
        featured_asset_guid=guid_of(values.get("featuredAssetGuid")),
        id_configs=values.get("idConfigs") or [],
        progress_identification=Progress(
            description=f"Identification for AssetGroupSighting {origin.guid}",
            parent_guid=origin.asset_group.progress_identification_guid,
        ),
    )
    sighting.set_species(map(UUID, values.get("taxonomies") or ()))
    set_values(sighting, values)
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
        annotations=list(draft.annotations),
    )
    set_encounter(encounter, values)
    return encounter


def _link_assets(db: Session, sighting: Sighting, origin: AssetGroupSighting) -> None:
    rows = [
        {"sighting_guid": sighting.guid, "asset_guid": asset.guid, "position": position}
        for position, asset in enumerate(origin.assets)
    ]
    if rows:
        db.execute(insert(sighting_asset), rows)
        db.expire(sighting, ["assets"])
