"""Changing settings: all or none are stored, and secrets are never shown."""

from typing import Any

import pytest
from sqlalchemy import select

from houston.core.db.session import Session
from houston.modules.audit_logs.models import AuditLog
from houston.modules.site_settings.keys import KEYS
from houston.modules.site_settings.models import SiteSetting
from tests.clients_of_roles import Client
from tests.factories.site_settings import SiteSettingFactory, category, definition
from tests.functional.site_settings.conftest import DATA, Uses, entry, post


def stored(db: Session, key: str) -> Any:
    """Return the stored value of a key, or None."""
    return db.scalar(select(SiteSetting.value).where(SiteSetting.key == key))


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("path", [DATA, f"{DATA}/"])
def test_several_keys(staff: Client, wrapped: bool, path: str) -> None:
    values = {"site.name": "Zebras", "site.private": False, "site.general.tagline": ""}
    response = staff.post_json(path, {"value": values} if wrapped else values)
    assert (response.status_int, response.json) == (200, {})
    block = staff.get(DATA).json
    assert {key: block[key]["value"] for key in values} == values
    staff.post_json(path, {"site.name": None})
    assert entry(staff, "site.name")["value"] == "<your site name>"


def test_one_key(admin: Client) -> None:
    response = post(admin, "site.name", "Zebras")
    assert response.status_int == 200
    assert response.json == {"key": "site.name", "public": True, "value": "Zebras"}
    assert post(admin, "site.name", None).json["value"] == "<your site name>"
    assert post(admin, "individualMergeDefaultDelayDays", 7).json["value"] == 7
    assert post(admin, "email_secondary_text", ["One.", "Two."]).json["value"] == ["One.", "Two."]


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ({"site.nothing": 1}, {"site.nothing": "site.nothing not supported"}),
        ({"system_guid": "x"}, {"system_guid": "system_guid is read-only"}),
        ({"sentryDsn": None}, {"sentryDsn": "sentryDsn is read-only"}),
        (
            {"site.name": 5},
            {
                "site.name": "Houston Setting key=site.name, value incorrect type value=5,"
                "needs to be <class 'str'>"
            },
        ),
        (
            {"site.private": "true"},
            {
                "site.private": "Houston Setting key=site.private, value incorrect type "
                "value=true,needs to be <class 'bool'>"
            },
        ),
        (
            {"individualMergeDefaultDelayDays": True},
            {
                "individualMergeDefaultDelayDays": "Houston Setting "
                "key=individualMergeDefaultDelayDays, value incorrect type value=True,"
                "needs to be <class 'int'>"
            },
        ),
        (
            {"individualMergeDefaultDelayDays": -1},
            {
                "individualMergeDefaultDelayDays": "individualMergeDefaultDelayDays must be "
                "between 0 and 3650"
            },
        ),
        (
            {"site.general.donationButtonUrl": " JavaScript:alert(1)"},
            {
                "site.general.donationButtonUrl": "site.general.donationButtonUrl must be an "
                "http or https address"
            },
        ),
        (
            {"site.links.facebookLink": "java\tscript:alert(1)"},
            {"site.links.facebookLink": "site.links.facebookLink must be an http or https address"},
        ),
        (
            {"site.look.themeColor": "red"},
            {"site.look.themeColor": "site.look.themeColor must be a colour such as #8176B1"},
        ),
        (
            {"email_service": "pigeon"},
            {"email_service": "email_service must be one of mailchimp"},
        ),
        (
            {"email_default_sender_email": "nobody"},
            {"email_default_sender_email": "email_default_sender_email must be an email address"},
        ),
        (
            {"site.name": "a\0b"},
            {"site.name": "site.name contains text or numbers that cannot be stored"},
        ),
        (
            {"site.name": "x" * 10_001},
            {"site.name": "site.name is longer than 10000 characters"},
        ),
    ],
)
def test_errors_are_reported_by_key(
    admin: Client, values: dict[str, Any], texts: dict[str, str]
) -> None:
    response = admin.post_json(DATA, values)
    assert response.status_int == 422
    assert response.json["messages"] == {key: [text] for key, text in texts.items()}
    assert response.json["message"] == next(iter(texts.values()))


