"""Organizations."""

from typing import Any

from factory import Sequence

from houston.modules.organizations.models import Organization, OrganizationMember
from tests.factories import RowFactory


class OrganizationFactory(RowFactory):
    """An organization of the `owner`, with further `members` and `moderators`."""

    class Meta:
        model = Organization

    title = Sequence(lambda number: f"Organization {number}")

    @classmethod
    def _create(cls, model: type[Organization], *args: Any, **values: Any) -> Organization:
        owner, moderators = values.pop("owner"), values.pop("moderators", [])
        users = [owner, *values.pop("members", []), *moderators]
        values["members"] = [
            OrganizationMember(user_guid=user.guid, is_moderator=user in moderators)
            for user in users
        ]
        row: Organization = super()._create(model, *args, owner_guid=owner.guid, **values)
        return row
