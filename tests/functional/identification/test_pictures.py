"""Heatmaps, and the pictures of candidates."""

from typing import Any

import pytest

from houston.core.db.session import Session
from houston.modules.identification.models import IdentificationScore
from tests.clients_of_roles import Client
from tests.factories.asset_groups import PublicUserFactory
from tests.factories.identification import (
    IdentificationJobFactory,
    IdentificationScoreFactory,
    SightedAnnotationFactory,
)
from tests.factories.sightings import EncounterFactory
from tests.factories.users import UserFactory
from tests.functional.identification.sightings import (
    ALGORITHM,
    ANNOTATIONS,
    SIGHTINGS,
    annotation_of,
    call_back,
    commit,
    result,
)
from tests.stand_ins.sage import Failure, StandInSage

HEATMAP = "query/graph/match/thumb/"


class TestHeatmaps:
    @pytest.fixture
    def address(
        self, researcher: Client, colleague: Client, machine: Client, sage: StandInSage
    ) -> str:
        """Return the address of the heatmap of a match."""
        commit(colleague, "left", color="red")
        shown = commit(researcher, "left")
        call_back(machine, sage)
        (query,) = result(researcher, shown)["query_annotations"]
        (scored,) = query["algorithms"][ALGORITHM]["scores_by_individual"]
        assert sage.calls_to(HEATMAP) == []
        source: str = scored["heatmap_src"]
        assert source.startswith(f"{ANNOTATIONS}/sage-heatmaps/src/")
        return source

    def test_it_is_fetched_once(self, researcher: Client, sage: StandInSage, address: str) -> None:
        for _ in range(2):
            response = researcher.get(address)
            assert (response.status_int, response.body) == (200, sage.heatmap)
            assert response.content_type == "image/jpeg"
        (call,) = sage.calls_to(HEATMAP)
        query, candidate = call.query["query_annot_uuid"], call.query["database_annot_uuid"]
        assert call.query["extern_reference"] == f"match-{query}"
        assert {query, candidate} == set(sage.annotations)

    def test_only_readers_of_the_results_get_it(
        self, anonymous: Client, user: Client, colleague: Client, address: str
    ) -> None:
        assert anonymous.get(address).status_int == 401
        assert user.get(address).status_int == 403
        assert colleague.get(address).status_int == 403

    @pytest.mark.parametrize(
        ("failure", "status"), [(Failure.BUSY, 503), (Failure.UNAUTHORIZED, 404)]
    )
    def test_failure_is_not_kept(
        self,
        researcher: Client,
        sage: StandInSage,
        address: str,
        failure: Failure,
        status: int,
    ) -> None:
        sage.fail_next(3 if status == 503 else 1, failure, HEATMAP)
        assert researcher.get(address).status_int == status
        assert researcher.get(address).status_int == 200

    def test_it_must_be_a_jpeg(self, researcher: Client, sage: StandInSage, address: str) -> None:
        sage.heatmap = b"\x89PNG\r\n\x1a\n"
        assert researcher.get(address).status_int == 404

    def test_others_do_not_exist(self, researcher: Client, sage: StandInSage) -> None:
        response = researcher.get(f"{ANNOTATIONS}/sage-heatmaps/src/..%2F..%2Fsecret.jpg")
        assert response.status_int == 404

    def test_match_without_reference_has_none(self, db: Session, researcher: Client) -> None:
        encounter = EncounterFactory(owner=researcher.account)
        annotation = SightedAnnotationFactory(encounter=encounter)
        job = IdentificationJobFactory(
            sighting=encounter.sighting, annotation=annotation, extern_reference=None
        )
        score: IdentificationScore = IdentificationScoreFactory(job=job)
        (query,) = result(researcher, {"guid": encounter.sighting_guid})["query_annotations"]
        (scored,) = query["algorithms"][ALGORITHM]["scores_by_individual"]
        assert scored["heatmap_src"] is None
        response = researcher.get(f"{ANNOTATIONS}/sage-heatmaps/src/{score.guid}")
        assert response.status_int == 404


def test_pictures_of_candidates_and_no_others(
    researcher: Client, colleague: Client, machine: Client, sage: StandInSage
) -> None:
    known = commit(colleague, "left", color="red")
    stranger = commit(colleague, "right", color="blue")
    shown = commit(researcher, "left")
    call_back(machine, sage)
    pictures = f"{SIGHTINGS}/{shown['guid']}/annotations/src"
    for guid in (annotation_of(shown), annotation_of(known)):
        response = researcher.get(f"{pictures}/{guid}")
        assert (response.status_int, response.content_type) == (200, "image/jpeg")
    response = researcher.get(f"{pictures}/{annotation_of(stranger)}")
    assert response.status_int == 404
    assert response.json["message"] == "Annotation not found in the ID results for this Sighting."
    assert researcher.get(f"{pictures}/{shown['guid']}").status_int == 404
    assert colleague.get(f"{pictures}/{annotation_of(known)}").status_int == 403


@pytest.mark.parametrize(
    ("roles", "status"), [(None, 401), ({}, 403), ({"is_researcher": True}, 200)]
)
def test_visitors_of_public_sightings_do_not_read_results(
    anonymous: Client, client_for: Any, roles: Any, status: int
) -> None:
    encounter = EncounterFactory(owner=PublicUserFactory())
    client = anonymous if roles is None else client_for(UserFactory(**roles))
    address = f"{SIGHTINGS}/{encounter.sighting_guid}"
    assert client.get(address).status_int == 200
    assert client.get(f"{address}/id_result").status_int == status
