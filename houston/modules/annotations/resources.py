"""The branch `annotations` of the tree: who may do what to annotations."""

from collections.abc import Iterable

from sqlalchemy.orm import joinedload

from houston.core.security.grants import Grant
from houston.core.security.identity import Identity
from houston.core.security.permissions import Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.annotations.models import Annotation
from houston.modules.assets.models import OWNERSHIP
from houston.modules.assets.ownership import OwnershipRole, ownership_of, visitors_of

ALL = (Permission.READ, Permission.WRITE, Permission.DELETE)
MANAGE = (Permission.LIST, Permission.CREATE)


class AnnotationResource(Item):
    """One annotation, which belongs to the owner of its asset."""

    grants = (
        Grant(OwnershipRole.OWNER, ALL),
        Grant(OwnershipRole.CURATOR, ALL),
        Grant(OwnershipRole.VISITOR, (Permission.READ,)),
        Grant(Role.STAFF, ALL),
        Grant(Role.INTERNAL, ALL),
    )

    def local_roles(self, identity: Identity) -> Iterable[str]:
        """What the caller is to the asset."""
        return ownership_of(self.row.asset, identity)

    def public_roles(self) -> Iterable[str]:
        """What everybody is to the asset."""
        return visitors_of(self.row.asset)


class AnnotationSearch(Resource):
    """The search for annotations, which is for those who may list them."""


class AnnotationCollection(Collection):
    """All annotations; those who study them see and draw them."""

    noun = "annotations"
    model = Annotation
    item = AnnotationResource
    children = {"search": AnnotationSearch}
    loading = (joinedload(Annotation.asset, innerjoin=True).undefer_group(OWNERSHIP),)
    grants = (
        Grant(Role.RESEARCHER, MANAGE),
        Grant(Role.STAFF, MANAGE),
        Grant(Role.INTERNAL, MANAGE),
    )
