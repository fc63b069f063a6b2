"""Forms for signing in and signing up."""

import pytest

from tests.clients_of_roles import Client as Caller

TOKEN = "/auth/oauth2/token"
USERS = "/api/v1/users"
FILE = "Not a file, but text is expected here."
BOUNDARY = "multipart/form-data; boundary=b"
MULTIPART = {"Content-Type": BOUNDARY}


def part(name: str, value: bytes, more: str = "") -> bytes:
    """Return a field of a multipart form, with additional parameters of its header."""
    return b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n' % (
        name.encode(),
        more.encode(),
        value,
    )


@pytest.mark.parametrize("address", [TOKEN, USERS])
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"email=\xff"),
        ("application/x-www-form-urlencoded", b"email=%FF"),
        ("application/x-www-form-urlencoded", b"&".join([b"email=a"] * 129)),
        ("multipart/form-data", part("email", b"a") + b"--b--"),
        (BOUNDARY, part("email", b"a")),
        (BOUNDARY, part("email", b"\xff") + b"--b--"),
        (BOUNDARY, part("email", b"a") * 129 + b"--b--"),
        (BOUNDARY, b"no form"),
        (
            BOUNDARY,
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
            + part("email", b"a")
            + b"--b--",
        ),
    ],
)
def test_unreadable(anonymous: Caller, address: str, content_type: str, body: bytes) -> None:
    response = anonymous.post(address, body, headers={"Content-Type": content_type})
    assert response.status_int == 400
    assert response.json["message"] == "The form cannot be read."


@pytest.mark.parametrize("size", [10, 60_000])
def test_file_is_refused_for_a_text(anonymous: Caller, size: int) -> None:
    body = part("email", b"a" * size, '; filename="a.txt"') + b"--b--"
    response = anonymous.post(USERS, body, headers=MULTIPART)
    assert response.status_int == 422
    assert response.json["messages"]["email"] == [FILE]
    response = anonymous.post(TOKEN, body, headers=MULTIPART)
    assert response.status_int == 400
    assert response.json["error"] == "invalid_request"


def test_long_fields_are_text(anonymous: Caller) -> None:
    body = part("email", b"a" * 60_000) + b"--b--"
    response = anonymous.post(USERS, body, headers=MULTIPART)
    assert response.status_int == 422
    assert response.json["messages"]["email"] != [FILE]
