"""An individual whose only encounter belongs to the owner.

A request to merge it that is not valid any more has the owner and the member as stakeholders.
"""

from typing import Any

from tests.factories.individuals import IndividualFactory, MergeRequestFactory
from tests.factories.sightings import EncounterFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "list_individuals": "401 403 403 403 403 200 403 200 200 200 403",
    "create_individual": "401 403 403 403 403 422 403 403 422 422 403",
    "search_individuals": "401 403 403 403 403 200 403 200 200 200 403",
    "find_individuals": "401 403 403 403 403 200 403 200 200 200 403",
    "get_individual": "401 403 200 403 403 200 403 200 200 200 403",
    "check_merge_conflicts": "401 400 400 400 400 400 400 400 400 400 403",
    "merge_individuals": "401 400 400 400 400 400 400 400 400 400 403",
    "get_merge_request": "401 403 422 422 403 403 403 422 422 422 403",
    "vote_on_merge_request": "401 403 422 422 403 403 403 403 403 403 403",
    "patch_individual": "401 403 200 403 403 403 403 200 200 200 403",
    "delete_individual": "401 403 204 403 403 403 403 204 204 204 403",
    "list_cooccurring_individuals": "401 403 200 403 403 200 403 200 200 200 403",
    "get_individual_featured_image": "401 403 404 403 403 404 403 404 404 404 403",
    "remove_empty_individuals": "401 403 403 403 403 403 403 200 200 200 403",
    "validate_names": "401 422 422 422 422 422 422 422 422 422 403",
    "debug_individual": "401 403 403 403 403 403 403 403 200 200 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    encounter = EncounterFactory(owner=cast.owner)
    return {
        "individual": IndividualFactory(encounters=[encounter]).guid,
        "merge_request": MergeRequestFactory(requester=cast.owner, others=[cast.member]).guid,
    }
