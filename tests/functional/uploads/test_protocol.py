"""The headers and statuses of tus 1.0.0."""

import fcntl
import os
import time
from uuid import uuid4

import pytest
from pyramid.router import Router
from sqlalchemy import select, update

from houston.core.db.session import Session
from houston.core.db.types import utc_now
from houston.core.security.grants import Identity
from houston.core.services import services_of
from houston.core.settings import Settings
from houston.core.storage import Storage
from houston.modules.uploads.models import Upload
from houston.modules.uploads.partials import Partials
from houston.modules.uploads.services import delete_expired, take
from tests.clients_of_roles import Client
from tests.functional.flows.photographs import photograph
from tests.functional.uploads.tus import (
    BYTES,
    TUS,
    VERSION,
    address_of,
    checksum,
    create,
    head,
    metadata,
    upload,
    write,
)

PHOTOGRAPH = photograph()
SIZE = len(PHOTOGRAPH)


def row(db: Session) -> Upload:
    db.expire_all()
    return db.scalars(select(Upload)).one()


class TestCreating:
    def test_options_describe_the_server(self, anonymous: Client) -> None:
        response = anonymous.options(TUS)
        assert response.status_int == 204
        assert response.headers["Tus-Version"] == "1.0.0"
        assert response.headers["Tus-Max-Size"] == "104857600"
        assert "creation-with-upload" in response.headers["Tus-Extension"].split(",")
        assert "sha256" in response.headers["Tus-Checksum-Algorithm"].split(",")

    def test_pages_of_other_origins_read_the_headers(self, anonymous: Client) -> None:
        response = anonymous.options(TUS, headers={"Origin": "https://client.example.org"})
        exposed = response.headers["Access-Control-Expose-Headers"].split(", ")
        assert {"ETag", "Tus-Resumable", "Tus-Max-Size", "Upload-Offset"} <= set(exposed)

    def test_upload_is_created(self, user: Client, db: Session) -> None:
        transaction = uuid4()
        created = create(user, SIZE, transaction=transaction)
        assert created.headers["Tus-Resumable"] == "1.0.0"
        assert created.headers["Upload-Offset"] == "0"
        response = head(user, address_of(created))
        assert response.status_int == 200
        assert response.headers["Upload-Length"] == str(SIZE)
        assert response.headers["Upload-Offset"] == "0"
        assert response.headers["Upload-Metadata"] == metadata("zebra.jpg")
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Upload-Expires"].endswith("GMT")
        assert (row(db).transaction_guid, row(db).owner_guid) == (transaction, user.account.guid)

    def test_body_of_the_creation_is_stored(self, user: Client) -> None:
        created = create(user, SIZE, body=PHOTOGRAPH[:100])
        assert created.headers["Upload-Offset"] == "100"
        assert head(user, address_of(created)).headers["Upload-Offset"] == "100"

    def test_client_may_choose_the_guid(self, user: Client) -> None:
        guid = str(uuid4())
        created = create(user, SIZE, **{"X-Tus-Resource-Id": guid})
        assert address_of(created) == f"{TUS}/{guid}"
        assert create(user, SIZE, **{"X-Tus-Resource-Id": guid}).status_int == 409

    @pytest.mark.parametrize(
        ("headers", "status", "named"),
        [
            ({"Tus-Resumable": "0.2.2"}, 412, None),
            ({"Upload-Length": "-1"}, 400, "Upload-Length"),
            ({"Upload-Length": "many"}, 400, "Upload-Length"),
            ({"Upload-Length": ""}, 400, "Upload-Length"),
            ({"Upload-Length": "104857601"}, 413, None),
            ({"Upload-Length": "0"}, 422, "filename"),
            ({"Upload-Metadata": "filename"}, 400, "filename"),
            ({"Upload-Metadata": "filename ???"}, 400, "filename"),
            ({"Upload-Metadata": "filename /w=="}, 400, "filename"),
            ({"Upload-Metadata": "name eA=="}, 400, "filename"),
            ({"Upload-Metadata": f"{metadata('a.jpg')},name é"}, 400, "name"),
            (
                {"Upload-Metadata": f"{metadata('a.jpg')},{metadata('b.jpg')}"},
                400,
                "Upload-Metadata",
            ),
            ({"Upload-Metadata": f"{metadata('a.jpg')},\x7f"}, 400, "Upload-Metadata"),
            ({"Upload-Metadata": "x " * 5000}, 400, "Upload-Metadata"),
            ({"Upload-Metadata": metadata("x" * 256)}, 400, "filename"),
            ({"Upload-Metadata": metadata("zebra\0.jpg")}, 400, "filename"),
            ({"Upload-Metadata": metadata("zebra\r\nSet-Cookie: a.jpg")}, 400, "filename"),
            ({"Upload-Metadata": metadata("zebra\u202egpj.exe")}, 400, "filename"),
            ({"Upload-Metadata": metadata("zebra\x85.jpg")}, 400, "filename"),
            ({"X-Tus-Transaction-Id": "one"}, 400, "X-Tus-Transaction-Id"),
            ({"X-Tus-Resource-Id": "../../etc"}, 400, "X-Tus-Resource-Id"),
        ],
    )
    def test_invalid_headers_are_refused(
        self, user: Client, db: Session, headers: dict[str, str], status: int, named: str | None
    ) -> None:
        response = create(user, SIZE, **headers)
        assert response.status_int == status
        assert response.headers["Tus-Resumable"] == "1.0.0"
        if named:
            assert list(response.json["messages"]) == [named]
        assert db.scalars(select(Upload)).all() == []

    @pytest.mark.parametrize("name", ["../../etc/passwd", "🦓.jpg", "a/b\\c:d", "x" * 255])
    def test_filenames_are_not_paths(self, user: Client, db: Session, name: str) -> None:
        assert upload(user, PHOTOGRAPH, name).status_int == 204
        assert row(db).filename == name


