"""A small catalogue that is changed over HTTP, by verbs with any of its objects."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from houston.core.db.session import Session
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.models import AssetGroup, AssetGroupSighting
from houston.modules.assets.models import Asset
from houston.modules.individuals.models import Individual
from houston.modules.sightings.models import Encounter, Sighting
from tests.clients_of_roles import Client
from tests.factories.annotations import AnnotationFactory
from tests.factories.asset_groups import AssetGroupFactory, AssetGroupSightingFactory
from tests.factories.asset_groups import EncounterFactory as DraftFactory
from tests.factories.assets import AssetFactory, jpeg
from tests.factories.relationships import CALF, FAMILY, MOTHER
from tests.functional.asset_groups.reports import TAXONOMY

API = "/api/v1"
CONFIRMED = {"x-allow-delete-cascade-sighting": "true", "x-allow-delete-cascade-individual": "true"}
PICTURE = jpeg()
NOBODY = "00000000-0000-4000-8000-000000000000"


class World:
    """The catalogue of a researcher, who is the owner of everything in it.

    A verb has two numbers, by which it chooses its objects among those that exist, in the order of
    their creation.

    Attributes:
        done: The number of times that each verb has succeeded.
    """

    def __init__(self, client: Client, db: Session, done: Counter[str]) -> None:
        self._client, self._db, self.done = client, db, done
        group = AssetGroupFactory(owner=client.account)
        for each in (group, group, AssetGroupFactory(owner=client.account)):
            self._draft(each)

    def do(self, verb: str, first: int, second: int) -> None:
        """Do something, or be refused."""
        response = VERBS[verb](self, first, second)
        assert response.status_int < 500, response.text
        self.done[verb] += response.status_int < 300
        self._db.expire_all()

    def _draft(self, group: AssetGroup) -> None:
        """Add a sighting in curation, with two annotated pictures and two encounters."""
        assets = [AssetFactory(asset_group=group, content=PICTURE) for _ in range(2)]
        sighting = AssetGroupSightingFactory(asset_group=group, assets=assets)
        for asset in assets:
            annotation = AnnotationFactory(asset=asset)
            DraftFactory(asset_group_sighting=sighting, annotations=[annotation])

    def _any(self, model: Any, number: int) -> str:
        """The guid of one of the objects of a class; of no object if there is none."""
        order = model.created, getattr(model, "position", model.guid), model.guid
        guids = self._db.scalars(select(model.guid).order_by(*order)).all()
        return str(guids[number % len(guids)]) if guids else NOBODY

    def _of(self, guid: str, reference: Any) -> str:
        """The guid of the object to which an object refers; of no object if there is none."""
        own = select(reference).where(reference.class_.guid == UUID(guid))
        return str(self._db.scalar(own) or NOBODY)

    def _patch(self, path: str, op: str, field: str, value: Any) -> Any:
        body = [{"op": op, "path": f"/{field}", "value": value}]
        return self._client.patch_json(f"{API}{path}", body, headers=CONFIRMED)

    def _delete(self, path: str) -> Any:
        return self._client.delete(f"{API}{path}", headers=CONFIRMED)

    def commit(self, first: int, _: int) -> Any:
        guid = self._any(AssetGroupSighting, first)
        return self._client.post(f"{API}/asset_groups/sighting/{guid}/commit")

    def add_encounter(self, first: int, _: int) -> Any:
        sighting = self._any(Sighting, first)
        return self._patch(f"/sightings/{sighting}", "add", "encounters", {"sex": "male"})

    def remove_encounter(self, first: int, _: int) -> Any:
        encounter = self._any(Encounter, first)
        sighting = self._of(encounter, Encounter.sighting_guid)
        return self._patch(f"/sightings/{sighting}", "remove", "encounters", encounter)

    def delete_encounter(self, first: int, _: int) -> Any:
        return self._delete(f"/encounters/{self._any(Encounter, first)}")

    def add_asset(self, first: int, second: int) -> Any:
        sighting, asset = self._any(Sighting, first), self._any(Asset, second)
        return self._patch(f"/sightings/{sighting}", "add", "assetId", asset)

    def create_annotation(self, first: int, second: int) -> Any:
        body = {
            "asset_guid": self._any(Asset, first),
            "encounter_guid": self._any(Encounter, second),
            "ia_class": "zebra",
            "viewpoint": "left",
            "bounds": {"rect": [1, 1, 9, 9], "theta": 0},
        }
        return self._client.post_json(f"{API}/annotations", body)

    def show_annotation(self, first: int, second: int) -> Any:
        encounter, annotation = self._any(Encounter, first), self._any(Annotation, second)
        return self._patch(f"/encounters/{encounter}", "add", "annotations", annotation)

    def move_annotation(self, first: int, second: int) -> Any:
        annotation, encounter = self._any(Annotation, first), self._any(Encounter, second)
        return self._patch(f"/annotations/{annotation}", "replace", "encounter_guid", encounter)

    def detach_annotation(self, first: int, _: int) -> Any:
        annotation = self._any(Annotation, first)
        encounter = self._of(annotation, Annotation.encounter_guid)
        return self._patch(f"/encounters/{encounter}", "remove", "annotations", annotation)

    def delete_annotation(self, first: int, _: int) -> Any:
        return self._delete(f"/annotations/{self._any(Annotation, first)}")

    def rotate_asset(self, first: int, _: int) -> Any:
        asset = self._any(Asset, first)
        return self._patch(f"/assets/{asset}", "replace", "image", {"rotate": {"angle": 90}})

    def create_individual(self, first: int, _: int) -> Any:
        encounter = {"id": self._any(Encounter, first)}
        body = {"encounters": [encounter], "taxonomy": TAXONOMY}
        return self._client.post_json(f"{API}/individuals", body)

    def assign_encounter(self, first: int, second: int) -> Any:
        individual, encounter = self._any(Individual, first), self._any(Encounter, second)
        return self._patch(f"/individuals/{individual}", "add", "encounters", encounter)

    def leave_encounter(self, first: int, _: int) -> Any:
        encounter = self._any(Encounter, first)
        individual = self._of(encounter, Encounter.individual_guid)
        return self._patch(f"/individuals/{individual}", "remove", "encounters", encounter)

    def merge_individuals(self, first: int, second: int) -> Any:
        target, source = self._any(Individual, first), self._any(Individual, second)
        body = {"fromIndividualIds": [source], "parameters": {"override": {}}}
        return self._client.post_json(f"{API}/individuals/{target}/merge", body)

    def relate_individuals(self, first: int, second: int) -> Any:
        body = {
            "individual_1_guid": self._any(Individual, first),
            "individual_1_role_guid": MOTHER,
            "individual_2_guid": self._any(Individual, second),
            "individual_2_role_guid": CALF,
            "type_guid": FAMILY,
        }
        return self._client.post_json(f"{API}/relationships", body)

    def delete_individual(self, first: int, _: int) -> Any:
        return self._delete(f"/individuals/{self._any(Individual, first)}")

    def delete_sighting(self, first: int, _: int) -> Any:
        return self._delete(f"/sightings/{self._any(Sighting, first)}")

    def delete_draft(self, first: int, _: int) -> Any:
        guid = self._any(AssetGroupSighting, first)
        return self._delete(f"/asset_groups/sighting/as_sighting/{guid}")

    def delete_group(self, first: int, _: int) -> Any:
        return self._delete(f"/asset_groups/{self._any(AssetGroup, first)}")


Verb = Callable[[World, int, int], Any]
VERBS: dict[str, Verb] = {
    name: verb for name, verb in vars(World).items() if not name.startswith("_") and name != "do"
}