def test_all_errors_are_reported_and_nothing_is_stored(admin: Client, db: Session) -> None:
    values = {"site.name": "Zebras", "site.private": 1, "unknown": 1, "site.species": {}}
    response = admin.post_json(DATA, values)
    assert response.status_int == 422
    assert set(response.json["messages"]) == {"site.private", "unknown", "site.species"}
    assert response.json["message"].startswith("3 faults; the first: ")
    assert db.scalars(select(SiteSetting)).all() == []


@pytest.mark.parametrize("body", [[], "x", 5])
def test_body_is_an_object(admin: Client, body: Any) -> None:
    assert admin.post_json(DATA, body).status_int == 422


def test_one_key_needs_a_value(admin: Client) -> None:
    response = admin.post_json(f"{DATA}/site.name", {})
    assert response.status_int == 422
    assert response.json["messages"] == {"value": ["Need value as the key in the data setting"]}


def test_secret_is_never_returned(admin: Client) -> None:
    response = post(admin, "recaptchaSecretKey", "hush hush")
    assert response.json == {"key": "recaptchaSecretKey", "public": False, "value": None}
    refused = post(admin, "recaptchaSecretKey", ["hush hush"])
    assert refused.status_int == 422
    assert "hush" not in refused.text


def test_null_does_not_change_a_secret_and_delete_removes_it(admin: Client, db: Session) -> None:
    post(admin, "email_service_password", "hush hush")
    block = admin.get(DATA).json
    names = ("site.name", "email_service_password", "email_service")
    sent_back = {name: block[name]["value"] for name in names}
    assert admin.post_json(DATA, {"value": sent_back}).status_int == 200
    assert post(admin, "email_service_password", None).status_int == 200
    assert stored(db, "email_service_password") == "hush hush"
    assert admin.delete(f"{DATA}/email_service_password").status_int == 204
    assert entry(admin, "email_service_password")["isSet"] is False


def test_empty_text_disables_a_secret(admin: Client) -> None:
    post(admin, "email_service_password", "hush hush")
    post(admin, "email_service_password", "")
    assert entry(admin, "email_service_password")["isSet"] is False


def test_null_does_not_change_hidden_values(staff: Client, db: Session) -> None:
    SiteSettingFactory(key="transloaditKey", value="loader")
    assert staff.post_json(DATA, {"transloaditKey": None}).status_int == 200
    assert stored(db, "transloaditKey") == "loader"
    assert post(staff, "transloaditKey", "another").json["value"] is None
    assert stored(db, "transloaditKey") == "another"


def test_returned_block_can_be_sent_again(admin: Client) -> None:
    block = admin.get(DATA).json
    values = {
        key.name: block[key.name]["value"]
        for key in KEYS
        if "value" in block[key.name] and not key.read_only
    }
    response = admin.post_json(DATA, {"value": values})
    assert (response.status_int, response.json) == (200, {})
    again = admin.get(DATA).json
    assert {key: again[key]["value"] for key in values} == values


def test_delete_resets_a_key(staff: Client, db: Session) -> None:
    post(staff, "site.name", "Zebras")
    assert staff.delete(f"{DATA}/site.name").status_int == 204
    assert stored(db, "site.name") is None
    assert staff.delete(f"{DATA}/site.name").status_int == 204
    refused = staff.delete(f"{DATA}/system_guid")
    assert (refused.status_int, refused.json["message"]) == (422, "system_guid is read-only")


def test_site_gets_a_guid_at_its_first_change(admin: Client) -> None:
    assert entry(admin, "system_guid")["value"] is None
    post(admin, "site.name", "Zebras")
    guid = entry(admin, "system_guid")["value"]
    post(admin, "site.name", "More zebras")
    assert entry(admin, "system_guid")["value"] == guid is not None


def test_empty_change(admin: Client, db: Session) -> None:
    assert admin.post_json(DATA, {}).status_int == 200
    assert admin.post_json(DATA, {"value": {}}).status_int == 200
    assert admin.patch_json(DATA, []).status_int == 200
    assert db.scalars(select(SiteSetting)).all() == []


