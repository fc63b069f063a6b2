"""Encounters: their changes, their annotations and their deletion."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from houston.core.db.session import Session
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.models import AssetGroup
from houston.modules.audit_logs.models import AuditLog
from houston.modules.sightings.models import Encounter, Sighting, sighting_asset
from tests.clients_of_roles import Client
from tests.factories.annotations import AnnotationFactory
from tests.factories.asset_groups import TIME, AssetGroupFactory, PublicUserFactory
from tests.factories.assets import AssetFactory, jpeg
from tests.factories.individuals import IndividualFactory
from tests.factories.sightings import EncounterFactory, SightingFactory
from tests.factories.site_settings import SiteSettingFactory, definition
from tests.factories.users import UserFactory
from tests.functional.asset_groups.reports import HEADING, NOWHERE, REGION, TAXONOMY
from tests.functional.assets.creation import create, upload

ENCOUNTERS = "/api/v1/encounters"
OTHER_TIME = "2024-01-02T03:04:05-06:00"
CASCADES = "x-allow-delete-cascade-sighting", "x-allow-delete-cascade-individual"


@pytest.fixture
def row(researcher: Client) -> Any:
    """Return an encounter of the researcher, in a sighting with an asset."""
    asset = AssetFactory(asset_group=AssetGroupFactory(owner=researcher.account))
    sighting = SightingFactory(assets=[asset])
    return EncounterFactory(sighting=sighting, owner=researcher.account)


@pytest.fixture
def place(row: Any) -> str:
    """Return the address of the encounter."""
    return f"{ENCOUNTERS}/{row.guid}"


def change(path: str, value: Any = None, op: str = "replace") -> dict[str, Any]:
    return {
        "op": op,
        "path": path,
        **({} if op == "remove" and value is None else {"value": value}),
    }


def patch(client: Client, place: str, *operations: Any) -> Any:
    return client.patch_json(place, list(operations))


def sibling(row: Any, **values: Any) -> Any:
    return EncounterFactory(sighting=row.sighting, **{"owner": row.owner, **values})


def drawn(row: Any, encounter: Any = None) -> Any:
    """Return an annotation of the asset of a sighting, which may show an encounter."""
    (asset,) = row.sighting.assets
    return AnnotationFactory(asset=asset, encounter_guid=encounter and encounter.guid)


class TestChanging:
    def test_request_of_the_client(self, researcher: Client, row: Any, place: str) -> None:
        values = {
            "/verbatimLocality": "At the salt lick",
            "/taxonomy": TAXONOMY,
            "/sex": "female",
            "/customFields": {},
            "/decimalLatitude": -1.25,
            "/decimalLongitude": 36.5,
            "/time": OTHER_TIME,
            "/timeSpecificity": "day",
            "/locationId": REGION,
        }
        response = patch(researcher, place, *(change(*each) for each in values.items()))
        assert response.status_int == 200, response.json
        shown = response.json
        assert {f"/{name}": shown[name] for name in shown if f"/{name}" in values} == values
        assert shown == researcher.get(place).json
        assert shown["locationId_value"] == "Mara River"

    def test_null_and_empty_text_unset_values(self, researcher: Client, place: str) -> None:
        given = {
            "/verbatimLocality": "here",
            "/taxonomy": TAXONOMY,
            "/sex": "male",
            "/decimalLatitude": 1,
            "/decimalLongitude": 2,
            "/locationId": REGION,
            "/time": OTHER_TIME,
            "/timeSpecificity": "year",
        }
        for blank in (None, ""):
            set = patch(researcher, place, *(change(*each) for each in given.items()))
            assert set.json["sex"] == "male"
            unset = patch(researcher, place, *(change(path, blank) for path in given))
            assert unset.status_int == 200, unset.json
            rest = {name: unset.json[name] for name in unset.json if f"/{name}" in given}
            assert rest == dict.fromkeys(rest) | TIME

    def test_region_is_that_of_the_sighting_by_default(
        self, db: Session, researcher: Client, row: Any, place: str
    ) -> None:
        row.sighting.location_guid = UUID(REGION)
        db.commit()
        shown = researcher.get(place).json
        assert (shown["locationId"], shown["locationId_value"]) == (REGION, "Mara River")
        (listed,) = researcher.get(f"/api/v1/sightings/{row.sighting_guid}").json["encounters"]
        assert listed["locationId_value"] == "Mara River"

    def test_addition_is_replacement(self, researcher: Client, place: str) -> None:
        for op in ("add", "replace"):
            assert patch(researcher, place, change("/sex", "male", op)).json["sex"] == "male"
        assert patch(researcher, place, change("/sex", op="remove")).json["sex"] is None

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            ("/sex", "m"),
            ("/taxonomy", NOWHERE),
            ("/taxonomy", "zebra"),
            ("/locationId", NOWHERE),
            ("/locationId", HEADING),
            ("/locationId", "here"),
            ("/decimalLatitude", 91),
            ("/decimalLatitude", 1),
            ("/decimalLongitude", "east"),
            ("/time", "2024-01-02T03:04:05"),
            ("/time", "yesterday"),
            ("/timeSpecificity", "century"),
            ("/customFields", {"gone": 1}),
            ("/customFields", []),
            ("/owner", NOWHERE),
            ("/owner", None),
            ("/annotations", NOWHERE),
            ("/annotations", None),
            ("/verbatimLocality", "x" * 10_001),
            ("/individual", NOWHERE),
            ("/sighting", NOWHERE),
        ],
    )
    def test_wrong_values_revert_the_patch(
        self, researcher: Client, place: str, path: str, value: Any
    ) -> None:
        before = researcher.get(place).json
        response = patch(researcher, place, change("/sex", "male"), change(path, value))
        assert response.status_int == 422, response.json
        assert response.json["messages"]
        assert researcher.get(place).json == before

    def test_custom_fields_are_merged(self, researcher: Client, place: str) -> None:
        herd, rain = definition("integer"), definition("boolean")
        SiteSettingFactory(
            key="site.custom.customFields.Encounter", value={"definitions": [herd, rain]}
        )
        for values in ({herd["id"]: 7}, {rain["id"]: True}, {}):
            response = patch(researcher, place, change("/customFields", values))
        assert response.json["customFields"] == {herd["id"]: 7, rain["id"]: True}
        wrong = patch(researcher, place, change("/customFields", {herd["id"]: "many"}))
        assert wrong.status_int == 422

    def test_change_since_it_was_read(self, researcher: Client, place: str) -> None:
        tag = {"If-Match": researcher.get(place).headers["ETag"]}
        operations = [change("/sex", "male")]
        assert researcher.patch_json(place, operations, headers=tag).status_int == 200
        assert researcher.patch_json(place, operations, headers=tag).status_int == 412

    def test_changes_are_audited(
        self, researcher: Client, row: Any, place: str, db: Session
    ) -> None:
        patch(researcher, place, change("/sex", "male"))
        entry = db.scalars(select(AuditLog).where(AuditLog.item_guid == row.guid)).all()[-1]
        assert entry.module_name == "Encounter"
        assert "sex" in entry.message


class TestTime:
    @pytest.mark.parametrize(
        ("operations", "expected"),
        [
            (
                [change("/timeSpecificity", "month"), change("/time", OTHER_TIME)],
                (OTHER_TIME, "month"),
            ),
            ([change("/time", OTHER_TIME)], (OTHER_TIME, "time")),
            ([change("/timeSpecificity", "year")], (TIME["time"], "year")),
            ([change("/time", OTHER_TIME), change("/timeSpecificity", None)], (OTHER_TIME, "time")),
            ([change("/time", None), change("/timeSpecificity", "year")], None),
        ],
    )
    def test_missing_half_is_that_of_the_sighting(
        self, researcher: Client, row: Any, place: str, db: Session, operations: Any, expected: Any
    ) -> None:
        response = patch(researcher, place, *operations)
        assert response.status_int == 200, response.json
        db.expire_all()
        own = db.get_one(Encounter, row.guid).observed
        assert (own and (own.time, own.specificity)) == expected

    @pytest.mark.parametrize(
        "operations",
        [
            [change("/time", op="remove")],
            [change("/timeSpecificity", op="remove")],
            [change("/time", None)],
            [change("/timeSpecificity", "")],
            [change("/time", ""), change("/timeSpecificity", "year")],
        ],
    )
    def test_own_time_is_removed(
        self, researcher: Client, row: Any, place: str, db: Session, operations: Any
    ) -> None:
        patch(researcher, place, change("/time", OTHER_TIME), change("/timeSpecificity", "day"))
        shown = patch(researcher, place, *operations).json
        assert {name: shown[name] for name in TIME} == TIME
        db.expire_all()
        assert db.get_one(Encounter, row.guid).time is None

    def test_one_half_of_the_own_time(self, researcher: Client, place: str) -> None:
        patch(researcher, place, change("/time", OTHER_TIME), change("/timeSpecificity", "day"))
        shown = patch(researcher, place, change("/time", TIME["time"])).json
        assert (shown["time"], shown["timeSpecificity"]) == (TIME["time"], "day")


class TestOwner:
    def test_owner_gives_it_to_a_researcher(
        self, researcher: Client, row: Any, place: str, client_for: Any
    ) -> None:
        heir = UserFactory(is_researcher=True)
        response = patch(researcher, place, change("/owner", str(heir.guid)))
        assert response.status_int == 200, response.json
        assert response.json["owner"]["guid"] == response.json["owner_guid"] == str(heir.guid)
        assert response.json["hasEdit"] is False
        assert patch(researcher, place, change("/sex", "male")).status_int == 403
        assert patch(client_for(heir), place, change("/sex", "male")).status_int == 200

    def test_owner_is_given_with_other_changes_all_or_nothing(
        self, researcher: Client, row: Any, place: str
    ) -> None:
        heir = change("/owner", str(UserFactory(is_researcher=True).guid))
        theirs = drawn(row, sibling(row, owner=UserFactory()))
        refused = patch(researcher, place, heir, change("/annotations", str(theirs.guid)))
        assert refused.status_int == 403
        assert researcher.get(place).json["owner_guid"] == str(researcher.account.guid)
        changed = patch(researcher, place, heir, change("/sex", "male")).json
        assert (changed["owner_guid"], changed["sex"]) == (heir["value"], "male")

    @pytest.mark.parametrize("values", [{}, {"is_researcher": True, "is_active": False}])
    def test_new_owner_is_an_active_researcher(
        self, researcher: Client, row: Any, place: str, values: Any
    ) -> None:
        other = UserFactory(**values)
        response = patch(researcher, place, change("/owner", str(other.guid)))
        assert response.status_int == 422
        text = f"Encounter {row.guid} owner {other.guid} is not a researcher"
        assert response.json["messages"] == {"owner": [text]}

    def test_administrators_change_all_but_the_owner(
        self, admin: Client, client_for: Any, place: str
    ) -> None:
        staff = client_for(UserFactory(is_staff=True))
        heir = change("/owner", str(UserFactory(is_researcher=True).guid))
        assert patch(admin, place, change("/sex", "male")).status_int == 200
        refused = patch(admin, place, heir)
        assert refused.status_int == 403
        assert list(refused.json["messages"]) == ["owner"]
        assert patch(staff, place, heir).status_int == 200


class TestAnnotations:
    def shown(self, client: Client, row: Any) -> list[str]:
        shown = client.get(f"{ENCOUNTERS}/{row.guid}").json["annotations"]
        return [each["guid"] for each in shown]

    @pytest.mark.parametrize("op", ["add", "replace"])
    def test_annotations_are_moved(self, researcher: Client, row: Any, place: str, op: str) -> None:
        other = sibling(row)
        first, second, free = drawn(row, other), drawn(row, other), drawn(row)
        response = patch(researcher, place, change("/annotations", str(first.guid), op))
        assert response.status_int == 200, response.json
        assert [each["guid"] for each in response.json["annotations"]] == [str(first.guid)]
        assert self.shown(researcher, other) == [str(second.guid)]
        rest = [str(second.guid), str(free.guid), str(first.guid)]
        assert patch(researcher, place, change("/annotations", rest, op)).status_int == 200
        assert self.shown(researcher, row) == [str(each.guid) for each in (first, second, free)]
        assert self.shown(researcher, other) == []

    def test_annotation_of_another_owner_is_not_taken(
        self, researcher: Client, row: Any, place: str
    ) -> None:
        theirs = sibling(row, owner=UserFactory())
        annotation = drawn(row, theirs)
        response = patch(researcher, place, change("/annotations", str(annotation.guid)))
        assert response.status_int == 403
        assert f"Encounter {theirs.guid}" in response.json["message"]
        assert self.shown(researcher, theirs) == [str(annotation.guid)]
        both = [
            change("/annotations", str(annotation.guid)),
            change("/annotations", str(drawn(row).guid)),
        ]
        assert patch(researcher, place, *both).status_int == 403

    def test_annotation_of_another_sighting_is_not_taken(
        self, researcher: Client, row: Any, place: str, db: Session
    ) -> None:
        away = EncounterFactory(
            sighting=SightingFactory(assets=[AssetFactory()]), owner=researcher.account
        )
        for annotation in (drawn(away, away), drawn(away), AnnotationFactory()):
            response = patch(researcher, place, change("/annotations", str(annotation.guid), "add"))
            assert response.status_int == 422
            assert str(annotation.guid) in response.json["message"]
        assert self.shown(researcher, row) == []

    def test_annotation_is_left_without_an_encounter(
        self, researcher: Client, row: Any, place: str, db: Session
    ) -> None:
        annotation = drawn(row, row)
        taken = change("/annotations", str(annotation.guid), "remove")
        assert patch(researcher, place, taken).json["annotations"] == []
        assert patch(researcher, place, taken).status_int == 409
        db.expire_all()
        assert db.get_one(Annotation, annotation.guid).encounter_guid is None


class TestDeleting:
    def test_one_of_several(self, researcher: Client, row: Any, place: str, db: Session) -> None:
        kept, annotation = sibling(row), drawn(row, row)
        response = researcher.delete(place)
        assert response.status_int == 204
        assert researcher.get(place).status_int == 404
        db.expire_all()
        assert db.get_one(Annotation, annotation.guid).encounter_guid is None
        assert db.scalars(select(Encounter.guid)).all() == [kept.guid]

    def test_refusal_names_all_that_would_be_left_empty(
        self, researcher: Client, row: Any, place: str, db: Session, left: list[Any]
    ) -> None:
        individual, sighting = IndividualFactory(), row.sighting_guid
        row.individual_guid = individual.guid
        db.commit()
        guids = {
            "vulnerableSightingGuid": str(sighting),
            "vulnerableIndividualGuid": str(individual.guid),
        }
        for header, name in zip(CASCADES, guids, strict=True):
            response = researcher.delete(place, headers={header: "True"})
            assert response.status_int == 400
            found = {name: response.json[name] for name in guids}
            assert found == guids | {name: None}
        assert (left, researcher.get(place).status_int) == ([], 200)
        response = researcher.delete(place, headers=dict.fromkeys(CASCADES, "True"))
        assert response.status_int == 204, response.json
        assert response.headers["x-deletedSighting-guid"] == str(sighting)
        assert response.headers["x-deletedIndividual-guids"] == str(individual.guid)
        assert left == [individual.guid]
        db.expire_all()
        assert db.get(Sighting, sighting) is None


class TestReading:
    @pytest.fixture
    def photographed(self, db: Session, row: Any) -> Any:
        """Return an asset with pictures, of the sighting of the encounter."""
        group = db.get_one(AssetGroup, row.sighting.assets[0].asset_group_guid)
        (asset,) = create(db, group, upload(jpeg()))
        links = {"sighting_guid": row.sighting_guid, "asset_guid": asset.guid, "position": 1}
        db.execute(sighting_asset.insert().values(links))
        db.commit()
        return asset

    def statuses(self, client: Client, asset: Any) -> set[int]:
        """Return the statuses of an asset and of its pictures."""
        formats = ("src/", "src/master/", "src/mid/", "src/thumb/", "src/abox/")
        places = [f"/api/v1/assets/{format}{asset.guid}" for format in ("", *formats)]
        return {client.get(place).status_int for place in places}

    def test_owner_by_address_sees_the_photographs(
        self, row: Any, photographed: Any, client_for: Any
    ) -> None:
        owner = UserFactory()
        caller = client_for(owner)
        assert self.statuses(caller, photographed) == {403}
        sibling(row, owner=owner)
        assert self.statuses(caller, photographed) == {200}
        assert caller.get(f"/api/v1/assets/src_raw/{photographed.guid}").status_int == 403

    def test_anyone_sees_the_photographs_of_public_sightings(
        self, row: Any, photographed: Any, anonymous: Client
    ) -> None:
        assert self.statuses(anonymous, photographed) == {401}
        sibling(row, owner=PublicUserFactory())
        assert self.statuses(anonymous, photographed) == {200}

    def test_debugging_shows_the_sighting(self, row: Any, client_for: Any) -> None:
        staff = client_for(UserFactory(is_staff=True))
        shown = staff.get(f"{ENCOUNTERS}/debug/{row.guid}")
        sighting = staff.get(f"/api/v1/sightings/debug/{row.sighting_guid}")
        assert (shown.status_int, sighting.status_int) == (200, 200)
        assert shown.json["guid"] == str(row.sighting_guid)
        assert shown.json.keys() == sighting.json.keys()

    def test_number_of_statements(
        self, researcher: Client, row: Any, place: str, statements: list[str]
    ) -> None:
        other = sibling(row)
        drawn(row, row)
        statements.clear()
        researcher.get(place)
        first = len(statements)
        for _ in range(3):
            drawn(row, row)
        statements.clear()
        researcher.get(place)
        assert len(statements) == first <= 8
        several = [str(drawn(row, other).guid) for _ in range(3)]
        statements.clear()
        patch(researcher, place, change("/annotations", several[0]))
        moved = len(statements)
        statements.clear()
        patch(researcher, place, change("/annotations", several))
        assert len(statements) - moved <= 2
