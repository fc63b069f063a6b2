"""What is set: single values, and what modules above hold their data against.

Each is read once for a transaction; none of what is returned is to be changed.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from houston.core.security.recaptcha import Recaptcha
from houston.modules.site_settings.custom_fields import CustomFields
from houston.modules.site_settings.registered import registered
from houston.modules.site_settings.snapshot import snapshot
from houston.modules.site_settings.structures.regions import Region
from houston.modules.site_settings.structures.species import Species


def value(db: Session, key: str) -> Any:
    """The value of a key, secret or not: what is stored, or the default."""
    return snapshot(db).value(key)


def known_regions(db: Session) -> Mapping[str, Region]:
    """The regions of the site by their ids in lower case, headings among them."""
    return snapshot(db).regions


def known_species(db: Session) -> Mapping[str, Species]:
    """The species of the site by their ids in lower case."""
    return snapshot(db).species


def recaptcha(db: Session) -> Recaptcha:
    """How the site uses reCAPTCHA."""
    present = snapshot(db)
    return Recaptcha(
        public_key=present.value("recaptchaPublicKey") or "",
        secret=present.value("recaptchaSecretKey") or "",
        url=registered(db).recaptcha_url,
    )


def custom_fields(db: Session, noun: str) -> CustomFields:
    """What checks the custom fields of a `Sighting`, an `Encounter` or an `Individual`."""
    return CustomFields(db, noun)