class TestRemoval:
    KEY = "site.custom.customFields.Sighting"

    @pytest.fixture
    def fields(self) -> list[dict[str, Any]]:
        """Create two custom fields."""
        weather = category()
        fields = [definition(), definition("integer")]
        for field in fields:
            field["schema"]["category"] = weather["id"]
        SiteSettingFactory(key="site.custom.customFieldCategories", value=[weather])
        SiteSettingFactory(key=self.KEY, value={"definitions": fields})
        return fields

    def remove(self, client: Client, *paths: str, **more: Any) -> Any:
        return client.patch_json(DATA, [{"op": "remove", "path": path, **more} for path in paths])

    @pytest.mark.parametrize("force", [False, True])
    def test_of_a_field(
        self, staff: Client, db: Session, fields: list[dict[str, Any]], force: bool
    ) -> None:
        response = self.remove(staff, f"{self.KEY}/{fields[0]['id']}", force=force)
        assert (response.status_int, response.json) == (200, {})
        assert stored(db, self.KEY) == {"definitions": fields[1:]}

    def test_of_several(self, admin: Client, db: Session, fields: list[dict[str, Any]]) -> None:
        paths = [f"{self.KEY}/{field['id']}" for field in fields]
        post(admin, "site.name", "Zebras")
        assert self.remove(admin, *paths, "site.name").status_int == 200
        assert stored(db, self.KEY) == {"definitions": []}
        assert stored(db, "site.name") is None

    @pytest.mark.parametrize("force", [False, True])
    def test_not_of_a_field_with_values(
        self, admin: Client, db: Session, fields: list[dict[str, Any]], uses: Uses, force: bool
    ) -> None:
        id = fields[0]["id"]
        uses("customFields.Sighting", {id: 3})
        response = self.remove(admin, f"{self.KEY}/{id}", "site.name", force=force)
        assert response.status_int == 409
        assert response.json["numValues"] == 3
        text = f"customFields.Sighting id {id} in use by 3 objects; cannot be dropped"
        assert response.json["message"] == text
        assert stored(db, self.KEY) == {"definitions": fields}

    def test_not_of_an_unknown_field(self, admin: Client, fields: list[dict[str, Any]]) -> None:
        response = self.remove(admin, f"{self.KEY}/x")
        assert response.status_int == 409
        assert response.json["messages"] == {"0": ["invalid guid x for class Sighting"]}
        twice = f"{self.KEY}/{fields[0]['id']}"
        assert self.remove(admin, twice, twice).status_int == 409

    @pytest.mark.parametrize(
        "key", ["site.nothing", "site.custom.customFields.Team/x", "site.name/x", "site.name/"]
    )
    def test_not_of_an_unknown_key(self, admin: Client, key: str) -> None:
        response = self.remove(admin, key)
        assert response.status_int == (200 if key.endswith("/") else 422)
        if response.status_int == 422:
            name = key.split("/")[0]
            assert response.json["messages"] == {"0": [f"Key {name} Not supported"]}

    def test_other_verbs(self, admin: Client) -> None:
        response = admin.patch_json(DATA, [{"op": "add", "path": "site.name"}])
        assert response.status_int == 422
        assert response.json["message"] == "op add not supported on site.name"

    @pytest.mark.parametrize("body", [{}, [1], [{"op": "remove"}], [{"path": "site.name"}]])
    def test_invalid_removals(self, admin: Client, body: Any) -> None:
        assert admin.patch_json(DATA, body).status_int == 422


def test_changes_are_recorded_without_private_values(admin: Client, db: Session) -> None:
    values = {
        "site.name": "Zebras",
        "email_service_username": "postmaster",
        "recaptchaSecretKey": "hush hush",
    }
    admin.post_json(DATA, values)
    (log,) = db.scalars(select(AuditLog).where(AuditLog.module_name == "SiteSetting"))
    assert log.audit_type == "Access"
    assert log.user_email == admin.account.email
    assert "site.name" in log.message
    assert log.changes["site.name"] == {"before": "<your site name>", "after": "Zebras"}
    assert "postmaster" not in str(log.changes) + log.message
    assert "hush" not in str(log.changes) + log.message
    assert "recaptchaSecretKey" in log.changes


def test_refused_change_is_not_recorded(admin: Client, db: Session) -> None:
    admin.post_json(DATA, {"site.name": 5})
    logs = db.scalars(select(AuditLog).where(AuditLog.module_name == "SiteSetting")).all()
    assert logs == []


def test_many_keys_need_few_statements(admin: Client, statements: list[str]) -> None:
    values = {
        key.name: "https://example.org"
        for key in KEYS
        if key.name.startswith(("site.general", "site.links"))
    }
    admin.post_json(DATA, values)
    statements.clear()
    assert admin.post_json(DATA, {name: f"{values[name]}/x" for name in values}).status_int == 200
    assert len(statements) <= 6, statements
