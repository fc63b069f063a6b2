"""The requests of the React client: its calls, its headers, and the statuses that it accepts.

It has only a session cookie, sends no `Authorization`, and accepts only 200 and 204 as success; the
creation of an upload may also return 201.
"""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from pyramid.router import Router
from webtest import TestResponse

from tests.clients_of_roles import Client

API = "/api/v1"
ACCEPT = {"Accept": "application/json, text/plain, */*"}
ORIGIN = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}


class WebClient:
    """A browser."""

    def __init__(self, app: Router) -> None:
        self._client = Client(app, extra_environ={"HTTP_HOST": "localhost"})

    def load(self) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """Load a page, which first requests the settings and the user."""
        self.get("/site-settings/data/sentryDsn")
        settings = self.get("/site-settings/data").json
        me = self._client.get(f"{API}/users/me", headers=ACCEPT)
        if me.status_int != 200:
            return settings, None
        assert isinstance(self.get("/notifications/unread?limit=100").json, list)
        return settings, me.json

    def get(self, path: str) -> TestResponse:
        """Read an existing resource."""
        response = self._client.get(API + path, headers=ACCEPT)
        assert response.status_int == 200, response.body
        return response

    def mutate(self, method: str, path: str, body: Any = None) -> TestResponse:
        """Send a change, which must succeed."""
        response = self.send(method, path, body)
        assert response.status_int == (204 if method == "DELETE" else 200), response.body
        return response

    def send(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> TestResponse:
        """Send a change, with further headers, and return the response."""
        headers = {**ACCEPT, **ORIGIN, **(headers or {})}
        if body is None:
            return getattr(self._client, method.lower())(API + path, headers=headers)
        send = getattr(self._client, f"{method.lower()}_json")
        return send(API + path, body, headers=headers)

    def sign_in(self, email: str, password: str) -> TestResponse:
        """Send the form of the sign-in page."""
        return self.send("POST", "/auth/sessions", {"email": email, "password": password})

    def sign_out(self) -> TestResponse:
        """Sign out by the HTML form outside of the API."""
        return self._client.post("/logout?next=/", headers=ORIGIN)

    def upload(self, name: str, content: bytes, transaction: str) -> str:
        """Upload a file in one request, as Uppy does, and return its address."""
        address = self.begin_upload(name, len(content), transaction)
        sent = self._client.patch(
            address,
            content,
            headers={
                **ORIGIN,
                "Tus-Resumable": "1.0.0",
                "Upload-Offset": "0",
                "Content-Type": "application/offset+octet-stream",
                "x-tus-transaction-id": transaction,
            },
        )
        assert sent.status_int == 204, sent.body
        assert sent.headers["Upload-Offset"] == str(len(content))
        return address

    def begin_upload(self, name: str, size: int, transaction: str) -> str:
        """Create an upload, and return its address."""
        values = {
            "type": "image/jpeg",
            "relativePath": "null",
            "name": name,
            "filetype": "image/jpeg",
            "filename": name,
        }
        metadata = ",".join(
            f"{key} {b64encode(value.encode()).decode()}" for key, value in values.items()
        )
        created = self._client.post(
            f"{API}/tus",
            b"",
            headers={
                **ORIGIN,
                "Tus-Resumable": "1.0.0",
                "Upload-Length": str(size),
                "Upload-Metadata": metadata,
                "x-tus-transaction-id": transaction,
            },
        )
        assert created.status_int == 201, created.body
        assert created.headers["Tus-Resumable"] == "1.0.0"
        address: str = created.headers["Location"]
        return address

    def head_upload(self, address: str, transaction: str) -> int:
        """Request the offset of an upload for a transaction, and return the status."""
        sent = {"Tus-Resumable": "1.0.0", "x-tus-transaction-id": transaction}
        response = self._client.head(address, headers=sent)
        return int(response.status_int)

    def remove_upload(self, address: str, transaction: str) -> int:
        """Delete an upload before the report, and return the status."""
        guid = address.rstrip("/").rsplit("/", 1)[1]
        response = self._client.delete(
            f"{API}/tus/{guid}",
            headers={**ORIGIN, "Tus-Resumable": "1.0.0", "x-tus-transaction-id": transaction},
        )
        return int(response.status_int)

    def image(self, address: str) -> bytes:
        """Load a picture like an <img>, with only the cookie."""
        response = self._client.get(address, headers={"Accept": "image/*,*/*;q=0.8"})
        assert response.status_int == 200, response.body
        assert response.content_type == "image/jpeg"
        content: bytes = response.body
        return content


def transaction() -> str:
    """Return a guid for the files of a report."""
    return str(uuid4())
