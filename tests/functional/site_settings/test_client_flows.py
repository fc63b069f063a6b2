"""Flows B9 and B11 of the web client: settings in steps, and the custom fields of a site."""

from typing import Any
from uuid import uuid4

import pytest
from pyramid.router import Router

from houston.core.db.session import Session
from tests.factories.assets import jpeg
from tests.factories.users import PASSWORD, UserFactory
from tests.functional.flows.web_client import WebClient, transaction

COLOURS = ("#487A63", "#8176B1", "#2E818A", "#C24E14", "#B35196")
"""The colours of the web client, which shows others as its own."""
IMAGES = ("logo", "splashImage", "splashVideo", "customCardImage")
GENERAL = (
    "site.name",
    "site.private",
    "site.look.themeColor",
    "site.look.logoIncludesSiteName",
    "site.general.tagline",
    "site.general.customCardButtonUrl",
    "site.links.facebookLink",
    "email_service",
    "email_service_username",
    "email_service_password",
    "googleMapsApiKey",
    "recaptchaPublicKey",
    "intelligent_agent_twitterbot_enabled",
    "intelligent_agent_twitterbot_consumer_secret",
    "intelligent_agent_twitterbot_bearer_token",
)


@pytest.fixture
def browser(app: Router, db: Session) -> WebClient:
    """Return the browser of an administrator who is signed in."""
    admin = UserFactory(is_admin=True)
    browser = WebClient(app)
    assert browser.sign_in(admin.email, PASSWORD).status_int == 200
    return browser


def save(browser: WebClient, form: dict[str, Any]) -> dict[str, Any]:
    """Save a step: send all fields, and reload the settings and the bot."""
    browser.mutate("POST", "/site-settings/data/", {"value": form})
    settings: dict[str, Any] = browser.get("/site-settings/data").json
    tested = browser.get("/site-settings/test/intelligent_agent_twitterbot").json
    assert tested == {"success": False, "message": "Not enabled."}
    return settings


def test_general_settings_in_steps(browser: WebClient) -> None:
    settings = browser.get("/site-settings/data").json
    assert settings["site.look.themeColor"]["value"] in COLOURS
    form: dict[str, Any] = {key: settings[key]["value"] for key in GENERAL}
    form["email_service_password"] = "hush hush"
    settings = save(browser, form)
    form = {key: settings[key]["value"] for key in GENERAL}
    files = transaction()
    browser.upload("our logo.jpg", jpeg(), files)
    form["logo"] = {"transactionId": files, "transactionPath": "our logo.jpg"}
    settings = save(browser, form | {"site.links.facebookLink": "https://example.org/zebras"})
    assert settings["email_service_password"]["isSet"] is True
    assert settings["site.links.facebookLink"]["value"] == "https://example.org/zebras"
    assert browser.image(settings["site.images"]["logo"]) == jpeg()
    settings = save(browser, form | dict.fromkeys(IMAGES))
    assert settings["site.images"] == {}
    assert settings["email_service_password"]["isSet"] is True
    browser.mutate("DELETE", "/site-settings/data/logo")


def test_texts_name_the_site_once_it_is_named(browser: WebClient) -> None:
    texts = ("tagline", "description", "helpDescription")

    def shown() -> list[str]:
        settings = browser.get("/site-settings/data").json
        return [settings[f"site.general.{text}"]["value"] for text in texts]

    before = shown()
    assert all("<your site name>" in text for text in before)
    for name in ("Zebras of Kenya", "Stripes"):
        browser.mutate("POST", "/site-settings/data/site.name", {"value": name})
        assert shown() == [text.replace("<your site name>", name) for text in before]
    form = {f"site.general.{text}": value for text, value in zip(texts, before, strict=True)}
    save(browser, form)
    assert all("Stripes" in text for text in shown())
    browser.mutate("POST", "/site-settings/data/site.general.tagline", {"value": "Hello!"})
    assert shown()[0] == "Hello!"


def test_custom_fields_are_managed(browser: WebClient) -> None:
    def put(key: str, value: Any) -> Any:
        browser.mutate("POST", f"/site-settings/data/{key}", {"value": value})
        return browser.get("/site-settings/data").json[key]["value"]

    category = {"id": str(uuid4()), "label": "Weather", "type": "sighting", "timeCreated": 5}
    put("site.custom.customFieldCategories", [category])
    field = {
        "id": str(uuid4()),
        "name": "rain",
        "type": "boolean",
        "multiple": False,
        "required": False,
        "default": None,
        "timeCreated": 5,
        "schema": {
            "displayType": "boolean",
            "label": "Rain",
            "description": "",
            "category": category["id"],
            "defaultValue": False,
        },
    }
    fields = "site.custom.customFields.Sighting"
    assert put(fields, {"definitions": [field]}) == {"definitions": [field]}
    path = f"{fields}/{field['id']}"
    removal = [{"force": False, "op": "remove", "path": path}]
    browser.mutate("PATCH", "/site-settings/data", removal)
    assert browser.get("/site-settings/data").json[fields]["value"] == {"definitions": []}

    zebra = browser.get("/site-settings/data").json["site.species"]["suggestedValues"][0]
    scheme = {"prefix": "ZEB", "type": "auto-species", "enabled": True}
    (saved,) = put("site.species", [{**zebra, "autogeneratedName": scheme}])
    names = browser.get("/site-settings/data").json["autogenerated_names"]["value"]
    ((guid, named),) = names.items()
    assert named["reference_guid"] == saved["id"]
    old = {**scheme, "guid": guid, "type": named["type"]}
    new = {"commonNames": ["grevy"], "scientificName": "Equus grevyi"}
    both = [
        {**saved, "autogeneratedName": old},
        {**new, "autogeneratedName": {**scheme, "prefix": "GRE"}},
    ]
    assert len(put("site.species", both)) == 2

    mother, calf = ({"guid": str(uuid4()), "label": label} for label in ("Mother", "Calf"))
    family = {"guid": str(uuid4()), "label": "Family", "roles": [mother, calf]}
    put("relationship_type_roles", {family["guid"]: family})
    put("social_group_roles", [{**mother, "multipleInGroup": False}])
    region = {"id": str(uuid4()), "name": "Kenya", "locationID": []}
    assert put("site.custom.regions", {"locationID": [region]}) == {"locationID": [region]}
