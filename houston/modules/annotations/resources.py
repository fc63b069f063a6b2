"""The branch `annotations` of the tree: who may do what to annotations."""

from houston.core.security.grants import Grant
from houston.core.security.permissions import Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.annotations.models import Annotation
from houston.modules.assets import ownership

READ, CHANGE = (Permission.READ,), (Permission.READ, Permission.WRITE)
ALL = (*CHANGE, Permission.DELETE)
MANAGE = (Permission.LIST, Permission.CREATE)


class AnnotationResource(Item):
    """One annotation, which belongs to the owner of its asset."""

    grants = (
        Grant(ownership.OWNER.through(Annotation.asset), ALL),
        Grant(ownership.RESEARCHER.through(Annotation.asset), CHANGE),
        Grant(ownership.ADMIN.through(Annotation.asset), CHANGE),
        Grant(ownership.VISITOR.through(Annotation.asset), READ),
        Grant(Role.STAFF, ALL),
        Grant(Role.INTERNAL, ALL),
    )


class AnnotationSearch(Resource):
    """The search for annotations, which is for those who may list them."""


class AnnotationCollection(Collection):
    """All annotations; those who study them see and draw them."""

    noun = "annotations"
    model = Annotation
    item = AnnotationResource
    children = {"search": AnnotationSearch}
    grants = (
        Grant(Role.RESEARCHER, MANAGE),
        Grant(Role.STAFF, MANAGE),
        Grant(Role.INTERNAL, MANAGE),
    )
