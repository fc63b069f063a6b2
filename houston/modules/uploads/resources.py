"""The branch `tus` of the tree: uploads, each its owner's, or its knower's."""

from typing import Any

from pyramid.request import Request
from sqlalchemy import ColumnElement

from houston.core.db.types import utc_now
from houston.core.security.grants import Caller, Grant
from houston.core.security.permissions import Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.uploads.models import Upload
from houston.modules.uploads.protocol import VERSION


class UploadResource(Item):
    """One upload, finished or not."""


class PendingUploads(Resource):
    """The caller's files that wait to be claimed."""

    grants = (Grant(Role.SIGNED_IN, (Permission.LIST,)),)


class UploadCollection(Collection):
    """All uploads. Every answer below says which version of the protocol it is of."""

    noun = "uploads"
    model = Upload
    item = UploadResource
    children = {"pending": PendingUploads}

    def __init__(self, request: Request, parent: Resource | None, name: str) -> None:
        super().__init__(request, parent, name)
        request.add_response_callback(_say_version)

    def condition(self, key: str) -> ColumnElement[bool] | None:
        """The condition of the upload, while it lasts, if it is the caller's or anonymous."""
        condition = super().condition(key)
        if condition is None:
            return None
        own = Upload.owner_guid.is_(None) | (Upload.owner_guid == Caller.guid)
        return condition & own & (Upload.expires > utc_now())


def _say_version(_request: Request, response: Any) -> None:
    response.headers["Tus-Resumable"] = VERSION
