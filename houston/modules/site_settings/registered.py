"""What other modules tell this one: what their objects use, how many there are, and more.

They stand above it and cannot be asked by name, so they register functions when they are included.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from pyramid.config import Configurator
from sqlalchemy import ColumnElement, Select, literal, select, true

from houston.core.db.session import Session
from houston.core.mail.transports import SmtpTransport
from houston.core.services import Services, services_of
from houston.modules.site_settings.models import SiteSetting

Usage = Callable[[Session, set[str]], Mapping[str, int]]
"""How many objects use each of some ids; those that none does may be left out."""
Count = Callable[[Session], int]
ReferenceCheck = Callable[[Session, str], bool]
"""Whether there is an object of this guid, in lower case."""


@dataclass
class Registered:
    """What one application has registered, with the default and the description of each key."""

    defaults: Mapping[str, Any]
    descriptions: Mapping[str, Mapping[str, Any]]
    recaptcha_url: str
    mandrill: SmtpTransport
    usages: dict[str, list[Usage]] = field(default_factory=dict)
    counts: dict[str, Count] = field(default_factory=dict)
    references: dict[str, ReferenceCheck] = field(default_factory=dict)
    flags: dict[str, ColumnElement[bool]] = field(default_factory=dict)
    snapshots: WeakKeyDictionary[Any, Any] = field(default_factory=WeakKeyDictionary)
    """The settings as each transaction has read them."""

    @cached_property
    def statement(self) -> Select[Any]:
        """The flags with each setting that is stored; where none is, the flags alone."""
        flags: list[ColumnElement[Any]] = [
            condition.label(name) for name, condition in self.flags.items()
        ]
        site = select(*flags or [literal(1).label("site")]).subquery("site")
        setting = SiteSetting.__table__.c
        return (
            select(*site.c, setting.key, setting.value, setting.file_upload_guid)
            .select_from(site)
            .outerjoin(SiteSetting, true())
        )


def usage(services: Services, db: Session, kind: str, ids: Iterable[str]) -> dict[str, int]:
    """How many objects use each id, whatever module they are of; those that none does are left out.

    `kind` is what the ids are of: `species`, `regions`, or `customFields.Sighting` and its like.
    """
    wanted, total = set(ids), dict[str, int]()
    for function in services[Registered].usages.get(kind, ()):
        for id, count in function(db, wanted).items():
            if count:
                total[id] = total.get(id, 0) + count
    return total


def include_directives(config: Configurator, registered: Registered) -> None:
    """Let modules register."""
    services_of(config).add(registered)
    config.add_directive("add_setting_usage", _add_setting_usage)
    config.add_directive("add_public_count", _add_public_count)
    config.add_directive("add_reference_check", _add_reference_check)
    config.add_directive("add_site_flag", _add_site_flag)


def _add_setting_usage(config: Configurator, kind: str, usage: Usage) -> None:
    """`config.add_setting_usage("regions", function)`: what is in use is neither changed nor gone.

    `function(db, ids)` answers with the number of objects for each of the ids.
    """
    usages = services_of(config)[Registered].usages.setdefault(kind, [])
    config.action(None, usages.append, args=(usage,))


def _add_public_count(config: Configurator, name: str, count: Count) -> None:
    """`config.add_public_count("num_users", function)`: a number that everybody may know."""
    counts = services_of(config)[Registered].counts
    config.action(("houston.public_count", name), counts.__setitem__, args=(name, count))


def _add_reference_check(config: Configurator, kind: str, check: ReferenceCheck) -> None:
    """`config.add_reference_check("individual", function)`: custom fields may refer to these.

    `function(db, guid)` answers whether there is one.
    """
    references = services_of(config)[Registered].references
    config.action(("houston.reference", kind), references.__setitem__, args=(kind, check))


def _add_site_flag(config: Configurator, name: str, condition: ColumnElement[bool]) -> None:
    """`config.add_site_flag("site.adminUserInitialized", exists(…))`: a truth about the site.

    `name` is one of `keys.FLAGS`. It is asked for by the statement that reads the settings, so let
    an index answer it.
    """
    flags = services_of(config)[Registered].flags
    config.action(("houston.site_flag", name), flags.__setitem__, args=(name, condition))
