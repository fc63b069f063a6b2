"""Answers that arrive at once: each request ends once, and the last one ends identification."""

from collections.abc import Iterator

import pytest
from pyramid.router import Router
from sqlalchemy.orm import Session

from houston.core.storage import StoredFile
from houston.domain import times
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.models import AssetGroup, UploadType
from houston.modules.assets.models import Asset
from houston.modules.audit_logs.models import AuditLog
from houston.modules.identification.models import IdentificationJob
from houston.modules.identification.services.requests import fail_request, locked, succeed
from houston.modules.jobs.models import Progress, ProgressStatus
from houston.modules.sightings.models import Encounter, Sighting, SightingStage
from houston.modules.users.models import User
from tests.factories.asset_groups import TIME
from tests.functional.at_once import Action, Sessions, at_once, committing

COMMITTED_MODELS = (
    IdentificationJob,
    Annotation,
    Asset,
    AssetGroup,
    StoredFile,
    Encounter,
    Sighting,
    Progress,
    User,
    AuditLog,
)
KEY = "0" * 64


@pytest.fixture(autouse=True)
def _with_site() -> None:
    """Override the fixture, because rows of these tests are committed."""


@pytest.fixture
def factory(app: Router, database_url: str) -> Iterator[Sessions]:
    """Yield a factory of sessions that commit, and delete their rows afterwards."""
    with committing(database_url, COMMITTED_MODELS) as factory:
        yield factory


@pytest.fixture
def requests(factory: Sessions) -> list[IdentificationJob]:
    """Return the two active requests of a sighting."""
    with factory.begin() as db:
        progress = Progress(description="all", status=ProgressStatus.HEALTHY)
        owner = User(username="ada", email="ada@example.org", password="")
        db.add_all([progress, owner, StoredFile(key=KEY, size=1)])
        db.flush()
        group = AssetGroup(owner_guid=owner.guid, upload_type=UploadType.FORM)
        sighting = Sighting(
            stage=SightingStage.IDENTIFICATION,
            observed=times.read(TIME)[0],
            progress_identification=progress,
        )
        encounter = Encounter(owner_guid=owner.guid)
        sighting.encounters.append(encounter)
        db.add_all([group, sighting])
        db.flush()
        asset = Asset(
            owner_guid=owner.guid,
            asset_group_guid=group.guid,
            filename="zebra.jpg",
            mime_type="image/jpeg",
            size=1,
            file_key=KEY,
        )
        rows = [
            IdentificationJob(
                sighting=sighting,
                annotation=Annotation(
                    asset=asset,
                    ia_class="zebra",
                    viewpoint="left",
                    bounds={},
                    encounter_guid=encounter.guid,
                ),
                algorithm="hotspotter_nosv",
                progress=Progress(description="one", parent_guid=progress.guid),
            )
            for _ in range(2)
        ]
        db.add_all(rows)
        db.flush()
        db.expunge_all()
    return rows


def end(request: IdentificationJob, reason: str | None = None) -> Action:
    """Return the function that ends a request, if it is active."""

    def do(db: Session) -> None:
        row = locked(db, request.guid)
        if row is None:
            return
        if reason is None:
            succeed(db, row)
        else:
            fail_request(db, row, reason)

    return do


def test_last_two_answers(factory: Sessions, requests: list[IdentificationJob]) -> None:
    first, second = requests
    at_once(factory, end(first), end(second))
    with factory() as db:
        sighting = db.get_one(Sighting, first.sighting_guid)
        assert sighting.stage is SightingStage.UN_REVIEWED
        assert sighting.progress_identification is not None
        assert sighting.progress_identification.status is ProgressStatus.COMPLETED


def test_two_answers_to_one_request(factory: Sessions, requests: list[IdentificationJob]) -> None:
    request = requests[0]
    at_once(factory, end(request), end(request, "too late"))
    with factory() as db:
        row = db.get_one(IdentificationJob, request.guid)
        assert (row.success, row.failure_reason) == (True, None)
        assert row.sighting.stage is SightingStage.IDENTIFICATION, "the other one is active"
