"""What follows from a transition, each effect with its words for the table.

Effects change rows that are loaded and ask the database nothing about a single sighting where many
go on at once, so that a thousand cost as many statements as one.
"""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import exists, update

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.modules.asset_groups.models import (
    AssetGroup,
    AssetGroupSighting,
    DetectionJob,
    Stage,
)
from houston.modules.asset_groups.pipeline.assignment import assign_to_sole_encounter
from houston.modules.asset_groups.pipeline.case import Case
from houston.modules.jobs.models import Progress, ProgressStatus


class Effect(NamedTuple):
    """Something that is done to a case, in words and in deed."""

    words: str
    run: Callable[[Case], None]


def skip_detection(message: str) -> Effect:
    """The effect that shows detection as skipped, and says why."""
    return Effect(f"detection is skipped: {message}", lambda case: _skip(case, message))


def _skip(case: Case, message: str) -> None:
    _new_progress(case).end(ProgressStatus.SKIPPED, message)


def _skip_with_obstacle(case: Case) -> None:
    _skip(case, case.obstacle or "")


def _begin_detection(case: Case) -> None:
    """What is turned from now on is looked at by the detection after this one."""
    sighting = case.sighting
    sighting.detection_start, sighting.detection_attempts = utc_now(), 0
    sighting.updated_assets = []
    request = DetectionJob(
        guid=uuid4(),
        asset_group_sighting_guid=sighting.guid,
        model=case.model,
        asset_guids=[str(guid) for guid in case.assets],
    )
    case.db.add(request)
    _new_progress(case).analysis_guid = request.guid
    case.errands.detect.append(sighting.guid)


def _begin_curation(case: Case) -> None:
    case.sighting.curation_start = utc_now()


def _commit_by_itself(case: Case) -> None:
    case.errands.commit.append(case.sighting.guid)


def _complete_detection(case: Case) -> None:
    _progress(case).advance(100)


def _fail_detection(case: Case) -> None:
    _progress(case).end(ProgressStatus.FAILED, case.reason)


def _process_group(case: Case) -> None:
    case.db.flush()
    process_group(case.db, case.sighting.asset_group_guid)


def process_group(db: Session, guid: UUID) -> None:
    """Remember that a submission is processed, if each of its sightings is."""
    pending = exists().where(
        AssetGroupSighting.asset_group_guid == guid, AssetGroupSighting.stage != Stage.PROCESSED
    )
    processed = update(AssetGroup).where(AssetGroup.guid == guid, ~pending)
    db.execute(processed.values(is_processed=True))


def _progress(case: Case) -> Progress:
    """The progress of the sighting's detection, a step of its group's."""
    sighting = case.sighting
    if sighting.progress_detection is None:
        sighting.progress_detection = Progress(
            description=f"Detection for AssetGroupSighting {sighting.guid}",
            parent_guid=sighting.asset_group.progress_detection_guid,
        )
    return sighting.progress_detection


def _new_progress(case: Case) -> Progress:
    progress = _progress(case)
    progress.begin()
    return progress


SKIP_WITH_OBSTACLE = Effect("detection is skipped, with the obstacle", _skip_with_obstacle)
BEGIN_DETECTION = Effect("a job asks the image analysis", _begin_detection)
BEGIN_CURATION = Effect("the time is noted at which curation begins", _begin_curation)
COMMIT_BY_ITSELF = Effect(
    "a job commits it, where there is a module that keeps sightings", _commit_by_itself
)
ASSIGN_TO_SOLE_ENCOUNTER = Effect(
    "all annotations are assigned to the encounter, if there is just one", assign_to_sole_encounter
)
COMPLETE_DETECTION = Effect("detection is complete", _complete_detection)
FAIL_DETECTION = Effect("detection has failed, with the reason", _fail_detection)
PROCESS_GROUP = Effect("its group is processed, if it was the last", _process_group)