class TestWriting:
    def test_file_is_sent_in_parts(self, user: Client, app: Router, db: Session) -> None:
        address = address_of(create(user, SIZE))
        for start in range(0, SIZE, 1000):
            sent = write(user, address, start, PHOTOGRAPH[start : start + 1000])
            assert sent.status_int == 204
            assert sent.headers["Upload-Offset"] == str(min(start + 1000, SIZE))
        stored = row(db)
        assert stored.finished is not None
        assert (stored.mime_type, stored.width, stored.height) == ("image/jpeg", 400, 300)
        assert stored.file_key is not None
        with services_of(app)[Storage].open(stored.file_key) as file:
            assert file.read() == PHOTOGRAPH

    def test_finished_upload_is_found_until_it_is_claimed(self, user: Client, db: Session) -> None:
        own, other = uuid4(), {"X-Tus-Transaction-Id": str(uuid4())}
        address = address_of(create(user, SIZE, transaction=own))
        write(user, address, 0, PHOTOGRAPH)
        found = head(user, address)
        assert (found.status_int, found.headers["Upload-Offset"]) == (200, str(SIZE))
        same = user.head(address, headers={**VERSION, "X-Tus-Transaction-Id": str(own)})
        assert same.status_int == 200
        assert user.head(address, headers={**VERSION, **other}).status_int == 404
        sent = write(user, address, SIZE, b"")
        assert (sent.status_int, sent.headers["Upload-Offset"]) == (204, str(SIZE))
        assert write(user, address, 0, PHOTOGRAPH).status_int == 409
        take(db, Identity(user.account, frozenset(), None, "token", uuid4()), own)
        db.commit()
        assert head(user, address).status_int == 404

    @pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "x-http-method-override"])
    def test_method_may_be_in_a_header(self, user: Client, name: str) -> None:
        address = address_of(create(user, SIZE))
        sent = {**VERSION, **BYTES, "Upload-Offset": "0", name: "PATCH"}
        assert user.post(address, PHOTOGRAPH[:10], headers=sent).status_int == 204
        found = user.post(address, headers={**VERSION, name: "HEAD"})
        assert (found.status_int, found.headers["Upload-Offset"]) == (200, "10")
        assert user.post(address, headers={**VERSION, name: "DELETE"}).status_int == 204
        assert head(user, address).status_int == 404

    def test_method_of_other_addresses_is_not_overridden(self, admin: Client) -> None:
        address = f"/api/v1/users/{admin.account.guid}"
        override = {"X-HTTP-Method-Override": "DELETE"}
        assert admin.post(address, headers=override).status_int == 405

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"Upload-Offset": "5"}, 409),
            ({"Upload-Offset": "x"}, 400),
            ({"Content-Type": "image/jpeg"}, 415),
            ({"Tus-Resumable": "2.0.0"}, 412),
            ({"Upload-Checksum": "crc32 AAAA"}, 400),
            ({"Upload-Checksum": "sha256 ?"}, 400),
            ({"Upload-Checksum": "sha256 é"}, 400),
            (checksum(b"other bytes"), 460),
        ],
    )
    def test_refused_part_is_not_stored(
        self, user: Client, headers: dict[str, str], status: int
    ) -> None:
        address = address_of(create(user, SIZE))
        write(user, address, 0, PHOTOGRAPH[:10])
        sent = {"Upload-Offset": "10", **headers}
        assert write(user, address, 10, PHOTOGRAPH[10:20], **sent).status_int == status
        assert head(user, address).headers["Upload-Offset"] == "10"

    @pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
    def test_matching_checksum(self, user: Client, algorithm: str) -> None:
        address = address_of(create(user, SIZE))
        sent = write(user, address, 0, PHOTOGRAPH, **checksum(PHOTOGRAPH, algorithm))
        assert sent.status_int == 204

    def test_one_request_writes_at_a_time(self, user: Client, app: Router, db: Session) -> None:
        address = address_of(create(user, SIZE))
        write(user, address, 0, PHOTOGRAPH[:10])
        with services_of(app)[Partials].path(row(db).guid).open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            assert write(user, address, 10, PHOTOGRAPH[10:]).status_int == 423
        assert write(user, address, 10, PHOTOGRAPH[10:]).status_int == 204

    def test_more_bytes_than_the_size_are_refused(self, user: Client) -> None:
        address = address_of(create(user, 10))
        assert write(user, address, 0, PHOTOGRAPH[:11]).status_int == 413
        assert head(user, address).headers["Upload-Offset"] == "0"

    def test_file_replaces_the_same_one_and_no_other_of_its_name(
        self, user: Client, db: Session
    ) -> None:
        transaction = uuid4()
        for content in (PHOTOGRAPH, PHOTOGRAPH):
            upload(user, content, "zebra.jpg", transaction)
        assert row(db).width == 400
        upload(user, photograph(64, 64), "zebra.jpg", transaction)
        assert {each.width for each in db.scalars(select(Upload))} == {400, 64}

    def test_file_that_cannot_be_inspected_in_time_is_refused(
        self, user: Client, db: Session
    ) -> None:
        bomb = PHOTOGRAPH[:2] + b"\xff\xfe\x00\x03." * 1000 + PHOTOGRAPH[2:]
        refused = upload(user, bomb, "bomb.jpg")
        assert refused.status_int == 422
        assert "bomb.jpg: The JPEG has more metadata" in refused.json["message"]
        assert db.scalars(select(Upload)).all() == []

    def test_transaction_may_be_set_with_the_bytes(self, user: Client, db: Session) -> None:
        address, transaction = address_of(create(user, SIZE)), uuid4()
        write(user, address, 0, PHOTOGRAPH, **{"X-Tus-Transaction-Id": str(transaction)})
        assert row(db).transaction_guid == transaction

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("page.html", b"<!DOCTYPE html><script>alert(1)</script>"),
            ("picture.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'),
            ("program.jpg", b"\x7fELF" + bytes(100)),
        ],
    )
    def test_refused_file_is_deleted(
        self, user: Client, db: Session, name: str, content: bytes
    ) -> None:
        refused = upload(user, content, name)
        assert refused.status_int == 422
        assert name in refused.json["message"]
        assert db.scalars(select(Upload)).all() == []


