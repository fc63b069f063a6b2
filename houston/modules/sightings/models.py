"""The tables of sightings and of their encounters, and the local roles that callers have there."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from pyramid.authorization import Everyone
from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from houston.core.db.models import FEW, Audited, Base, Identified, Timestamped, association
from houston.core.db.texts import SEARCHED
from houston.core.db.types import Guid, UtcDateTime, enumeration, utc_now
from houston.core.security.grants import LocalRole
from houston.core.values import TextEnum
from houston.domain.observations import MatchState, Observed, Sex
from houston.domain.roles import Role
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.models import AssetGroupSighting
from houston.modules.assets.models import Asset
from houston.modules.collaborations.models import LEVELS, collaborator_role
from houston.modules.jobs.models import Progress
from houston.modules.users.models import User, is_public, owner_role


class SightingStage(TextEnum):
    """The stage of a sighting after its commit."""

    IDENTIFICATION = "identification"
    UN_REVIEWED = "un_reviewed"
    PROCESSED = "processed"
    FAILED = "failed"


REVIEWED = frozenset({MatchState.REVIEWED, MatchState.UNIDENTIFIABLE})
"""The states in which a sighting needs no more work."""

sighting_asset = association(
    "sighting_asset", "asset", "sighting", Column("position", Integer, nullable=False)
)


class SightingTaxonomy(Base):
    """A species that was seen, by its guid among those of the site."""

    __tablename__ = "sighting_taxonomy"

    sighting_guid: Mapped[UUID] = mapped_column(
        ForeignKey("sighting.guid", ondelete="CASCADE"), primary_key=True
    )
    taxonomy_guid: Mapped[UUID] = mapped_column(Guid(), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)


class Sighting(Observed, Audited, Identified, Timestamped, Base):
    """Animals that were seen at one time and place, each in an encounter.

    Attributes:
        id_configs: The configurations of identification, as asset group sightings have them.
        unreviewed_start: The time at which the last identification ended.
        review_time: The time at which it was reviewed, or found unidentifiable.
    """

    __tablename__ = "sighting"
    __table_args__ = (Index(None, "decimal_latitude", "decimal_longitude"),)

    time: Mapped[datetime] = mapped_column(UtcDateTime(), index=True)
    stage: Mapped[SightingStage] = mapped_column(enumeration(SightingStage, "stage"))
    match_state: Mapped[MatchState] = mapped_column(
        enumeration(MatchState, "match_state"), default=MatchState.UNREVIEWED, index=True
    )
    name: Mapped[str | None] = mapped_column(String(120))
    comments: Mapped[str | None] = mapped_column(Text, info=SEARCHED)
    featured_asset_guid: Mapped[UUID | None] = mapped_column(
        ForeignKey("asset.guid", ondelete="SET NULL"), index=True
    )
    id_configs: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    asset_group_sighting_guid: Mapped[UUID | None] = mapped_column(
        ForeignKey("asset_group_sighting.guid", ondelete="SET NULL"), unique=True
    )
    unreviewed_start: Mapped[datetime | None] = mapped_column(UtcDateTime(), default=utc_now)
    review_time: Mapped[datetime | None] = mapped_column(UtcDateTime())
    progress_identification_guid: Mapped[UUID | None] = mapped_column(
        ForeignKey("progress.guid", ondelete="SET NULL")
    )

    asset_group_sighting: Mapped[AssetGroupSighting | None] = relationship()
    assets: Mapped[list[Asset]] = relationship(
        secondary=sighting_asset, order_by=sighting_asset.c.position, passive_deletes=True
    )
    encounters: Mapped[list["Encounter"]] = relationship(
        back_populates="sighting",
        cascade="all, delete-orphan",
        order_by="Encounter.created, Encounter.position, Encounter.guid",
        passive_deletes=True,
    )
    taxonomies: Mapped[list[SightingTaxonomy]] = relationship(
        cascade="all, delete-orphan",
        order_by=SightingTaxonomy.position,
        passive_deletes=True,
        info=FEW,
    )
    progress_identification: Mapped[Progress | None] = relationship(
        cascade="all, delete-orphan", single_parent=True
    )

    has_view = has_edit = False

    def set_species(self, guids: Iterable[UUID]) -> None:
        """Set the species, in their order; the same one counts once."""
        before = {each.taxonomy_guid: each for each in self.taxonomies}
        self.taxonomies = [
            before.get(guid) or SightingTaxonomy(taxonomy_guid=guid)
            for guid in dict.fromkeys(guids)
        ]
        for position, each in enumerate(self.taxonomies):
            each.position = position

    @property
    def featured_asset(self) -> UUID | None:
        """The guid of the featured asset; that of the first asset, if none is chosen."""
        guids = [asset.guid for asset in self.assets]
        if self.featured_asset_guid in guids:
            return self.featured_asset_guid
        return guids[0] if guids else None


class Encounter(Observed, Audited, Identified, Timestamped, Base):
    """One animal in a sighting.

    Attributes:
        position: The place among the encounters of a sighting that were created together.
        asset_group_sighting_encounter_guid: The encounter in curation that it comes from.
        has_view: Whether the caller of the present request may read it.
        has_edit: Whether they may change it.
    """

    __tablename__ = "encounter"
    # A condition on both columns finds few rows; by one of them, SQLite might take the other.
    __table_args__ = (
        Index(None, "decimal_latitude", "decimal_longitude"),
        Index(None, "sighting_guid", "owner_guid"),
        Index(None, "sighting_guid", "taxonomy_guid"),
        Index(None, "individual_guid", "owner_guid"),
    )

    sighting_guid: Mapped[UUID] = mapped_column(ForeignKey("sighting.guid", ondelete="CASCADE"))
    # The type is explicit: the table that the column refers to is that of a higher module.
    individual_guid: Mapped[UUID | None] = mapped_column(
        Guid(), ForeignKey("individual.guid", ondelete="SET NULL")
    )
    owner_guid: Mapped[UUID] = mapped_column(ForeignKey("user.guid"), index=True)
    submitter_guid: Mapped[UUID | None] = mapped_column(ForeignKey("user.guid"), index=True)
    asset_group_sighting_encounter_guid: Mapped[UUID | None] = mapped_column(Guid())
    position: Mapped[int] = mapped_column(default=0)
    sex: Mapped[Sex | None] = mapped_column(enumeration(Sex, "sex"))
    taxonomy_guid: Mapped[UUID | None] = mapped_column(Guid(), index=True)

    sighting: Mapped[Sighting] = relationship(back_populates="encounters")
    owner: Mapped[User] = relationship(
        foreign_keys=[owner_guid], primaryjoin=owner_guid == User.guid, viewonly=True
    )
    submitter: Mapped[User | None] = relationship(
        foreign_keys=[submitter_guid], primaryjoin=submitter_guid == User.guid, viewonly=True
    )
    annotations: Mapped[list[Annotation]] = relationship(
        order_by=(Annotation.created, Annotation.guid), passive_deletes=True
    )

    has_view = has_edit = False


ENCOUNTER_OWNER = owner_role("the owner of the encounter", Encounter)
ENCOUNTER_VIEWER, ENCOUNTER_EXPORTER, ENCOUNTER_EDITOR = COLLABORATORS = tuple(
    collaborator_role(f"{level} collaborators of the owner of the encounter", Encounter, level)
    for level in LEVELS
)
PUBLIC_ENCOUNTER_VISITOR = LocalRole(
    "anyone, where the public reported the encounter",
    Encounter,
    is_public(Encounter.owner_guid),
    Everyone,
)
PUBLIC_ENCOUNTER_RESEARCHER = PUBLIC_ENCOUNTER_VISITOR.held_by(
    Role.RESEARCHER, "researchers, where the public reported the encounter"
)


def collaborators_through(encounters: Any) -> Iterator[LocalRole]:
    """Yield the view, export and edit collaborators of the owners of the encounters of objects.

    Args:
        encounters: The attribute that refers to the encounters, such as `Individual.encounters`.
    """
    for level, role in zip(LEVELS, COLLABORATORS, strict=True):
        yield role.through(encounters, f"{level} collaborators of the owners of its encounters")
