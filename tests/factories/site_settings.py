"""Factories of stored settings and of their values."""

from typing import Any
from uuid import uuid4

from houston.modules.site_settings.models import SiteSetting
from tests.factories import RowFactory


class SiteSettingFactory(RowFactory):
    """The stored value of a key."""

    class Meta:
        model = SiteSetting

    key = "site.name"
    value: Any = "Zebras of Kenya"


def region(name: str, *regions: dict[str, Any], **values: Any) -> dict[str, Any]:
    """Return a region with its subregions."""
    return {"id": str(uuid4()), "name": name, "locationID": list(regions), **values}


def species(name: str = "Equus quagga", **values: Any) -> dict[str, Any]:
    """Return a species."""
    return {"id": str(uuid4()), "scientificName": name, "commonNames": [name.lower()], **values}


def category(type: str = "sighting", **values: Any) -> dict[str, Any]:
    """Return a category of custom fields."""
    return {"id": str(uuid4()), "label": "Weather", "type": type, **values}


def definition(
    display: str = "string", *, multiple: bool = False, required: bool = False, **schema: Any
) -> dict[str, Any]:
    """Return the definition of a custom field."""
    return {
        "id": str(uuid4()),
        "name": display,
        "multiple": multiple,
        "required": required,
        "schema": {"category": "none", "displayType": display, "label": display, **schema},
    }
