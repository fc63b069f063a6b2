"""The table of annotations."""

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from houston.core.db.models import FEW, Audited, Base, Identified, Timestamped, association
from houston.core.db.types import Guid
from houston.modules.assets.models import Asset, picture_address
from houston.modules.keywords.models import Keyword

annotation_keyword = association("annotation_keyword", "annotation", "keyword")


class Annotation(Audited, Identified, Timestamped, Base):
    """A box around an animal in the picture of an asset.

    Attributes:
        ia_class: The class by the image analysis.
        viewpoint: The direction from which the animal is seen, one of `VIEWPOINTS`.
        bounds: `rect`, `[x, y, width, height]` in pixels of the picture as it is displayed, and
            `theta`, the rotation of the box about its centre in radians.
        content_guid: Its guid in the image analysis; None while it is not known there as it is.
        contributor_guid: The account that created it; None for the image analysis.
        encounter_guid: The encounter that it shows, once its sighting is committed.
    """

    __tablename__ = "annotation"

    asset_guid: Mapped[UUID] = mapped_column(
        ForeignKey("asset.guid", ondelete="CASCADE"), index=True
    )
    ia_class: Mapped[str] = mapped_column(String(255))
    viewpoint: Mapped[str] = mapped_column(String(50))
    bounds: Mapped[dict[str, Any]] = mapped_column(JSON)
    content_guid: Mapped[UUID | None] = mapped_column(Guid(), index=True)
    contributor_guid: Mapped[UUID | None] = mapped_column(
        ForeignKey("user.guid", ondelete="SET NULL"), index=True
    )
    # The type is explicit: the table that the column refers to is that of a higher module.
    encounter_guid: Mapped[UUID | None] = mapped_column(
        Guid(), ForeignKey("encounter.guid", ondelete="SET NULL"), index=True
    )

    asset: Mapped[Asset] = relationship()
    keywords: Mapped[list[Keyword]] = relationship(
        secondary=annotation_keyword, order_by=Keyword.value, passive_deletes=True, info=FEW
    )

    @property
    def asset_src(self) -> str:
        """The path of the address of its picture."""
        return picture_address(self.asset_guid)
