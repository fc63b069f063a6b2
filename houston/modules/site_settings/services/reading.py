"""What is set: single values, and what modules above hold their data against.

Each is read once for a transaction; none of what is returned is to be changed.
"""

from collections.abc import Mapping
from typing import Any

from houston.core.db.session import Session
from houston.core.security.recaptcha import Recaptcha
from houston.core.services import Services
from houston.modules.site_settings.custom_fields import CustomFields
from houston.modules.site_settings.registered import Registered
from houston.modules.site_settings.snapshot import snapshot
from houston.modules.site_settings.structures.regions import Region
from houston.modules.site_settings.structures.species import Species


def value(services: Services, db: Session, key: str) -> Any:
    """The value of a key, secret or not: what is stored, or the default."""
    return snapshot(services, db).value(key)


def known_regions(services: Services, db: Session) -> Mapping[str, Region]:
    """The regions of the site by their ids in lower case, headings among them."""
    return snapshot(services, db).regions


def known_species(services: Services, db: Session) -> Mapping[str, Species]:
    """The species of the site by their ids in lower case."""
    return snapshot(services, db).species


def recaptcha(services: Services, db: Session) -> Recaptcha:
    """How the site uses reCAPTCHA."""
    present = snapshot(services, db)
    return Recaptcha(
        public_key=present.value("recaptchaPublicKey") or "",
        secret=present.value("recaptchaSecretKey") or "",
        url=services[Registered].recaptcha_url,
    )


def custom_fields(services: Services, db: Session, noun: str) -> CustomFields:
    """What checks the custom fields of a `Sighting`, an `Encounter` or an `Individual`."""
    return CustomFields(services, db, noun)
