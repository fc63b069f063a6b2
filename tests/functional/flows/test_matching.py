"""Flow B5: the match results of a sighting, and matching again."""

from collections.abc import Iterator
from typing import Any

import pytest
from pyramid.router import Router

from houston.core.db.session import Database
from houston.core.jobs import Jobs
from houston.core.services import services_of
from tests.functional.flows.conftest import REGION, RIVER
from tests.functional.flows.photographs import photograph
from tests.functional.flows.test_curation import Page
from tests.functional.flows.test_report import report
from tests.functional.flows.web_client import WebClient, transaction
from tests.stand_ins.sage import StandInSage, installed

ALGORITHM = "hotspotter_nosv"
ANYWHERE = {"algorithms": [ALGORITHM], "matching_set": {}}
IN_REGION = {
    "algorithms": [ALGORITHM],
    "matching_set": {
        "bool": {
            "minimum_should_match": 1,
            "should": [
                {"term": {"git_store_guid": "_MACRO_annotation_git_store_guid"}},
                {
                    "bool": {
                        "filter": [
                            {"terms": {"locationId": [REGION, RIVER]}},
                            {"exists": {"field": "encounter_guid"}},
                        ]
                    }
                },
            ],
            "must": {"bool": "_MACRO_annotation_neighboring_viewpoints_clause"},
        }
    },
}


@pytest.fixture
def sage(app: Router) -> Iterator[StandInSage]:
    """Yield a Sage that holds its jobs."""
    with StandInSage() as sage, installed(app, sage):
        sage.holding = sage.lose_callbacks = True
        yield sage


def committed(jane: WebClient, taxonomy: str, width: int) -> dict[str, Any]:
    """Report, annotate and commit an animal; return the sighting."""
    files = transaction()
    jane.upload("zebra.jpg", photograph(width), files)
    body = report(taxonomy, ["zebra.jpg"], transactionId=files)
    group = jane.mutate("POST", "/asset_groups/", body).json
    page = Page(jane, group["asset_group_sightings"][0]["guid"])
    pending = page.poll()
    page.assign(page.draw(pending["assets"][0]["guid"]), pending["encounters"][0]["guid"])
    configured = [{"op": "replace", "path": "/idConfigs", "value": [ANYWHERE]}]
    jane.mutate("PATCH", f"/asset_groups/sighting/{page.guid}", configured)
    address = f"/asset_groups/sighting/{page.guid}/commit"
    sighting: dict[str, Any] = jane.mutate("POST", address).json
    return sighting


def finish(sage: StandInSage, app: Router) -> None:
    """Complete the jobs of the image analysis, and collect their results."""
    sage.finish()
    services = services_of(app)
    with services[Database].transaction() as db:
        services[Jobs].enqueue(db, "identification.poll")


def test_results_are_shown_and_made_again(
    app: Router, jane: WebClient, taxonomy: str, sage: StandInSage
) -> None:
    known = committed(jane, taxonomy, 400)
    sighting = committed(jane, taxonomy, 500)
    address = f"/sightings/{sighting['guid']}"
    status = jane.get(address).json["pipeline_status"]["identification"]
    assert (status["inProgress"], status["complete"]) == (True, False)
    (query,) = jane.get(f"{address}/id_result").json["query_annotations"]
    assert query["algorithms"] == {}

    finish(sage, app)
    assert jane.get(address).json["pipeline_status"]["identification"]["complete"] is True
    results = jane.get(f"{address}/id_result").json
    (query,) = results["query_annotations"]
    algorithm = query["algorithms"][ALGORITHM]
    (candidate,) = algorithm["scores_by_individual"]
    assert max(each["score"] for each in algorithm["scores_by_annotation"]) == 1.5
    for guid in (query["guid"], candidate["guid"]):
        data = results["annotation_data"][guid]
        assert data["individual_guid"] is None, "not the text None"
        assert data["asset_dimensions"].keys() == {"width", "height"}
        assert data["bounds"].keys() == {"rect", "theta"}
        image = data["image_url"]
        assert jane.image(image[image.index("/api/v1") :])
        assert jane.get(f"/encounters/{data['encounter_guid']}").json["annotations"]
    assert results["annotation_data"][candidate["guid"]]["sighting_guid"] == known["guid"]
    assert jane.image(candidate["heatmap_src"]) == sage.heatmap

    again = jane.mutate("POST", f"{address}/rerun_id", [IN_REGION]).json
    assert again["pipeline_status"]["identification"]["inProgress"] is True
    finish(sage, app)
    (query,) = jane.get(f"{address}/id_result").json["query_annotations"]
    assert query["status"] == "complete"
    assert len(query["algorithms"][ALGORITHM]["scores_by_individual"]) == 1


def test_without_an_image_analysis_there_are_no_candidates(jane: WebClient, taxonomy: str) -> None:
    sighting = committed(jane, taxonomy, 400)
    results = jane.get(f"/sightings/{sighting['guid']}/id_result").json
    (query,) = results["query_annotations"]
    assert query["algorithms"] == {}
    assert query["failure_reason"] == "No image analysis is configured on this server."
    assert results["annotation_data"].keys() == {query["guid"]}
    assert results["individual_data"] == {}
