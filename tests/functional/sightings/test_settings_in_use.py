"""Site settings that sightings and encounters use, and the public number of sightings."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from houston.modules.sightings.models import SightingTaxonomy
from tests.clients_of_roles import Client
from tests.factories.sightings import EncounterFactory, SightingFactory
from tests.factories.site_settings import SiteSettingFactory, definition
from tests.functional.asset_groups.reports import HEADING, REGION, TAXONOMY

DATA = "/api/v1/site-settings/data"
FIELD = definition("integer")
EMPTIED = {"locationID": [{"id": HEADING, "name": "Kenya"}]}
NO_FIELDS: dict[str, Any] = {"definitions": []}
OF_SIGHTINGS = "site.custom.customFields.Sighting"
OF_ENCOUNTERS = "site.custom.customFields.Encounter"


@pytest.fixture(autouse=True)
def fields() -> None:
    for key in (OF_SIGHTINGS, OF_ENCOUNTERS):
        SiteSettingFactory(key=key, value={"definitions": [FIELD]})


@pytest.mark.parametrize(
    ("factory", "values", "key", "value"),
    [
        (SightingFactory, {"location_guid": UUID(REGION)}, "site.custom.regions", EMPTIED),
        (EncounterFactory, {"location_guid": UUID(REGION)}, "site.custom.regions", EMPTIED),
        (
            SightingFactory,
            {"taxonomies": [SightingTaxonomy(taxonomy_guid=UUID(TAXONOMY))]},
            "site.species",
            [],
        ),
        (EncounterFactory, {"taxonomy_guid": UUID(TAXONOMY)}, "site.species", []),
        (SightingFactory, {"custom_fields": {FIELD["id"]: 7}}, OF_SIGHTINGS, NO_FIELDS),
        (EncounterFactory, {"custom_fields": {FIELD["id"]: 7}}, OF_ENCOUNTERS, NO_FIELDS),
        (SightingFactory, {"custom_fields": {FIELD["id"]: None}}, OF_SIGHTINGS, NO_FIELDS),
        (EncounterFactory, {"custom_fields": {FIELD["id"]: None}}, OF_ENCOUNTERS, NO_FIELDS),
    ],
)
def test_setting_in_use_cannot_be_removed(
    admin: Client, factory: Any, values: dict[str, Any], key: str, value: Any
) -> None:
    row = factory(**values)
    assert admin.post_json(f"{DATA}/{key}", {"value": value}).status_int == 409
    sighting = getattr(row, "sighting_guid", None) or row.guid
    assert admin.delete(f"/api/v1/sightings/{sighting}").status_int == 204
    assert admin.post_json(f"{DATA}/{key}", {"value": value}).status_int == 200


@pytest.mark.parametrize("value", [7, None])
@pytest.mark.parametrize(
    ("factory", "noun"), [(SightingFactory, "Sighting"), (EncounterFactory, "Encounter")]
)
def test_field_is_removed_with_its_values(
    admin: Client, db: Session, factory: Any, noun: str, value: int | None
) -> None:
    row = factory(custom_fields={FIELD["id"]: value, "other": "kept"})
    factory(custom_fields={"other": None})
    path = f"site.custom.customFields.{noun}/{FIELD['id']}"
    removal = {"op": "remove", "path": path}
    refused = admin.patch_json(DATA, [removal])
    assert (refused.status_int, refused.json["numValues"]) == (409, 1)
    assert admin.patch_json(DATA, [{**removal, "force": True}]).status_int == 200
    db.refresh(row)
    assert row.custom_fields == {"other": "kept"}
    audited = admin.get(f"/api/v1/audit_logs/{row.guid}").json
    assert "Update" in {each["audit_type"] for each in audited}


def test_number_of_sightings(anonymous: Client) -> None:
    SightingFactory.create_batch(2)
    assert anonymous.get("/api/v1/site-settings/public-data").json["num_sightings"] == 2
