"""Assets, with generated pictures."""

from io import BytesIO
from typing import Any

from factory import LazyAttribute, Sequence, SubFactory
from PIL import Image

from houston.core.storage import Storage, StoredFile
from houston.modules.assets.models import Asset, AssetState
from tests.factories import RowFactory, services
from tests.factories.asset_groups import AssetGroupFactory


def jpeg(width: int = 64, height: int = 48, color: str = "teal", **options: Any) -> bytes:
    """Return the bytes of a picture of one colour."""
    written = BytesIO()
    Image.new("RGB", (width, height), color).save(written, "JPEG", **options)
    return written.getvalue()


def stored(content: bytes) -> StoredFile:
    """Store some bytes, and return the row of the file."""
    session = AssetGroupFactory._meta.sqlalchemy_session_factory()
    return services()[Storage].put(session, content)


class AssetFactory(RowFactory):
    """A photograph in an asset group; `content` is the bytes of the original."""

    class Meta:
        model = Asset
        exclude = ("asset_group",)

    asset_group: Any = SubFactory(AssetGroupFactory)
    asset_group_guid = LazyAttribute(lambda asset: asset.asset_group.guid)
    owner_guid = LazyAttribute(lambda asset: asset.asset_group.owner.guid)
    filename = Sequence(lambda number: f"zebra{number}.jpg")
    mime_type = "image/jpeg"
    state = AssetState.READY
    width, height = 64, 48

    @classmethod
    def _create(cls, model: type[Asset], *args: Any, **values: Any) -> Asset:
        content = values.pop("content", None) or jpeg(values["width"], values["height"])
        values |= {"file_key": stored(content).key, "size": len(content)}
        asset: Asset = super()._create(model, *args, **values)
        return asset
