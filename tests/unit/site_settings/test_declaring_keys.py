"""Modules declare keys, flags and usages at configuration time."""

from typing import Any

import pytest
from pyramid.config import Configurator
from pyramid.exceptions import ConfigurationConflictError
from pyramid.router import Router
from sqlalchemy import true

from houston.core.api.contributions import Contributions
from houston.core.api.openapi import openapi
from houston.core.errors import Unprocessable
from houston.core.mail.transports import SmtpTransport, smtp_transport
from houston.core.schema.nodes import Integer, Password
from houston.core.services import Services, services_of
from houston.modules.site_settings.keys import KEYS
from houston.modules.site_settings.registry import Key, SettingsRegistry
from houston.modules.site_settings.schemas import NewSettingsSchema, SiteSettingsSchema

MANDRILL: SmtpTransport = smtp_transport("smtp://localhost")


@pytest.fixture
def config() -> Any:
    """A configurator of an application without keys."""
    config = Configurator()
    config.include("houston.core.api.contributions")
    services = services_of(config)
    services.add(SettingsRegistry(services, "https://localhost", MANDRILL))
    config.include("houston.modules.site_settings.directives")
    return config


def registry_of(config: Any) -> SettingsRegistry:
    config.commit()
    return services_of(config)[SettingsRegistry]


def test_key_is_declared_once(config: Any) -> None:
    config.add_site_setting(Key("zoo.size", Integer(0, 9), 3))
    assert registry_of(config).defaults == {"zoo.size": 3}
    contributions = services_of(config)[Contributions]
    for schema in (SiteSettingsSchema, NewSettingsSchema):
        assert [each.name for each in contributions.of(schema)] == ["zoo.size"]
    config.add_site_setting(Key("zoo.name", Integer()))
    config.add_site_setting(Key("zoo.name", Integer()))
    with pytest.raises(ConfigurationConflictError):
        config.commit()


def test_default_is_made_of_the_services(config: Any) -> None:
    services_of(config).add("a text")
    config.add_site_setting(Key("zoo.name", Password(), lambda services: services[str]))
    registry = registry_of(config)
    assert registry.defaults == {"zoo.name": "a text"}
    assert registry.descriptions["zoo.name"]["defaultValue"] == "a text"


def test_values_are_validated_by_the_declared_nodes(config: Any) -> None:
    config.add_site_setting(Key("zoo.size", Integer(0, 9)))
    config.add_site_setting(Key("zoo.secret", Password()))
    registry = registry_of(config)
    assert registry.load({"zoo.size": 4, "zoo.secret": None}) == {"zoo.size": 4, "zoo.secret": None}
    with pytest.raises(Unprocessable) as refused:
        registry.load({"zoo.size": 10, "zoo.secret": ["hush"], "x" * 200: 1})
    assert refused.value.messages == {
        "zoo.size": ["zoo.size must be between 0 and 9"],
        "zoo.secret": [
            "Houston Setting key=zoo.secret, value incorrect type value=(hidden),"
            "needs to be <class 'str'>"
        ],
        "x" * 100 + "…": ["x" * 100 + "… not supported"],
    }


def test_uses_are_summed_over_modules(config: Any) -> None:
    config.add_setting_usage("regions", lambda _db, _ids: {"a": 1, "b": 0})
    config.add_setting_usage("regions", lambda _db, ids: dict.fromkeys(ids, 2))
    db: Any = None
    assert registry_of(config).usage(db, "regions", ["a", "c"]) == {"a": 3, "c": 2}
    assert registry_of(config).usage(db, "species", ["a"]) == {}
    assert registry_of(config).usage(db, "regions", []) == {}


def test_flag_is_a_field_of_the_settings(config: Any) -> None:
    config.add_site_flag("zoo.open", true(), "Whether the zoo is open.")
    assert list(registry_of(config).flags) == ["zoo.open"]
    (field,) = services_of(config)[Contributions].of(SiteSettingsSchema)
    node: Any = field.node
    assert node.compute({"zoo.open": True}) is True


def test_document_has_all_keys_and_the_members_of_errors(app: Router, services: Services) -> None:
    document = openapi(app.registry)
    schemas = document["components"]["schemas"]
    declared = services[SettingsRegistry].keys
    assert declared.keys() >= {key.name for key in KEYS}
    assert declared.keys() < schemas["SiteSettings"]["properties"].keys()
    changeable = {name for name, key in declared.items() if not key.read_only}
    assert schemas["NewSettings"]["properties"].keys() == changeable
    assert schemas["NewSettings"]["additionalProperties"] is False
    conflict = document["components"]["responses"]["SettingsConflict"]["content"]
    assert "numValues" in conflict["application/json"]["schema"]["properties"]
    assert "numValues" not in schemas["Error"]["properties"]
