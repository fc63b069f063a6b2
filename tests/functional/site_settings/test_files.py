"""Images and videos of the site, which are set by the transaction of their upload."""

from typing import Any
from uuid import uuid4

import pytest
from pyramid.router import Router
from sqlalchemy import func, select

from houston.core.db.session import Session
from houston.modules.fileuploads.models import FileUpload
from tests.clients_of_roles import Client
from tests.factories.assets import jpeg
from tests.functional.flows.web_client import WebClient, transaction
from tests.functional.site_settings.conftest import DATA, entry, post

BY_TRANSACTION = "The File API should only be used for manipulating files via a transactionId"


@pytest.fixture
def uploaded(app: Router, admin: Client) -> Any:
    """Return a function that uploads files and returns the value for the first of them."""
    client = WebClient(app)
    client._client = admin

    def upload(*names: str, content: bytes = b"") -> dict[str, str]:
        files = transaction()
        for name in names:
            client.upload(name, content or jpeg(), files)
        return {"transactionId": files, "transactionPath": names[0]}

    return upload


def count(db: Session) -> int:
    return db.scalar(select(func.count()).select_from(FileUpload)) or 0


def test_picture_is_set_among_others_and_shown(
    admin: Client, anonymous: Client, uploaded: Any
) -> None:
    value = uploaded("logo.jpg", "other.jpg")
    response = admin.post_json(f"{DATA}/", {"value": {"logo": value, "site.name": "Zebras"}})
    assert response.status_int == 200, response.json
    guid = anonymous.get(f"{DATA}/logo").json["value"]
    images = entry(anonymous, "site.images")
    assert images == {"logo": f"/api/v1/fileuploads/src/{guid}"}
    picture = anonymous.get(images["logo"])
    assert (picture.status_int, picture.content_type) == (200, "image/jpeg")
    assert picture.body == jpeg()


def test_the_only_file_needs_no_name(admin: Client, uploaded: Any) -> None:
    value = {"transactionId": uploaded("logo.jpg")["transactionId"]}
    assert post(admin, "splashImage", value).status_int == 200


def test_picture_is_replaced(admin: Client, db: Session, uploaded: Any) -> None:
    first = post(admin, "logo", uploaded("a.jpg", content=jpeg(color="red"))).json["value"]
    second = post(admin, "logo", uploaded("b.jpg")).json["value"]
    assert first != second
    assert count(db) == 1
    assert entry(admin, "site.images")["logo"].endswith(second)


@pytest.mark.parametrize("how", ["delete", "null", "null among others", "patch"])
def test_picture_is_removed(admin: Client, db: Session, uploaded: Any, how: str) -> None:
    post(admin, "logo", uploaded("logo.jpg"))
    requests = {
        "delete": lambda: admin.delete(f"{DATA}/logo"),
        "null": lambda: post(admin, "logo", None),
        "null among others": lambda: admin.post_json(DATA, {"value": {"logo": None}}),
        "patch": lambda: admin.patch_json(DATA, [{"op": "remove", "path": "logo"}]),
    }
    assert requests[how]().status_int in (200, 204)
    assert count(db) == 0
    assert entry(admin, "site.images") == {}
    assert admin.get(f"{DATA}/logo").json["value"] is None


@pytest.mark.parametrize("value", [{}, "x", {"transactionId": "x"}, {"transactionPath": "x"}])
def test_value_must_be_a_transaction(admin: Client, value: Any) -> None:
    response = post(admin, "logo", value)
    assert response.status_int == 422
    assert response.json["messages"] == {"logo": [BY_TRANSACTION]}


def test_unknown_upload_is_refused(admin: Client, uploaded: Any) -> None:
    assert post(admin, "logo", {"transactionId": str(uuid4())}).status_int == 422
    several = {"transactionId": uploaded("a.jpg", "b.jpg")["transactionId"]}
    response = post(admin, "logo", several)
    assert response.status_int == 422
    assert list(response.json["messages"]) == ["logo"]


def test_other_file_types_are_refused_and_remain_uploaded(
    admin: Client, db: Session, uploaded: Any
) -> None:
    picture = uploaded("film.mp4")
    response = post(admin, "splashVideo", picture)
    assert response.status_int == 422
    text = "splashVideo must be one of video/mp4, video/webm, not image/jpeg"
    assert response.json["message"] == text
    assert count(db) == 0
    assert post(admin, "logo", picture).status_int == 200


def test_invalid_value_of_another_key_leaves_the_upload(
    admin: Client, db: Session, uploaded: Any
) -> None:
    value = uploaded("logo.jpg")
    assert admin.post_json(DATA, {"logo": value, "site.name": 5}).status_int == 422
    assert count(db) == 0
    assert post(admin, "logo", value).status_int == 200
