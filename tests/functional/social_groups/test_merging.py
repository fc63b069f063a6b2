"""The memberships of merged individuals become those of their target."""

from tests.clients_of_roles import Client
from tests.factories.individuals import IndividualFactory
from tests.factories.sightings import EncounterFactory
from tests.factories.social_groups import GUARD, MATRIARCH, SocialGroupFactory


def test_memberships_are_moved_and_their_roles_united(researcher: Client) -> None:
    target, source, second = (
        IndividualFactory(encounters=[EncounterFactory(owner=researcher.account)]) for _ in range(3)
    )
    other = IndividualFactory()
    groups = [
        SocialGroupFactory(members={target: [GUARD], source: [MATRIARCH], second: [GUARD]}),
        SocialGroupFactory(members={source: [MATRIARCH], other: [GUARD]}),
        SocialGroupFactory(members={source: [], second: [GUARD]}),
        SocialGroupFactory(members={target: [], source: []}),
        SocialGroupFactory(members={other: []}),
    ]
    response = researcher.post_json(
        f"/api/v1/individuals/{target.guid}/merge",
        {"fromIndividualIds": [str(source.guid), str(second.guid)]},
    )
    assert response.status_int == 200, response.json
    members = [
        researcher.get(f"/api/v1/social-groups/{group.guid}").json["members"] for group in groups
    ]
    guid, others = str(target.guid), str(other.guid)
    assert members == [
        {guid: {"role_guids": [GUARD, MATRIARCH]}},
        {guid: {"role_guids": [MATRIARCH]}, others: {"role_guids": [GUARD]}},
        {guid: {"role_guids": [GUARD]}},
        {guid: {"role_guids": None}},
        {others: {"role_guids": None}},
    ]
