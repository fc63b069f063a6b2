"""Spreadsheets and tables of what a search finds."""

import gc
import tracemalloc
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from pyramid.router import Router
from sqlalchemy.orm import Session

from houston.modules.audit_logs.models import AuditLog, AuditType
from houston.modules.exports.services.dataset import BATCH
from houston.modules.sightings.models import Encounter, Sighting
from houston.modules.site_settings.models import SiteSetting
from tests.clients_of_roles import Client
from tests.factories.individuals import IndividualFactory, NameFactory
from tests.factories.sightings import EncounterFactory, SightingFactory
from tests.factories.users import UserFactory
from tests.functional.asset_groups.reports import REGION, TAXONOMY
from tests.functional.exports.conftest import export, sheets_of, table_of, workbook_of
from tests.parts import setting

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BARE = [
    "comments",
    "created",
    "guid",
    "numberSightings",
    "sex",
    "taxonomy",
    "timeOfBirth",
    "timeOfDeath",
    "updated",
]


def define(db: Session, noun: str, *definitions: tuple[str, str, str]) -> None:
    """Define custom fields by their ids, names and display types."""
    value = {
        "definitions": [
            {"id": id, "name": name, "multiple": False, "schema": {"displayType": display}}
            for id, name, display in definitions
        ]
    }
    db.add(SiteSetting(key=f"site.custom.customFields.{noun}", value=value))
    db.commit()


def guids(rows: list[dict[str, Any]]) -> set[str]:
    return {row["guid"] for row in rows}


def test_a_bare_individual_has_the_columns_of_the_contract(client_for: Any) -> None:
    owner = UserFactory(is_researcher=True)
    individual = IndividualFactory(encounters=[EncounterFactory(owner=owner)])
    response = export(client_for(owner), "individuals")
    assert response.content_type == XLSX
    (sheet,) = workbook_of(response)
    assert sheet.title == "Individual Results"
    columns, row = sheet.iter_rows(values_only=True)
    assert list(columns) == BARE
    assert row[2:6] == (str(individual.guid), 1, None, "Equus quagga")


def test_the_file_has_the_name_of_the_site(db: Session, admin: Client) -> None:
    EncounterFactory()
    disposition = export(admin, "sightings").headers["Content-Disposition"]
    assert disposition.startswith('attachment; filename="codex-export-Unknown-')
    assert disposition.endswith('.xlsx"')
    db.add(SiteSetting(key="site.name", value='Zoë\'s "Zebras"'))
    db.commit()
    response = export(admin, "sightings")
    assert '"codex-export-Zo-s-Zebras-' in response.headers["Content-Disposition"]
    properties = {each.name: each.value for each in workbook_of(response).custom_doc_props.props}
    account = admin.account
    assert properties["Codex"] == 'Zoë\'s "Zebras"'
    assert properties["Codex User"] == f"{account.guid} {account.full_name}"


def test_sightings_come_with_their_encounters(db: Session, client_for: Any) -> None:
    owner = UserFactory(is_researcher=True)
    sighting = SightingFactory(
        location_guid=UUID(REGION), decimal_latitude=-1.5, decimal_longitude=35.0, comments="Hot."
    )
    individual = IndividualFactory()
    own = EncounterFactory(
        sighting=sighting,
        owner=owner,
        sex="female",
        taxonomy_guid=UUID(TAXONOMY),
        individual_guid=individual.guid,
    )
    EncounterFactory(sighting=sighting)  # of somebody else
    sheets = sheets_of(export(client_for(owner), "sightings"))
    assert list(sheets) == ["Sighting Results", "Encounter Results"]
    (row,), (encounter,) = sheets.values()
    assert (row["guid"], row["comments"]) == (str(sighting.guid), "Hot.")
    assert (row["time"], row["timeSpecificity"]) == ("2023-05-04T06:30:00+03:00", "time")
    assert (row["decimalLatitude"], row["decimalLongitude"]) == (-1.5, 35)
    assert (row["locationId"], row["locationName"]) == (REGION, "Mara River")
    assert row["created"].endswith("Z")
    assert encounter["guid"] == str(own.guid)
    assert encounter["sightingGuid"] == str(sighting.guid)
    assert encounter["individualGuid"] == str(individual.guid)
    assert encounter["ownerGuid"] == str(owner.guid)
    assert (encounter["sex"], encounter["taxonomy"]) == ("female", "Equus quagga")
    # The time and the name of the region are those of the sighting; the rest is its own.
    assert encounter["time"] == row["time"]
    assert (encounter["locationName"], encounter["locationId"]) == ("Mara River", None)
    assert encounter["decimalLatitude"] is None


