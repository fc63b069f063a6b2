"""A token does nothing for its user without the scope, in public operations either."""

from base64 import b64encode
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from houston.core.db.session import Session
from houston.modules.uploads.models import Upload
from tests.clients_of_roles import Client

API = "/api/v1"


@pytest.fixture
def narrow(client_for: Any, admin: Client) -> Client:
    """Return a client of an administrator whose token has the scopes of teams alone."""
    return client_for(admin.account, scopes="teams:read teams:write")


def begin_upload(caller: Client) -> Any:
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": "3",
        "Upload-Metadata": f"filename {b64encode(b'a.txt').decode()}",
        "x-tus-transaction-id": str(uuid4()),
    }
    return caller.post(f"{API}/tus", b"", headers=headers)


def test_changes_are_refused(narrow: Client, db: Session) -> None:
    refused = begin_upload(narrow)
    assert refused.status_int == 403
    assert refused.json["reason"] == "insufficient_scope"
    assert 'scope="uploads:write"' in refused.headers["WWW-Authenticate"]
    assert list(db.scalars(select(Upload))) == []


def test_others_upload(anonymous: Client, user: Client, db: Session) -> None:
    for caller in (anonymous, user):
        assert begin_upload(caller).status_int == 201
    owners = {row.owner_guid for row in db.scalars(select(Upload))}
    assert owners == {None, user.account.guid}


def test_public_data_is_read_as_by_anybody(narrow: Client, anonymous: Client) -> None:
    for path in ("/site-settings/data", "/site-settings/site-info", "/auth/recaptcha"):
        shown = narrow.get(API + path)
        assert shown.json == anonymous.get(API + path).json


def test_what_does_not_act_for_the_user_is_open(narrow: Client) -> None:
    sent = narrow.post_json(f"{API}/users/reset_password_email", {"email": "a@example.org"})
    assert sent.status_int == 200
