"""The branch `annotations` of the resource tree, and the grants of annotations."""

from houston.core.security.grants import Grant, Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.annotations.models import Annotation
from houston.modules.assets.models import (
    ASSET_EDITOR,
    ASSET_OWNER,
    ASSET_VIEWER,
    PUBLIC_ASSET_ADMIN,
    PUBLIC_ASSET_RESEARCHER,
    PUBLIC_ASSET_VISITOR,
)

READ = (Permission.READ,)
TAG = (*READ, Permission.WRITE)
CHANGE = (*TAG, Permission.ADMINISTER)
ALL = (*CHANGE, Permission.DELETE)
LIST = (Permission.LIST,)


class AnnotationResource(Item):
    """One annotation, which belongs to the owner of its asset.

    To write is to change the keywords; other fields need the permission to administer.
    """

    grants = (
        Grant(ASSET_OWNER.through(Annotation.asset), ALL),
        Grant(ASSET_VIEWER.through(Annotation.asset), READ),
        Grant(ASSET_EDITOR.through(Annotation.asset), TAG),
        Grant(PUBLIC_ASSET_RESEARCHER.through(Annotation.asset), TAG),
        Grant(PUBLIC_ASSET_ADMIN.through(Annotation.asset), CHANGE),
        Grant(PUBLIC_ASSET_VISITOR.through(Annotation.asset), READ),
        Grant(Role.STAFF, ALL),
        Grant(Role.INTERNAL, ALL),
    )


class AnnotationCollection(Collection):
    """All annotations. Any signed-in user may create some; the grants of each asset decide."""

    noun = "annotations"
    model = Annotation
    item = AnnotationResource
    children = {"search": Resource}
    grants = (
        Grant(Role.SIGNED_IN, (Permission.CREATE,)),
        Grant(Role.RESEARCHER, LIST),
        Grant(Role.STAFF, LIST),
        Grant(Role.INTERNAL, LIST),
    )
