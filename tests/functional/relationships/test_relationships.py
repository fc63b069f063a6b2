"""Relationships: those who may change both individuals relate them, in roles of a type."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, func, select

from houston.core.db.session import Session
from houston.modules.audit_logs.models import AuditLog
from houston.modules.individuals.models import Individual
from houston.modules.relationships.models import Relationship
from tests.clients_of_roles import Client
from tests.factories.individuals import IndividualFactory, NameFactory
from tests.factories.relationships import (
    BAND,
    CALF,
    FAMILY,
    MATE,
    MOTHER,
    TYPES,
    RelationshipFactory,
)
from tests.functional.relationships.conftest import Pair, individual_of

RELATIONSHIPS = "/api/v1/relationships"


def body(pair: Any, **changes: Any) -> dict[str, Any]:
    """Return the body that the page of an individual sends."""
    mother, calf = pair
    return {
        "individual_1_guid": str(mother.guid),
        "individual_2_guid": str(calf.guid),
        "individual_1_role_guid": MOTHER,
        "individual_2_role_guid": CALF,
        "type_guid": FAMILY,
        **changes,
    }


def replace(name: str, value: Any) -> list[dict[str, Any]]:
    return [{"op": "replace", "path": f"/{name}", "value": value}]


def count(db: Session) -> int:
    return db.scalar(select(func.count()).select_from(Relationship)) or 0


class TestCreating:
    def test_members_have_their_roles(self, researcher: Client, pair: Pair) -> None:
        response = researcher.post_json(f"{RELATIONSHIPS}/", body(pair))
        assert response.status_int == 200, response.json
        created = response.json
        assert (created["type_guid"], created["type_label"]) == (FAMILY, "Family")
        assert created["start_date"] is None
        assert created["end_date"] is None
        assert created["individual_members"] == [
            {
                "individual_guid": str(pair.mother.guid),
                "individual_role_guid": MOTHER,
                "individual_role_label": "Mother",
            },
            {
                "individual_guid": str(pair.calf.guid),
                "individual_role_guid": CALF,
                "individual_role_label": "Calf",
            },
        ]
        assert researcher.get(f"{RELATIONSHIPS}/{created['guid']}").json == created

    def test_creation_and_deletion_are_audited(
        self, researcher: Client, pair: Pair, db: Session
    ) -> None:
        guid = researcher.post_json(RELATIONSHIPS, body(pair)).json["guid"]
        researcher.delete(f"{RELATIONSHIPS}/{guid}")
        entries = (
            select(AuditLog).where(AuditLog.item_guid == UUID(guid)).order_by(AuditLog.created)
        )
        created, deleted = db.scalars(entries)
        assert (created.audit_type, deleted.audit_type) == ("User Create", "Delete")
        assert deleted.changes["individual_2_guid"] == {"before": str(pair.calf.guid)}

    @pytest.mark.parametrize(
        ("given", "stored"),
        [
            ("2020-05-04T10:00:00+03:00", "2020-05-04T07:00:00"),
            ("2020-05-04T10:00", "2020-05-04T10:00:00"),
            ("2020-05-04", "2020-05-04T00:00:00"),
            (None, None),
        ],
    )
    def test_dates(self, researcher: Client, pair: Pair, given: Any, stored: str | None) -> None:
        created = researcher.post_json(RELATIONSHIPS, body(pair, start_date=given)).json
        assert (created["start_date"] or "")[:19] == (stored or "")
        assert created["end_date"] is None

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"individual_1_guid": "x"}, "individual_1_guid"),
            ({"individual_2_guid": None}, "individual_2_guid"),
            ({"individual_1_role_guid": 5}, "individual_1_role_guid"),
            ({"type_guid": ""}, "type_guid"),
            ({"start_date": "yesterday"}, "start_date"),
            ({"start_date": ""}, "start_date"),
            ({"end_date": 2020}, "end_date"),
            ({"start_date": "2020-05-04", "end_date": "2020-05-03"}, "end_date"),
            ({"colour": "red"}, "colour"),
        ],
    )
    def test_invalid_values(
        self, researcher: Client, pair: Pair, db: Session, changes: dict[str, Any], field: str
    ) -> None:
        response = researcher.post_json(RELATIONSHIPS, body(pair, **changes))
        assert response.status_int == 422
        assert list(response.json["messages"]) == [field]
        assert count(db) == 0

    def test_all_individuals_and_roles_are_needed(self, researcher: Client) -> None:
        response = researcher.post_json(RELATIONSHIPS, {})
        assert response.status_int == 422
        assert set(response.json["messages"]) == {
            "individual_1_guid",
            "individual_2_guid",
            "individual_1_role_guid",
            "individual_2_role_guid",
        }

    def test_unknown_individuals_are_named(self, researcher: Client, pair: Pair) -> None:
        unknown = str(uuid4())
        response = researcher.post_json(RELATIONSHIPS, body(pair, individual_2_guid=unknown))
        assert response.status_int == 422
        assert response.json["messages"] == {
            "individual_2_guid": [f"There is no individual {unknown}."]
        }

    def test_an_individual_is_not_related_to_itself(self, researcher: Client, pair: Pair) -> None:
        response = researcher.post_json(RELATIONSHIPS, body((pair.calf, pair.calf)))
        assert response.status_int == 422
        assert list(response.json["messages"]) == ["individual_2_guid"]

    @pytest.mark.parametrize("position", [1, 2])
    def test_both_individuals_must_be_the_callers(
        self, researcher: Client, other: Client, pair: Pair, db: Session, position: int
    ) -> None:
        theirs = individual_of(other.account)
        changes = {f"individual_{position}_guid": str(theirs.guid)}
        response = researcher.post_json(RELATIONSHIPS, body(pair, **changes))
        assert response.status_int == 403
        assert count(db) == 0

    @pytest.mark.parametrize(
        ("changes", "role"),
        [
            ({"individual_2_role_guid": MATE}, MATE),
            ({"individual_1_role_guid": MATE}, MATE),
            ({"type_guid": BAND}, MOTHER),
            ({"type_guid": str(UUID(int=7))}, MOTHER),
        ],
    )
    def test_roles_belong_to_the_type(
        self, researcher: Client, pair: Pair, changes: dict[str, Any], role: str
    ) -> None:
        given = body(pair, **changes)
        response = researcher.post_json(RELATIONSHIPS, given)
        assert response.status_int == 409
        assert response.json["message"] == (
            f'Role guid "{role}" not found in site setting "relationship_type_roles" '
            f'for relationship type guid "{given["type_guid"]}"'
        )

    def test_type_follows_from_the_roles(self, researcher: Client, pair: Pair) -> None:
        given = body(pair, individual_1_role_guid=MATE, individual_2_role_guid=MATE)
        del given["type_guid"]
        assert researcher.post_json(RELATIONSHIPS, given).json["type_label"] == "Band"
        assert researcher.post_json(RELATIONSHIPS, body(pair, type_guid=None)).json[
            "type_label"
        ] == ("Family")
        mixed = body(pair, individual_2_role_guid=MATE, type_guid=None)
        assert researcher.post_json(RELATIONSHIPS, mixed).status_int == 409


class TestRepeating:
    def test_same_relationship_is_created_once(
        self, researcher: Client, pair: Pair, db: Session
    ) -> None:
        turned = body(pair[::-1], individual_1_role_guid=CALF, individual_2_role_guid=MOTHER)
        assert researcher.post_json(RELATIONSHIPS, body(pair)).status_int == 200
        for again in (body(pair), turned, body(pair, start_date="2020-05-04")):
            assert researcher.post_json(RELATIONSHIPS, again).status_int == 409
        assert count(db) == 1

    def test_other_roles_and_types_are_other_relationships(
        self, researcher: Client, pair: Pair
    ) -> None:
        mates = body(pair, individual_1_role_guid=MATE, individual_2_role_guid=MATE, type_guid=BAND)
        for each in (body(pair), body(pair[::-1]), mates):
            assert researcher.post_json(RELATIONSHIPS, each).status_int == 200

    def test_one_that_has_ended_can_begin_again(self, researcher: Client, pair: Pair) -> None:
        first = body(pair, start_date="2019-01-01", end_date="2019-06-01")
        guid = researcher.post_json(RELATIONSHIPS, first).json["guid"]
        overlapping = body(pair, start_date="2019-05-01")
        assert researcher.post_json(RELATIONSHIPS, overlapping).status_int == 409
        before = body(pair, end_date="2019-01-02")
        assert researcher.post_json(RELATIONSHIPS, before).status_int == 409
        later = body(pair, start_date="2019-06-01")
        assert researcher.post_json(RELATIONSHIPS, later).status_int == 200
        address = f"{RELATIONSHIPS}/{guid}"
        assert researcher.patch_json(address, replace("end_date", "2019-06-02")).status_int == 409
        assert researcher.patch_json(address, replace("end_date", "2019-05-02")).status_int == 200


class TestReading:
    def test_labels_that_the_site_does_not_have_are_null(self, researcher: Client) -> None:
        unknown = RelationshipFactory(type_guid=uuid4())
        shown = researcher.get(f"{RELATIONSHIPS}/{unknown.guid}").json
        assert shown["type_label"] is None
        labels = [member["individual_role_label"] for member in shown["individual_members"]]
        assert labels == [None, None]
        role = RelationshipFactory(individual_2_role_guid=uuid4())
        shown = researcher.get(f"{RELATIONSHIPS}/{role.guid}").json
        labels = [member["individual_role_label"] for member in shown["individual_members"]]
        assert (shown["type_label"], labels) == ("Family", ["Mother", None])

    def test_long_labels(self, admin: Client, researcher: Client) -> None:
        types = {FAMILY: {**TYPES[FAMILY], "label": "x" * 1000}}
        setting = "/api/v1/site-settings/data/relationship_type_roles"
        assert admin.post_json(setting, {"value": types}).status_int == 200
        shown = researcher.get(f"{RELATIONSHIPS}/{RelationshipFactory().guid}").json
        assert shown["type_label"] == "x" * 1000

    def test_unknown_guids(self, researcher: Client) -> None:
        assert researcher.get(f"{RELATIONSHIPS}/{uuid4()}").status_int == 404
        assert researcher.get(f"{RELATIONSHIPS}/x").status_int == 404

    def test_list_in_pages(self, researcher: Client) -> None:
        guids = sorted(str(row.guid) for row in RelationshipFactory.create_batch(3))
        response = researcher.get(f"{RELATIONSHIPS}/?limit=2&offset=1")
        assert [row["guid"] for row in response.json] == guids[1:]
        assert response.headers["X-Total-Count"] == "3"

    def test_search(self, researcher: Client, pair: Pair) -> None:
        RelationshipFactory()
        wanted = str(RelationshipFactory(mother=pair.mother, calf=pair.calf).guid)
        for member in pair:
            query = {"term": {"individual_members.individual_guid": str(member.guid)}}
            found = researcher.post_json(f"{RELATIONSHIPS}/search", query)
            assert [row["guid"] for row in found.json] == [wanted]
        roles = {"terms": {"individual_members.individual_role_guid": [CALF]}}
        assert len(researcher.post_json(f"{RELATIONSHIPS}/search", roles).json) == 2
        types = {"bool": {"filter": [{"match": {"type_guid": BAND}}]}}
        assert researcher.post_json(f"{RELATIONSHIPS}/search", types).json == []
        assert len(researcher.get(f"{RELATIONSHIPS}/search").json) == 2

    def test_individuals_have_their_relationships(self, researcher: Client, pair: Pair) -> None:
        NameFactory(individual=pair.mother, value="Zoe")
        NameFactory(individual=pair.mother, value="Zebra", context="AdoptionName")
        row = RelationshipFactory(mother=pair.mother, calf=pair.calf)
        for individual in pair:
            shown = researcher.get(f"/api/v1/individuals/{individual.guid}").json
            (relationship,) = shown["relationships"]
            assert relationship["guid"] == str(row.guid)
            assert relationship["type_label"] == "Family"
            assert relationship["individual_members"] == [
                {
                    "individual_guid": str(pair.mother.guid),
                    "individual_role_guid": MOTHER,
                    "individual_role_label": "Mother",
                    "individual_first_name": "Zoe",
                },
                {
                    "individual_guid": str(pair.calf.guid),
                    "individual_role_guid": CALF,
                    "individual_role_label": "Calf",
                    "individual_first_name": None,
                },
            ]
        alone = IndividualFactory()
        assert researcher.get(f"/api/v1/individuals/{alone.guid}").json["relationships"] == []

    def test_number_of_statements_does_not_grow(
        self, researcher: Client, db: Session, statements: list[str]
    ) -> None:
        def number(path: str) -> int:
            db.expire_all()
            statements.clear()
            assert researcher.get(f"/api/v1/{path}").status_int == 200
            return len(statements)

        paths = ("relationships", "relationships/search", "individuals")
        mother = RelationshipFactory().individual_1_guid
        few = [number(path) for path in paths]
        for _ in range(5):
            RelationshipFactory(individual_1_guid=mother)
        assert [number(path) for path in paths] == few


class TestChanging:
    def test_dates(self, researcher: Client, pair: Pair) -> None:
        row = RelationshipFactory(mother=pair.mother, calf=pair.calf)
        address = f"{RELATIONSHIPS}/{row.guid}"
        changed = researcher.patch_json(address, replace("start_date", "2020-05-04T00:00:00Z"))
        assert changed.json["start_date"].startswith("2020-05-04T00:00:00")
        early = researcher.patch_json(address, replace("end_date", "2020-05-03"))
        assert early.status_int == 422
        assert researcher.patch_json(address, replace("end_date", "2021-01-01")).status_int == 200
        cleared = researcher.patch_json(address, replace("start_date", None))
        assert cleared.json["start_date"] is None
        assert cleared.json["end_date"].startswith("2021-01-01")
        assert researcher.get(address).json == cleared.json

    @pytest.mark.parametrize(
        "operations",
        [
            replace("type_guid", BAND),
            replace("individual_members", []),
            replace("start_date", "soon"),
        ],
    )
    def test_invalid_changes(self, researcher: Client, pair: Pair, operations: Any) -> None:
        row = RelationshipFactory(mother=pair.mother, calf=pair.calf)
        response = researcher.patch_json(f"{RELATIONSHIPS}/{row.guid}", operations)
        assert response.status_int == 422

    @pytest.mark.parametrize("theirs", ["mother", "calf"])
    def test_both_individuals_must_be_the_callers(
        self, researcher: Client, other: Client, pair: Pair, db: Session, theirs: str
    ) -> None:
        members = pair._asdict() | {theirs: individual_of(other.account)}
        address = f"{RELATIONSHIPS}/{RelationshipFactory(**members).guid}"
        assert researcher.get(address).status_int == 200
        change = replace("start_date", "2020-05-04")
        assert researcher.patch_json(address, change).status_int == 403
        assert researcher.delete(address).status_int == 403
        assert count(db) == 1

    def test_deleting_keeps_the_individuals(
        self, researcher: Client, pair: Pair, db: Session
    ) -> None:
        row = RelationshipFactory(mother=pair.mother, calf=pair.calf)
        assert researcher.delete(f"{RELATIONSHIPS}/{row.guid}").status_int == 204
        assert researcher.get(f"{RELATIONSHIPS}/{row.guid}").status_int == 404
        for individual in pair:
            shown = researcher.get(f"/api/v1/individuals/{individual.guid}")
            assert shown.json["relationships"] == []

    @pytest.mark.parametrize("position", [0, 1])
    def test_relationships_go_with_either_individual(
        self, researcher: Client, pair: Pair, db: Session, position: int
    ) -> None:
        gone = RelationshipFactory(mother=pair.mother, calf=pair.calf).guid
        other = RelationshipFactory()
        deleted = researcher.delete(f"/api/v1/individuals/{pair[position].guid}")
        assert deleted.status_int == 204
        rows = researcher.get(RELATIONSHIPS).json
        assert [row["guid"] for row in rows] == [str(other.guid)]
        deletion = select(AuditLog).where(AuditLog.audit_type == "Delete")
        entry = db.scalars(deletion.where(AuditLog.item_guid == gone)).one()
        assert entry.user_email == researcher.account.email

    def test_the_database_leaves_no_half_of_a_relationship(self, pair: Pair, db: Session) -> None:
        RelationshipFactory(mother=pair.mother, calf=pair.calf)
        db.execute(delete(Individual).where(Individual.guid == pair.calf.guid))
        assert count(db) == 0
