"""Keywords: unique texts, their uses, and merging."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from houston.core.db.session import Session
from houston.core.services import Services
from houston.modules.keywords.links import KeywordLinks, usage_counts
from houston.modules.keywords.models import Keyword
from tests.clients_of_roles import Client
from tests.factories.annotations import AnnotationFactory
from tests.factories.assets import AssetFactory
from tests.factories.keywords import KeywordFactory
from tests.factories.users import UserFactory

KEYWORDS = "/api/v1/keywords"
FORMS = ("Ñuñu", "N\u0303un\u0303u", "Ñun\u0303u")
"""One text in its composed form, in its decomposed form, and partly in each."""
LONGER_COMPOSED = "\ufb2c" * 255


@pytest.fixture
def staff(client_for: Any) -> Client:
    return client_for(UserFactory(is_staff=True))  # type: ignore[no-any-return]


def replace(path: str, value: Any) -> list[dict[str, Any]]:
    return [{"op": "replace", "path": path, "value": value}]


class TestListing:
    def test_all_users_list_keywords_with_their_uses(self, anonymous: Client, db: Session) -> None:
        scar, _ = KeywordFactory(value="scar"), KeywordFactory(value="notch")
        AnnotationFactory(keywords=[scar])
        AssetFactory(tags=[scar])
        response = anonymous.get(f"{KEYWORDS}/?sort=value")
        assert [(word["value"], word["usageCount"]) for word in response.json] == [
            ("notch", 0),
            ("scar", 2),
        ]
        assert set(response.json[0]) == {
            *("guid", "value", "source", "created", "updated", "usageCount")
        }

    def test_page_may_have_more_than_a_hundred(
        self, anonymous: Client, db: Session, statements: list[str]
    ) -> None:
        KeywordFactory.create_batch(110)
        statements.clear()
        response = anonymous.get(KEYWORDS)
        assert len(response.json) == 110
        assert len(statements) == 3
        assert len(anonymous.get(f"{KEYWORDS}?limit=7").json) == 7
        assert anonymous.get(f"{KEYWORDS}?limit=1001").status_int == 422

    def test_without_modules_that_have_links_nothing_is_used(self, db: Session) -> None:
        services = Services()
        services.add(KeywordLinks())
        assert usage_counts(services, db, [KeywordFactory()]) == [0]

    def test_search(self, anonymous: Client, db: Session) -> None:
        KeywordFactory(value="Torn ear")
        KeywordFactory(value="Torn fin")
        assert [word["value"] for word in anonymous.get(f"{KEYWORDS}?search=EAR").json] == [
            "Torn ear"
        ]

    @pytest.mark.parametrize("stored", FORMS[:2])
    @pytest.mark.parametrize("word", FORMS)
    def test_search_in_any_form_of_unicode(self, anonymous: Client, stored: str, word: str) -> None:
        KeywordFactory(value=stored)
        (found,) = anonymous.get(KEYWORDS, {"search": word}).json
        assert found["value"] == stored


class TestCreation:
    def test_any_signed_in_user_creates_one(self, user: Client, db: Session) -> None:
        response = user.post_json(f"{KEYWORDS}/", {"value": " scar "})
        assert response.status_int == 200
        assert response.json["value"] == "scar"
        assert response.json["source"] == "user"
        assert response.json["usageCount"] == 0
        assert user.get(f"{KEYWORDS}/{response.json['guid']}").json == response.json

    def test_forms_of_unicode_are_one_text(self, user: Client, staff: Client) -> None:
        composed, decomposed, mixed = FORMS
        first = user.post_json(KEYWORDS, {"value": mixed}).json
        assert first["value"] == composed
        other = KeywordFactory(value="other")
        for text in FORMS:
            refused = user.post_json(KEYWORDS, {"value": text})
            assert refused.status_int == 409
            assert list(refused.json["messages"]) == ["value"]
            address = f"{KEYWORDS}/{other.guid}"
            assert staff.patch_json(address, replace("/value", text)).status_int == 409
            again = staff.patch_json(f"{KEYWORDS}/{first['guid']}", replace("/value", text))
            assert again.json["value"] == composed
        assert staff.patch_json(address, replace("/value", f"{decomposed}!")).json["value"] == (
            f"{composed}!"
        )
        asset = AssetFactory(asset_group__owner=user.account)
        tags = [{"op": "add", "path": "/tags", "value": text} for text in FORMS]
        tags.append({"op": "add", "path": "/tags", "value": {"value": mixed}})
        tagged = user.patch_json(f"/api/v1/assets/{asset.guid}", tags).json["tags"]
        assert [each["guid"] for each in tagged] == [first["guid"]]

    def test_keyword_that_is_stored_decomposed_is_found(self, user: Client) -> None:
        composed, decomposed, _ = FORMS
        older = KeywordFactory(value=decomposed)
        assert user.post_json(KEYWORDS, {"value": composed}).status_int == 409
        asset = AssetFactory(asset_group__owner=user.account)
        tags = [{"op": "add", "path": "/tags", "value": text} for text in (composed, decomposed)]
        tagged = user.patch_json(f"/api/v1/assets/{asset.guid}", tags).json["tags"]
        assert [each["guid"] for each in tagged] == [str(older.guid)]

    def test_text_is_unique_with_regard_to_case(self, user: Client, db: Session) -> None:
        KeywordFactory(value="scar")
        response = user.post_json(KEYWORDS, {"value": "scar"})
        assert response.status_int == 409
        assert response.json["messages"] == {"value": ["A keyword with this text exists already."]}
        assert user.post_json(KEYWORDS, {"value": "Scar", "source": "wbia"}).status_int == 200

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"value": ""},
            {"value": None},
            {"value": "x" * 256},
            {"value": LONGER_COMPOSED},
            {"value": "x", "source": "me"},
        ],
    )
    def test_invalid_keyword(self, user: Client, db: Session, body: Any) -> None:
        assert user.post_json(KEYWORDS, body).status_int == 422
        assert db.scalars(select(Keyword)).all() == []


class TestChanging:
    def test_staff_rename(self, staff: Client, db: Session) -> None:
        word, _ = KeywordFactory(value="skar"), KeywordFactory(value="notch")
        address = f"{KEYWORDS}/{word.guid}"
        assert staff.patch_json(address, replace("/value", "scar")).json["value"] == "scar"
        assert staff.patch_json(address, replace("/value", "notch")).status_int == 409
        assert staff.patch_json(address, replace("/source", "wbia")).status_int == 422
        assert staff.get(address).json["value"] == "scar"

    def test_links_are_deleted_with_it(self, admin: Client, db: Session) -> None:
        word = KeywordFactory()
        annotation = AnnotationFactory(keywords=[word])
        place = f"{KEYWORDS}/{word.guid}"
        assert admin.delete(place).status_int == 204
        assert admin.get(place).status_int == 404
        db.expire_all()
        assert annotation.keywords == []


class TestMerging:
    def test_objects_get_the_target(self, admin: Client, db: Session) -> None:
        source, target = KeywordFactory(value="skar"), KeywordFactory(value="scar")
        one, both = (
            AnnotationFactory(keywords=[source]),
            AnnotationFactory(keywords=[source, target]),
        )
        asset = AssetFactory(tags=[source])
        response = admin.post(f"{KEYWORDS}/{source.guid}/{target.guid}/merge")
        assert response.status_int == 200
        assert response.json == {"guid": str(target.guid), "value": "scar", "source": "user"}
        db.expire_all()
        assert one.keywords == both.keywords == asset.tags == [target]
        assert db.scalars(select(Keyword)).all() == [target]

    def test_a_keyword_is_not_merged_into_itself(self, admin: Client, db: Session) -> None:
        word = KeywordFactory()
        response = admin.post(f"{KEYWORDS}/{word.guid}/{word.guid}/merge")
        assert response.status_int == 400
        assert admin.get(f"{KEYWORDS}/{word.guid}").status_int == 200

    def test_both_must_exist(self, admin: Client, db: Session) -> None:
        word = KeywordFactory()
        for pair in (f"{word.guid}/{uuid4()}", f"{uuid4()}/{word.guid}", f"{word.guid}/x"):
            assert admin.post(f"{KEYWORDS}/{pair}/merge").status_int == 404