def test_encounters_come_with_sightings_and_individuals_once(client_for: Any) -> None:
    owner = UserFactory(is_researcher=True)
    sighting = SightingFactory()
    encounters = EncounterFactory.create_batch(2, sighting=sighting, owner=owner)
    individual = IndividualFactory(encounters=encounters)
    sheets = sheets_of(export(client_for(owner), "encounters"))
    assert guids(sheets["Encounter Results"]) == {str(row.guid) for row in encounters}
    assert guids(sheets["Sighting Results"]) == {str(sighting.guid)}
    (row,) = sheets["Individual Results"]
    assert (row["guid"], row["numberSightings"]) == (str(individual.guid), 2)


def test_columns_are_those_of_all_rows(db: Session, admin: Client) -> None:
    define(db, "Individual", ("1", "weight", "float"), ("2", "tags", "multiselect"))
    IndividualFactory(custom_fields={"1": 2.5})
    IndividualFactory(custom_fields={"2": ["a", "b"]})
    NameFactory(context="FirstName", value="Zoe")
    NameFactory(context="Nickname", value="Stripes")
    rows = sheets_of(export(admin, "individuals"))["Individual Results"]
    assert list(rows[0]) == sorted(
        [*BARE, "customField.weight", "customField.tags", "name.FirstName", "name.Nickname"]
    )
    assert {row["customField.weight"] for row in rows} == {None, 2.5}
    assert {row["customField.tags"] for row in rows} == {None, "a, b"}
    assert {row["name.FirstName"] for row in rows} == {None, "Zoe"}
    assert {row["name.Nickname"] for row in rows} == {None, "Stripes"}


