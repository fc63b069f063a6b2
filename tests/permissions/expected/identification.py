"""The identification of a sighting whose only encounter, and its picture, belong to the owner."""

from typing import Any

from tests.factories.identification import (
    IdentificationJobFactory,
    IdentificationScoreFactory,
    SightedAnnotationFactory,
)
from tests.factories.sightings import EncounterFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "identify_sighting": "401 403 200 403 403 403 403 200 200 200 403",
    "get_identification_result": "401 403 200 403 403 403 403 200 200 200 403",
    "notify_identification_finished": "401 403 403 403 403 403 403 403 403 200 403",
    "get_result_picture": "401 403 404 403 403 403 403 404 404 404 403",
    "list_identification_jobs": "401 403 403 403 403 403 403 403 200 200 403",
    "list_identification_jobs_of_annotation": "401 403 403 403 403 403 403 403 200 200 403",
    "get_matching_set": "401 403 200 403 403 403 403 403 200 200 403",
    "find_matching_set": "401 403 200 403 403 403 403 403 200 200 403",
    "get_matching_set_query": "401 403 200 403 403 403 403 403 200 200 403",
    "resolve_matching_set_query": "401 403 200 403 403 403 403 403 200 200 403",
    "identify_annotation": "401 403 200 403 403 403 403 403 200 200 403",
    "get_heatmap": "401 403 404 403 403 403 403 404 404 404 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    encounter = EncounterFactory(owner=cast.owner)
    annotation = SightedAnnotationFactory(encounter=encounter)
    job = IdentificationJobFactory(sighting=encounter.sighting, annotation=annotation)
    return {
        "sighting": encounter.sighting_guid,
        "annotation": annotation.guid,
        "identification_job": job.guid,
        "heatmap": IdentificationScoreFactory(job=job).guid,
    }
