"""Each check finds the rows that break its rule, and no others."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.integrity import MAX_FINDINGS, IntegrityChecks
from houston.core.services import Services
from houston.core.storage import Storage
from houston.core.storage.garbage_collection import path_of
from houston.modules.asset_groups.models import AssetGroup, Stage
from houston.modules.assets.models import AssetImage
from houston.modules.sightings.models import Encounter, Sighting, SightingStage
from tests.factories import services as parts
from tests.factories.annotations import AnnotationFactory
from tests.factories.asset_groups import (
    AssetGroupFactory,
    AssetGroupSightingFactory,
    DetectionJobFactory,
)
from tests.factories.asset_groups import EncounterFactory as DraftFactory
from tests.factories.assets import AssetFactory, jpeg, stored
from tests.factories.identification import IdentificationJobFactory
from tests.factories.individuals import IndividualFactory, MergeRequestFactory
from tests.factories.sightings import EncounterFactory, SightingFactory

LONG_AGO = utc_now() - timedelta(hours=2)


def processed(**values: Any) -> AssetGroup:
    group: AssetGroup = AssetGroupFactory(**values)
    AssetGroupSightingFactory(asset_group=group, stage=Stage.PROCESSED)
    return group


def wrongly_processed() -> list[Any]:
    early = AssetGroupFactory(is_processed=True)
    AssetGroupSightingFactory(asset_group=early)
    processed(is_processed=True)
    AssetGroupSightingFactory()
    return [early, processed()]


def sightings_missing_assets() -> list[Any]:
    AssetGroupSightingFactory(asset_group=(group := AssetGroupFactory()), assets=[of(group)])
    return [AssetGroupSightingFactory(assets=[AssetFactory()])]


def of(group: Any) -> Any:
    return AssetFactory(asset_group=group)


def annotations_of_other_assets() -> list[Any]:
    own, other = AnnotationFactory(), AnnotationFactory()
    sighting = AssetGroupSightingFactory(assets=[own.asset])
    DraftFactory(asset_group_sighting=sighting, annotations=[own, other])
    return [other]


def stage(each: Stage) -> Callable[[], list[Any]]:
    def make() -> list[Any]:
        AssetGroupSightingFactory()
        return [AssetGroupSightingFactory(stage=each)]

    return make


def jobless_detecting_sightings() -> list[Any]:
    detecting = {"stage": Stage.DETECTION, "detection_start": LONG_AGO}
    asked = AssetGroupSightingFactory(**detecting)
    DetectionJobFactory(asset_group_sighting_guid=asked.guid)
    AssetGroupSightingFactory(stage=Stage.DETECTION, detection_start=utc_now())
    answered = AssetGroupSightingFactory(**detecting)
    DetectionJobFactory(asset_group_sighting_guid=answered.guid, active=False)
    return [answered, AssetGroupSightingFactory(**detecting)]


def sightings_without_sighting() -> list[Any]:
    consistent()
    return [AssetGroupSightingFactory(sighting_guid=uuid4())]


def unknown_to_origin() -> list[Any]:
    consistent()
    return [SightingFactory(asset_group_sighting=AssetGroupSightingFactory())]


def consistent() -> None:
    origin = AssetGroupSightingFactory(sighting_guid=uuid4())
    SightingFactory(guid=origin.sighting_guid, asset_group_sighting=origin)


def sightings_no_encounters() -> list[Any]:
    EncounterFactory()
    return [SightingFactory()]


def individuals_no_encounters() -> list[Any]:
    IndividualFactory(encounters=[EncounterFactory()])
    return [IndividualFactory()]


def overdue_merges() -> list[Any]:
    def request(deadline: Any) -> Any:
        individuals = [IndividualFactory(encounters=[EncounterFactory()]) for _ in range(2)]
        return MergeRequestFactory(individuals=individuals, deadline=deadline)

    request(utc_now())
    return [request(LONG_AGO)]


def failed_sightings() -> list[Any]:
    SightingFactory()
    return [SightingFactory(stage=SightingStage.FAILED)]


def jobless_identifying_sightings() -> list[Any]:
    asked, lost, new = SightingFactory.create_batch(3, stage=SightingStage.IDENTIFICATION)
    IdentificationJobFactory(sighting_guid=asked.guid)
    session = SightingFactory._meta.sqlalchemy_session_factory()
    old = update(Sighting).where(Sighting.guid != new.guid).values(updated=LONG_AGO)
    session.execute(old)
    session.commit()
    return [lost]


def other_sighting() -> list[Any]:
    own, other = AssetFactory(), AssetFactory()
    encounter: Encounter = EncounterFactory(sighting=SightingFactory(assets=[own]))
    AnnotationFactory(asset=own, encounter_guid=encounter.guid)
    AnnotationFactory(asset=other)
    return [AnnotationFactory(asset=other, encounter_guid=encounter.guid)]


def annotations_no_content_guid() -> list[Any]:
    AnnotationFactory(content_guid=uuid4())
    return [AnnotationFactory()]


def no_encounter() -> list[Any]:
    asset = of(processed(is_processed=True))
    AnnotationFactory(asset=asset, encounter_guid=EncounterFactory().guid)
    AnnotationFactory(asset=of(processed()))
    return [AnnotationFactory(asset=asset)]


def assets_no_content_guid() -> list[Any]:
    AssetFactory(content_guid=uuid4())
    AssetFactory(width=None, height=None, content=jpeg())
    AssetGroupSightingFactory(stage=Stage.DETECTION, assets=[AssetFactory()])
    return [AssetFactory()]


def multiple_sightings() -> list[Any]:
    once, twice = AssetFactory(), AssetFactory()
    SightingFactory(assets=[once, twice])
    SightingFactory(assets=[twice])
    return [twice]


def no_sightings() -> list[Any]:
    SightingFactory(assets=[AssetFactory()])
    AssetGroupSightingFactory(assets=[AssetFactory()])
    return [AssetFactory()]


def file_not_on_disk() -> list[Any]:
    AssetFactory(content=jpeg(color="red"))
    original = AssetFactory(content=(lost := jpeg(color="green")))
    reduced = AssetFactory(content=jpeg(color="blue"))
    image = stored(jpeg(8, 8, color="olive"))
    session = AssetFactory._meta.sqlalchemy_session_factory()
    session.add(AssetImage(asset_guid=reduced.guid, format="thumb", file_key=image.key,
                           width=8, height=8))  # fmt: skip
    session.commit()
    for key in (stored(lost).key, image.key):
        parts()[Storage].backend.remove(path_of(key))
    return [original, reduced]


CASES: dict[str, Callable[[], list[Any]]] = {
    "annotations.no_content_guid": annotations_no_content_guid,
    "annotations.no_encounter": no_encounter,
    "annotations.other_sighting": other_sighting,
    "asset_groups.annotations_of_other_assets": annotations_of_other_assets,
    "asset_groups.failed_sightings": stage(Stage.FAILED),
    "asset_groups.jobless_detecting_sightings": jobless_detecting_sightings,
    "asset_groups.preparation_stage_sightings": stage(Stage.PREPARATION),
    "asset_groups.sightings_missing_assets": sightings_missing_assets,
    "asset_groups.sightings_without_sighting": sightings_without_sighting,
    "asset_groups.unknown_stage_sightings": stage(Stage.UNKNOWN),
    "asset_groups.wrongly_processed": wrongly_processed,
    "assets.file_not_on_disk": file_not_on_disk,
    "assets.multiple_sightings": multiple_sightings,
    "assets.no_content_guid": assets_no_content_guid,
    "assets.no_sightings": no_sightings,
    "individuals.no_encounters": individuals_no_encounters,
    "individuals.overdue_merges": overdue_merges,
    "sightings.failed_sightings": failed_sightings,
    "sightings.jobless_identifying_sightings": jobless_identifying_sightings,
    "sightings.no_encounters": sightings_no_encounters,
    "sightings.unknown_to_origin": unknown_to_origin,
}
"""The functions that create rows, and return those that the check finds."""
GROUPED = "asset_groups.assets_without_annots"


@pytest.fixture
def run(services: Services, db: Session) -> Callable[[str], list[Any]]:
    """Return a function that runs a check."""
    return lambda name: services[IntegrityChecks][name].run(services, db)


@pytest.mark.parametrize("name", CASES)
def test_check_finds_what_breaks_its_rule(run: Callable[[str], list[Any]], name: str) -> None:
    found = CASES[name]()
    assert run(name) == sorted(str(each.guid) for each in found)


def test_each_check_has_a_case(services: Services) -> None:
    assert services[IntegrityChecks].keys() == {*CASES, GROUPED}


def test_pictures_without_annotations_are_found_by_group(run: Callable[[str], list[Any]]) -> None:
    group = processed()
    AnnotationFactory(asset=of(group))
    bare = sorted(str(of(group).guid) for _ in range(2))
    of(AssetGroupFactory())
    assert run(GROUPED) == [{"group_guid": str(group.guid), "asset_guids": bare}]


def test_findings_are_bounded(
    run: Callable[[str], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_FINDINGS == 1000
    monkeypatch.setattr("houston.core.integrity.MAX_FINDINGS", 2)
    guids = sorted(str(SightingFactory().guid) for _ in range(3))
    assert run("sightings.no_encounters") == guids[:2]


def test_number_of_statements_does_not_grow(
    services: Services, db: Session, statements: list[str]
) -> None:
    def number(sightings: int) -> int:
        for _ in range(sightings):
            of(processed())
            SightingFactory()
        statements.clear()
        services[IntegrityChecks].run(services, db)
        return len(statements)

    assert number(1) == number(4)
