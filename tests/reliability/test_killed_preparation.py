"""Pictures in preparation when the server is killed are prepared after the restart."""

import time
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from houston.core.db.engine import make_engine, writing
from houston.core.storage import Storage
from houston.core.storage.backends import make_backend
from houston.modules.asset_groups.models import AssetGroup, UploadType
from houston.modules.assets.models import Asset, AssetState
from houston.modules.users.models import User
from tests.live import LiveServer
from tests.reliability.site import photograph
from tests.waiting import wait_until

COUNT = 6
SIZE = (4000, 3000)
KILLS = 3
SECONDS = 60.0


def submit(server: LiveServer) -> list[str]:
    """Upload photographs of `root`, and return the guids of their unprepared assets."""
    storage = Storage(make_backend(f"file:{server.folder}/files"))
    engine = make_engine(f"sqlite:///{server.folder}/houston.sqlite")
    with Session(writing(engine)) as db:
        files = storage.put_all(db, [photograph(number, SIZE) for number in range(COUNT)])
        owner = db.scalars(select(User).where(User.username == "root")).one()
        group = AssetGroup(owner_guid=owner.guid, upload_type=UploadType.FORM)
        db.add(group)
        db.flush()
        assets = [
            Asset(
                owner_guid=owner.guid,
                asset_group_guid=group.guid,
                filename="zebra.jpg",
                mime_type="image/jpeg",
                size=file.size,
                file_key=file.key,
                width=4000,
                height=3000,
                state=AssetState.READY,
            )
            for file in files
        ]
        db.add_all(assets)
        db.commit()
        guids = [str(asset.guid) for asset in assets]
    engine.dispose()
    return guids


def rotate(server: LiveServer, guids: list[str]) -> None:
    headers = server.sign_in("root", "q")
    value = {"rotate": {"angle": 90}}
    operations = [
        {"op": "replace", "path": "/image", "value": value, "guid": guid} for guid in guids
    ]
    httpx.patch(f"{server.url}/api/v1/assets", json=operations, headers=headers).raise_for_status()


def read(server: LiveServer, guids: list[str]) -> list[dict[str, Any]]:
    headers = server.sign_in("root", "q")
    addresses = [f"{server.url}/api/v1/assets/{guid}" for guid in guids]
    return [httpx.get(address, headers=headers).raise_for_status().json() for address in addresses]


def test_preparation_continues_automatically(tmp_path: Path) -> None:
    server = LiveServer(tmp_path).start()
    guids = submit(server)
    rotate(server, guids)
    for _ in range(KILLS):
        time.sleep(0.3)
        server.kill()
        server = LiveServer(tmp_path).start()
    try:
        wait_until(
            lambda: all(asset["state"] != "pending" for asset in read(server, guids)),
            SECONDS,
            "the pictures are not prepared",
        )
        headers = server.sign_in("root", "q")
        for asset in read(server, guids):
            assert asset["state"] == "ready"
            assert asset["dimensions"] == {"width": 3000, "height": 4000}
            shown = httpx.get(f"{server.url}{asset['src']}", headers=headers).raise_for_status()
            assert Image.open(BytesIO(shown.content)).size == (3000, 4000)
    finally:
        server.stop()
