"""`deploy/nginx.conf` by nginx itself, before an application that repeats what it is sent."""

import gzip
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import pytest
from pyramid.request import Request
from waitress.wasyncore import close_all

from houston.modules.client.compression import compress_folder
from houston.modules.client.folder import File
from houston.modules.client.media_types import MEDIA_TYPES
from houston.server.waitress_server import Server
from tests.live import ROOT

sys.path.append(str(ROOT / "deploy"))
import trial

HOST = "houston.example.org"
PATH = f"{os.environ['PATH']}:/usr/sbin"
PROGRAMS = ("nginx", "openssl")
HOUSTONS = (
    "/",
    "/index.html",
    "/any/page",
    "/auth/",
    "/auth/code/0123ABCD",
    "/email_verified",
    "/missing.js",
    "/.env",
    "/.git/config",
    "/main.js.gz",
    "/main.js.br",
    "/outside.js",
    "/api/v1/users/me",
    "/api/v1/auth/code/0123ABCD",
    "/auth/oauth2/authorize",
    "/auth/oauth2/token",
    "/logout",
    "/heartbeat",
    "/.well-known/oauth-authorization-server",
)


def repeat(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer with what the application receives."""
    headers = [("Content-Type", "application/json"), ("X-Frame-Options", "DENY")]
    start_response("200 OK", headers)
    host, method = environ["HTTP_HOST"], environ["REQUEST_METHOD"]
    return [json.dumps({"path": environ["PATH_INFO"], "host": host, "method": method}).encode()]


class Front:
    """nginx with its ports and its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.plain, self.secure, self.behind = trial.free_ports(3)
        self.trust = trial.configure_nginx(folder, self.plain, self.secure, [self.behind])
        command = ["nginx", "-e", f"{folder}/nginx.log", "-c", f"{folder}/nginx.conf"]
        self.process = subprocess.Popen(command, env={**os.environ, "PATH": PATH})
        trial.wait_until(lambda: socket.create_connection(("127.0.0.1", self.secure)).close())

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    def ask(self, path: str, method: str = "GET", body: Any = None, **headers: str) -> Any:
        """Return the response over TLS, with its bytes as `content` and its text as `text`."""
        connection = HTTPSConnection("127.0.0.1", self.secure, context=self.trust, timeout=30)
        return self._answer(connection, method, path, body, {"Host": HOST, **headers})

    def ask_plainly(self, path: str, host: str) -> Any:
        connection = HTTPConnection("127.0.0.1", self.plain, timeout=30)
        return self._answer(connection, "GET", path, None, {"Host": host})

    def connect(self) -> ssl.SSLSocket:
        plain = socket.create_connection(("127.0.0.1", self.secure), timeout=40)
        return self.trust.wrap_socket(plain, server_hostname="127.0.0.1")

    def _answer(
        self, connection: HTTPConnection, method: str, path: str, body: Any, headers: dict[str, str]
    ) -> HTTPResponse:
        connection.request(method, path, body, headers)
        response: Any = connection.getresponse()
        response.content = response.read()
        response.text = response.content.decode(errors="replace")
        connection.close()
        return response  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    # Those of pytest are closed to other users, as whom the workers of nginx run.
    with TemporaryDirectory(prefix="houston-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def front(folder: Path) -> Iterator[Front]:
    missing = [name for name in PROGRAMS if shutil.which(name, path=PATH) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    front = Front(folder)
    server = Server(repeat, host="127.0.0.1", port=front.behind)
    thread = Thread(target=server.run)
    thread.start()
    try:
        yield front
    finally:
        server.stop()
        thread.join(10)
        close_all(server._sockets)
        front.stop()


@pytest.fixture(scope="module")
def client(front: Front) -> Path:
    """Return the folder of the web client, with files that nobody may read."""
    folder = front.folder / "client"
    (folder / ".git").mkdir()
    for name in (".env", ".git/config", "../outside.js"):
        (folder / name).write_text("secret")
    (folder / "outside.js").symlink_to("../outside.js")
    assert list(compress_folder(folder))
    return folder


@pytest.mark.parametrize("name", sorted(trial.CLIENT.keys() - {"index.html"}))
@pytest.mark.parametrize("coding", ["identity", "gzip", "gzip;q=0"])
def test_files_of_the_client(front: Front, client: Path, name: str, coding: str) -> None:
    status = (client / name).stat()
    expected = File(client / name, status).tag_and_headers(Request.blank("/"))[1]
    response = front.ask(f"/{name}", **{"Accept-Encoding": coding})
    assert response.status == 200
    for header, value in expected:
        # nginx sends no parts of what is compressed.
        if header != "Accept-Ranges":
            assert response.headers.get_all(header) == [value]
    is_zipped = coding == "gzip" and (client / f"{name}.gz").exists()
    assert response.headers["Content-Encoding"] == ("gzip" if is_zipped else None)
    content = gzip.decompress(response.content) if is_zipped else response.content
    assert content == (client / name).read_bytes()
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Server"] == "nginx"
    known = {"If-None-Match": response.headers["ETag"], "Accept-Encoding": coding}
    assert front.ask(f"/{name}", **known).status == 304


def test_media_types_of_nginx_are_those_of_houston() -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    (block,) = re.findall(r"\btypes \{(.*?)\}", text, re.DOTALL)
    pairs = re.findall(r'^\s*("[^"]+"|\S+) ([^;]+);', block, re.MULTILINE)
    types = {name: type.strip('"') for type, names in pairs for name in names.split()}
    assert types == MEDIA_TYPES


@pytest.mark.usefixtures("client")
def test_methods_of_files_are_refused_by_houston(front: Front) -> None:
    for method in ("POST", "DELETE"):
        response = front.ask("/main.js", method)
        assert json.loads(response.text) == {"path": "/main.js", "host": HOST, "method": method}


@pytest.mark.parametrize("path", HOUSTONS)
@pytest.mark.usefixtures("client")
def test_addresses_of_houston(front: Front, path: str) -> None:
    response = front.ask(path)
    assert json.loads(response.text)["path"] == path
    # Houston's own headers are not repeated, and its policy is not that of the client.
    assert response.headers.get_all("X-Frame-Options") == ["DENY"]
    assert "Content-Security-Policy" not in response.headers


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "//metrics", "/api/../metrics"])
def test_metrics_stay_inside(front: Front, path: str) -> None:
    assert front.ask(path).status == 404


@pytest.mark.parametrize("host", [HOST, "evil.example.com", "evil.example.com:8080", "a@b"])
def test_plain_http_is_redirected_to_the_own_name(front: Front, host: str) -> None:
    response = front.ask_plainly("/any/page?a=b", host)
    assert response.status in (301, 400)
    if response.status == 301:
        assert response.headers["Location"] == f"https://{HOST}/any/page?a=b"


def test_host_is_passed_on_with_its_port(front: Front) -> None:
    assert json.loads(front.ask("/api/", Host=f"{HOST}:8443").text)["host"] == f"{HOST}:8443"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_versions_of_tls_are_refused(front: Front, version: ssl.TLSVersion) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = version
    plain = socket.create_connection(("127.0.0.1", front.secure))
    with plain, pytest.raises(ssl.SSLError):
        old.wrap_socket(plain)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/users",
        "/api/v1/users/",
        "/api/v1/users/reset_password_email/",
        "/api/v1/users/verify_account_email",
        "/api/v1/users/admin_user_initialized",
        "/api/v1/users/set_up",
        "/api/v1/account-requests/",
        "/api/v1/auth/code/0123ABCD.json",
    ],
)
def test_sign_up_and_recovery_are_limited(front: Front, path: str) -> None:
    responses = [front.ask(path, "POST", b"{}") for _ in range(40)]
    refused = [each for each in responses if each.status == 429]
    assert refused
    assert json.loads(refused[0].text)["status"] == 429
    assert refused[0].headers["Retry-After"] == "60"
    assert all(front.ask("/api/v1/users").status == 200 for _ in range(40))


