"""Social groups, and the roles of their members in the site settings."""

from typing import Any

from factory import Sequence

from houston.modules.social_groups.models import SocialGroup, SocialGroupMember
from tests.factories import RowFactory

MATRIARCH, GUARD = (f"{digit * 8}-2222-4222-8222-222222222222" for digit in "ab")
ROLES = [
    {"guid": MATRIARCH, "label": "Matriarch", "multipleInGroup": False},
    {"guid": GUARD, "label": "Guard", "multipleInGroup": True},
]


class SocialGroupFactory(RowFactory):
    """A social group of the `members`, a mapping of individuals to the guids of their roles."""

    class Meta:
        model = SocialGroup

    name = Sequence(lambda number: f"Herd {number}")

    @classmethod
    def _create(cls, model: type[SocialGroup], *args: Any, **values: Any) -> SocialGroup:
        values["members"] = [
            SocialGroupMember(individual_guid=individual.guid, role_guids=list(roles))
            for individual, roles in values.pop("members", {}).items()
        ]
        group: SocialGroup = super()._create(model, *args, **values)
        return group
