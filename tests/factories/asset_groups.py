"""Asset groups, with their sightings and encounters."""

from typing import Any

from factory import LazyFunction, SubFactory

from houston.modules.asset_groups.models import (
    AssetGroup,
    AssetGroupSighting,
    AssetGroupSightingEncounter,
    DetectionJob,
    Stage,
    UploadType,
    asset_group_sighting_asset,
)
from houston.modules.users.models import PUBLIC_EMAIL
from tests.factories import RowFactory
from tests.factories.users import UserFactory

TIME = {"time": "2023-05-04T06:30:00+03:00", "timeSpecificity": "time"}


class PublicUserFactory(UserFactory):
    """The Public User."""

    username = email = PUBLIC_EMAIL
    is_internal = True


class AssetGroupFactory(RowFactory):
    """An asset group without sightings."""

    class Meta:
        model = AssetGroup

    owner: Any = SubFactory(UserFactory)
    upload_type = UploadType.FORM


class AssetGroupSightingFactory(RowFactory):
    """An asset group sighting in curation, with the given `assets`."""

    class Meta:
        model = AssetGroupSighting

    asset_group: Any = SubFactory(AssetGroupFactory)
    stage = Stage.CURATION
    sighting = LazyFunction(lambda: dict(TIME))

    @classmethod
    def _create(cls, model: type[AssetGroupSighting], *args: Any, **values: Any) -> Any:
        assets = values.pop("assets", ())
        row = super()._create(model, *args, **values)
        session = cls._meta.sqlalchemy_session_factory()
        for position, asset in enumerate(assets):
            session.execute(
                asset_group_sighting_asset.insert().values(
                    asset_guid=asset.guid,
                    asset_group_sighting_guid=row.guid,
                    position=position,
                )
            )
        session.commit()
        return row


class EncounterFactory(RowFactory):
    """An encounter of an asset group sighting."""

    class Meta:
        model = AssetGroupSightingEncounter

    asset_group_sighting: Any = SubFactory(AssetGroupSightingFactory)
    encounter = LazyFunction(dict)


class DetectionJobFactory(RowFactory):
    """A request to the image analysis without a result."""

    class Meta:
        model = DetectionJob

    model = "african_terrestrial"
