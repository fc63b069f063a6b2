"""Concurrent changes: the second sees the result of the first, and no change is lost."""

from collections.abc import Iterator
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from pyramid.router import Router
from sqlalchemy import select
from sqlalchemy.orm import Session

from houston.core.api.patch import Change
from houston.core.events import Events
from houston.core.services import Services
from houston.core.storage import StoredFile
from houston.modules.asset_groups.models import (
    AssetGroup,
    AssetGroupSighting,
    Stage,
    UploadType,
    asset_group_sighting_asset,
)
from houston.modules.asset_groups.services.curation import update_sighting
from houston.modules.asset_groups.services.groups import delete_asset_group
from houston.modules.asset_groups.services.stages import SightingCreator, commit_sighting
from houston.modules.assets.events import AssetPrepared
from houston.modules.assets.models import Asset, AssetState
from houston.modules.audit_logs.models import AuditLog
from houston.modules.jobs.models import Progress
from houston.modules.jobs.services import create_progress
from houston.modules.sightings.models import Sighting
from houston.modules.users.models import User
from tests.factories.asset_groups import TIME
from tests.functional.at_once import Action, Sessions, at_once, committing
from tests.parts import replaced

COMMITTED_MODELS = (AssetGroupSighting, Asset, AssetGroup, Progress, StoredFile, User, AuditLog)


@pytest.fixture(autouse=True)
def site() -> None:
    """Override the fixture, because rows of these tests are committed."""


@pytest.fixture
def factory(app: Router, database_url: str) -> Iterator[Sessions]:
    """Yield a factory of sessions that commit, and delete their rows afterwards."""
    with committing(database_url, COMMITTED_MODELS) as factory:
        yield factory


@pytest.fixture
def guids(factory: Sessions) -> dict[str, Any]:
    """Return the guids of a sighting with two assets in preparation."""
    with factory.begin() as db:
        owner = User(username="ada", email="ada@example.org", password="")
        db.add_all([owner, StoredFile(key="0" * 64, size=1)])
        db.flush()
        group = AssetGroup(
            owner_guid=owner.guid,
            upload_type=UploadType.FORM,
            progress_preparation=create_progress(db, "Preparation"),
            progress_detection=create_progress(db, "Detection"),
        )
        db.add(group)
        db.flush()
        sighting = AssetGroupSighting(asset_group=group, stage=Stage.PREPARATION, sighting={})
        assets = [
            Asset(
                owner_guid=owner.guid,
                asset_group_guid=group.guid,
                filename=f"{number}.jpg",
                mime_type="image/jpeg",
                size=1,
                file_key="0" * 64,
            )
            for number in range(2)
        ]
        db.add_all([sighting, *assets])
        db.flush()
        for asset in assets:
            db.execute(
                asset_group_sighting_asset.insert().values(
                    asset_guid=asset.guid, asset_group_sighting_guid=sighting.guid, position=0
                )
            )
        return {
            "group": group.guid,
            "sighting": sighting.guid,
            "assets": [asset.guid for asset in assets],
        }


def test_last_two_pictures(services: Services, factory: Sessions, guids: dict[str, Any]) -> None:
    def end(guid: UUID) -> Action:
        def do(db: Session) -> None:
            asset = db.get_one(Asset, guid)
            asset.state = AssetState.READY
            db.flush()
            services[Events].publish(db, AssetPrepared(asset))

        return do

    at_once(factory, *(end(guid) for guid in guids["assets"]))
    with factory() as db:
        assert db.get_one(AssetGroup, guids["group"]).progress_preparation.complete
        assert db.get_one(AssetGroupSighting, guids["sighting"]).stage is Stage.CURATION


def test_two_changes(services: Services, factory: Sessions, guids: dict[str, Any]) -> None:
    def change(**values: str) -> Action:
        def do(db: Session) -> None:
            row = db.get_one(AssetGroupSighting, guids["sighting"])
            update_sighting(services, db, row, Change(values=dict(values)))

        return do

    at_once(factory, change(comments="Two."), change(verbatimLocality="Bank"))
    with factory() as db:
        stored = db.get_one(AssetGroupSighting, guids["sighting"]).sighting
        assert stored == {"comments": "Two.", "verbatimLocality": "Bank"}


def test_group_is_deleted_while_it_is_committed(
    app: Router, services: Services, factory: Sessions, guids: dict[str, Any]
) -> None:
    with factory.begin() as db:
        row = db.get_one(AssetGroupSighting, guids["sighting"])
        row.stage, row.sighting = Stage.CURATION, dict(TIME)
    create = services[SightingCreator].create
    assert create is not None

    def delete() -> None:
        with factory.begin() as db:
            delete_asset_group(services, db, db.get_one(AssetGroup, guids["group"]))

    deletion = Thread(target=delete)

    def create_slowly(services: Services, db: Any, origin: AssetGroupSighting) -> Any:
        deletion.start()
        deletion.join(0.5)
        return create(services, db, origin)

    with replaced(app, SightingCreator(create_slowly)), factory.begin() as db:
        commit_sighting(services, db, db.get_one(AssetGroupSighting, guids["sighting"]))
    deletion.join(20)
    with factory() as db:
        left = [db.scalars(select(model.guid)).all() for model in (AssetGroup, Sighting, Asset)]
        assert left == [[], [], []]