class TestDeleting:
    @pytest.mark.parametrize("sent", [100, SIZE])
    def test_upload_is_deleted(self, user: Client, db: Session, sent: int) -> None:
        address = address_of(create(user, SIZE))
        write(user, address, 0, PHOTOGRAPH[:sent])
        assert user.delete(address, headers=VERSION).status_int == 204
        assert head(user, address).status_int == 404
        assert db.scalars(select(Upload)).all() == []

    def test_delete_does_not_need_the_version(self, user: Client) -> None:
        address = address_of(create(user, SIZE))
        assert user.delete(address, headers={"Tus-Resumable": "2.0.0"}).status_int == 412
        assert user.delete(address).status_int == 204
        assert user.delete(address).status_int == 404

    def test_guid_may_be_used_again(self, user: Client, app: Router) -> None:
        guid = uuid4()
        services_of(app)[Partials].path(guid).write_bytes(b"left by a crash")
        address = address_of(create(user, SIZE, **{"X-Tus-Resource-Id": str(guid)}))
        assert head(user, address).headers["Upload-Offset"] == "0"

    def test_expired_upload_is_not_found_and_is_deleted(
        self, user: Client, app: Router, db: Session
    ) -> None:
        address = address_of(create(user, SIZE))
        write(user, address, 0, PHOTOGRAPH[:100])
        guid = row(db).guid
        assert services_of(app)[Partials].size(guid) == 100
        db.execute(update(Upload).values(expires=utc_now()))
        db.commit()
        assert head(user, address).status_int == 404
        delete_expired(services_of(app)[Partials], db)
        db.commit()
        assert db.scalars(select(Upload)).all() == []
        assert services_of(app)[Partials].size(guid) == 0

    def test_old_files_without_an_upload_are_deleted(
        self, user: Client, app: Router, db: Session
    ) -> None:
        write(user, address_of(create(user, SIZE)), 0, PHOTOGRAPH[:100])
        ages = {row(db).guid: 7200, uuid4(): 7200, uuid4(): 60}
        paths = [services_of(app)[Partials].path(guid) for guid in ages]
        for path, age in zip(paths, ages.values(), strict=True):
            path.write_bytes(b"some")
            os.utime(path, times=(time.time() - age,) * 2)
        delete_expired(services_of(app)[Partials], db)
        assert [path.exists() for path in paths] == [True, False, True]


