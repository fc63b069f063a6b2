"""The integrity checks of individuals."""

from sqlalchemy import select

from houston.core.integrity import AN_HOUR_AGO, Check
from houston.modules.individuals.models import Individual, MergeRequest, MergeState

WITHOUT_ENCOUNTERS = select(Individual.guid).where(~Individual.encounters.any())
OVERDUE = select(MergeRequest.guid).where(
    MergeRequest.state == MergeState.PENDING, MergeRequest.deadline < AN_HOUR_AGO
)

CHECKS = (
    Check("individuals.no_encounters", WITHOUT_ENCOUNTERS, "Individuals without encounters."),
    Check(
        "individuals.overdue_merges",
        OVERDUE,
        "Requests to merge individuals whose deadline is over for more than an hour.",
        is_fault=False,
    ),
)
