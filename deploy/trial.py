"""The programs of `deploy/try-out`: restarted services, a mail server, and their ports."""

import gzip
import re
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller

DEPLOY = Path(__file__).resolve().parent
WAIT_SECONDS = 60
LINK = re.compile(r"https://[^/\s]+(/auth/code/(\w+))")

CLIENT = {
    "index.html": "<!doctype html><head><title>the web client</title></head>",
    "main.js": "console.log('the web client');" * 100,
    "styles.0123abcd.css": "body { color: black }\n" * 100,
    "logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
}
"""The files of a web client."""
CLIENT_REQUESTS = (
    {"Accept-Encoding": "identity"},
    {"Accept-Encoding": "gzip"},
    {"Range": "bytes=2-5"},
)
"""The headers with which the pages and files of a client are asked for."""
CLIENT_HEADERS = (
    "Content-Type",
    "Content-Encoding",
    "Content-Range",
    "Cache-Control",
    "Content-Security-Policy",
    "Referrer-Policy",
    "Strict-Transport-Security",
    "Vary",
    "X-Content-Type-Options",
    "X-Frame-Options",
)
"""The headers that do not depend on who sends a file of the client."""

NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/houston.conf;
}}
"""


class Service(threading.Thread):
    """A program that is restarted whenever it ends with status 0, until it is stopped."""

    def __init__(
        self, name: str, command: tuple[str, ...], environment: dict[str, str], folder: Path
    ):
        super().__init__(name=name, daemon=True)
        self.command, self.environment = command, environment
        self.folder = folder
        self.log, self.pid = folder / f"{name}.log", folder / f"{name}.pid"
        self.stopped = False
        self.statuses: list[int] = []
        self.launch()

    def launch(self) -> None:
        """Start the program."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - no shell
                self.command, env=self.environment, cwd=self.folder, stdout=log, stderr=log
            )
        # nginx itself writes the same file.
        self.pid.write_text(str(self.process.pid))

    def run(self) -> None:
        """Wait for the end of the program, and restart it."""
        while True:
            self.statuses.append(self.process.wait())
            if self.stopped or self.statuses[-1]:
                return
            self.launch()

    def stop(self) -> None:
        """Terminate the program; kill it if it is still running after a minute."""
        self.stopped = True
        self.process.terminate()
        self.join(WAIT_SECONDS)
        self.process.kill()


class MailServer:
    """A mail server, with the text of the last mail to each address."""

    def __init__(self, port: int) -> None:
        self.texts: dict[str, str] = {}
        Controller(self, hostname="127.0.0.1", port=port).start()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a mail."""
        mail: Any = message_from_bytes(envelope.content, policy=policy.SMTP)
        self.texts[envelope.rcpt_tos[0]] = mail.get_body(("plain",)).get_content()
        return "250 stored"

    def link_to(self, address: str) -> tuple[str, str]:
        """Return the path and the code of the link in the last mail; raise OSError without one."""
        found = LINK.search(self.texts.get(address, ""))
        if found is None:
            raise OSError(f"no mail with a link to {address}")
        return found[1], found[2]


class ClientResponse(NamedTuple):
    """What a server answers about the web client, apart from the ids in its errors."""

    status: int
    text: str
    headers: dict[str, str | None]


def client_response(
    connection: HTTPConnection, host: str, path: str, headers: dict[str, str]
) -> ClientResponse:
    """Ask a server for a page or a file of the web client."""
    connection.request("GET", path, headers={"Host": host, **headers})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.headers["Content-Encoding"] == "gzip":
        body = gzip.decompress(body)
    text = body.decode() if answer.status < 300 else ""
    return ClientResponse(
        answer.status, text, {name: answer.headers[name] for name in CLIENT_HEADERS}
    )


def configure_nginx(folder: Path, plain: int, front: int, ports: list[int]) -> ssl.SSLContext:
    """Write `nginx.conf` of a folder, with other ports, paths and a certificate, which is returned.

    The folder gets a web client as well.
    """
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    make_certificate(certificate, key)
    replacements = {
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{front} ssl;",
        "/etc/houston/upstream.conf": f"{folder}/upstream.conf",
        "/etc/ssl/certs/houston.pem": str(certificate),
        "/etc/ssl/private/houston.key": str(key),
        "/usr/share/wildbook": f"{folder}/client",
        "/var/log/nginx/access.log": f"{folder}/access.log",
    }
    site = (DEPLOY / "nginx.conf").read_text()
    for old, new in replacements.items():
        assert old in site, old
        site = site.replace(old, new)
    (folder / "client").mkdir()
    for name, text in CLIENT.items():
        (folder / "client" / name).write_text(text)
    (folder / "houston.conf").write_text(site)
    servers = "".join(f"server 127.0.0.1:{port};\n" for port in ports)
    (folder / "upstream.conf").write_text(servers)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder))
    return ssl.create_default_context(cafile=certificate)


def make_certificate(certificate: Path, key: Path) -> None:
    """Create a certificate for this machine that is valid for one day."""
    command = f"openssl req -x509 -newkey rsa:2048 -noenc -days 1 -keyout {key} -out {certificate}"
    subject = ["-subj", "/CN=try-out", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command.split(), *subject], check=True, capture_output=True)  # noqa: S603 - no shell


def wait_until(succeeds: Callable[[], object]) -> None:
    """Repeat a call until it raises no OSError; after a minute, raise it."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            succeeds()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def free_ports(count: int) -> list[int]:
    """Return unused ports."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports
