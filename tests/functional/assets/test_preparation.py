"""The preparation of assets by jobs."""

from collections.abc import Iterator
from typing import Any

import pytest
from pyramid.router import Router
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.events import Events
from houston.core.jobs import Job, Jobs, JobState
from houston.core.services import Services, services_of
from houston.core.storage import Storage, path_of
from houston.modules.assets.events import AssetPrepared
from houston.modules.assets.models import Asset, AssetState
from houston.modules.assets.services import create_assets
from houston.modules.uploads.models import Upload
from tests.clients_of_roles import Client
from tests.factories import services
from tests.factories.asset_groups import AssetGroupFactory
from tests.factories.assets import jpeg, stored
from tests.functional.assets.creation import create, upload
from tests.functional.flows.photographs import photograph, pixel
from tests.jobs import run_due_jobs

ASSETS = "/api/v1/assets"


@pytest.fixture
def group(user: Client) -> Any:
    return AssetGroupFactory(owner=user.account)


@pytest.fixture
def prepared(app: Router) -> Iterator[list[AssetState]]:
    """Yield the states of the assets in the preparation events."""
    events = services_of(app)[Events]
    states: list[AssetState] = []
    subscriber = AssetPrepared, lambda _services, _db, event: states.append(event.asset.state)
    events._subscribers.append(subscriber)
    yield states
    events._subscribers.remove(subscriber)


def sizes(asset: Asset) -> dict[str, tuple[int, int]]:
    return {image.format: (image.width, image.height) for image in asset.images}


class TestPreparation:
    def test_photograph_is_ready_with_its_images(
        self, db: Session, group: Any, user: Client, prepared: list[AssetState]
    ) -> None:
        photograph = upload(jpeg(1000, 664), width=1000, height=664, captured="2021-05-04T03:02:01")
        (asset,) = create(db, group, photograph)
        assert asset.state is AssetState.READY
        assert sizes(asset) == {"master": (1000, 664), "mid": (1000, 664), "thumb": (256, 170)}
        assert asset.captured == "2021-05-04T03:02:01"
        assert prepared == [AssetState.READY]
        read = user.get(f"{ASSETS}/{asset.guid}").json
        assert read["state"] == "ready"
        assert read["filename"] == "zebra.jpg"
        assert read["dimensions"] == {"width": 1000, "height": 664}

    def test_other_files_are_ready_immediately(self, db: Session, group: Any) -> None:
        (asset,) = create(db, group, upload(b"seen at dusk", "text/plain"))
        assert asset.state is AssetState.READY
        assert asset.dimensions is None
        assert db.scalars(select(Job)).all() == []

    @pytest.mark.parametrize("content", [jpeg(800, 600)[:300], b"\xff\xd8\xff\xe0 not a JPEG"])
    def test_damaged_picture_keeps_its_original(
        self, db: Session, group: Any, user: Client, prepared: list[AssetState], content: bytes
    ) -> None:
        sound, damaged = create(
            db,
            group,
            upload(jpeg(), width=64, height=48),
            upload(content, width=800, height=600),
        )
        assert sound.state is AssetState.READY
        assert sorted(prepared) == [AssetState.DAMAGED, AssetState.READY]
        assert damaged.images == []
        assert services()[Storage].exists(damaged.file_key)
        read = user.get(f"{ASSETS}/{damaged.guid}").json
        assert read["state"] == "damaged"
        assert "damaged" in read["problem"]

    def test_truncated_picture_is_shown_and_marked(
        self, db: Session, group: Any, user: Client
    ) -> None:
        (asset,) = create(db, group, upload(photograph()[:-2], width=400, height=300))
        read = user.get(f"{ASSETS}/{asset.guid}").json
        assert read["state"] == "ready"
        assert read["problem"] == "The file ends too early: the picture is shown as far as it goes."
        assert pixel(user.get(f"{ASSETS}/src/{asset.guid}").body, 10, 10) == "red"

    def test_ready_asset_is_not_prepared_again(
        self, app: Router, db: Session, group: Any, prepared: list[AssetState]
    ) -> None:
        (asset,) = create(db, group, upload(jpeg(), width=64, height=48))
        job = db.scalars(select(Job)).one()
        assert job.state is JobState.DONE
        job.state = JobState.PENDING  # simulates the end of the worker before the commit
        db.commit()
        run_due_jobs(services_of(app))
        db.expire_all()
        assert job.attempts == 2
        assert prepared == [AssetState.READY]
        assert len(asset.images) == 3

    def test_job_without_attempts_left_marks_the_asset_as_damaged(
        self, app: Router, db: Session, group: Any, prepared: list[AssetState]
    ) -> None:
        photograph = upload(jpeg(), width=64, height=48)
        services()[Storage].backend.remove(path_of(str(photograph.file_key)))
        (asset,) = create(db, group, photograph)
        assert asset.state is AssetState.PENDING
        job = db.scalars(select(Job)).one()
        job.attempts, job.run_after = job.max_attempts - 1, utc_now()
        db.commit()
        run_due_jobs(services_of(app))
        db.expire_all()
        assert asset.state is AssetState.DAMAGED
        assert asset.problem == "The picture could not be prepared."
        assert prepared == [AssetState.DAMAGED]

    def test_number_of_statements_does_not_grow(
        self, services: Services, db: Session, group: Any, statements: list[str]
    ) -> None:
        key = stored(b"seen at dusk").key
        each = {"filename": "zebra.jpg", "size": 12, "file_key": key, "mime_type": "image/jpeg"}
        uploads = [("zebra.jpg", Upload(**each)) for _ in range(2000)]
        statements.clear()
        assets = create_assets(
            services[Jobs], db, uploads, asset_group_guid=group.guid, owner_guid=group.owner_guid
        )
        assert len(statements) < 10
        assert [asset.position for asset in assets] == list(range(2000))
        assert len(db.scalars(select(Job.guid)).all()) == 2000