class TestOwning:
    def test_anonymous_upload_is_used_by_guid(self, anonymous: Client, user: Client) -> None:
        address = address_of(create(anonymous, SIZE))
        assert write(anonymous, address, 0, PHOTOGRAPH[:10]).status_int == 204
        assert write(user, address, 10, PHOTOGRAPH[10:]).status_int == 204

    def test_only_the_owner_uses_an_upload(
        self, user: Client, other: Client, anonymous: Client
    ) -> None:
        address = address_of(create(user, SIZE))
        for client in (other, anonymous):
            assert head(client, address).status_int == 404
            assert write(client, address, 0, PHOTOGRAPH).status_int == 404
            assert client.delete(address, headers=VERSION).status_int == 404
        assert write(user, address, 0, PHOTOGRAPH).status_int == 204

    def test_transaction_belongs_to_its_owner(self, user: Client, other: Client) -> None:
        transaction = uuid4()
        create(user, SIZE, transaction=transaction)
        assert create(other, SIZE, transaction=transaction).status_int == 409

    def test_pending_files_are_listed(self, user: Client, other: Client) -> None:
        transaction = uuid4()
        upload(user, PHOTOGRAPH, "zebra.jpg", transaction)
        found = user.get(f"{TUS}/pending").json[str(transaction)]
        assert found["bytes"] == SIZE
        assert list(found["resources"].values()) == [{"filename": "zebra.jpg", "bytes": SIZE}]
        assert other.get(f"{TUS}/pending").json == {}


class TestBounds:
    def test_anonymous_limits_are_lower(self, app: Router, anonymous: Client, user: Client) -> None:
        size = 52428801
        assert create(anonymous, size).status_int == 413
        assert create(user, size).status_int == 201

    def test_files_of_a_transaction_are_bounded(self, anonymous: Client) -> None:
        transaction = uuid4()
        for _ in range(100):
            assert create(anonymous, 10, transaction=transaction).status_int == 201
        refused = create(anonymous, 10, transaction=transaction)
        assert refused.status_int == 422
        assert "maximum number of files" in refused.json["message"]

    @pytest.mark.parametrize(
        ("settings", "client", "status"),
        [
            ({"quota": 2_500}, "user", 413),
            ({"quota_anonymous": 2_500}, "anonymous", 413),
            ({"quota_site": 2_500}, "user", 507),
            ({"min_free": 10**18}, "user", 507),
        ],
    )
    def test_bytes_of_uploads_are_bounded(
        self,
        app: Router,
        request: pytest.FixtureRequest,
        monkeypatch: pytest.MonkeyPatch,
        settings: dict[str, int],
        client: str,
        status: int,
    ) -> None:
        values = services_of(app)[Settings]
        for name, value in settings.items():
            monkeypatch.setitem(values, f"houston.uploads.{name}", value)
        sender: Client = request.getfixturevalue(client)
        statuses = [create(sender, 1_000).status_int for _ in range(3)]
        assert statuses == ([201, 201, status] if "min_free" not in settings else [status] * 3)

    def test_quotas_are_those_of_one_caller(
        self, app: Router, user: Client, other: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        values = services_of(app)[Settings]
        monkeypatch.setitem(values, "houston.uploads.quota", 1_000)
        first = address_of(create(user, 1_000))
        assert create(user, 1).status_int == 413
        assert create(other, 1_000).status_int == 201
        user.delete(first)
        assert create(user, 1_000).status_int == 201

    def test_body_limit_does_not_apply_to_uploads(self, user: Client) -> None:
        size = 52428801
        address = address_of(create(user, size))
        sent = write(user, address, 0, b"x", **{"Content-Length": str(size)})
        assert (sent.status_int, sent.headers["Upload-Offset"]) == (204, "1")
        assert (
            user.post("/api/v1/teams", "{}", headers={"Content-Length": str(size)}).status_int
            == 413
        )

    def test_body_is_bounded(self, user: Client) -> None:
        address = address_of(create(user, SIZE))
        long = {"Content-Length": "104857601"}
        assert write(user, address, 0, b"x", **long).status_int == 413
