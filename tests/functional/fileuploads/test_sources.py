"""Files are sent completely, in part, or as 304; browsers do not execute them."""

import pytest
from pyramid.router import Router

from houston.core.db.session import Session
from houston.core.services import services_of
from houston.core.storage import Storage, path_of
from houston.modules.fileuploads.models import FileUpload
from houston.modules.fileuploads.services import delete_file_upload
from tests.clients_of_roles import Client
from tests.factories.fileuploads import FileUploadFactory
from tests.parts import setting

UNKNOWN_GUID = "5f0b2a3e-7c1d-4e55-9c43-0d6b6a1f2e88"
CONTENT = bytes(range(256)) * 1000
SIZE = len(CONTENT)


@pytest.fixture
def file() -> FileUpload:
    """Return a file of 256 000 bytes."""
    row: FileUpload = FileUploadFactory(content=CONTENT)
    return row


class TestWhole:
    @pytest.mark.parametrize("format", ["", "thumb/", "whatever/"])
    def test_everyone_may_read_it(
        self, anonymous: Client, file: FileUpload, statements: list[str], format: str
    ) -> None:
        statements.clear()
        response = anonymous.get(f"/api/v1/fileuploads/src/{format}{file.guid}")
        assert response.status_int == 200
        assert response.body == CONTENT
        assert response.headers["Content-Type"] == "image/jpeg"
        assert response.headers["Content-Length"] == str(SIZE)
        assert response.headers["Accept-Ranges"] == "bytes"
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.headers["ETag"] == f'"{file.file_key}"'
        assert len(statements) == 1

    def test_head_has_no_body(self, anonymous: Client, file: FileUpload) -> None:
        response = anonymous.head(file.src, headers={"Range": "bytes=0-9"})
        assert (response.status_int, response.body) == (200, b"")
        assert response.headers["Content-Length"] == str(SIZE)

    @pytest.mark.parametrize("tag", ['"{}"', 'W/"{}"', '"other", "{}"', "*"])
    def test_not_modified(self, anonymous: Client, file: FileUpload, tag: str) -> None:
        requested = {"If-None-Match": tag.format(file.file_key), "Range": "bytes=0-9"}
        response = anonymous.get(file.src, headers=requested)
        assert (response.status_int, response.body) == (304, b"")
        assert response.headers["ETag"] == f'"{file.file_key}"'
        assert anonymous.get(file.src, headers={"If-None-Match": '"other"'}).status_int == 200

    @pytest.mark.parametrize("format", ["", "mid/"])
    @pytest.mark.parametrize("key", [UNKNOWN_GUID, "x", "1", "%00"])
    def test_unknown_file(self, anonymous: Client, format: str, key: str) -> None:
        response = anonymous.get(f"/api/v1/fileuploads/src/{format}{key}")
        assert response.status_int == (400 if key == "%00" else 404)

    def test_a_missing_file_is_not_found(
        self, app: Router, anonymous: Client, file: FileUpload
    ) -> None:
        services_of(app)[Storage].backend.remove(path_of(file.file_key))
        assert anonymous.get(file.src).status_int == 404
        assert anonymous.head(file.src).status_int == 404

    def test_an_empty_file(self, anonymous: Client) -> None:
        file = FileUploadFactory(content=b"")
        response = anonymous.get(file.src)
        assert (response.status_int, response.body) == (200, b"")
        assert anonymous.get(file.src, headers={"Range": "bytes=0-"}).status_int == 416
        assert anonymous.get(file.src, headers={"Range": "bytes=-5"}).status_int == 200


