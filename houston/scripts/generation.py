"""Example sites of any size, to try the product out and to measure it."""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from io import BytesIO
from random import Random
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

from invoke import Exit, task
from PIL import Image
from sqlalchemy import insert, select

from houston.core.db.session import Session
from houston.core.services import Services
from houston.core.settings import Settings
from houston.core.storage import Storage
from houston.domain.observations import MatchState, Sex
from houston.domain.times import ComplexDateTime, Specificity
from houston.domain.viewpoints import VIEWPOINTS
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.models import AssetGroup, UploadType
from houston.modules.assets.models import FORMATS, Asset, AssetImage, AssetState
from houston.modules.individuals.models import FIRST_NAME, Individual, Name
from houston.modules.sightings.models import Encounter, Sighting, SightingStage, sighting_asset
from houston.modules.site_settings.models import SiteSetting
from houston.modules.site_settings.services import known_regions, known_species
from houston.modules.users.models import User
from houston.modules.users.services import accounts
from houston.scripts.application import CONFIG_HELP, database

OWNERS, REGIONS, SPECIES = 10, 40, 3
CHUNK = 2000
"""The sightings whose rows are in memory at once."""
SIGHTINGS_OF_INDIVIDUAL = 5
"""The sightings for each individual."""
IDENTIFIED = 0.6
"""The share of encounters whose animal is known."""
BEGIN, DAYS = datetime(2014, 1, 1, tzinfo=timezone.utc), 3650
OFFSET = timedelta(hours=3)
NAMES = ("Zoe", "Ida", "Nala", "Otto", "Kito", "Maua")
NOTES = ("a foal limps", "grazing", "drinking", "one with a torn ear")
PICTURE_SIZE = 64, 48

Rows = list[dict[str, Any]]


@task(
    help={
        **CONFIG_HELP,
        "sightings": "The number of sightings; encounters, individuals and annotations follow.",
        "seed": "The same seed makes the same site.",
    }
)
def generate_site(
    _context: Any, sightings: int = 1000, seed: int = 1, config: str | None = None
) -> None:
    """Fill a site with generated sightings, encounters, individuals and annotations."""
    begun = monotonic()
    with database(config) as (services, db):
        if services[Settings]["houston.environment"] == "production":
            raise Exit("Generated data does not belong on a site in production.", 1)
        random = Random(seed)  # noqa: S311 - the same seed makes the same site
        Generator(services, db, random).generate(sightings)
    print(f"Generated {sightings} sightings in {monotonic() - begun:.0f} s.")


class Place(NamedTuple):
    """A region, and the point around which animals are seen there."""

    guid: UUID
    latitude: float
    longitude: float


