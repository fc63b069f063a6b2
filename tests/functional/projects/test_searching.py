"""Encounters and sightings are found by the projects that the caller may read, and by no others."""

from typing import Any

import pytest

from tests.clients_of_roles import Client
from tests.factories.projects import ProjectFactory
from tests.factories.sightings import EncounterFactory
from tests.factories.users import UserFactory


@pytest.fixture
def encounter(researcher: Client) -> Any:
    """Create an encounter in a project of `researcher`, one in that of others, and one in none."""
    rows = EncounterFactory.create_batch(3)
    ProjectFactory(owner=researcher.account, title="Flukes", encounters=rows[:1])
    ProjectFactory(owner=UserFactory(), title="Secret flukes", encounters=rows[1:2])
    return rows[0]


def find(client: Client, noun: str, query: Any) -> list[str]:
    response = client.post_json(f"/api/v1/{noun}/search", query)
    assert response.status_int == 200, response.json
    return [row["guid"] for row in response.json]


@pytest.mark.parametrize(
    "query",
    [
        {"match": {"projects.title": "flukes"}},
        {"exists": {"field": "projects.guid"}},
        {"nested": {"path": "projects", "query": {"wildcard": {"projects.title": "*flukes*"}}}},
    ],
)
def test_projects_of_others_are_not_found(
    researcher: Client, admin: Client, encounter: Any, query: Any
) -> None:
    assert find(researcher, "encounters", query) == [str(encounter.guid)]
    assert find(researcher, "sightings", query) == [str(encounter.sighting_guid)]
    assert len(find(admin, "encounters", query)) == len(find(admin, "sightings", query)) == 2


def test_members_find_by_guid(
    client_for: Any, researcher: Client, admin: Client, encounter: Any
) -> None:
    member = UserFactory(is_researcher=True)
    project = ProjectFactory(owner=UserFactory(), members=[member], encounters=[encounter])
    query = {"term": {"projects.guid": str(project.guid)}}
    assert find(client_for(member), "encounters", query) == [str(encounter.guid)]
    assert find(researcher, "encounters", query) == []
    assert len(find(researcher, "encounters", {"bool": {"must_not": [query]}})) == 3


def test_exports_find_no_more(client_for: Any, encounter: Any) -> None:
    researcher = client_for(UserFactory(is_researcher=True))
    own = EncounterFactory(owner=researcher.account)
    ProjectFactory(owner=UserFactory(), title="Secret", encounters=[own])
    query = {"match": {"projects.title": "secret"}}
    refused = researcher.post_json("/api/v1/encounters/export", query)
    assert refused.status_int == 400, refused.json
    member = UserFactory(is_researcher=True)
    ProjectFactory(owner=researcher.account, title="Secret", members=[member], encounters=[own])
    assert researcher.post_json("/api/v1/encounters/export", query).status_int == 200
