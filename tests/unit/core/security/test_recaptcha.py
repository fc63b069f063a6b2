"""reCAPTCHA is called by HTTP, and only if there is a secret."""

import json
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from time import sleep
from typing import Any
from urllib.parse import parse_qs

import pytest

from houston.core.errors import Unavailable, Unprocessable
from houston.core.security import recaptcha as module
from houston.core.security.recaptcha import Recaptcha, check_recaptcha
from tests.live import free_port


class RecaptchaService(HTTPServer):
    """A service whose response the test sets, and which records its requests."""

    verdict: Any = {"success": True, "score": 0.9}
    status = 200
    location = ""
    pause = 0.0
    form: dict[str, list[str]]

    @property
    def recaptcha(self) -> Recaptcha:
        return Recaptcha("public", "secret", f"http://127.0.0.1:{self.server_port}/siteverify")


class Handler(BaseHTTPRequestHandler):
    server: RecaptchaService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.form = parse_qs(body.decode())
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):
            for letter in json.dumps(self.server.verdict):
                self.wfile.write(letter.encode())
                sleep(self.server.pause)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def service() -> Iterator[RecaptchaService]:
    server = RecaptchaService(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_human_is_accepted(service: RecaptchaService) -> None:
    check_recaptcha(service.recaptcha, "answer", "recaptcha_key")
    assert service.form == {"secret": ["secret"], "response": ["answer"]}


@pytest.mark.parametrize("verdict", [{"success": False}, {"success": True, "score": 0.4}, {}])
def test_bot_is_refused_by_field(service: RecaptchaService, verdict: dict[str, Any]) -> None:
    service.verdict = verdict
    with pytest.raises(Unprocessable) as refusal:
        check_recaptcha(service.recaptcha, "answer", "recaptcha_key")
    assert list(refusal.value.messages or {}) == ["recaptcha_key"]


def test_without_a_secret_the_field_is_a_honeypot() -> None:
    unused = Recaptcha("", "", "")
    check_recaptcha(unused, "", "recaptcha_key")
    with pytest.raises(Unprocessable):
        check_recaptcha(unused, "anything", "recaptcha_key")


def test_service_is_not_called_with_only_a_public_key() -> None:
    check_recaptcha(Recaptcha("public", "", ""), "anything", "recaptcha_key")


def test_unavailable_service_is_reported() -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    recaptcha = Recaptcha("public", "secret", url)
    with pytest.raises(Unavailable):
        check_recaptcha(recaptcha, "answer", "recaptcha_key")


@pytest.mark.parametrize(
    "changed",
    [
        {"status": 500},
        {"status": 302, "location": "/elsewhere"},
        {"verdict": []},
        {"verdict": "yes"},
        {"verdict": {"success": True, "score": "high"}},
        {"verdict": "x" * 100_000},
        {"verdict": "x" * 100, "pause": 0.01},
    ],
    ids=["error", "redirect", "list", "text", "score", "large", "slow"],
)
def test_invalid_response_counts_as_unavailable(
    service: RecaptchaService, changed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TIMEOUT_SECONDS", 0.3)
    for name, value in changed.items():
        setattr(service, name, value)
    with pytest.raises(Unavailable):
        check_recaptcha(service.recaptcha, "answer", "recaptcha_key")


def test_version_2_gives_no_score(service: RecaptchaService) -> None:
    service.verdict = {"success": True}
    check_recaptcha(service.recaptcha, "answer", "recaptcha_key")
