"""A relationship of two individuals, of which each has an encounter of the owner."""

from typing import Any

from tests.factories.individuals import IndividualFactory
from tests.factories.relationships import RelationshipFactory
from tests.factories.sightings import EncounterFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "list_relationships": "401 403 403 403 403 200 403 403 200 200 403",
    "search_relationships": "401 403 403 403 403 200 403 403 200 200 403",
    "find_relationships": "401 403 403 403 403 200 403 403 200 200 403",
    "create_relationship": "401 403 403 403 403 422 403 403 422 422 403",
    "get_relationship": "401 403 403 403 403 200 403 403 200 200 403",
    "patch_relationship": "401 403 403 403 403 403 403 403 200 200 403",
    "delete_relationship": "401 403 403 403 403 403 403 403 204 204 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    mother, calf = (
        IndividualFactory(encounters=[EncounterFactory(owner=cast.owner)]) for _ in range(2)
    )
    return {"relationship": RelationshipFactory(mother=mother, calf=calf).guid}
