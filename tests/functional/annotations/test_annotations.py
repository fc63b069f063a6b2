"""Annotations: boxes in the pictures of assets, with a viewpoint and keywords."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from houston.core.db.session import Session
from houston.modules.annotations.models import Annotation
from houston.modules.keywords.models import Keyword
from tests.clients_of_roles import Client
from tests.factories.annotations import AnnotationFactory
from tests.factories.asset_groups import (
    AssetGroupFactory,
    AssetGroupSightingFactory,
    PublicUserFactory,
)
from tests.factories.assets import AssetFactory
from tests.factories.keywords import KeywordFactory
from tests.factories.users import UserFactory

ANNOTATIONS = "/api/v1/annotations"


@pytest.fixture
def owner(client_for: Any) -> Client:
    """Return a client of a researcher with an asset group."""
    return client_for(UserFactory(is_researcher=True))  # type: ignore[no-any-return]


def curated_asset(owner: Any) -> Any:
    """Return an asset of an asset group sighting in curation."""
    group = AssetGroupFactory(owner=owner)
    asset = AssetFactory(asset_group=group)
    AssetGroupSightingFactory(asset_group=group, assets=[asset])
    return asset


@pytest.fixture
def asset(owner: Client) -> Any:
    return curated_asset(owner.account)


@pytest.fixture
def annotation(asset: Any) -> Any:
    return AnnotationFactory(asset=asset)


@pytest.fixture
def public_asset(db: Session) -> Any:
    return curated_asset(PublicUserFactory())


def body(asset: Any, **changes: Any) -> dict[str, Any]:
    return {
        "viewpoint": "upleft",
        "asset_guid": str(asset.guid),
        "ia_class": "zebra_plains",
        "bounds": {"rect": [1, 2, 30, 40], "theta": 0.5},
        **changes,
    }


def address(annotation: Any) -> str:
    return f"{ANNOTATIONS}/{annotation.guid}"


def patch(op: str, path: str, value: Any) -> dict[str, Any]:
    return {"op": op, "path": path, "value": value}


class TestCreation:
    def test_request_of_the_client(self, owner: Client, asset: Any, db: Session) -> None:
        response = owner.post_json(f"{ANNOTATIONS}/", body(asset))
        assert response.status_int == 200
        drawn = response.json
        assert drawn == {
            "guid": drawn["guid"],
            "asset_guid": str(asset.guid),
            "encounter_guid": None,
            "ia_class": "zebra_plains",
            "viewpoint": "upleft",
            "created": drawn["created"],
            "updated": drawn["updated"],
            "bounds": {"rect": [1, 2, 30, 40], "theta": 0.5},
            "keywords": [],
            "asset_src": f"/api/v1/assets/src/{asset.guid}",
        }
        row = db.get_one(Annotation, UUID(drawn["guid"]))
        assert row.contributor_guid == owner.account.guid
        assert owner.get(f"{ANNOTATIONS}/{row.guid}").json == drawn

    def test_theta_defaults_to_zero(self, owner: Client, asset: Any) -> None:
        drawn = owner.post_json(ANNOTATIONS, body(asset, bounds={"rect": [0, 0, 1, 1]})).json
        assert drawn["bounds"] == {"rect": [0, 0, 1, 1], "theta": 0}

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"viewpoint": "sideways"}, "viewpoint"),
            ({"viewpoint": None}, "viewpoint"),
            ({"ia_class": ""}, "ia_class"),
            ({"ia_class": "x" * 256}, "ia_class"),
            ({"ia_class": 5}, "ia_class"),
            ({"asset_guid": "x"}, "asset_guid"),
            ({"asset_guid": str(uuid4())}, "asset_guid"),
            ({"bounds": None}, "bounds"),
            ({"bounds": []}, "bounds"),
            ({"bounds": {}}, "bounds.rect"),
            ({"bounds": {"rect": []}}, "bounds.rect"),
            ({"bounds": {"rect": [1, 2, 3]}}, "bounds.rect"),
            ({"bounds": {"rect": [1, 2, 3, 4, 5]}}, "bounds.rect"),
            ({"bounds": {"rect": [1, 2, 0, 4]}}, "bounds.rect"),
            ({"bounds": {"rect": [1, 2, 3, -4]}}, "bounds.rect"),
            ({"bounds": {"rect": [1, 2, "3", 4]}}, "bounds.rect.2"),
            ({"bounds": {"rect": [None, 2, 3, 4]}}, "bounds.rect.0"),
            ({"bounds": {"rect": [1e300, 2, 3, 4]}}, "bounds.rect.0"),
            ({"bounds": {"rect": [1, 2, 3, 4], "theta": "0"}}, "bounds.theta"),
            ({"bounds": {"rect": [1, 2, 3, 4], "unit": "%"}}, "bounds.unit"),
            ({"encounter_guid": str(uuid4())}, "encounter_guid"),
        ],
    )
    def test_error_names_the_field(
        self, owner: Client, asset: Any, db: Session, changes: Any, field: str
    ) -> None:
        response = owner.post_json(ANNOTATIONS, body(asset, **changes))
        assert response.status_int == 422
        assert list(response.json["messages"]) == [field]
        assert db.scalars(select(Annotation)).all() == []

    def test_asset_without_a_picture_is_refused(self, owner: Client, db: Session) -> None:
        text = AssetFactory(
            asset_group__owner=owner.account,
            mime_type="text/plain",
            width=None,
            height=None,
            content=b"seen at dusk",
        )
        response = owner.post_json(ANNOTATIONS, body(text))
        assert response.status_int == 422
        assert response.json["message"] == "The asset has no picture to draw in."

    def test_caller_needs_permission_to_annotate_the_asset(
        self, researcher: Client, user: Client, admin: Client, asset: Any, public_asset: Any
    ) -> None:
        for caller in (researcher, user):
            assert caller.post_json(ANNOTATIONS, body(asset)).status_int == 403
        for caller in (researcher, admin):
            assert caller.post_json(ANNOTATIONS, body(public_asset)).status_int == 200
        assert user.post_json(ANNOTATIONS, body(public_asset)).status_int == 403
        assert user.post_json(ANNOTATIONS, body(public_asset, asset_guid=str(uuid4()))).json[
            "messages"
        ] == {"asset_guid": ["asset_guid not found"]}

    def test_contributors_annotate_their_own_photographs(self, client_for: Any) -> None:
        contributor = client_for(UserFactory(is_contributor=True))
        drawn = contributor.post_json(ANNOTATIONS, body(curated_asset(contributor.account)))
        assert drawn.status_int == 200, drawn.json
        own = f"{ANNOTATIONS}/{drawn.json['guid']}"
        assert contributor.patch_json(own, [patch("replace", "/viewpoint", "up")]).status_int == 200
        assert contributor.delete(own).status_int == 204

    def test_curators_annotate_photographs_of_contributors(
        self, researcher: Client, admin: Client, user: Client
    ) -> None:
        contributed = curated_asset(UserFactory(is_contributor=True))
        for curator in (researcher, admin):
            assert curator.post_json(ANNOTATIONS, body(contributed)).status_int == 200
        assert user.post_json(ANNOTATIONS, body(contributed)).status_int == 403

    def test_administrators_annotate_their_own_photographs(self, admin: Client) -> None:
        own = curated_asset(admin.account)
        assert admin.post_json(ANNOTATIONS, body(own)).status_int == 200

    def test_subscribers_may_veto(self, owner: Client, db: Session) -> None:
        alone = AssetFactory(asset_group__owner=owner.account)
        assert owner.post_json(ANNOTATIONS, body(alone)).status_int == 409
        assert db.scalars(select(Annotation)).all() == []

    def test_a_token_needs_both_scopes(self, client_for: Any, asset: Any, owner: Client) -> None:
        narrow = client_for(owner.account, "annotations:write")
        response = narrow.post_json(ANNOTATIONS, body(asset))
        assert response.status_int == 403
        assert "assets:write" in response.json["message"]


class TestReading:
    def test_researchers_list_all_annotations(
        self, researcher: Client, annotation: Any, statements: list[str]
    ) -> None:
        AnnotationFactory.create_batch(5)
        statements.clear()
        response = researcher.get(f"{ANNOTATIONS}?sort=created")
        assert len(statements) == 3
        assert response.headers["X-Total-Count"] == "6"
        assert response.json[0] == {
            "guid": str(annotation.guid),
            "asset_guid": str(annotation.asset_guid),
            "encounter_guid": None,
            "ia_class": "zebra",
            "viewpoint": "left",
        }

    def test_annotation_belongs_to_the_owner_of_the_asset(
        self, owner: Client, researcher: Client, admin: Client, anonymous: Client, annotation: Any
    ) -> None:
        assert owner.get(address(annotation)).status_int == 200
        assert researcher.get(address(annotation)).status_int == 403
        assert admin.get(address(annotation)).status_int == 403
        assert anonymous.get(address(annotation)).status_int == 401
        assert owner.get(f"{ANNOTATIONS}/{uuid4()}").status_int == 404

    def test_everyone_reads_annotations_of_the_public_user(
        self, anonymous: Client, user: Client, public_asset: Any
    ) -> None:
        annotation = AnnotationFactory(asset=public_asset)
        assert anonymous.get(address(annotation)).status_int == 200
        assert user.get(address(annotation)).status_int == 200
        assert user.delete(address(annotation)).status_int == 403

    def test_number_of_statements(
        self, owner: Client, annotation: Any, db: Session, statements: list[str]
    ) -> None:
        annotation.keywords.extend(KeywordFactory.create_batch(5))
        db.commit()
        place = address(annotation)
        statements.clear()
        assert len(owner.get(place).json["keywords"]) == 5
        assert len(statements) == 2


class TestSearching:
    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({}, {"one", "other"}),
            ({"term": {"viewpoint": "up"}}, {"other"}),
            ({"match": {"keywords": "scar"}}, {"one"}),
            ({"bool": {"must_not": [{"exists": {"field": "keywords"}}]}}, {"other"}),
        ],
    )
    def test_query(self, researcher: Client, db: Session, query: Any, found: set[str]) -> None:
        rows = {
            "one": AnnotationFactory(keywords=[KeywordFactory(value="long scar")]),
            "other": AnnotationFactory(viewpoint="up"),
        }
        response = researcher.post_json(f"{ANNOTATIONS}/search", query)
        names = {str(row.guid): name for name, row in rows.items()}
        assert {names[each["guid"]] for each in response.json} == found
        assert response.headers["X-Total-Count"] == str(len(found))

    def test_by_the_asset(self, researcher: Client, annotation: Any) -> None:
        AnnotationFactory()
        for field, guid in (
            ("asset_guid", annotation.asset_guid),
            ("owner_guid", annotation.asset.owner_guid),
            ("git_store_guid", annotation.asset.asset_group_guid),
        ):
            response = researcher.post_json(f"{ANNOTATIONS}/search", {"term": {field: str(guid)}})
            assert [each["guid"] for each in response.json] == [str(annotation.guid)]

    def test_empty_query_matches_all(
        self, researcher: Client, owner: Client, annotation: Any
    ) -> None:
        response = researcher.get(f"{ANNOTATIONS}/search?limit=1")
        assert [each["guid"] for each in response.json] == [str(annotation.guid)]

    def test_unknown_field_finds_nothing(self, researcher: Client, annotation: Any) -> None:
        found = researcher.post_json(f"{ANNOTATIONS}/search", {"term": {"x": 1}})
        assert (found.status_int, found.json) == (200, [])


class TestChanging:
    def test_box_class_and_viewpoint(self, owner: Client, annotation: Any, db: Session) -> None:
        annotation.content_guid = uuid4()
        db.commit()
        changed = owner.patch_json(
            address(annotation),
            [
                patch("test", "/bounds/theta", 0),
                patch("replace", "/bounds", {"rect": [5, 5, 9, 9]}),
                patch("replace", "/ia_class", "zebra_grevys"),
                patch("replace", "/viewpoint", "frontright"),
            ],
        )
        assert changed.status_int == 200
        assert changed.json["bounds"] == {"rect": [5, 5, 9, 9], "theta": 0}
        assert changed.json["ia_class"] == "zebra_grevys"
        assert changed.json["viewpoint"] == "frontright"
        db.expire_all()
        assert (
            annotation.content_guid is None
        )  # the image analysis does not have the changed annotation

    @pytest.mark.parametrize(
        ("operation", "status"),
        [
            (patch("replace", "/ia_class", None), 422),
            (patch("replace", "/bounds", {"rect": [1, 2, 3, 0]}), 422),
            (patch("replace", "/bounds/rect/2", -1), 422),
            (patch("replace", "/viewpoint", "x"), 422),
            (patch("replace", "/asset_guid", str(uuid4())), 422),
            (patch("replace", "/keywords", []), 422),
            (patch("add", "/keywords", ""), 422),
            (patch("add", "/keywords", None), 422),
            (patch("add", "/keywords", 5), 422),
            (patch("add", "/keywords", {"value": "x", "source": "me"}), 422),
            (patch("add", "/keywords", "nobody knows"), 409),
            (patch("add", "/keywords", str(uuid4())), 409),
            (patch("add", "/keywords", "[0]"), 409),
            (patch("test", "/viewpoint", "right"), 409),
        ],
    )
    def test_failing_operation_reverts_the_patch(
        self, owner: Client, annotation: Any, operation: Any, status: int, db: Session
    ) -> None:
        before = owner.get(address(annotation)).json
        first = patch("add", "/keywords", {"value": "scar"})
        response = owner.patch_json(address(annotation), [first, operation])
        assert response.status_int == status
        assert owner.get(address(annotation)).json == before
        assert db.scalars(select(Keyword)).all() == []

    def test_researchers_tag_annotations_of_the_public_user(
        self, researcher: Client, admin: Client, user: Client, public_asset: Any
    ) -> None:
        place = address(AnnotationFactory(asset=public_asset))
        scar = patch("add", "/keywords", {"value": "scar", "source": "user"})
        assert researcher.patch_json(place, [scar]).json["keywords"][0]["value"] == "scar"
        redrawn = [patch("replace", "/viewpoint", "up")]
        assert user.patch_json(place, redrawn).status_int == 403
        refused = researcher.patch_json(place, [scar, *redrawn])
        assert refused.status_int == 403
        assert list(refused.json["messages"]) == ["viewpoint"]
        assert admin.patch_json(place, redrawn).json["viewpoint"] == "up"
        assert researcher.delete(place).status_int == 403


class TestKeywords:
    def tag(self, client: Client, annotation: Any, *operations: Any) -> list[str]:
        response = client.patch_json(address(annotation), list(operations))
        assert response.status_int == 200
        return [keyword["value"] for keyword in response.json["keywords"]]

    def test_new_and_known_keywords(self, owner: Client, annotation: Any, db: Session) -> None:
        known, named = KeywordFactory(value="notch"), KeywordFactory(value="torn ear")
        tagged = self.tag(
            owner,
            annotation,
            patch("add", "/keywords", {"value": "scar", "source": "user"}),
            patch("add", "/keywords", str(known.guid)),
            patch("add", "/keywords", "torn ear"),
            patch("add", "/keywords", str(known.guid)),
        )
        assert tagged == ["notch", "scar", "torn ear"]
        assert [word["value"] for word in owner.get(address(annotation)).json["keywords"]] == tagged
        assert named in annotation.keywords

    def test_tested_keywords_are_referenced_by_number(self, owner: Client, annotation: Any) -> None:
        tagged = self.tag(
            owner,
            annotation,
            patch("test", "/keywords", "scar"),
            patch("test", "/keywords", {"value": "notch", "source": "wbia"}),
            patch("add", "/keywords", "[1]"),
        )
        assert tagged == ["notch"]

    def test_unused_keyword_is_deleted(self, owner: Client, annotation: Any, db: Session) -> None:
        scar, notch = KeywordFactory(value="scar"), KeywordFactory(value="notch")
        annotation.keywords.extend([scar, notch])
        AnnotationFactory(keywords=[notch])
        for word in (scar, notch):
            self.tag(owner, annotation, patch("remove", "/keywords", str(word.guid)))
        assert db.scalars(select(Keyword.value)).all() == ["notch"]
        assert self.tag(owner, annotation, patch("remove", "/keywords", "notch")) == []


class TestDeletion:
    def test_unused_keywords_are_deleted_with_the_annotation(
        self, owner: Client, annotation: Any, db: Session
    ) -> None:
        shared = KeywordFactory()
        annotation.keywords.extend([shared, KeywordFactory()])
        AnnotationFactory(keywords=[shared])
        db.commit()
        assert owner.delete(address(annotation)).status_int == 204
        assert owner.get(address(annotation)).status_int == 404
        assert db.scalars(select(Keyword)).all() == [shared]