class Generator:
    """Writes the rows of a site by few large statements, without entries in the audit log."""

    def __init__(self, services: Services, db: Session, random: Random) -> None:
        self._db, self._random = db, random
        self._owners = self._accounts(services)
        self._complete_settings()
        self._species = [UUID(id) for id in known_species(services, db)]
        self._places = [
            Place(UUID(id), random.uniform(-35, 35), random.uniform(-20, 50))
            for id, region in known_regions(services, db).items()
            if not region.placeholder_only
        ]
        self._group, self._picture = self._asset_group(), services[Storage].put(db, picture())

    def generate(self, sightings: int) -> None:
        """Write so many sightings, with their encounters, individuals, assets and annotations."""
        individuals = self._individuals(max(1, sightings // SIGHTINGS_OF_INDIVIDUAL))
        for first in range(0, sightings, CHUNK):
            self._sightings(min(CHUNK, sightings - first), individuals)

    def _sightings(self, number: int, individuals: Sequence[UUID]) -> None:
        """Write sightings: each has 1 to 4 encounters, with 1 or 2 annotations in 1 or 2 assets."""
        sightings: Rows = []
        encounters: Rows = []
        assets: Rows = []
        links: Rows = []
        annotations: Rows = []
        for _ in range(number):
            sighting = self._sighting()
            own = [
                self._encounter(sighting, individuals) for _ in range(self._random.randint(1, 4))
            ]
            pictures = [self._asset(sighting) for _ in range(self._random.randint(1, 2))]
            sightings.append(sighting)
            encounters += own
            assets += pictures
            links += [
                {
                    "sighting_guid": sighting["guid"],
                    "asset_guid": each["guid"],
                    "position": position,
                }
                for position, each in enumerate(pictures)
            ]
            annotations += [
                self._annotation(encounter, self._random.choice(pictures))
                for encounter in own
                for _ in range(self._random.choice((1, 1, 1, 1, 2)))
            ]
        for table, rows in (
            (Sighting, sightings),
            (Encounter, encounters),
            (Asset, assets),
            (AssetImage, self._images(assets)),
            (sighting_asset, links),
            (Annotation, annotations),
        ):
            self._write(table, rows)

    def _sighting(self) -> dict[str, Any]:
        place, observed = self._random.choice(self._places), self._moment()
        return {
            **self._new(observed.instant),
            "stage": SightingStage.UN_REVIEWED,
            "match_state": self._random.choice(list(MatchState)),
            "time": observed.instant,
            "time_offset": int(OFFSET.total_seconds()),
            "time_specificity": observed.specificity,
            "time_order": observed.middle,
            "location_guid": place.guid,
            "decimal_latitude": place.latitude + self._random.uniform(-1, 1),
            "decimal_longitude": place.longitude + self._random.uniform(-1, 1),
            "verbatim_locality": f"Water hole {self._random.randint(1, 500)}",
            "comments": f"Group of {self._random.randint(1, 30)}, {self._random.choice(NOTES)}.",
        }

    def _encounter(self, sighting: dict[str, Any], individuals: Sequence[UUID]) -> dict[str, Any]:
        is_known = self._random.random() < IDENTIFIED
        return {
            **self._new(sighting["created"]),
            "sighting_guid": sighting["guid"],
            "owner_guid": self._random.choice(self._owners),
            "individual_guid": self._random.choice(individuals) if is_known else None,
            "taxonomy_guid": self._random.choice(self._species),
            "sex": self._random.choice(list(Sex)),
        }

    def _asset(self, sighting: dict[str, Any]) -> dict[str, Any]:
        return {
            **self._new(sighting["created"]),
            "owner_guid": self._random.choice(self._owners),
            "asset_group_guid": self._group,
            "filename": f"DSC{self._random.randint(0, 99999):05}.jpg",
            "mime_type": "image/jpeg",
            "size": self._picture.size,
            "file_key": self._picture.key,
            "width": PICTURE_SIZE[0],
            "height": PICTURE_SIZE[1],
            "state": AssetState.READY,
        }

    def _images(self, assets: Rows) -> Rows:
        """The copies of assets in all formats: each is the same small picture."""
        columns = ("file_key", "width", "height")
        return [
            {
                "asset_guid": asset["guid"],
                "format": format,
                **{name: asset[name] for name in columns},
            }
            for asset in assets
            for format in FORMATS
        ]

    def _annotation(self, encounter: dict[str, Any], asset: dict[str, Any]) -> dict[str, Any]:
        return {
            **self._new(encounter["created"]),
            "asset_guid": asset["guid"],
            "encounter_guid": encounter["guid"],
            "ia_class": "zebra",
            "viewpoint": self._random.choice(VIEWPOINTS),
            "bounds": {"rect": [8, 8, 32, 24], "theta": 0},
        }

    def _individuals(self, number: int) -> list[UUID]:
        rows = [
            {
                **self._new(BEGIN),
                "taxonomy_guid": self._random.choice(self._species),
                "sex": self._random.choice(list(Sex)),
            }
            for _ in range(number)
        ]
        names = [
            {
                **self._new(BEGIN),
                "individual_guid": row["guid"],
                "context": FIRST_NAME,
                "value": f"{self._random.choice(NAMES)} {position}",
                "creator_guid": self._random.choice(self._owners),
            }
            for position, row in enumerate(rows)
        ]
        self._write(Individual, rows)
        self._write(Name, names)
        return [row["guid"] for row in rows]

    def _accounts(self, services: Services) -> list[UUID]:
        """The researchers who own everything; those of an earlier run are used again."""
        emails = [f"researcher{number}@example.org" for number in range(OWNERS)]
        known = self._db.execute(select(User.email, User.guid).where(User.email.in_(emails)))
        guids: dict[str, UUID] = dict(known.all())
        for email in emails:
            if email not in guids:
                user = accounts.create_user(
                    services,
                    self._db,
                    email=email,
                    roles=["is_researcher"],
                    is_email_confirmed=True,
                )
                user.full_name, guids[email] = email.partition("@")[0].title(), user.guid
        return list(guids.values())

    def _complete_settings(self) -> None:
        """Give the site regions and species, unless it has some."""
        regions = [
            {"id": str(self._guid()), "name": f"Region {number}"} for number in range(REGIONS)
        ]
        species = [
            {
                "id": str(self._guid()),
                "commonNames": [f"zebra {number}"],
                "scientificName": f"Equus {number}",
            }
            for number in range(SPECIES)
        ]
        values = {"site.custom.regions": {"locationID": regions}, "site.species": species}
        for key, value in values.items():
            if self._db.get(SiteSetting, key) is None:
                self._db.add(SiteSetting(key=key, value=value))
        self._db.flush()

    def _asset_group(self) -> UUID:
        group = AssetGroup(
            owner_guid=self._owners[0],
            upload_type=UploadType.BULK,
            is_processed=True,
            description="Generated photographs",
        )
        self._db.add(group)
        self._db.flush()
        return group.guid

    def _moment(self) -> ComplexDateTime:
        instant = BEGIN + timedelta(minutes=self._random.randrange(DAYS * 24 * 60))
        specificity = self._random.choice(list(Specificity))
        return ComplexDateTime(instant, OFFSET, specificity)

    def _new(self, created: datetime) -> dict[str, Any]:
        return {"guid": self._guid(), "created": created, "updated": created}

    def _guid(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)

    def _write(self, table: Any, rows: Rows) -> None:
        self._db.execute(insert(getattr(table, "__table__", table)), rows)


def picture() -> bytes:
    """Return the grey picture that all generated photographs have."""
    written = BytesIO()
    Image.new("L", PICTURE_SIZE, 128).save(written, "JPEG")
    return written.getvalue()
