"""Rotation prepares a picture again, deletes its annotations, and keeps the original."""

from typing import Any
from uuid import uuid4

import pytest
from pyramid.router import Router
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.jobs import Job
from houston.core.services import services_of
from houston.modules.annotations.models import Annotation
from houston.modules.assets.models import Asset, AssetState
from houston.modules.keywords.models import Keyword
from tests.clients_of_roles import Client
from tests.factories.annotations import AnnotationFactory
from tests.factories.asset_groups import AssetGroupFactory
from tests.factories.assets import AssetFactory, jpeg
from tests.factories.keywords import KeywordFactory
from tests.functional.assets.creation import create, upload
from tests.jobs import run_due_jobs

ASSETS = "/api/v1/assets"


@pytest.fixture
def asset(db: Session, user: Client) -> Asset:
    """Return a photograph of `user` that is wider than it is high."""
    group = AssetGroupFactory(owner=user.account)
    (asset,) = create(db, group, upload(jpeg(400, 300), width=400, height=300))
    return asset


def rotate(client: Client, asset: Asset, *angles: Any, op: str = "replace") -> Any:
    operations = [
        {"op": op, "path": "/image", "value": {"rotate": {"angle": angle}}} for angle in angles
    ]
    return client.patch_json(f"{ASSETS}/{asset.guid}", operations)


def master(asset: Asset) -> tuple[int, int]:
    (image,) = (image for image in asset.images if image.format == "master")
    return image.width, image.height


@pytest.mark.parametrize(
    ("angles", "rotation", "size"),
    [
        ([90], 90, (300, 400)),
        ([180], 180, (400, 300)),
        ([270], 270, (300, 400)),
        ([450], 90, (300, 400)),
        ([90, 90], 180, (400, 300)),
        ([90, 270], 0, (400, 300)),
        ([30], 30, (400, 300)),
        ([30, 60], 90, (300, 400)),
        ([90, 20], 110, (400, 300)),
    ],
)
def test_rotation(
    user: Client, asset: Asset, db: Session, angles: list[int], rotation: int, size: tuple[int, int]
) -> None:
    asset.content_guid = uuid4()
    db.commit()
    original = asset.file_key
    response = rotate(user, asset, *angles)
    assert response.status_int == 200
    assert response.json["state"] == "pending"
    assert tuple(response.json["dimensions"].values()) == size
    db.expire_all()
    assert asset.state is AssetState.READY
    assert asset.rotation == rotation
    assert asset.version == 1 + len(angles)
    assert (asset.width, asset.height) == master(asset) == size
    assert len(asset.images) == 3
    assert asset.file_key == original
    assert asset.content_guid is None


@pytest.mark.parametrize("angle", [0, 360, 720])
def test_rotation_by_full_turns_changes_nothing(
    user: Client, asset: Asset, db: Session, angle: int
) -> None:
    AnnotationFactory(asset=asset)
    response = rotate(user, asset, angle, op="add")
    assert response.json["state"] == "ready"
    assert len(response.json["annotations"]) == 1
    db.expire_all()
    assert asset.version == 1


def test_annotations_and_their_unused_keywords_are_deleted(
    user: Client, asset: Asset, db: Session
) -> None:
    scar, notch = KeywordFactory(value="scar"), KeywordFactory(value="notch")
    AnnotationFactory.create_batch(2, asset=asset, keywords=[scar, notch])
    stored = AnnotationFactory(keywords=[notch])
    assert rotate(user, asset, 90).json["annotations"] == []
    assert db.scalars(select(Annotation.guid)).all() == [stored.guid]
    assert db.scalars(select(Keyword.value)).all() == ["notch"]


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"rotate": {"angle": -1}}, "rotate.angle"),
        ({"rotate": {"angle": "90"}}, "rotate.angle"),
        ({"rotate": {"angle": 1.5}}, "rotate.angle"),
        ({"rotate": {"angle": None}}, "rotate.angle"),
        ({"rotate": {}}, "rotate.angle"),
        ({"rotate": {"angle": 90, "unit": "radians"}}, "rotate.unit"),
        ({"rotate": 90}, "rotate"),
        ({"flip": {}}, "flip"),
        ({}, "rotate"),
    ],
)
def test_error_names_the_field(user: Client, asset: Asset, value: Any, field: str) -> None:
    operations = [{"op": "replace", "path": "/image", "value": value}]
    response = user.patch_json(f"{ASSETS}/{asset.guid}", operations)
    assert response.status_int == 422
    assert f"{field}: " in response.json["message"]
    assert user.get(f"{ASSETS}/{asset.guid}").json["state"] == "ready"


def test_other_and_damaged_files_cannot_be_rotated(user: Client, db: Session) -> None:
    group = AssetGroupFactory(owner=user.account)
    text = AssetFactory(
        asset_group=group, mime_type="text/plain", width=None, height=None, content=b"at dusk"
    )
    damaged = AssetFactory(asset_group=group, state=AssetState.DAMAGED)
    for asset in (text, damaged):
        assert rotate(user, asset, 90).status_int == 409


def test_result_for_another_version_is_discarded(
    app: Router, user: Client, asset: Asset, db: Session
) -> None:
    first = db.scalars(select(Job)).one()
    asset.state, asset.rotation, asset.version = AssetState.PENDING, 90, 2
    asset.images.clear()
    first.state = "pending"
    db.commit()
    run_due_jobs(services_of(app))
    db.expire_all()
    assert first.attempts == 2
    assert asset.state is AssetState.PENDING
    assert asset.images == []


def test_bulk_patch_rotates_several_assets(user: Client, asset: Asset, db: Session) -> None:
    (second,) = create(
        db, AssetGroupFactory(owner=user.account), upload(jpeg(80, 60), width=80, height=60)
    )
    operations = [
        {
            "op": "replace",
            "path": "/image",
            "value": {"rotate": {"angle": 90}},
            "guid": str(each.guid),
        }
        for each in (asset, second)
    ]
    assert user.patch_json(ASSETS, operations).status_int == 200
    db.expire_all()
    assert [master(each) for each in (asset, second)] == [(300, 400), (60, 80)]
