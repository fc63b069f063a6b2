"""The pictures of assets as browsers load them."""

from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from houston.core.db.session import Session
from houston.modules.assets.models import Asset, AssetState
from tests.clients_of_roles import Client
from tests.factories.annotations import AnnotationFactory
from tests.factories.asset_groups import AssetGroupFactory, PublicUserFactory
from tests.factories.assets import AssetFactory, jpeg
from tests.factories.users import UserFactory
from tests.functional.assets.creation import create, upload

ASSETS = "/api/v1/assets"
PICTURES = f"{ASSETS}/src"
ORANGE = (0xFF, 0x95, 0x2C)


@pytest.fixture
def asset(db: Session, user: Client) -> Asset:
    """Return a large photograph of `user`."""
    group = AssetGroupFactory(owner=user.account)
    (asset,) = create(db, group, upload(jpeg(2048, 1024, "black"), width=2048, height=1024))
    return asset


def image(response: Any) -> Image.Image:
    assert response.status_int == 200
    assert response.content_type == "image/jpeg"
    return Image.open(BytesIO(response.body))


def resembles(one: Any, other: tuple[int, int, int]) -> bool:
    """Return whether two colours are equal within the loss of JPEG."""
    return all(abs(a - b) < 60 for a, b in zip(one, other, strict=True))


class TestFormats:
    @pytest.mark.parametrize(
        ("place", "size"),
        [
            ("", (2048, 1024)),
            ("master/", (2048, 1024)),
            ("mid/", (1024, 512)),
            ("thumb/", (256, 128)),
            ("abox/", (1024, 512)),
        ],
    )
    def test_size(self, user: Client, asset: Asset, place: str, size: tuple[int, int]) -> None:
        assert image(user.get(f"{PICTURES}/{place}{asset.guid}")).size == size

    def test_other_formats_do_not_exist(self, user: Client, asset: Asset) -> None:
        for place in ("profile", "MASTER", "raw"):
            response = user.get(f"{PICTURES}/{place}/{asset.guid}")
            assert response.status_int == 404
            assert response.json["status"] == 404

    def test_cache_is_private_and_revalidated(self, user: Client, asset: Asset) -> None:
        place = f"{PICTURES}/{asset.guid}"
        response = user.get(place)
        assert "private" in response.headers["Cache-Control"]
        known = {"If-None-Match": response.headers["ETag"]}
        assert user.get(place, headers=known).status_int == 304
        user.patch_json(
            f"{ASSETS}/{asset.guid}",
            [{"op": "replace", "path": "/image", "value": {"rotate": {"angle": 90}}}],
        )
        assert image(user.get(place, headers=known)).size == (1024, 2048)

    def test_range(self, user: Client, asset: Asset) -> None:
        response = user.get(f"{PICTURES}/{asset.guid}", headers={"Range": "bytes=0-1"})
        assert response.status_int == 206
        assert response.body == b"\xff\xd8"

    def test_number_of_statements(self, user: Client, asset: Asset, statements: list[str]) -> None:
        place = f"{PICTURES}/thumb/{asset.guid}"
        statements.clear()
        user.get(place)
        assert len(statements) == 3


class TestWithoutPicture:
    def test_pending_asset(self, user: Client) -> None:
        pending = AssetFactory(asset_group__owner=user.account, state=AssetState.PENDING)
        for place in ("", "thumb/", "abox/"):
            response = user.get(f"{PICTURES}/{place}{pending.guid}")
            assert response.status_int == 503
            assert response.headers["Retry-After"] == "5"

    def test_damaged_and_other_files(self, user: Client, db: Session) -> None:
        damaged, text = create(
            db,
            AssetGroupFactory(owner=user.account),
            upload(jpeg(640, 480)[:300], width=640, height=480),
            upload(b"seen at dusk", "text/plain"),
        )
        for asset, message in (
            (damaged, "The picture is damaged."),
            (text, "The file is no picture: it is of the type text/plain."),
        ):
            response = user.get(f"{PICTURES}/{asset.guid}")
            assert response.status_int == 404
            assert response.json["message"] == message


