"""Pictures of accounts are uploaded, cropped, replaced and removed."""

from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import select

from houston.core.db.session import Session
from houston.modules.fileuploads.models import FileUpload
from houston.modules.uploads.models import Upload
from tests.clients_of_roles import Client
from tests.factories.fileuploads import FileUploadFactory
from tests.functional.flows.photographs import photograph, pixel
from tests.functional.uploads.tus import upload

NAME = "me.jpg"


def patch(client: Client, value: Any, op: str = "replace", of: Client | None = None) -> Any:
    operation = {"op": op, "path": "/profile_fileupload_guid"}
    if op != "remove":
        operation["value"] = value
    return client.patch_json(f"/api/v1/users/{(of or client).account.guid}", [operation])


def sent(client: Client, *files: tuple[str, bytes]) -> str:
    """Upload files, and return the guid of the transaction."""
    transaction = str(uuid4())
    for name, content in files or ((NAME, photograph()),):
        assert upload(client, content, name, transaction).status_int == 204
    return transaction


def picture(client: Client, document: Any) -> bytes:
    """Return the bytes of the picture in the document of an account."""
    response = client.get(document["profile_fileupload"]["src"])
    assert response.headers["Content-Type"] == "image/jpeg"
    body: bytes = response.body
    return body


def file_uploads(db: Session) -> list[str]:
    return [str(guid) for guid in db.scalars(select(FileUpload.guid))]


@pytest.mark.parametrize("op", ["add", "replace"])
def test_upload_becomes_the_picture(user: Client, anonymous: Client, db: Session, op: str) -> None:
    changed = patch(user, {"transactionId": sent(user), "path": NAME}, op)
    assert changed.status_int == 200
    shown = changed.json["profile_fileupload"]
    assert shown == {"guid": shown["guid"], "src": f"/api/v1/fileuploads/src/{shown['guid']}"}
    assert Image.open(BytesIO(picture(anonymous, changed.json))).size == (400, 300)
    assert list(db.scalars(select(Upload))) == []
    for address in ("me", user.account.guid):
        assert user.get(f"/api/v1/users/{address}").json["profile_fileupload"] == shown
    public = anonymous.get(f"/api/v1/users/{user.account.guid}").json
    assert public["profile_fileupload"] == shown
    image = anonymous.get(f"/api/v1/users/{user.account.guid}/profile_image")
    assert image.headers["Content-Type"] == "image/jpeg"
    assert image.headers["Cache-Control"] == "public, max-age=43200"
    assert image.body == picture(anonymous, changed.json)


def test_lists_show_it_without_further_statements(
    user: Client, admin: Client, statements: list[str]
) -> None:
    statements.clear()
    listed = admin.get("/api/v1/users").json
    few = len(statements)
    assert [each["profile_fileupload"] for each in listed] == [None, None]
    shown = patch(user, {"transactionId": sent(user)}).json["profile_fileupload"]
    statements.clear()
    listed = admin.get("/api/v1/users").json
    assert [each["profile_fileupload"] for each in listed] == [shown, None]
    assert len(statements) == few
    statements.clear()
    assert user.get("/api/v1/users/me").json["profile_fileupload"] == shown
    assert not any("FROM file_upload" in statement for statement in statements)


def test_it_is_upright_and_without_its_location(user: Client) -> None:
    sideways = photograph(orientation=6)
    assert b"Exif" in sideways
    changed = patch(user, {"transactionId": sent(user, (NAME, sideways))})
    shown = picture(user, changed.json)
    assert Image.open(BytesIO(shown)).size == (300, 400)
    assert pixel(shown, 290, 10) == "red"
    assert b"Exif" not in shown


def test_file_is_chosen_by_path(user: Client, db: Session) -> None:
    files = ((name, photograph(size, size)) for name, size in (("a", 10), (NAME, 20), ("b", 30)))
    changed = patch(user, {"transactionId": sent(user, *files), "path": NAME})
    assert Image.open(BytesIO(picture(user, changed.json))).size == (20, 20)
    assert list(db.scalars(select(Upload))) == []


