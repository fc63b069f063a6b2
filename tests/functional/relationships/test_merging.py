"""The relationships of merged individuals become those of their target."""

from datetime import datetime, timezone
from typing import Any

import pytest

from houston.modules.individuals.models import Individual
from tests.clients_of_roles import Client
from tests.factories.relationships import CALF, MOTHER, RelationshipFactory
from tests.functional.relationships.conftest import individual_of

YEAR = datetime(2019, 1, 1, tzinfo=timezone.utc), datetime(2020, 1, 1, tzinfo=timezone.utc)


@pytest.fixture
def animals(researcher: Client) -> list[Individual]:
    """Return a target, two sources, and another individual."""
    return [individual_of(researcher.account) for _ in range(4)]


def merge(client: Client, target: Individual, *sources: Individual) -> None:
    response = client.post_json(
        f"/api/v1/individuals/{target.guid}/merge",
        {"fromIndividualIds": [str(source.guid) for source in sources]},
    )
    assert response.status_int == 200, response.json
    assert response.json["targetId"] == str(target.guid)


def pairs(client: Client) -> list[tuple[str, str]]:
    """Return the mother and the calf of each relationship."""
    found = []
    for row in client.get("/api/v1/relationships?sort=created").json:
        members = client.get(f"/api/v1/relationships/{row['guid']}").json["individual_members"]
        by_role = {each["individual_role_guid"]: each["individual_guid"] for each in members}
        found.append((by_role[MOTHER], by_role[CALF]))
    return found


def test_relationships_are_moved(researcher: Client, animals: list[Individual]) -> None:
    target, source, second, other = animals
    RelationshipFactory(mother=source, calf=other)
    RelationshipFactory(mother=other, calf=second)
    merge(researcher, target, source, second)
    guid, others = str(target.guid), str(other.guid)
    assert pairs(researcher) == [(guid, others), (others, guid)]
    assert len(researcher.get(f"/api/v1/individuals/{guid}").json["relationships"]) == 2


def test_none_relates_the_target_to_itself(researcher: Client, animals: list[Individual]) -> None:
    target, source, second, _ = animals
    RelationshipFactory(mother=target, calf=source)
    RelationshipFactory(mother=second, calf=source)
    merge(researcher, target, source, second)
    assert pairs(researcher) == []


@pytest.mark.parametrize(("ends", "number"), [((None, None), 1), (YEAR, 1), ("apart", 2)])
def test_none_is_repeated(
    researcher: Client, animals: list[Individual], ends: Any, number: int
) -> None:
    target, source, second, other = animals
    first, later = ((None, YEAR[0]), (YEAR[1], None)) if ends == "apart" else (ends, ends)
    RelationshipFactory(mother=source, calf=other, start_date=first[0], end_date=first[1])
    RelationshipFactory(mother=second, calf=other, start_date=later[0], end_date=later[1])
    merge(researcher, target, source, second)
    assert pairs(researcher) == [(str(target.guid), str(other.guid))] * number
