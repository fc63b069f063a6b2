"""Submissions, and the sightings that they report."""

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
    """A submission without sightings."""

    class Meta:
        model = AssetGroup

    owner: Any = SubFactory(UserFactory)
    upload_type = UploadType.FORM


class AssetGroupSightingFactory(RowFactory):
    """A reported sighting that is curated; `assets` are those that it shall have."""

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
    """An animal of a reported sighting."""

    class Meta:
        model = AssetGroupSightingEncounter

    asset_group_sighting: Any = SubFactory(AssetGroupSightingFactory)
    encounter = LazyFunction(dict)


class DetectionJobFactory(RowFactory):
    """A request to the image analysis that has not been answered."""

    class Meta:
        model = DetectionJob

    model = "african_terrestrial"
