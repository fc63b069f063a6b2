"""Submissions: what comes of a report, whoever sends it."""

from sqlalchemy import select

from houston.core.db.session import Session
from houston.modules.asset_groups.models import AssetGroupSighting, Stage
from tests.clients_of_roles import Client
from tests.functional.asset_groups.reports import (
    ASSET_GROUPS,
    REGION,
    TAXONOMY,
    encounter,
    form,
    sighting,
    upload,
)


class TestForm:
    def test_report_with_photographs(self, researcher: Client, db: Session) -> None:
        names = ["IMG_1.jpg", "zèbre 🦓.jpg"]
        transaction = upload(*names, owner=researcher.account)
        told = sighting(
            assetReferences=names,
            decimalLatitude=0,
            decimalLongitude="35.5",
            encounters=[encounter(), encounter(sex=None, taxonomy="")],
        )
        answer = researcher.post_json(ASSET_GROUPS, form(told, transactionId=transaction))
        assert answer.status_int == 200, answer.json
        group = answer.json
        assert group["creator"]["guid"] == str(researcher.account.guid)
        assert group["pipeline_status"]["preparation"]["inProgress"] is True
        assert [asset["filename"] for asset in group["assets"]] == names
        (shown,) = group["asset_group_sightings"]
        assert shown["stage"] == "preparation"
        assert [asset["filename"] for asset in shown["assets"]] == names
        assert shown["config"]["sighting"]["locationId"] == REGION
        assert shown["config"]["sighting"]["decimalLatitude"] == 0
        assert shown["config"]["sighting"]["decimalLongitude"] == 35.5
        assert shown["config"]["sighting"]["encounters"][0]["taxonomy"] == TAXONOMY
        assert shown["numberEncounters"] == 2
        row = db.scalars(select(AssetGroupSighting)).one()
        assert row.stage is Stage.CURATION, "the job has run after the answer"

    def test_without_photographs_it_is_curated_at_once(self, researcher: Client) -> None:
        answer = researcher.post_json(ASSET_GROUPS, form())
        assert answer.status_int == 200, answer.json
        (shown,) = answer.json["asset_group_sightings"]
        address = f"{ASSET_GROUPS}/sighting/as_sighting/{shown['guid']}"
        pending = researcher.get(address).json
        status = pending["pipeline_status"]
        assert pending["stage"] == "curation"
        assert pending["curation_start_time"]
        assert status["preparation"]["complete"] is True
        assert status["detection"]["skipped"] is True
        assert status["detection"]["message"] == "No assets were submitted"
        assert status["curation"]["skipped"] is True
        assert pending["hasEdit"] is True
        assert pending["speciesDetectionModel"] == ["None"]
