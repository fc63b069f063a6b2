"""Sightings and their encounters."""

from typing import Any

from factory import LazyFunction, SubFactory

from houston.domain import times
from houston.modules.sightings.models import Encounter, Sighting, SightingStage, sighting_asset
from tests.factories import RowFactory
from tests.factories.asset_groups import TIME
from tests.factories.users import UserFactory


class SightingFactory(RowFactory):
    """A sighting without encounters, with the given `assets`."""

    class Meta:
        model = Sighting

    stage = SightingStage.UN_REVIEWED
    observed = LazyFunction(lambda: times.read(TIME)[0])

    @classmethod
    def _create(cls, model: type[Sighting], *args: Any, **values: Any) -> Any:
        assets = values.pop("assets", ())
        row = super()._create(model, *args, **values)
        session = cls._meta.sqlalchemy_session_factory()
        for position, asset in enumerate(assets):
            session.execute(
                sighting_asset.insert().values(
                    sighting_guid=row.guid, asset_guid=asset.guid, position=position
                )
            )
        session.commit()
        return row


class EncounterFactory(RowFactory):
    """An encounter of a new sighting."""

    class Meta:
        model = Encounter

    sighting: Any = SubFactory(SightingFactory)
    owner: Any = SubFactory(UserFactory)
