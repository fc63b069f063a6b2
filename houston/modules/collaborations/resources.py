"""The branch `collaborations` of the tree, and who may do what there."""

from houston.core.security.grants import Caller, Grant, LocalRole, Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.collaborations.models import Collaboration, CollaborationMember

READ, LIST = (Permission.READ,), (Permission.LIST,)
ANSWER = (*READ, Permission.WRITE)
MANAGE = (*ANSWER, Permission.ASSIGN)
FULL = (*ANSWER, Permission.DELETE)

MEMBER = LocalRole(
    "its members",
    Collaboration,
    Collaboration.members.any(CollaborationMember.user_guid == Caller.guid),
)


class CollaborationResource(Item):
    """One collaboration. To assign is to answer for its members."""

    grants = (
        Grant(MEMBER, ANSWER),
        Grant(Role.USER_MANAGER, MANAGE),
        Grant(Role.ADMIN, READ),
        Grant(Role.STAFF, FULL),
        Grant(Role.INTERNAL, FULL),
    )


class Escalation(Item):
    """A collaboration in which a member asks for more."""

    grants = (Grant(MEMBER, (Permission.WRITE,)),)


class Escalations(Collection):
    """The collaborations in which members ask for more."""

    model = Collaboration
    item = Escalation


class CollaborationCollection(Collection):
    """All collaborations. Any user may ask for one, user managers make those of others."""

    noun = "collaborations"
    model = Collaboration
    item = CollaborationResource
    children = {"search": Resource, "export_request": Escalations, "edit_request": Escalations}
    grants = (
        Grant(Role.SIGNED_IN, (Permission.CREATE,)),
        Grant(Role.USER_MANAGER, (*LIST, Permission.ASSIGN)),
        Grant(Role.ADMIN, LIST),
        Grant(Role.STAFF, LIST),
        Grant(Role.INTERNAL, LIST),
    )
