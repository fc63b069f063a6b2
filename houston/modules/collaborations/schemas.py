"""The schemas of collaborations."""

from collections.abc import Sequence
from typing import Any

from colander import null

from houston.core.api.contributions import rows_that_refer
from houston.core.api.patch import Actions, PatchSchema
from houston.core.db.session import Session
from houston.core.errors import Conflict
from houston.core.schema.nodes import Choice, Email, Guid, Instant, MapOf, Schema, String
from houston.core.security.grants import Permission
from houston.core.services import Services
from houston.core.values import quoted
from houston.modules.collaborations.models import Approval, CollaborationMember, Level


class State(Choice):
    """An answer to a level of access. Clients know the sentence about its fault (contract A-10)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Approval, **options)

    def deserialize(self, cstruct: Any = null) -> Any:
        """The answer.

        Raises:
            Conflict: There is no such answer.
        """
        if isinstance(cstruct, str) and cstruct not in [*Approval]:
            states = ", ".join(Approval)
            raise Conflict(f'State "{quoted(cstruct)}" not in allowed states: {states}')
        return super().deserialize(cstruct)


class NewCollaborationSchema(Schema):
    """The user to collaborate with; or, by a user manager, two users."""

    user_guid = Guid()
    second_user_guid = Guid(
        missing=None,
        permission=Permission.ASSIGN,
        description="For user managers: the user with whom the first one collaborates.",
    )


class ManagedStateSchema(Schema):
    """An answer that a user manager gives for one member, or for both."""

    permission = State()
    user_guid = Guid(missing=None, description="The member; both without one.")


def _answer(level: Level) -> Actions:
    about = f"The answer of the caller, who is a member, to the wish to {level} their data."
    return Actions(add=State(), replace=State(), description=about)


def _managed_answer(level: Level) -> Actions:
    node = ManagedStateSchema()
    return Actions(
        add=node,
        replace=node,
        permission=Permission.ASSIGN,
        description=f"The answer of members to the wish to {level} their data.",
    )


class CollaborationPatch(PatchSchema):
    """The answers of the caller; and those of members, which user managers give."""

    view_permission = _answer(Level.VIEW)
    export_permission = _answer(Level.EXPORT)
    edit_permission = _answer(Level.EDIT)
    managed_view_permission = _managed_answer(Level.VIEW)
    managed_export_permission = _managed_answer(Level.EXPORT)
    managed_edit_permission = _managed_answer(Level.EDIT)


class CollaborationMemberSchema(Schema):
    """A member of a collaboration, with their answers."""

    guid = Guid(source="user.guid")
    email = Email(source="user.email")
    full_name = String(0, 120, source="user.full_name")
    view = Choice(Approval, name="viewState", source="view_state")
    export = Choice(Approval, name="exportState", source="export_state")
    edit = Choice(Approval, name="editState", source="edit_state")


class CollaborationSchema(Schema):
    """A collaboration."""

    guid = Guid()
    created = Instant()
    updated = Instant()


MEMBERS = MapOf(
    CollaborationMemberSchema(), names=Guid(), description="The two members, by their guids."
)

_members = rows_that_refer(
    CollaborationMember.collaboration_guid,
    CollaborationMemberSchema(),
    CollaborationMember.user_guid,
)


def members_of(services: Services, db: Session, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """The members of each collaboration by guid."""
    return [
        {str(member.user_guid): member for member in members}
        for members in _members(services, db, rows)
    ]
