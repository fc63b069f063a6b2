"""Committing: passing a sighting to the module that stores sightings."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from houston.core.errors import Unprocessable
from houston.core.services import Services
from houston.modules.asset_groups.models import AssetGroupSighting, Stage
from houston.modules.asset_groups.services.stages import SightingCreator
from tests.clients_of_roles import Client
from tests.factories.asset_groups import TIME, AssetGroupSightingFactory, EncounterFactory
from tests.functional.asset_groups.reports import (
    ASSET_GROUPS,
    REGION,
    change,
    form,
    sighting,
    table,
)


class Recorder:
    """A SightingCreator that records sightings, or refuses them."""

    def __init__(self) -> None:
        self.recorded: dict[UUID, dict[str, Any]] = {}
        self.refusal: Exception | None = None

    def __call__(self, _db: Session, reported: AssetGroupSighting) -> UUID:
        if self.refusal is not None:
            raise self.refusal
        guid = uuid4()
        self.recorded[guid] = reported.config
        return guid


@pytest.fixture
def recorder(services: Services, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Install the recorder in place of a module that stores sightings."""
    recorder = Recorder()
    monkeypatch.setattr(services[SightingCreator], "create", recorder)
    return recorder


@pytest.fixture
def row(recorder: Recorder, researcher: Client) -> AssetGroupSighting:
    """Return a sighting that can be committed."""
    row = AssetGroupSightingFactory(
        asset_group__owner=researcher.account, sighting={**TIME, "locationId": REGION}
    )
    EncounterFactory(asset_group_sighting=row, encounter={"sex": "male"})
    return row


def commit(client: Client, row: Any) -> Any:
    return client.post(f"{ASSET_GROUPS}/sighting/{row.guid}/commit")


def test_commit_creates_a_sighting(researcher: Client, recorder: Recorder, row: Any) -> None:
    response = commit(researcher, row)
    assert response.status_int == 200, response.json
    ((guid, recorded),) = recorder.recorded.items()
    assert recorded["sighting"]["encounters"][0]["sex"] == "male"
    pending = researcher.get(f"{ASSET_GROUPS}/sighting/as_sighting/{row.guid}").json
    assert pending["sightingGuid"] == response.json["sightingGuid"] == str(guid)
    assert pending["stage"] == "processed"
    assert pending["pipeline_status"]["curation"]["complete"] is True
    assert researcher.get("/api/v1/users/me").json["unprocessed_asset_groups"] == []
    again = commit(researcher, row)
    assert again.status_int == 409
    assert again.json["message"] == (
        f"AssetGroupSighting {row.guid} is currently in processed, not curating cannot commit"
    )
    assert len(recorder.recorded) == 1


def test_group_is_processed_when_all_sightings_are(
    researcher: Client, recorder: Recorder, row: Any
) -> None:
    AssetGroupSightingFactory(asset_group=row.asset_group)
    commit(researcher, row)
    (group,) = researcher.get("/api/v1/users/me").json["unprocessed_asset_groups"]
    assert group == {"uuid": str(row.asset_group.guid), "uploadType": "form"}


@pytest.mark.parametrize("stage", [Stage.PREPARATION, Stage.DETECTION])
def test_only_sightings_in_curation(
    researcher: Client, db: Session, recorder: Recorder, row: Any, stage: Stage
) -> None:
    row.stage = stage
    db.commit()
    response = commit(researcher, row)
    assert response.status_int == 409
    assert f"is currently in {stage}, not curating cannot commit" in response.json["message"]
    assert recorder.recorded == {}


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({}, "has no metadata"),
        ({"locationId": REGION}, "Must have time/timeSpecificity values"),
        (
            {**TIME, "time": "yesterday"},
            "Problem with sighting time/timeSpecificity values: "
            "time field is not a valid datetime: yesterday",
        ),
        (
            {**TIME, "customFields": {"gone": 1}},
            "Problem with customFields value(s): {'gone': ",
        ),
    ],
)
def test_incomplete_sightings_are_refused(
    researcher: Client, db: Session, recorder: Recorder, row: Any, values: Any, text: str
) -> None:
    row.sighting = values
    db.commit()
    response = commit(researcher, row)
    assert response.status_int == 422
    assert text in response.json["message"]
    assert recorder.recorded == {}


def test_creator_may_refuse(researcher: Client, db: Session, recorder: Recorder, row: Any) -> None:
    recorder.refusal = Unprocessable("There is no room.")
    assert commit(researcher, row).json["message"] == "There is no room."
    db.refresh(row)
    assert (row.stage, row.sighting_guid) == (Stage.CURATION, None)


def test_commit_requires_a_creator(researcher: Client) -> None:
    row = AssetGroupSightingFactory(asset_group__owner=researcher.account)
    response = commit(researcher, row)
    assert response.status_int == 409
    assert response.json["message"].startswith("This server has no sightings yet")


class TestWithoutPhotographs:
    def test_it_is_committed_automatically(self, researcher: Client, recorder: Recorder) -> None:
        group = researcher.post_json(ASSET_GROUPS, table(sighting(), sighting())).json
        guids = [each["guid"] for each in group["asset_group_sightings"]]
        assert len(recorder.recorded) == 2
        for guid in guids:
            pending = researcher.get(f"{ASSET_GROUPS}/sighting/as_sighting/{guid}").json
            assert UUID(pending["sightingGuid"]) in recorder.recorded
        assert researcher.get("/api/v1/users/me").json["unprocessed_asset_groups"] == []

    def test_refused_sighting_remains_in_curation(
        self, researcher: Client, recorder: Recorder
    ) -> None:
        recorder.refusal = Unprocessable("There is no room.")
        (shown,) = researcher.post_json(ASSET_GROUPS, form()).json["asset_group_sightings"]
        address = f"{ASSET_GROUPS}/sighting/as_sighting/{shown['guid']}"
        assert researcher.get(address).json["stage"] == "curation"
        recorder.refusal = None
        assert researcher.patch_json(address, [change("/comments", "")]).status_int == 200
        assert commit(researcher, type("Row", (), {"guid": shown["guid"]})).status_int == 200