def test_no_log_has_mailed_codes(front: Front) -> None:
    front.ask("/auth/code/C0DEC0DE")
    front.ask("/api/v1/users/set_up?token=C0DEC0DE")
    for _ in range(60):
        front.ask("/api/v1/auth/code/C0DEC0DE.json", "POST", b"{}")
    front.ask("/api/v1/keywords?last")
    # nginx writes its log after the response.
    trial.wait_until(lambda: logged(front, "/api/v1/keywords?last"))
    assert "C0DEC0DE" not in logs(front)


def logged(front: Front, path: str) -> None:
    if path not in logs(front):
        raise OSError


def logs(front: Front) -> str:
    return "".join(path.read_text() for path in front.folder.glob("*.log"))


def test_body_that_is_too_large(front: Front) -> None:
    response = front.ask("/api/v1/keywords", "POST", b"", **{"Content-Length": str(2**30)})
    assert (response.status, json.loads(response.text)["status"]) == (413, 413)
    assert "Retry-After" not in response.headers


def test_server_that_is_down(front: Front) -> None:
    upstream = front.folder / "upstream.conf"
    (port,) = trial.free_ports(1)
    before = upstream.read_text()
    reload = ["nginx", "-e", f"{front.folder}/nginx.log", "-c", f"{front.folder}/nginx.conf"]
    environment = {**os.environ, "PATH": PATH}
    upstream.write_text(f"server 127.0.0.1:{port};\n")
    try:
        subprocess.run([*reload, "-s", "reload"], check=True, env=environment)
        deadline = time.monotonic() + 10
        while (response := front.ask("/api/v1/keywords")).status == 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        upstream.write_text(before)
        subprocess.run([*reload, "-s", "reload"], check=True, env=environment)
    assert (response.status, json.loads(response.text)["status"]) == (502, 502)


def test_an_address_has_some_connections_only(front: Front) -> None:
    head = f"POST /api/v1/tus HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 100\r\n\r\nx".encode()
    with ExitStack() as held:
        for _ in range(105):
            held.enter_context(front.connect()).sendall(head)
        trial.wait_until(lambda: refused(front))
    trial.wait_until(lambda: accepted(front))


def refused(front: Front) -> None:
    if front.ask("/api/v1/keywords").status != 429:
        raise OSError


def accepted(front: Front) -> None:
    if front.ask("/api/v1/keywords").status != 200:
        raise OSError


@pytest.mark.parametrize(
    "begun", ["GET / HTTP/1.1\r\n", f"POST /api/v1/teams HTTP/1.1\r\nHost: {HOST}\r\n"]
)
def test_headers_have_a_deadline(front: Front, begun: str) -> None:
    with front.connect() as connection:
        connection.sendall(begun.encode())
        started = time.monotonic()
        connection.settimeout(1)
        while time.monotonic() < started + 20:
            try:
                if not connection.recv(100):
                    break
            except TimeoutError:
                connection.sendall(b"X")
            except OSError:
                break
    assert 8 < time.monotonic() - started < 15
