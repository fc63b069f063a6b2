"""The branch `tus` of the tree. Uploads: owner only; anonymous uploads by guid."""

from pyramid.request import Request
from sqlalchemy import ColumnElement

from houston.core.db.types import utc_now
from houston.core.security.grants import Caller, Grant, Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.uploads.models import Upload
from houston.modules.uploads.protocol import VERSION


class UploadResource(Item):
    """An upload, finished or not."""


class PendingUploads(Resource):
    """The finished uploads of the caller."""

    grants = (Grant(Role.SIGNED_IN, (Permission.LIST,)),)


class UploadCollection(Collection):
    """All uploads. Every response below names the version of the protocol."""

    noun = "uploads"
    model = Upload
    item = UploadResource
    children = {"pending": PendingUploads}

    def __init__(self, request: Request, parent: Resource | None, name: str) -> None:
        super().__init__(request, parent, name)
        request.add_response_callback(
            lambda _request, response: response.headers.update({"Tus-Resumable": VERSION})
        )

    def condition(self, key: str) -> ColumnElement[bool] | None:
        """Return the condition of the upload: not expired, and the caller's or anonymous."""
        condition = super().condition(key)
        if condition is None:
            return None
        own = Upload.owner_guid.is_(None) | (Upload.owner_guid == Caller.guid)
        return condition & own & (Upload.expires > utc_now())