class TestCropping:
    def test_crop_replaces_the_picture(self, user: Client, db: Session) -> None:
        whole = patch(user, {"transactionId": sent(user)}).json["profile_fileupload"]
        crop = {"x": 10.4, "y": 20.6, "width": 100.2, "height": 99.7}
        changed = patch(user, {"guid": whole["guid"], "crop": crop})
        assert changed.status_int == 200
        part = changed.json["profile_fileupload"]
        # The address differs, because browsers cache the previous picture.
        assert part["guid"] != whole["guid"]
        assert Image.open(BytesIO(picture(user, changed.json))).size == (101, 99)
        assert user.get(whole["src"]).status_int == 404
        assert file_uploads(db) == [part["guid"]]

    def test_upload_is_cropped_at_once(self, user: Client, db: Session) -> None:
        crop = {"x": 0, "y": 0, "width": 50, "height": 40}
        changed = patch(user, {"transactionId": sent(user), "path": NAME, "crop": crop})
        assert Image.open(BytesIO(picture(user, changed.json))).size == (50, 40)
        assert file_uploads(db) == [changed.json["profile_fileupload"]["guid"]]

    def test_guid_alone_changes_nothing(self, user: Client) -> None:
        whole = patch(user, {"transactionId": sent(user)}).json["profile_fileupload"]
        assert patch(user, {"guid": whole["guid"]}).json["profile_fileupload"] == whole

    @pytest.mark.parametrize(
        "crop",
        [
            {"x": 500, "y": 0, "width": 5, "height": 5},
            {"x": 0, "y": 0, "width": 0, "height": 5},
            {"x": 0, "y": 0, "width": -5, "height": 5},
            {"x": 0, "y": 0, "width": 1e300, "height": 5},
            {"x": 0, "y": 0, "width": 5},
            {"x": 0, "y": 0, "width": 5, "height": 5, "angle": 5},
            {"x": "0", "y": 0, "width": 5, "height": 5},
            5,
        ],
    )
    def test_invalid_rectangles_change_nothing(self, user: Client, db: Session, crop: Any) -> None:
        whole = patch(user, {"transactionId": sent(user)}).json["profile_fileupload"]
        assert patch(user, {"guid": whole["guid"], "crop": crop}).status_int == 422
        assert user.get("/api/v1/users/me").json["profile_fileupload"] == whole
        assert file_uploads(db) == [whole["guid"]]


class TestRemoving:
    def test_picture_is_removed_with_its_file(self, user: Client, db: Session) -> None:
        patch(user, {"transactionId": sent(user)})
        assert patch(user, None, "remove").json["profile_fileupload"] is None
        assert file_uploads(db) == []
        assert patch(user, None, "remove").status_int == 200

    def test_previous_picture_is_deleted(self, user: Client, db: Session) -> None:
        patch(user, {"transactionId": sent(user)})
        changed = patch(user, {"transactionId": sent(user)})
        assert file_uploads(db) == [changed.json["profile_fileupload"]["guid"]]

    def test_picture_is_removed_with_the_account(
        self, user: Client, admin: Client, db: Session
    ) -> None:
        patch(user, {"transactionId": sent(user)})
        assert admin.delete(f"/api/v1/users/{user.account.guid}").status_int == 204
        assert file_uploads(db) == []


class TestRefusing:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ({}, '"transactionId" or "guid" is mandatory'),
            ({"path": NAME}, '"transactionId" or "guid" is mandatory'),
            ({"transactionId": str(uuid4()), "guid": str(uuid4())}, "is mandatory"),
            ({"transactionId": "x"}, "Not a valid UUID"),
            ({"transactionId": str(uuid4())}, "There is no upload"),
            ({"guid": str(uuid4())}, "The account has no picture"),
            ("me.jpg", "Not a valid mapping"),
            (None, "may not be null"),
        ],
    )
    def test_invalid_values(self, user: Client, value: Any, text: str) -> None:
        refused = patch(user, value)
        assert refused.status_int == 422
        assert text in refused.json["message"]

    def test_picture_of_another_account(self, user: Client, other: Client) -> None:
        of_other = patch(other, {"transactionId": sent(other)}).json["profile_fileupload"]
        assert patch(user, {"guid": of_other["guid"]}).status_int == 422
        assert patch(user, {"guid": str(FileUploadFactory().guid)}).status_int == 422
        assert other.get(of_other["src"]).status_int == 200

    def test_upload_of_another_user(self, user: Client, other: Client) -> None:
        assert patch(user, {"transactionId": sent(other)}).status_int == 422

    def test_account_of_another_user(self, user: Client, other: Client, admin: Client) -> None:
        assert patch(user, {"transactionId": sent(user)}, of=other).status_int == 403
        assert patch(admin, {"transactionId": sent(admin)}, of=other).status_int == 200

    def test_several_files_without_a_name(self, user: Client, db: Session) -> None:
        transaction = sent(user, ("a", photograph(10, 10)), ("b", photograph(20, 20)))
        refused = patch(user, {"transactionId": transaction})
        assert refused.status_int == 422
        assert refused.json["message"] == "Need exactly 1 asset but found 2 assets"
        assert len(list(db.scalars(select(Upload)))) == 2

    @pytest.mark.parametrize(
        ("content", "text"),
        [
            (b"Zebras\n", "The file is not a picture of a known format."),
            (photograph(200, 200)[:-200], "The picture is damaged: it ends too early."),
        ],
    )
    def test_file_that_is_not_a_picture(
        self, user: Client, db: Session, content: bytes, text: str
    ) -> None:
        refused = patch(user, {"transactionId": sent(user, (NAME, content))})
        assert refused.status_int == 422
        assert refused.json["message"] == text
        assert file_uploads(db) == []
