"""A change of the roles in the site settings takes removed ones from the members."""

from typing import Any

import pytest

from tests.clients_of_roles import Client
from tests.factories.individuals import IndividualFactory
from tests.factories.social_groups import GUARD, MATRIARCH, ROLES, SocialGroupFactory

SETTING = "/api/v1/site-settings/data/social_group_roles"


@pytest.fixture
def members(researcher: Client) -> Any:
    """Create two groups; return a function that reads the roles of their members."""
    first, second, third = IndividualFactory.create_batch(3)
    rows = [
        SocialGroupFactory(members={first: [MATRIARCH, GUARD], second: [GUARD], third: []}),
        SocialGroupFactory(members={third: [MATRIARCH]}),
    ]

    def read() -> list[Any]:
        shown = [researcher.get(f"/api/v1/social-groups/{row.guid}").json for row in rows]
        found = [(shown[0], each) for each in (first, second, third)] + [(shown[1], third)]
        return [group["members"][str(each.guid)]["role_guids"] for group, each in found]

    assert read() == [[MATRIARCH, GUARD], [GUARD], None, [MATRIARCH]]
    return read


def test_removed_roles_are_taken_from_members(admin: Client, members: Any) -> None:
    assert admin.post_json(SETTING, {"value": ROLES[:1]}).status_int == 200
    assert members() == [[MATRIARCH], None, None, [MATRIARCH]]


def test_no_roles_remain(admin: Client, members: Any) -> None:
    response = admin.post_json(SETTING, {"value": []})
    assert response.status_int == 200
    assert response.json["value"] == []
    assert admin.get(SETTING).json["value"] == []
    assert members() == [None] * 4


def test_reset_of_the_setting(admin: Client, members: Any) -> None:
    assert admin.delete(SETTING).status_int == 204
    assert members() == [None] * 4


def test_change_of_another_setting(admin: Client, members: Any) -> None:
    before = members()
    assert admin.post_json("/api/v1/site-settings/data/site.name", {"value": "X"}).status_int == 200
    assert members() == before


def test_members_keep_a_role_that_becomes_one_of_a_single_member(
    admin: Client, researcher: Client, members: Any
) -> None:
    single = [{**role, "multipleInGroup": False} for role in ROLES]
    assert admin.post_json(SETTING, {"value": single}).status_int == 200
    assert members() == [[MATRIARCH, GUARD], [GUARD], None, [MATRIARCH]]


def test_refused_change_takes_nothing(admin: Client, members: Any) -> None:
    before = members()
    assert admin.post_json(SETTING, {"value": [{"guid": GUARD}]}).status_int == 422
    assert members() == before
