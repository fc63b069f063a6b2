"""Matching sets: the annotations that an annotation is compared with."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from houston.core.db.session import Session
from houston.modules.sightings.models import SightingTaxonomy
from tests.clients_of_roles import Client
from tests.factories.annotations import AnnotationFactory
from tests.factories.asset_groups import AssetGroupFactory
from tests.factories.assets import AssetFactory
from tests.factories.identification import SightedAnnotationFactory
from tests.factories.sightings import EncounterFactory, SightingFactory
from tests.functional.asset_groups.reports import HEADING, NOWHERE, REGION, TAXONOMY

SETS = "/api/v1/annotations/matching_set"
VIEWPOINTS = "_MACRO_annotation_neighboring_viewpoints_clause"
STORE = "_MACRO_annotation_git_store_guid"
NEIGHBOURS = {"front", "frontleft", "left", "up", "upfront", "upfrontleft", "upleft"}


@pytest.fixture
def encounter(researcher: Client) -> Any:
    """Return an encounter of the researcher with a species and a region."""
    return EncounterFactory(
        owner=researcher.account, taxonomy_guid=UUID(TAXONOMY), location_guid=UUID(REGION)
    )


@pytest.fixture
def subject(encounter: Any) -> Any:
    """Return the annotation to compare."""
    return SightedAnnotationFactory(encounter=encounter, viewpoint="upfrontleft")


def other(**values: Any) -> str:
    """Create an annotation of another animal of the same species; return its guid."""
    values = {"encounter__taxonomy_guid": UUID(TAXONOMY), "viewpoint": "left", **values}
    return str(SightedAnnotationFactory(**values).guid)


def default_set(client: Client, subject: Any) -> set[str]:
    response = client.get(f"{SETS}/{subject.guid}")
    assert response.status_int == 200, response.json
    return set(response.json)


def found(client: Client, subject: Any, query: Any) -> set[str]:
    response = client.post_json(f"{SETS}/{subject.guid}", query)
    assert response.status_int == 200, response.json
    return set(response.json)


class TestDefault:
    def test_viewpoints_and_species(self, researcher: Client, subject: Any) -> None:
        wanted = {other(viewpoint=viewpoint) for viewpoint in NEIGHBOURS}
        for viewpoint in ("upright", "down", "unknown"):
            other(viewpoint=viewpoint)
        other(encounter__taxonomy_guid=uuid4())
        other(encounter__taxonomy_guid=None)
        assert default_set(researcher, subject) == wanted

    def test_species_of_sightings(self, db: Session, researcher: Client, subject: Any) -> None:
        sighting = SightingFactory(taxonomies=[SightingTaxonomy(taxonomy_guid=UUID(TAXONOMY))])
        guid = other(encounter__sighting=sighting, encounter__taxonomy_guid=None)
        assert default_set(researcher, subject) == {guid}

    def test_asset_group(self, researcher: Client, db: Session, subject: Any) -> None:
        group = AssetGroupFactory()
        subject.asset.asset_group_guid = group.guid
        db.commit()
        asset = AssetFactory(asset_group=group)
        guid = str(AnnotationFactory(asset=asset, viewpoint="left").guid)
        AnnotationFactory(asset=asset, viewpoint="right")
        assert default_set(researcher, subject) == {guid}

    def test_annotations_of_its_encounter_are_excluded(
        self, researcher: Client, encounter: Any, subject: Any
    ) -> None:
        SightedAnnotationFactory(encounter=encounter, viewpoint="left")
        sibling = other(encounter__sighting=encounter.sighting)
        assert default_set(researcher, subject) == {sibling}

    def test_unknown_viewpoint_restricts_nothing(
        self, db: Session, researcher: Client, subject: Any
    ) -> None:
        subject.viewpoint = "unknown"
        db.commit()
        wanted = {other(viewpoint="up"), other(viewpoint="down")}
        assert default_set(researcher, subject) == wanted

    def test_query(self, researcher: Client, subject: Any) -> None:
        store = str(subject.asset.asset_group_guid)
        query = researcher.get(f"{SETS}/query/{subject.guid}").json
        viewpoints = query["bool"]["must"]["bool"]["should"]
        assert {each["term"]["viewpoint"] for each in viewpoints} == NEIGHBOURS
        assert query["bool"]["should"] == [
            {"term": {"git_store_guid": store}},
            {
                "bool": {
                    "filter": [
                        {"match": {"taxonomy_guid": TAXONOMY}},
                        {"exists": {"field": "encounter_guid"}},
                    ]
                }
            },
        ]
        assert query["bool"]["minimum_should_match"] == 1
        other()
        assert found(researcher, subject, query) == default_set(researcher, subject)


class TestCustom:
    def test_query_of_the_web_client(self, researcher: Client, subject: Any) -> None:
        inside = other(encounter__location_guid=UUID(REGION))
        of_sighting = SightingFactory(location_guid=UUID(REGION))
        inherited = other(encounter__sighting=of_sighting, encounter__taxonomy_guid=None)
        other(encounter__location_guid=UUID(HEADING))
        other(encounter__location_guid=UUID(REGION), viewpoint="right")
        query = {
            "bool": {
                "minimum_should_match": 1,
                "should": [
                    {"term": {"git_store_guid": STORE}},
                    {
                        "bool": {
                            "filter": [
                                {"terms": {"locationId": [REGION]}},
                                {"exists": {"field": "encounter_guid"}},
                            ]
                        }
                    },
                ],
                "must": {"bool": VIEWPOINTS},
            }
        }
        assert found(researcher, subject, query) == {inside, inherited}

    @pytest.mark.parametrize(
        "macro", ["git_store_guid", "sighting_guid", "encounter_guid"], ids=str
    )
    def test_macros(self, researcher: Client, encounter: Any, subject: Any, macro: str) -> None:
        values = {
            "git_store_guid": subject.asset.asset_group_guid,
            "sighting_guid": encounter.sighting_guid,
            "encounter_guid": encounter.guid,
        }
        query = {"bool": {"must_not": [{"term": {macro: f"_MACRO_annotation_{macro}"}}]}}
        response = researcher.post_json(f"{SETS}/query/{subject.guid}", query)
        assert response.json == {"bool": {"must_not": [{"term": {macro: str(values[macro])}}]}}
        guid = other()
        assert found(researcher, subject, query) == {guid}

    def test_only_members_are_macros(self, researcher: Client, subject: Any) -> None:
        query = {"bool": {"filter": [{"terms": {"viewpoint": [VIEWPOINTS]}}], "must": "_MACRO_x"}}
        response = researcher.post_json(f"{SETS}/query/{subject.guid}", query)
        assert response.json == query

    @pytest.mark.parametrize("body", ["", "null", "{}"])
    def test_without_a_query(self, researcher: Client, subject: Any, body: str) -> None:
        guid = other()
        response = researcher.post(f"{SETS}/{subject.guid}", body, content_type="application/json")
        assert response.json == [guid]

    @pytest.mark.parametrize(
        ("name", "value", "number"),
        [
            ("ia_class", "zebra", 1),
            ("time", "2023-05-04T06:30:00+03:00", 1),
            ("content_guid", NOWHERE, 0),
            ("individual_guid", None, 1),
            ("keywords", "spot", 0),
            ("owner_guid", NOWHERE, 0),
        ],
    )
    def test_fields(
        self, researcher: Client, subject: Any, name: str, value: Any, number: int
    ) -> None:
        other()
        assert len(found(researcher, subject, {"term": {name: value}})) == number

    @pytest.mark.parametrize("query", [{"fuzzy": {}}, {"bool": "_MACRO_unknown"}, []])
    def test_queries_that_are_not_valid(self, researcher: Client, subject: Any, query: Any) -> None:
        response = researcher.post_json(f"{SETS}/{subject.guid}", query)
        assert response.status_int == 400


class TestWithoutEncounter:
    @pytest.fixture
    def uncommitted(self, researcher: Client) -> Any:
        """Return an annotation of a sighting in curation."""
        return AnnotationFactory(asset__asset_group__owner=researcher.account)

    def test_there_is_a_default_query_and_no_set(
        self, researcher: Client, uncommitted: Any
    ) -> None:
        assert researcher.get(f"{SETS}/query/{uncommitted.guid}").status_int == 200
        for response in (
            researcher.get(f"{SETS}/{uncommitted.guid}"),
            researcher.post_json(f"/api/v1/annotations/identify/{uncommitted.guid}", {}),
        ):
            assert response.status_int == 400
            assert response.json["message"] == (
                f"Annotation {uncommitted.guid} has no Encounter so cannot be matched against"
            )

    def test_macros_cannot_be_resolved(self, researcher: Client, uncommitted: Any) -> None:
        query = {"term": {"git_store_guid": STORE}}
        response = researcher.post_json(f"{SETS}/query/{uncommitted.guid}", query)
        assert response.status_int == 400
        assert response.json["message"] == ("cannot resolve query on Annotation with no Encounter")


def test_number_of_statements_does_not_grow(
    researcher: Client, subject: Any, statements: list[str]
) -> None:
    counts = []
    for _ in range(2):
        other()
        statements.clear()
        default_set(researcher, subject)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 4
