"""The integrity check of sightings in identification."""

from sqlalchemy import exists, select

from houston.core.integrity import AN_HOUR_AGO, Check
from houston.modules.identification.models import IdentificationJob
from houston.modules.sightings.models import Sighting, SightingStage

WITHOUT_REQUEST = select(Sighting.guid).where(
    Sighting.stage == SightingStage.IDENTIFICATION,
    Sighting.updated < AN_HOUR_AGO,
    ~exists().where(IdentificationJob.sighting_guid == Sighting.guid),
)

CHECKS = (
    Check(
        "sightings.jobless_identifying_sightings",
        WITHOUT_REQUEST,
        "Sightings in identification for more than an hour, without a request.",
        is_fault=False,
    ),
)
