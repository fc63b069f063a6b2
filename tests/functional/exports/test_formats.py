"""Formats of biodiversity data and of capture-recapture, and places of sensitive species."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import pytest
from frictionless import Package
from sqlalchemy.orm import Session

from houston.domain import times
from houston.modules.exports.formats.camtrap import TABLES
from houston.modules.site_settings.models import SiteSetting
from tests.clients_of_roles import Client
from tests.factories.annotations import AnnotationFactory
from tests.factories.individuals import IndividualFactory
from tests.factories.sightings import EncounterFactory, SightingFactory
from tests.factories.users import UserFactory
from tests.functional.asset_groups.reports import REGION, TAXONOMY
from tests.functional.exports.conftest import export, files_of, sheets_of, table_of

DWC = "{http://rs.tdwg.org/dwc/text/}"
SETTINGS = "/api/v1/site-settings/data/site.sensitiveSpecies"
PLACE = {
    "decimal_latitude": -1.23456,
    "decimal_longitude": 35.6789,
    "verbatim_locality": "The tree",
}


def at(time: str, specificity: str = "time") -> Any:
    """Return a time with its precision."""
    return times.read({"time": time, "timeSpecificity": specificity})[0]


def zebra(time: str = "2023-05-04T06:30:00+03:00", specificity: str = "time", **values: Any) -> Any:
    """Return an encounter with a zebra at the river."""
    sighting = SightingFactory(observed=at(time, specificity), location_guid=UUID(REGION), **PLACE)
    return EncounterFactory(sighting=sighting, taxonomy_guid=UUID(TAXONOMY), **values)


def protect(admin: Client, level: str) -> None:
    """Let zebras be sensitive."""
    value = [{"id": TAXONOMY, "coordinates": level}]
    assert admin.post_json(SETTINGS, {"value": value}).status_int == 200


def occurrences(response: Any) -> list[dict[str, Any]]:
    """Return the rows of a Darwin Core archive, by the terms that its description names."""
    files = files_of(response)
    core = ElementTree.fromstring(files["meta.xml"]).find(f"{DWC}core")
    assert core is not None
    location = core.findtext(f"{DWC}files/{DWC}location")
    assert location is not None
    terms = [field.attrib["term"].rpartition("/")[2] for field in core.findall(f"{DWC}field")]
    header, *rows = (line.split("\t") for line in files[location].splitlines())
    assert header == terms
    ElementTree.fromstring(files["eml.xml"])
    return [dict(zip(terms, row, strict=True)) for row in rows]


def test_darwin_core_archive(admin: Client) -> None:
    encounter = zebra(sex="female")
    individual = IndividualFactory(encounters=[encounter])
    annotation = AnnotationFactory(encounter_guid=encounter.guid)
    response = export(admin, "sightings", format="dwca")
    assert response.content_type == "application/zip"
    (row,) = occurrences(response)
    assert row["occurrenceID"] == str(encounter.guid)
    assert row["eventID"] == str(encounter.sighting_guid)
    assert row["organismID"] == str(individual.guid)
    assert (row["basisOfRecord"], row["occurrenceStatus"]) == ("HumanObservation", "present")
    assert (row["scientificName"], row["sex"]) == ("Equus quagga", "female")
    assert row["eventDate"] == "2023-05-04T06:30:00+03:00"
    assert (row["decimalLatitude"], row["decimalLongitude"]) == ("-1.23456", "35.6789")
    assert (row["locality"], row["verbatimLocality"]) == ("Mara River", "The tree")
    assert row["coordinateUncertaintyInMeters"] == ""
    assert row["associatedMedia"].endswith(f"/api/v1/assets/src/{annotation.asset_guid}")


@pytest.mark.parametrize(
    ("specificity", "date"),
    [
        ("year", "2023-01-01/2023-12-31"),
        ("month", "2023-05-01/2023-05-31"),
        ("day", "2023-05-04"),
        ("time", "2023-05-04T00:30:00+03:00"),
    ],
)
def test_dates_have_their_precision(admin: Client, specificity: str, date: str) -> None:
    zebra("2023-05-04T00:30:00+03:00", specificity)
    (row,) = occurrences(export(admin, "encounters", format="dwca"))
    assert row["eventDate"] == date


def test_texts_do_not_break_rows(admin: Client) -> None:
    zebra(verbatim_locality="by\tthe\nriver")
    (row,) = occurrences(export(admin, "encounters", format="dwca"))
    assert row["verbatimLocality"] == "by the river"


def package_of(response: Any, folder: Path) -> tuple[dict[str, Any], Any]:
    """Return the description of a package, and the report of its validation."""
    files = files_of(response)
    description = json.loads(files.pop("datapackage.json"))
    for name, text in files.items():
        (folder / name).write_text(text)
    described = dict(description, profile="data-package")
    described["resources"] = [
        dict(resource, schema=schema_of(resource["name"])) for resource in description["resources"]
    ]
    described.pop("created"), described.pop("spatial")
    return description, Package(described, basepath=str(folder)).validate()


def schema_of(name: str) -> dict[str, Any]:
    """Return the Table Schema of a table of a Camera Trap Data Package."""
    fields = [
        {
            "name": column.name,
            "type": column.type,
            "constraints": {"required": column.required, "unique": column.unique},
            **({"format": "%Y-%m-%dT%H:%M:%S%z"} if column.type == "datetime" else {}),
        }
        for column in TABLES[name]
    ]
    schema: dict[str, Any] = {"fields": fields, "primaryKey": TABLES[name][0].name}
    if name != "deployments":
        reference = {"resource": "deployments", "fields": "deploymentID"}
        schema["foreignKeys"] = [{"fields": "deploymentID", "reference": reference}]
    return schema


def test_camera_trap_data_package(admin: Client, tmp_path: Path) -> None:
    first, last = zebra(sex="male"), zebra("2024-02-01T12:00:00+00:00", "day")
    EncounterFactory(sighting=first.sighting)
    EncounterFactory()  # without coordinates
    individual = IndividualFactory(encounters=[first, last])
    annotation = AnnotationFactory(encounter_guid=first.guid)
    description, report = package_of(export(admin, "encounters", format="camtrap"), tmp_path)
    assert report.valid, report.to_summary()
    assert description["profile"].endswith("/1.0/camtrap-dp-profile.json")
    assert description["temporal"] == {"start": "2023-05-04", "end": "2024-02-01"}
    assert description["taxonomic"] == [{"scientificName": "Equus quagga"}]
    assert description["description"].startswith("1 encounters without coordinates")
    deployments, media, observations = (
        table_of((tmp_path / f"{name}.csv").read_text())
        for name in ("deployments", "media", "observations")
    )
    assert {row["deploymentID"] for row in deployments} == {
        str(each.sighting_guid) for each in (first, last)
    }
    assert [row["mediaID"] for row in media] == [str(annotation.asset_guid)]
    assert len(observations) == 3
    (row,) = (each for each in observations if each["observationID"] == str(first.guid))
    assert (row["eventStart"], row["sex"]) == ("2023-05-04T06:30:00+03:00", "male")
    assert row["individualID"] == str(individual.guid)
    (row,) = (each for each in observations if each["observationID"] == str(last.guid))
    assert row["eventStart"] == "2024-02-01T00:00:00+00:00"
    assert row["eventEnd"] == "2024-02-01T23:59:59+00:00"


def test_a_camera_trap_data_package_has_places(admin: Client) -> None:
    EncounterFactory()
    refused = export(admin, "encounters", status=400, format="camtrap")
    assert "coordinates" in refused.json["message"]


def history(response: Any) -> dict[str, str]:
    """Return the encounter histories of a file of Program MARK by individual."""
    lines = response.text.splitlines()
    found = [re.fullmatch(r"/\* (\S+) \*/ ([01]+) 1;", line) for line in lines]
    return {match[1]: match[2] for match in found if match}


def test_capture_histories_of_mark(admin: Client) -> None:
    days = ("2023-05-01", "2023-05-09", "2023-06-20")
    first = IndividualFactory(encounters=[zebra(f"{day}T10:00:00+00:00") for day in days])
    vague = [zebra("2023-05-04T10:00:00+00:00", "year"), zebra("2023-06-01T10:00:00+00:00")]
    second = IndividualFactory(encounters=vague)
    zebra("2022-01-01T10:00:00+00:00")  # of no individual
    by_week = history(export(admin, "individuals", format="mark", occasion="7d"))
    assert by_week == {str(first.guid): "11000001", str(second.guid): "00001000"}
    by_month = history(export(admin, "encounters", format="mark", occasion="1m"))
    assert by_month == {str(first.guid): "11", str(second.guid): "01"}
    by_year = history(export(admin, "sightings", format="mark"))
    assert by_year == {str(first.guid): "1", str(second.guid): "1"}


def test_captures_of_secr(admin: Client) -> None:
    days = ("2023-05-01", "2023-05-02", "2023-06-20")
    individual = IndividualFactory(encounters=[zebra(f"{day}T10:00:00+00:00") for day in days])
    rows = table_of(export(admin, "individuals", format="secr", occasion="1m").text, " ")
    assert [list(row.values())[:4] for row in rows] == [
        ["Equus_quagga", str(individual.guid), "1", "Mara_River"],
        ["Equus_quagga", str(individual.guid), "2", "Mara_River"],
    ]


@pytest.mark.parametrize("occasion", ["0d", "7", "7w", "-1y"])
def test_occasions_are_validated(admin: Client, occasion: str) -> None:
    zebra()
    refused = export(admin, "individuals", status=422, format="mark", occasion=occasion)
    assert "occasion" in refused.json["messages"]


def test_histories_need_individuals_and_few_occasions(admin: Client) -> None:
    zebra()
    refused = export(admin, "encounters", status=400, format="mark")
    assert "precise enough" in refused.json["message"]
    years = ("1900", "2023")
    IndividualFactory(encounters=[zebra(f"{year}-05-04T06:30:00+03:00") for year in years])
    refused = export(admin, "encounters", status=400, format="mark", occasion="1d")
    assert "choose longer" in refused.json["message"]


@pytest.mark.parametrize(
    ("level", "point", "uncertainty"),
    [("0.1", ("-1.2", "35.7"), "7872"), ("0.01", ("-1.23", "35.68"), "788")],
)
def test_places_of_sensitive_species_are_blurred(
    db: Session,
    admin: Client,
    client_for: Any,
    level: str,
    point: tuple[str, str],
    uncertainty: str,
) -> None:
    owner = UserFactory(is_researcher=True)
    zebra(owner=owner)
    protect(admin, level)
    staff = client_for(UserFactory(is_staff=True))
    (row,) = occurrences(export(staff, "sightings", format="dwca"))
    assert (row["decimalLatitude"], row["decimalLongitude"]) == point
    assert row["coordinateUncertaintyInMeters"] == uncertainty
    assert (row["verbatimLocality"], row["locality"]) == ("", "Mara River")
    for exact in (admin, client_for(owner)):
        (row,) = occurrences(export(exact, "sightings", format="dwca"))
        assert (row["decimalLatitude"], row["decimalLongitude"]) == ("-1.23456", "35.6789")
        assert row["verbatimLocality"] == "The tree"


def test_places_of_sensitive_species_are_withheld(
    db: Session, admin: Client, client_for: Any
) -> None:
    value = {
        "definitions": [
            {"id": "1", "name": "nest", "multiple": False, "schema": {"displayType": "latlong"}}
        ]
    }
    db.add(SiteSetting(key="site.custom.customFields.Encounter", value=value))
    protect(admin, "withheld")
    encounter = zebra(custom_fields={"1": [-1.23456, 35.6789]}, **PLACE)
    # A place is that of all animals in the sighting.
    EncounterFactory(sighting=encounter.sighting, **PLACE)
    staff = client_for(UserFactory(is_staff=True))
    rows = [row for sheet in sheets_of(export(staff, "sightings")).values() for row in sheet]
    assert len(rows) == 3
    for row in rows:
        assert (row["decimalLatitude"], row["decimalLongitude"]) == (None, None)
        assert row["verbatimLocality"] is None
        assert row.get("customField.nest") is None
    found = occurrences(export(staff, "sightings", format="dwca"))
    assert {row["informationWithheld"] for row in found} == {"Coordinates of a sensitive species."}
    export(staff, "sightings", status=400, format="camtrap")


@pytest.mark.parametrize(
    ("level", "shown"), [("0.1", "[-1.2, 35.7], [-1.1, 35.6]"), ("withheld", "")]
)
def test_each_of_several_positions_is_protected(
    db: Session, admin: Client, client_for: Any, level: str, shown: str
) -> None:
    nests = {"id": "1", "name": "nests", "multiple": True, "schema": {"displayType": "latlong"}}
    key = "site.custom.customFields.Encounter"
    db.add(SiteSetting(key=key, value={"definitions": [nests]}))
    protect(admin, level)
    positions = [[-1.23456, 35.6789], [-1.12345, 35.5678]]
    zebra(custom_fields={"1": positions})
    for client, text in (
        (client_for(UserFactory(is_staff=True)), shown),
        (admin, "[-1.23456, 35.6789], [-1.12345, 35.5678]"),
    ):
        (row,) = table_of(export(client, "encounters", format="csv").text)
        assert row["customField.nests"] == text


def test_sensitive_species_are_known(admin: Client) -> None:
    unknown = [{"id": REGION, "coordinates": "0.1"}]
    refused = admin.post_json(SETTINGS, {"value": unknown})
    assert (refused.status_int, list(refused.json["messages"])) == (422, ["site.sensitiveSpecies"])
    vague = [{"id": TAXONOMY, "coordinates": "0.5"}]
    assert admin.post_json(SETTINGS, {"value": vague}).status_int == 422
