"""Site settings that unprocessed sightings use, and the public number of those sightings."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from houston.modules.asset_groups.models import AssetGroupSighting, Stage
from tests.clients_of_roles import Client
from tests.factories.asset_groups import AssetGroupSightingFactory, EncounterFactory
from tests.factories.site_settings import SiteSettingFactory, definition
from tests.functional.asset_groups.reports import HEADING, REGION, TAXONOMY

DATA = "/api/v1/site-settings/data"
FIELD = definition("integer")
EMPTIED = {"locationID": [{"id": HEADING, "name": "Kenya"}]}


@pytest.fixture(autouse=True)
def fields() -> None:
    for noun in ("Sighting", "Encounter"):
        SiteSettingFactory(key=f"site.custom.customFields.{noun}", value={"definitions": [FIELD]})


def use(what: str, document: str, stage: Stage) -> None:
    """Create a sighting or an encounter that uses a setting."""
    values: dict[str, Any] = {
        "region": {"locationId": REGION},
        "species": {"taxonomy": TAXONOMY},
        "field": {"customFields": {FIELD["id"]: 7}},
        "empty field": {"customFields": {FIELD["id"]: None}},
    }[what]
    row = AssetGroupSightingFactory(stage=stage, sighting=values if document == "sighting" else {})
    if document == "encounter":
        EncounterFactory(asset_group_sighting=row, encounter=values)


USES = pytest.mark.parametrize(
    ("what", "document", "key", "value"),
    [
        ("region", "sighting", "site.custom.regions", EMPTIED),
        ("region", "encounter", "site.custom.regions", EMPTIED),
        ("species", "encounter", "site.species", []),
        ("field", "sighting", "site.custom.customFields.Sighting", {"definitions": []}),
        ("field", "encounter", "site.custom.customFields.Encounter", {"definitions": []}),
        ("empty field", "sighting", "site.custom.customFields.Sighting", {"definitions": []}),
        ("empty field", "encounter", "site.custom.customFields.Encounter", {"definitions": []}),
    ],
)


@USES
def test_setting_in_use_cannot_be_removed(
    admin: Client, what: str, document: str, key: str, value: Any
) -> None:
    use(what, document, Stage.CURATION)
    assert admin.post_json(f"{DATA}/{key}", {"value": value}).status_int == 409


@pytest.mark.parametrize("what", ["field", "empty field"])
@pytest.mark.parametrize("document", ["sighting", "encounter"])
def test_field_is_removed_with_its_values(
    admin: Client, db: Session, document: str, what: str
) -> None:
    use(what, document, Stage.CURATION)
    path = f"site.custom.customFields.{document.title()}/{FIELD['id']}"
    removal = {"op": "remove", "path": path, "force": True}
    assert admin.patch_json(DATA, [removal]).status_int == 200
    row: Any = db.scalars(select(AssetGroupSighting)).one()
    values = row.sighting if document == "sighting" else row.encounters[0].encounter
    assert values == {"customFields": {}}


@USES
def test_setting_of_processed_sightings_can_be_removed(
    admin: Client, what: str, document: str, key: str, value: Any
) -> None:
    use(what, document, Stage.PROCESSED)
    assert admin.post_json(f"{DATA}/{key}", {"value": value}).status_int == 200


def test_number_of_unprocessed_sightings(anonymous: Client) -> None:
    for stage in (Stage.CURATION, Stage.DETECTION, Stage.PROCESSED):
        AssetGroupSightingFactory(stage=stage)
    assert anonymous.get("/api/v1/site-settings/public-data").json["num_pending_sightings"] == 2
