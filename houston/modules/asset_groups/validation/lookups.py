"""What a submission is held against, looked up once however many sightings it has."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.services import Services
from houston.modules.image_analysis.interface import ImageAnalysis
from houston.modules.site_settings.custom_fields import CustomFields
from houston.modules.site_settings.services import custom_fields, known_regions, known_species
from houston.modules.users.models import User, folded


@dataclass(frozen=True)
class Lookups:
    """What there is on this site, and whose the addresses are that were given.

    `regions` are those that something can be seen at. `custom_fields` are by the kind of object
    that has them, `owners` by their folded addresses.
    """

    regions: Collection[str]
    species: Collection[str]
    detectors: Collection[str]
    algorithms: Collection[str]
    custom_fields: Mapping[str, CustomFields]
    owners: Mapping[str, UUID]


def look_up(services: Services, db: Session, emails: Iterable[str | None] = ()) -> Lookups:
    """What there is on this site; of accounts, the active ones with these addresses."""
    catalogue = services[ImageAnalysis].catalogue
    regions = known_regions(services, db).items()
    return Lookups(
        regions=frozenset(id for id, region in regions if not region.placeholder_only),
        species=known_species(services, db).keys(),
        detectors=catalogue.detectors.keys(),
        algorithms=catalogue.identifiers.keys(),
        custom_fields={
            noun: custom_fields(services, db, noun) for noun in ("Sighting", "Encounter")
        },
        owners=_owners(db, emails),
    )


def _owners(db: Session, emails: Iterable[str | None]) -> dict[str, UUID]:
    wanted = {folded(email) for email in emails if email}
    if not wanted:
        return {}
    accounts = select(User.email_folded, User.guid)
    found = db.execute(accounts.where(User.email_folded.in_(wanted), User.is_active))
    return {row.email_folded: row.guid for row in found}
