"""Collaborations of two users."""

from typing import Any

from factory import SubFactory

from houston.modules.collaborations.models import (
    Approval,
    Collaboration,
    CollaborationMember,
    Level,
)
from tests.factories import RowFactory
from tests.factories.users import UserFactory


class CollaborationFactory(RowFactory):
    """A collaboration of `first`, who has asked to view, and `second`.

    `level` brings it into force up to a level. `states` are those of the first one and of the
    second one: `view_state=("approved", "denied")`.
    """

    class Meta:
        model = Collaboration

    first = SubFactory(UserFactory)
    second = SubFactory(UserFactory)
    level: Level | None = None

    @classmethod
    def _create(cls, model: type[Collaboration], *args: Any, **values: Any) -> Collaboration:
        users = [values.pop("first"), values.pop("second")]
        level = values.pop("level")
        approved = (*level.below, level) if level else ()
        states = {"view_state": ("approved", "pending")}
        states |= {each.column: ("approved", "approved") for each in approved}
        states |= {each.column: values.pop(each.column) for each in Level if each.column in values}
        values["members"] = [
            CollaborationMember(
                user_guid=user.guid,
                partner_guid=partner.guid,
                **{column: Approval(pair[number]) for column, pair in states.items()},
            )
            for number, (user, partner) in enumerate([users, users[::-1]])
        ]
        collaboration: Collaboration = super()._create(model, *args, **values)
        return collaboration
