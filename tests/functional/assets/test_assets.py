"""Assets: access, lists and tags."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from houston.core.db.session import Session
from houston.modules.keywords.models import Keyword
from tests.clients_of_roles import Client
from tests.factories.annotations import AnnotationFactory
from tests.factories.asset_groups import (
    AssetGroupSightingFactory,
    DetectionJobFactory,
    PublicUserFactory,
)
from tests.factories.assets import AssetFactory
from tests.factories.keywords import KeywordFactory
from tests.factories.users import UserFactory

ASSETS = "/api/v1/assets"


@pytest.fixture
def asset(user: Client) -> Any:
    """Return an asset of `user`."""
    return AssetFactory(asset_group__owner=user.account)


@pytest.fixture
def staff(client_for: Any) -> Client:
    return client_for(UserFactory(is_staff=True))  # type: ignore[no-any-return]


def address(asset: Any) -> str:
    return f"{ASSETS}/{asset.guid}"


def tag(op: str, value: Any, **guid: Any) -> dict[str, Any]:
    return {"op": op, "path": "/tags", "value": value, **guid}


def words(response: Any) -> list[str]:
    assert response.status_int == 200
    return [word["value"] for word in response.json["tags"]]


class TestReading:
    def test_shape(self, user: Client, asset: Any, db: Session) -> None:
        annotation = AnnotationFactory(asset=asset)
        read = user.get(address(asset)).json
        assert read == {
            "guid": str(asset.guid),
            "filename": asset.filename,
            "src": f"/api/v1/assets/src/{asset.guid}",
            "created": read["created"],
            "updated": read["updated"],
            "dimensions": {"width": 64, "height": 48},
            "annotations": [
                {
                    "guid": str(annotation.guid),
                    "asset_guid": str(asset.guid),
                    "encounter_guid": None,
                    "ia_class": "zebra",
                    "viewpoint": "left",
                    "created": read["annotations"][0]["created"],
                    "updated": read["annotations"][0]["updated"],
                    "bounds": {"rect": [10, 10, 20, 20], "theta": 0},
                    "keywords": [],
                    "asset_src": f"/api/v1/assets/src/{asset.guid}",
                }
            ],
            "git_store": {"guid": str(asset.asset_group_guid)},
            "tags": [],
            "state": "ready",
            "problem": None,
        }

    def test_other_files_have_no_dimensions_and_an_empty_list_of_annotations(
        self, user: Client
    ) -> None:
        text = AssetFactory(
            asset_group__owner=user.account,
            mime_type="text/plain",
            width=None,
            height=None,
            content=b"seen at dusk",
        )
        read = user.get(address(text)).json
        assert read["annotations"] == []
        assert read["dimensions"] is None

    def test_access(
        self, other: Client, researcher: Client, anonymous: Client, db: Session
    ) -> None:
        asset = AssetFactory(asset_group__owner=UserFactory(is_researcher=True))
        assert other.get(address(asset)).status_int == 403
        assert anonymous.get(address(asset)).status_int == 401
        assert researcher.get(address(asset)).status_int == 200
        assert researcher.patch_json(address(asset), [tag("add", "x")]).status_int == 403
        assert anonymous.get(f"{ASSETS}/{uuid4()}").status_int == 404

    def test_everyone_reads_assets_of_the_public_user_and_researchers_change_them(
        self,
        anonymous: Client,
        user: Client,
        researcher: Client,
        admin: Client,
        db: Session,
    ) -> None:
        asset = AssetFactory(asset_group__owner=PublicUserFactory())
        scar = [tag("add", {"value": "scar"})]
        for client, status in ((anonymous, 401), (user, 403), (researcher, 200), (admin, 200)):
            assert client.get(address(asset)).status_int == 200
            assert client.patch_json(address(asset), scar).status_int == status

    def test_number_of_statements_does_not_grow(
        self, user: Client, asset: Any, db: Session, statements: list[str]
    ) -> None:
        place = address(asset)
        for annotation in AnnotationFactory.create_batch(5, asset=asset):
            annotation.keywords.extend(KeywordFactory.create_batch(2))
        asset.tags.extend(KeywordFactory.create_batch(3))
        db.commit()
        statements.clear()
        read = user.get(place).json
        assert [len(annotation["keywords"]) for annotation in read["annotations"]] == [2] * 5
        assert len(read["tags"]) == 3
        assert len(statements) == 3

    def test_list_of_all(
        self, admin: Client, researcher: Client, db: Session, statements: list[str]
    ) -> None:
        AssetFactory.create_batch(3)
        statements.clear()
        response = admin.get(f"{ASSETS}/?sort=filename&search=ZEBRA")
        assert len(statements) == 3
        assert response.headers["X-Total-Count"] == "3"
        assert set(response.json[0]) == {"guid", "filename", "src"}
        assert researcher.get(ASSETS).status_int == 403

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({}, 2),
            ({"match": {"filename": "grevy"}}, 1),
            ({"term": {"tags": "blurred"}}, 1),
            ({"range": {"size": {"gt": 10**9}}}, 0),
        ],
    )
    def test_search(self, admin: Client, db: Session, query: Any, found: int) -> None:
        AssetFactory(filename="Grevy 5.jpg")
        AssetFactory(tags=[KeywordFactory(value="Blurred")])
        response = admin.post_json(f"{ASSETS}/search", query)
        assert len(response.json) == found
        assert response.headers["X-Total-Count"] == str(found)

    def test_search_for_all(self, admin: Client, researcher: Client, asset: Any) -> None:
        found = admin.get(f"{ASSETS}/search?sort=elasticsearch.created").json
        assert [each["guid"] for each in found] == [str(asset.guid)]
        assert researcher.get(f"{ASSETS}/search").status_int == 403

    def test_debugging(self, staff: Client, user: Client, asset: Any) -> None:
        read = staff.get(f"{ASSETS}/debug/{asset.guid}").json
        assert read["file_key"] == asset.file_key
        assert read["rotation"] == 0
        assert user.get(f"{ASSETS}/debug/{asset.guid}").status_int == 403

    def test_detection_jobs(self, staff: Client, asset: Any) -> None:
        about_it = AssetGroupSightingFactory(assets=[asset])
        job = DetectionJobFactory(asset_group_sighting_guid=about_it.guid)
        other = AssetGroupSightingFactory()
        DetectionJobFactory(asset_group_sighting_guid=other.guid)
        listed = staff.get(f"{ASSETS}/jobs/{asset.guid}").json
        assert [each["job_id"] for each in listed] == [str(job.guid)]

    def test_deletion_is_not_an_operation(self, user: Client, asset: Any) -> None:
        assert user.delete(address(asset)).status_int == 405


class TestTags:
    def test_adding_and_removing(self, user: Client, asset: Any, db: Session) -> None:
        notch = KeywordFactory(value="notch")
        added = [tag("add", {"value": "scar"}), tag("add", str(notch.guid)), tag("add", "notch")]
        assert words(user.patch_json(address(asset), added)) == ["notch", "scar"]
        assert words(user.get(address(asset))) == ["notch", "scar"]
        removed = [tag("remove", str(notch.guid)), tag("remove", "scar")]
        assert words(user.patch_json(address(asset), removed)) == []
        assert db.scalars(select(Keyword)).all() == []

    def test_keyword_of_an_annotation_is_not_deleted(
        self, user: Client, asset: Any, db: Session
    ) -> None:
        scar = KeywordFactory()
        asset.tags.append(scar)
        AnnotationFactory(asset=asset, keywords=[scar])
        assert words(user.patch_json(address(asset), [tag("remove", str(scar.guid))])) == []
        assert db.scalars(select(Keyword)).all() == [scar]

    @pytest.mark.parametrize(
        ("operation", "status"),
        [
            (tag("add", ""), 422),
            (tag("add", None), 422),
            (tag("add", "unknown"), 409),
            (tag("replace", "scar"), 422),
            (tag("test", str(uuid4())), 409),
            ({"op": "remove", "path": "/tags"}, 422),
            ({"op": "replace", "path": "/filename", "value": "x"}, 422),
        ],
    )
    def test_failing_operation_reverts_the_patch(
        self, user: Client, asset: Any, db: Session, operation: Any, status: int
    ) -> None:
        operations = [tag("add", {"value": "scar"}), operation]
        assert user.patch_json(address(asset), operations).status_int == status
        assert words(user.get(address(asset))) == []
        assert db.scalars(select(Keyword)).all() == []

    def test_merge_patch_cannot_tag(self, user: Client, asset: Any) -> None:
        response = user.patch(
            address(asset), b'{"tags": ["x"]}', content_type="application/merge-patch+json"
        )
        assert response.status_int == 422


class TestBulkPatch:
    def test_tested_keyword_is_available_to_all_operations(
        self, user: Client, asset: Any, db: Session
    ) -> None:
        second = AssetFactory(asset_group__owner=user.account)
        one, two = ({"guid": str(each.guid)} for each in (asset, second))
        operations = [
            tag("test", {"value": "scar"}),
            tag("add", "[0]", **one),
            tag("add", "[0]", **two),
            tag("add", {"value": "notch"}, **one),
        ]
        response = user.patch_json(ASSETS, operations)
        assert response.status_int == 200
        guids = [row["guid"] for row in response.json]
        assert guids == [one["guid"], two["guid"], one["guid"]]
        assert set(response.json[0]) == {"guid", "filename", "src"}
        assert words(user.get(address(asset))) == ["notch", "scar"]
        assert words(user.get(address(second))) == ["scar"]

    @pytest.mark.parametrize(
        ("guid", "status", "text"),
        [
            ({}, 422, 'Must provide a "guid" with each operation'),
            ({"guid": "x"}, 422, 'Must provide a "guid" with each operation'),
            ({"guid": 5}, 422, 'Must provide a "guid" with each operation'),
            ({"guid": str(uuid4())}, 409, "The provided GUID did not match any known object"),
        ],
    )
    def test_failing_operation_reverts_the_patch(
        self, user: Client, asset: Any, db: Session, guid: Any, status: int, text: str
    ) -> None:
        scar = {"value": "scar"}
        operations = [tag("add", scar, guid=str(asset.guid)), tag("add", scar, **guid)]
        response = user.patch_json(ASSETS, operations)
        assert response.status_int == status
        assert text in response.json["message"]
        assert words(user.get(address(asset))) == []

    def test_caller_needs_permission_for_each_asset(self, user: Client, asset: Any) -> None:
        guids = (str(asset.guid), str(AssetFactory().guid))
        operations = [tag("add", {"value": "scar"}, guid=guid) for guid in guids]
        assert user.patch_json(ASSETS, operations).status_int == 403
        assert words(user.get(address(asset))) == []

    def test_number_of_statements_does_not_grow(
        self, user: Client, db: Session, statements: list[str]
    ) -> None:
        def count(number: int) -> int:
            rows = AssetFactory.create_batch(number, asset_group__owner=user.account)
            guids = [str(row.guid) for row in rows]
            statements.clear()
            tagged = [tag("add", "[0]", guid=guid) for guid in guids]
            response = user.patch_json(ASSETS, [tag("test", "scar"), *tagged])
            assert response.status_int == 200
            return len(statements)

        KeywordFactory(value="scar")
        assert count(2) == count(8)

    def test_merge_patch_is_refused(self, user: Client, db: Session) -> None:
        response = user.patch(ASSETS, b"{}", content_type="application/merge-patch+json")
        assert response.status_int == 415
        assert "merge" not in response.headers["Accept-Patch"]

    def test_if_match_is_ignored(self, user: Client, db: Session) -> None:
        response = user.patch_json(ASSETS, [], headers={"If-Match": '"x"'})
        assert response.status_int == 200
