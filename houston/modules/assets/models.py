"""The tables of assets: photographs and other files of a submission, and their smaller copies."""

from enum import Enum
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from houston.core.db.associations import association
from houston.core.db.columns import Audited, Identified, Timestamped
from houston.core.db.meta import Base
from houston.core.db.types import Guid, enumeration
from houston.modules.keywords.models import Keyword

if TYPE_CHECKING:
    from houston.modules.annotations.models import Annotation


class AssetState(str, Enum):
    """Whether the smaller copies of an asset are there; a damaged one has only its original."""

    PENDING = "pending"
    READY = "ready"
    DAMAGED = "damaged"

    __str__ = str.__str__


asset_tag = association("asset_tag", "asset", "keyword")


def picture_address(guid: UUID) -> str:
    """The address of an asset's picture."""
    return f"/api/v1/assets/src/{guid}"


class Asset(Audited, Identified, Timestamped, Base):
    """A file of a submission, whose original is never changed.

    `width` and `height` are those of the picture as it is shown: upright, and turned by `rotation`
    degrees counter-clockwise. `version` counts the rotations. `captured` is when the camera says
    that it was taken, with an offset where it tells one. `content_guid` is its name at the image
    analysis.
    """

    __tablename__ = "asset"

    owner_guid: Mapped[UUID] = mapped_column(ForeignKey("user.guid"), index=True)
    # The type is said aloud: the table that it refers to is a higher module's, and loaded later.
    asset_group_guid: Mapped[UUID] = mapped_column(
        Guid(), ForeignKey("asset_group.guid", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    filename: Mapped[str] = mapped_column(String(255))
    mime_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    file_key: Mapped[str] = mapped_column(ForeignKey("stored_file.key"), index=True)
    width: Mapped[int | None]
    height: Mapped[int | None]
    captured: Mapped[str | None] = mapped_column(String(40))
    rotation: Mapped[int] = mapped_column(SmallInteger, default=0)
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[AssetState] = mapped_column(
        enumeration(AssetState, "state"), default=AssetState.PENDING
    )
    problem: Mapped[str | None] = mapped_column(Text)
    content_guid: Mapped[UUID | None] = mapped_column(Guid())

    annotations: Mapped[list["Annotation"]] = relationship(
        back_populates="asset",
        cascade="all, delete-orphan",
        order_by="Annotation.created, Annotation.guid",
        passive_deletes=True,
    )
    images: Mapped[list["AssetImage"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True
    )
    tags: Mapped[list[Keyword]] = relationship(
        secondary=asset_tag, order_by=Keyword.value, passive_deletes=True
    )

    @property
    def is_image(self) -> bool:
        """Whether there is a picture to be made of it."""
        return self.mime_type.startswith("image/")

    @property
    def dimensions(self) -> dict[str, int] | None:
        """The size of its picture in pixels; None for what is no picture."""
        if self.width is None or self.height is None:
            return None
        return {"width": self.width, "height": self.height}


class AssetImage(Base):
    """A smaller copy of an asset's picture, made once."""

    __tablename__ = "asset_image"

    asset_guid: Mapped[UUID] = mapped_column(
        ForeignKey("asset.guid", ondelete="CASCADE"), primary_key=True
    )
    format: Mapped[str] = mapped_column(String(10), primary_key=True)
    file_key: Mapped[str] = mapped_column(ForeignKey("stored_file.key"), index=True)
    width: Mapped[int]
    height: Mapped[int]
