"""The featured asset of a sighting, its details, and the sightings of a user."""

from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from houston.domain.observations import MatchState
from houston.modules.assets.models import AssetImage, AssetState
from houston.modules.sightings.models import Sighting, SightingTaxonomy
from tests.clients_of_roles import Client
from tests.factories.annotations import AnnotationFactory
from tests.factories.assets import AssetFactory, jpeg, stored
from tests.factories.individuals import IndividualFactory, NameFactory
from tests.factories.jobs import ProgressFactory
from tests.factories.keywords import KeywordFactory
from tests.factories.sightings import EncounterFactory, SightingFactory
from tests.factories.users import UserFactory

SIGHTINGS = "/api/v1/sightings"


@pytest.fixture
def assets() -> Any:
    """Return two assets."""
    return AssetFactory.create_batch(2)


@pytest.fixture
def row(researcher: Client, assets: Any) -> Any:
    """Return a sighting with two assets and an encounter of the researcher."""
    row = SightingFactory(assets=assets)
    EncounterFactory(sighting=row, owner=researcher.account)
    return row


class TestFeaturedAsset:
    """The asset that stands for a sighting."""

    def test_is_chosen(self, researcher: Client, row: Any, assets: Any) -> None:
        address = f"{SIGHTINGS}/{row.guid}/featured_asset_guid"
        unchosen = {"guid": str(row.guid), "featured_asset_guid": None}
        assert researcher.get(address).json == unchosen
        guid = str(assets[1].guid)
        chosen = researcher.post_json(address, {"featured_asset_guid": guid})
        assert (chosen.status_int, chosen.json) == (200, {"success": True})
        assert researcher.get(address).json == {**unchosen, "featured_asset_guid": guid}
        assert researcher.get(f"{SIGHTINGS}/{row.guid}").json["featuredAssetGuid"] == guid

    def test_is_one_of_its_own(self, db: Session, researcher: Client, row: Any) -> None:
        address = f"{SIGHTINGS}/{row.guid}/featured_asset_guid"
        for guid in (AssetFactory().guid, uuid4()):
            refused = researcher.post_json(address, {"featured_asset_guid": str(guid)})
            assert refused.status_int == 409
            assert str(guid) in refused.json["message"]
        assert researcher.post_json(address, {"featured_asset_guid": "x"}).status_int == 422
        db.refresh(row)
        assert row.featured_asset_guid is None

    def test_picture(self, db: Session, researcher: Client, row: Any, assets: Any) -> None:
        address = f"{SIGHTINGS}/{row.guid}/featured_image"
        colours = dict(zip((asset.guid for asset in assets), ("red", "blue"), strict=True))
        for guid, colour in colours.items():
            key = stored(jpeg(color=colour)).key
            db.add(AssetImage(asset_guid=guid, format="master", file_key=key, width=64, height=48))
        db.commit()
        first = researcher.get(address)
        assert (first.status_int, first.content_type) == (200, "image/jpeg")
        assert Image.open(BytesIO(first.body)).getpixel((9, 9))[0] > 250
        row.featured_asset_guid = assets[1].guid
        db.commit()
        second = researcher.get(address)
        assert Image.open(BytesIO(second.body)).getpixel((9, 9))[2] > 250

    def test_picture_in_preparation(self, db: Session, researcher: Client, row: Any) -> None:
        row.assets[0].state = AssetState.PENDING
        db.commit()
        assert researcher.get(f"{SIGHTINGS}/{row.guid}/featured_image").status_int == 503

    def test_sighting_without_assets(self, researcher: Client) -> None:
        guid = EncounterFactory(owner=researcher.account).sighting_guid
        response = researcher.get(f"{SIGHTINGS}/{guid}/featured_image")
        assert response.status_int == 404
        assert response.json["message"] == "The sighting has no picture."