def test_custom_fields_of_one_name_have_columns_of_their_own(db: Session, admin: Client) -> None:
    define(db, "Individual", ("1", "note", "string"), ("2", "note", "boolean"))
    IndividualFactory(custom_fields={"1": "small", "2": True})
    (row,) = sheets_of(export(admin, "individuals"))["Individual Results"]
    assert (row["customField.note.1"], row["customField.note.2"]) == ("small", True)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_texts_are_no_formulas(admin: Client, text: str) -> None:
    IndividualFactory(comments=text)
    (sheet,) = workbook_of(export(admin, "individuals"))
    cell = sheet["A2"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert cell.quotePrefix
    (row,) = table_of(export(admin, "individuals", format="csv").text)
    assert row["comments"] == f"'{text}"


def test_years_have_four_digits(admin: Client) -> None:
    encounter = EncounterFactory()
    born = datetime(987, 6, 5, 4, 3, 2, tzinfo=timezone.utc)
    IndividualFactory(encounters=[encounter], time_of_birth=born)
    (row,) = sheets_of(export(admin, "individuals"))["Individual Results"]
    assert row["timeOfBirth"] == "0987-06-05T04:03:02Z"


def test_long_texts_are_cut(admin: Client) -> None:
    IndividualFactory(comments="z" * 40_000)
    (row,) = sheets_of(export(admin, "individuals"))["Individual Results"]
    assert row["comments"] == "z" * 32_767


def test_rows_are_those_of_the_search(admin: Client) -> None:
    female, _ = EncounterFactory(sex="female"), EncounterFactory(sex="male")
    query = {"bool": {"filter": [{"term": {"sex": "female"}}]}}
    found = sheets_of(export(admin, "encounters", query))
    assert guids(found["Encounter Results"]) == {str(female.guid)}
    nothing = export(admin, "encounters", {"term": {"sex": "unknown"}}, status=400)
    assert nothing.json["message"] == "No results to export"
    assert export(admin, "encounters", {"what": 1}, status=400).json["message"].startswith("There")


def test_parameters_of_the_search_are_ignored(admin: Client) -> None:
    EncounterFactory.create_batch(2)
    response = export(admin, "sightings", limit="1", offset="1", sort="created", reverse="true")
    assert len(sheets_of(response)["Sighting Results"]) == 2
    assert export(admin, "sightings", status=422, format="doc").json["messages"].keys() == {
        "format"
    }


@pytest.mark.parametrize("noun", ["sightings", "encounters", "individuals"])
def test_only_owners_export(client_for: Any, researcher: Client, admin: Client, noun: str) -> None:
    owner = UserFactory(is_researcher=True)
    own, foreign = EncounterFactory(owner=owner), EncounterFactory()
    individuals = [IndividualFactory(encounters=[each]) for each in (own, foreign)]
    expected = {
        "sightings": (own.sighting_guid, foreign.sighting_guid),
        "encounters": (own.guid, foreign.guid),
        "individuals": tuple(each.guid for each in individuals),
    }[noun]

    def exported(client: Client) -> set[str]:
        return {row["guid"] for row in table_of(export(client, noun, format="csv").text)}

    assert exported(client_for(owner)) == {str(expected[0])}
    assert exported(admin) == {str(each) for each in expected}
    assert export(researcher, noun, status=400).json["message"] == "No results to export"


def test_callers_who_may_not_search_may_not_export(user: Client, anonymous: Client) -> None:
    EncounterFactory(owner=user.account)
    export(user, "sightings", status=403)
    export(anonymous, "sightings", status=401)


def test_exports_are_in_the_audit_log(db: Session, admin: Client) -> None:
    EncounterFactory.create_batch(2)
    export(admin, "encounters", format="csv")
    (entry,) = db.query(AuditLog).filter_by(module_name="Export")
    assert entry.audit_type is AuditType.ACCESS
    assert entry.message == "Exported 2 encounters as csv."
    assert (entry.user_email, entry.user_guid) == (admin.account.email, admin.account.guid)


def test_an_export_is_bounded(app: Router, admin: Client) -> None:
    EncounterFactory.create_batch(2)
    with setting(app, "houston.exports.at_once", 1):
        refused = export(admin, "encounters", status=400)
    assert refused.json["message"].startswith("The search finds 2 records, and at most 1")


def test_no_file_remains(tmp_path: Path, monkeypatch: Any, admin: Client) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    EncounterFactory()
    export(admin, "encounters")
    assert list(tmp_path.iterdir()) == []


def add_encounters(db: Session, number: int, owner: Any) -> None:
    sighting = SightingFactory()
    values = {"sighting_guid": sighting.guid, "owner_guid": owner.guid, "verbatim_locality": "z"}
    db.bulk_insert_mappings(Encounter, [{"guid": uuid4(), **values} for _ in range(number)])
    db.commit()


def test_memory_and_statements_are_those_of_a_batch(
    db: Session, admin: Client, statements: list[str]
) -> None:
    def measured(number: int) -> tuple[int, int]:
        """Return the peak of memory in bytes, and the number of statements."""
        add_encounters(db, number, admin.account)
        db.expunge_all()
        gc.collect()
        statements.clear()
        tracemalloc.start()
        try:
            response = export(admin, "encounters")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert len(response.body) > number * 20
        return peak, len(statements)

    add_encounters(db, 1, admin.account)
    export(admin, "encounters")  # makes what is made once
    small, few = measured(600)
    large, many = measured(2_000)
    assert large - small < 1_000_000
    assert many - few == 3 * 2_000 // BATCH


def test_number_of_statements_does_not_grow(
    db: Session, admin: Client, statements: list[str]
) -> None:
    def count() -> int:
        statements.clear()
        export(admin, "sightings")
        return len(statements)

    EncounterFactory()
    before = count()
    EncounterFactory.create_batch(3)
    assert db.query(Sighting).count() == 4
    assert count() == before
