"""The branch `projects` of the tree, and who may do what there."""

from houston.core.security.grants import Grant, Permission
from houston.core.tree import Collection, Item, Resource
from houston.modules.projects.models import Project
from houston.modules.users.groups import MANAGERS, OF_COLLECTION, owner_and_members

WORK = (Permission.READ, Permission.WRITE)
FULL = (*WORK, Permission.DELETE, Permission.ADMINISTER)

OWNER, MEMBER = owner_and_members(Project, "project")


class ProjectResource(Item):
    """One project. To administer it is to change more than its encounters."""

    grants = (
        Grant(OWNER, FULL),
        Grant(MEMBER, WORK),
        *(Grant(role, FULL) for role in MANAGERS),
    )


class ProjectCollection(Collection):
    """All projects; the list shows those of the caller."""

    noun = "projects"
    model = Project
    item = ProjectResource
    children = {"search": Resource}
    grants = OF_COLLECTION
