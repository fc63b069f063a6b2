"""The pictures that people show themselves by."""

from collections.abc import Mapping
from typing import Any

from houston.core.db.session import Session
from houston.core.errors import Unprocessable
from houston.core.security.identity import Identity
from houston.core.services import Services
from houston.modules.fileuploads import services as fileuploads
from houston.modules.fileuploads.models import FileUpload
from houston.modules.users.models import User


def change_picture(
    services: Services,
    db: Session,
    caller: Identity,
    user: User,
    wanted: Mapping[str, Any] | None,
) -> None:
    """Give an account another picture, or a part of the one it has; with None it has none.

    Raises Unprocessable for a `guid` other than that of its picture, for an upload that is not
    there, and for what is no picture.
    """
    if wanted is None:
        remove_picture(db, user)
        return
    picture = _found(services, db, caller, user, wanted)
    if "crop" in wanted:
        whole, picture = picture, fileuploads.crop_picture(services, db, picture, **wanted["crop"])
        if whole.guid != user.profile_fileupload_guid:
            fileuploads.delete_file_upload(db, whole.guid)
    if picture.guid != user.profile_fileupload_guid:
        remove_picture(db, user)
        user.profile_fileupload_guid = picture.guid


def remove_picture(db: Session, user: User) -> None:
    """Take the picture of an account away; it may have none."""
    guid, user.profile_fileupload_guid = user.profile_fileupload_guid, None
    if guid is not None:
        db.flush()
        fileuploads.delete_file_upload(db, guid)


def _found(
    services: Services, db: Session, caller: Identity, user: User, wanted: Mapping[str, Any]
) -> FileUpload:
    if "guid" not in wanted:
        transaction, path = wanted["transactionId"], wanted.get("path")
        return fileuploads.import_picture(services, db, caller, transaction, path)
    if wanted["guid"] != user.profile_fileupload_guid:
        text = f"The account has no picture {wanted['guid']}."
        raise Unprocessable(text, messages={"profile_fileupload_guid": [text]})
    return db.get_one(FileUpload, wanted["guid"])