class TestPart:
    @pytest.mark.parametrize(
        ("requested", "first", "last"),
        [
            ("0-0", 0, 0),
            ("100-199", 100, 199),
            ("255990-", SIZE - 10, SIZE - 1),
            ("-10", SIZE - 10, SIZE - 1),
            ("255990-999999", SIZE - 10, SIZE - 1),
            ("1-", 1, SIZE - 1),
            ("0-", 0, SIZE - 1),
            ("-256000", 0, SIZE - 1),
        ],
    )
    def test_some_bytes(
        self, anonymous: Client, file: FileUpload, requested: str, first: int, last: int
    ) -> None:
        response = anonymous.get(file.src, headers={"Range": f"bytes={requested}"})
        assert response.status_int == 206
        assert response.body == CONTENT[first : last + 1]
        assert response.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
        assert response.headers["Content-Length"] == str(last - first + 1)

    @pytest.mark.parametrize(
        "requested",
        [
            "bytes=-999999",
            "bytes=-0",
            "bytes=5-1",
            "bytes=-",
            "bytes=0-1,5-6",
            "bytes=0x1-5",
            f"bytes={'9' * 5000}-",
            "lines=0-1",
            "\xff",
        ],
    )
    def test_invalid_range_is_ignored(
        self, anonymous: Client, file: FileUpload, requested: str
    ) -> None:
        response = anonymous.get(file.src, headers={"Range": requested})
        assert response.status_int == 200
        assert response.body == CONTENT
        assert "Content-Range" not in response.headers

    @pytest.mark.parametrize("requested", [f"bytes={SIZE}-", "bytes=999999-9999999"])
    def test_beyond_the_end(self, anonymous: Client, file: FileUpload, requested: str) -> None:
        response = anonymous.get(file.src, headers={"Range": requested})
        assert response.status_int == 416
        assert response.headers["Content-Range"] == f"bytes */{SIZE}"
        assert "shorter" in response.json["message"]

    @pytest.mark.parametrize(
        ("condition", "status"),
        [
            ('"{}"', 206),
            ('W/"{}"', 200),
            ('"other"', 200),
            ("Wed, 21 Oct 2015 07:28:00 GMT", 200),
            ("nonsense", 200),
        ],
    )
    def test_if_range(
        self, anonymous: Client, file: FileUpload, condition: str, status: int
    ) -> None:
        headers = {"Range": "bytes=0-9", "If-Range": condition.format(file.file_key)}
        assert anonymous.get(file.src, headers=headers).status_int == status


class TestHostile:
    @pytest.mark.parametrize(
        ("type", "disposition"),
        [
            ("image/jpeg", "inline"),
            ("image/png", "inline"),
            ("video/mp4", "inline"),
            ("image/svg+xml", "attachment"),
            ("text/html", "attachment"),
            ("text/plain", "attachment"),
            ("application/pdf", "attachment"),
        ],
    )
    def test_browsers_do_not_execute_it(
        self, anonymous: Client, type: str, disposition: str
    ) -> None:
        file = FileUploadFactory(content=b"GIF89a=<script>alert(1)</script>", mime_type=type)
        response = anonymous.get(file.src)
        assert response.headers["Content-Type"] == type
        assert response.headers["Content-Disposition"] == disposition
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response.headers["X-Frame-Options"] == "DENY"


class TestWebServer:
    def test_web_server_receives_the_path(
        self, app: Router, anonymous: Client, file: FileUpload
    ) -> None:
        with setting(app, "houston.storage.accel", "/stored/"):
            response = anonymous.get(file.src)
            tag = response.headers["ETag"]
            again = anonymous.get(file.src, headers={"If-None-Match": tag})
        key = file.file_key
        assert (response.status_int, response.body) == (200, b"")
        assert response.headers["X-Accel-Redirect"] == f"/stored/{key[:2]}/{key[2:4]}/{key}"
        assert response.headers["Content-Type"] == "image/jpeg"
        assert response.headers["Content-Disposition"] == "inline"
        assert again.status_int == 304
        assert "X-Accel-Redirect" not in anonymous.get(file.src).headers


def test_deleting_the_row_does_not_delete_the_file(
    db: Session, app: Router, file: FileUpload
) -> None:
    delete_file_upload(db, file.guid)
    assert db.get(FileUpload, file.guid) is None
    assert services_of(app)[Storage].exists(file.file_key)
