"""The tables of assets and of their images, and the local roles that callers have with an asset."""

from uuid import UUID

from pyramid.authorization import Everyone
from sqlalchemy import BigInteger, ForeignKey, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from houston.core.db.models import FEW, Audited, Base, Identified, Timestamped, association
from houston.core.db.types import Guid, enumeration
from houston.core.security.grants import LocalRole
from houston.core.values import TextEnum
from houston.domain.roles import Role
from houston.modules.collaborations.models import Level, collaborator_role
from houston.modules.keywords.models import Keyword
from houston.modules.users.models import is_public, is_researchers, owner_role


class AssetState(TextEnum):
    """The state of preparation; a damaged asset has its original alone."""

    PENDING = "pending"
    READY = "ready"
    DAMAGED = "damaged"


FORMATS = {"master": 4096, "mid": 1024, "thumb": 256}
"""The formats of images: the side in pixels of the square that each fits, the largest first."""

asset_tag = association("asset_tag", "asset", "keyword")


def picture_address(guid: UUID) -> str:
    """Return the path of the address of an asset's picture."""
    return f"/api/v1/assets/src/{guid}"


class Asset(Audited, Identified, Timestamped, Base):
    """A file of an asset group, whose original never changes.

    Attributes:
        position: The place in the asset group, from 0.
        size: Bytes of the original.
        file_key: The key of the original in the storage.
        width: Pixels of the picture as it is displayed: upright, and rotated.
        height: Pixels of the picture as it is displayed.
        captured: The time of the photograph, in ISO 8601, with an offset where the camera has one.
        rotation: Degrees counter-clockwise, from 0 to 359.
        version: Counts the rotations, from 1.
        problem: The reason why the asset is damaged, or shows no picture or a part of it.
        content_guid: The guid of the picture in the image analysis.
    """

    __tablename__ = "asset"

    owner_guid: Mapped[UUID] = mapped_column(ForeignKey("user.guid"), index=True)
    # The type is explicit: the table that the column refers to is that of a higher module.
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

    images: Mapped[list["AssetImage"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True
    )
    tags: Mapped[list[Keyword]] = relationship(
        secondary=asset_tag, order_by=Keyword.value, passive_deletes=True, info=FEW
    )

    @property
    def is_image(self) -> bool:
        """Return whether the file is a picture."""
        return self.mime_type.startswith("image/")

    @property
    def dimensions(self) -> dict[str, int] | None:
        """The size of the picture in pixels; None for other files."""
        if self.width is None or self.height is None:
            return None
        return {"width": self.width, "height": self.height}


class AssetImage(Base):
    """The picture of an asset in one format."""

    __tablename__ = "asset_image"

    asset_guid: Mapped[UUID] = mapped_column(
        ForeignKey("asset.guid", ondelete="CASCADE"), primary_key=True
    )
    format: Mapped[str] = mapped_column(String(10), primary_key=True)
    file_key: Mapped[str] = mapped_column(ForeignKey("stored_file.key"), index=True)
    width: Mapped[int]
    height: Mapped[int]


ASSET_OWNER = owner_role("the owner of the asset", Asset)
ASSET_VIEWER = collaborator_role("view collaborators of the owner of the asset", Asset, Level.VIEW)
ASSET_EDITOR = collaborator_role("edit collaborators of the owner of the asset", Asset, Level.EDIT)
PUBLIC_ASSET_VISITOR = LocalRole(
    "anyone, where the public reported the asset", Asset, is_public(Asset.owner_guid), Everyone
)
PUBLIC_ASSET_RESEARCHER = PUBLIC_ASSET_VISITOR.held_by(
    Role.RESEARCHER, "researchers, where the public reported the asset"
)
ASSET_CURATOR = LocalRole(
    "researchers, where the owner of the asset is no researcher",
    Asset,
    ~is_researchers(Asset.owner_guid),
    Role.RESEARCHER,
)
PUBLIC_ASSET_ADMIN = PUBLIC_ASSET_VISITOR.held_by(
    Role.ADMIN, "administrators, where the public reported the asset"
)