class TestSightingsOfUser:
    """The sightings with an encounter of a user."""

    def test_own(self, user: Client, row: Any) -> None:
        sighting = EncounterFactory(owner=user.account).sighting
        EncounterFactory(sighting=sighting, owner=user.account)
        response = user.get(f"/api/v1/users/{user.account.guid}/sightings")
        (shown,) = response.json
        assert response.headers["X-Total-Count"] == "1"
        assert shown["guid"] == str(sighting.guid)
        assert len(shown["encounters"]) == 2
        assert shown["hasEdit"] is True

    def test_only_those_that_the_caller_may_read(
        self, user: Client, user_manager: Client, admin: Client
    ) -> None:
        EncounterFactory(owner=user.account)
        address = f"/api/v1/users/{user.account.guid}/sightings"
        assert len(admin.get(address).json) == 1
        assert user_manager.get(address).json == []

    def test_pages(self, user: Client, statements: list[str]) -> None:
        address = f"/api/v1/users/{user.account.guid}/sightings"
        guids = [EncounterFactory(owner=user.account).sighting_guid for _ in range(3)]
        statements.clear()
        first = user.get(f"{address}?limit=1&sort=created")
        number = len(statements)
        assert [each["guid"] for each in first.json] == [str(guids[0])]
        assert first.headers["X-Total-Count"] == "3"
        statements.clear()
        rest = user.get(f"{address}?limit=2&offset=1&sort=created")
        assert [each["guid"] for each in rest.json] == [str(guid) for guid in guids[1:]]
        assert len(statements) == number
        newest = user.get(f"{address}?sort=created&reverse=true").json
        assert [each["guid"] for each in newest] == [str(guid) for guid in reversed(guids)]

    def test_unprocessed(self, user: Client) -> None:
        for state in MatchState:
            EncounterFactory(
                owner=user.account, sighting=SightingFactory(match_state=state, name=state)
            )
        EncounterFactory()
        own = user.get(f"/api/v1/users/{user.account.guid}/sightings").json
        wanted = [each["guid"] for each in own if each["name"] in ("unreviewed", "in_progress")]
        assert user.get("/api/v1/users/me").json["unprocessed_sightings"] == sorted(wanted)


@pytest.mark.parametrize("size", [1, 3])
def test_number_of_statements(
    user: Client, db: Session, row: Any, statements: list[str], size: int
) -> None:
    row.progress_identification_guid = ProgressFactory().guid
    row.taxonomies = [SightingTaxonomy(taxonomy_guid=uuid4()) for _ in range(size)]
    for asset in [*row.assets]:
        asset.tags = KeywordFactory.create_batch(size)
    db.commit()
    for _ in range(size):
        animal = IndividualFactory()
        for context in range(size):
            name = NameFactory(individual=animal, context=f"{context}", creator=user.account)
            name.preferring_users = UserFactory.create_batch(size)
        seen = EncounterFactory(
            sighting=row, owner=user.account, submitter=UserFactory(), individual_guid=animal.guid
        )
        shown = AnnotationFactory.create_batch(size, asset=row.assets[0], encounter_guid=seen.guid)
        for annotation in shown:
            annotation.keywords = KeywordFactory.create_batch(size)
    db.commit()
    statements.clear()
    found = user.get(f"{SIGHTINGS}/{row.guid}").json
    assert len(statements) == 12
    assert [len(asset["tags"]) for asset in found["assets"]] == [size, size]
    assert len(found["taxonomies"]) == size
    own = [each for each in found["encounters"] if each["individual"]]
    assert [each["hasEdit"] for each in own] == [True] * size
    for each in own:
        names = each["individual"]["names"]
        assert [len(name["preferring_users"]) for name in names] == [size] * size
    annotations = found["assets"][0]["annotations"]
    assert [len(each["keywords"]) for each in annotations] == [size] * size**2


def test_debugged_sighting_has_jobs(client_for: Any, row: Any) -> None:
    developer = client_for(UserFactory(is_staff=True))
    shown = developer.get(f"{SIGHTINGS}/debug/{row.guid}").json
    assert (shown["guid"], shown["jobs"]) == (str(row.guid), [])


def test_sightings_are_not_created_directly(anonymous: Client, researcher: Client) -> None:
    for client in (anonymous, researcher):
        response = client.post_json(SIGHTINGS, {"comments": ""})
        assert response.status_int == 400
        assert response.json["message"] == "Not supported. Use the AssetGroup POST API instead"
    assert researcher.post_json("/api/v1/encounters", {}).status_int == 405


@pytest.mark.parametrize("branch", ["sightings", "encounters", "individuals", "relationships"])
def test_what_does_not_exist_is_not_found(
    anonymous: Client, researcher: Client, branch: str
) -> None:
    for client in (anonymous, researcher):
        for address in (f"/api/v1/{branch}/{uuid4()}", f"/api/v1/{branch}/zebra/"):
            assert client.get(address).status_int == 404
            assert client.patch_json(address, []).status_int == 404
            assert client.delete(address).status_int == 404


def test_empty_sightings_are_removed(db: Session, admin: Client, row: Any) -> None:
    empty = SightingFactory().guid
    response = admin.post(f"{SIGHTINGS}/remove_all_empty")
    assert (response.status_int, response.json) == (200, None)
    assert db.get(Sighting, empty, populate_existing=True) is None
    assert db.get(Sighting, row.guid) is not None
