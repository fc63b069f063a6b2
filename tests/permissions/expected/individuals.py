"""An individual whose only encounter belongs to the owner."""

from typing import Any

from tests.factories.individuals import IndividualFactory
from tests.factories.sightings import EncounterFactory
from tests.permissions.expected import Cast

EXPECTED = {
    "list_individuals": "401 403 403 403 403 200 403 200 200 200 403",
    "get_individual": "401 403 200 403 403 200 403 200 200 200 403",
}


def keys(cast: Cast) -> dict[str, Any]:
    encounter = EncounterFactory(owner=cast.owner)
    return {"individual": IndividualFactory(encounters=[encounter]).guid}