class TestPermission:
    def test_same_as_for_the_asset(
        self, anonymous: Client, other: Client, researcher: Client, asset: Asset
    ) -> None:
        for client, status in ((anonymous, 401), (other, 403), (researcher, 200)):
            assert client.get(f"{PICTURES}/mid/{asset.guid}").status_int == status
        assert researcher.get(f"{PICTURES}/mid/{uuid4()}").status_int == 404

    def test_pictures_of_the_public_user_require_signing_in(
        self, anonymous: Client, other: Client, db: Session
    ) -> None:
        group = AssetGroupFactory(owner=PublicUserFactory())
        (asset,) = create(db, group, upload(jpeg(), width=64, height=48))
        assert other.get(f"{PICTURES}/{asset.guid}").status_int == 200
        assert anonymous.get(f"{PICTURES}/{asset.guid}").status_int == 401


class TestBoxes:
    def test_boxes_are_drawn_at_their_current_position(self, user: Client, asset: Asset) -> None:
        place = f"{PICTURES}/abox/{asset.guid}"
        annotation = AnnotationFactory(
            asset=asset, bounds={"rect": [200, 200, 400, 400], "theta": 0}
        )
        first = user.get(place)
        drawn = image(first)
        assert resembles(drawn.getpixel((100, 200)), ORANGE)
        assert resembles(drawn.getpixel((200, 300)), ORANGE)
        assert resembles(drawn.getpixel((200, 200)), (0, 0, 0))
        known = {"If-None-Match": first.headers["ETag"]}
        assert user.get(place, headers=known).status_int == 304
        user.patch_json(
            f"/api/v1/annotations/{annotation.guid}",
            [{"op": "replace", "path": "/bounds", "value": {"rect": [600, 200, 400, 400]}}],
        )
        redrawn = image(user.get(place, headers=known))
        assert resembles(redrawn.getpixel((100, 200)), (0, 0, 0))
        assert resembles(redrawn.getpixel((500, 200)), ORANGE)

    def test_extreme_bounds(self, user: Client, asset: Asset) -> None:
        for rect in ([-1e6, -1e6, 1e6, 1e6], [1e6, 1e6, 1e-9, 1e-9], [0, 0, 1e6, 1e6]):
            AnnotationFactory(asset=asset, bounds={"rect": rect, "theta": 1000})
        assert image(user.get(f"{PICTURES}/abox/{asset.guid}")).size == (1024, 512)


class TestOriginal:
    def test_owner_and_machine_accounts_read_it(
        self, user: Client, admin: Client, other: Client, client_for: Any, asset: Asset
    ) -> None:
        machine = client_for(UserFactory(is_internal=True))
        place = f"{ASSETS}/src_raw/{asset.guid}"
        for client in (machine, user):
            assert client.get(place).body == jpeg(2048, 1024, "black")
        for client in (admin, other):
            assert client.get(place).status_int == 403

    def test_owner_saves_that_of_a_damaged_picture(self, user: Client, db: Session) -> None:
        group = AssetGroupFactory(owner=user.account)
        (damaged,) = create(db, group, upload(jpeg()[:100], width=64, height=48))
        assert user.get(f"{ASSETS}/{damaged.guid}").json["state"] == "damaged"
        assert user.get(f"{ASSETS}/src_raw/{damaged.guid}").body == jpeg()[:100]

    def test_browsers_do_not_execute_it(self, client_for: Any, db: Session) -> None:
        machine = client_for(UserFactory(is_internal=True))
        script = AssetFactory(mime_type="text/xml", content=b"<script>alert(1)</script>")
        response = machine.get(f"{ASSETS}/src_raw/{script.guid}")
        assert response.headers["Content-Disposition"] == "attachment"
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
