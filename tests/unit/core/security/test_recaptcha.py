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


class Judge(HTTPServer):
    """A service whose response the test sets, and which records its requests."""

    judgement: Any = {"success": True, "score": 0.9}
    status = 200
    location = ""
    pause = 0.0
    asked: dict[str, list[str]]

    @property
    def recaptcha(self) -> Recaptcha:
        return Recaptcha("public", "secret", f"http://127.0.0.1:{self.server_port}/siteverify")


class Handler(BaseHTTPRequestHandler):
    server: Judge

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked = parse_qs(body.decode())
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):
            for letter in json.dumps(self.server.judgement):
                self.wfile.write(letter.encode())
                sleep(self.server.pause)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def judge() -> Iterator[Judge]:
    server = Judge(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_human_is_accepted(judge: Judge) -> None:
    check_recaptcha(judge.recaptcha, "answer", "recaptcha_key")
    assert judge.asked == {"secret": ["secret"], "response": ["answer"]}


@pytest.mark.parametrize("judgement", [{"success": False}, {"success": True, "score": 0.4}, {}])
def test_bot_is_refused_by_field(judge: Judge, judgement: dict[str, Any]) -> None:
    judge.judgement = judgement
    with pytest.raises(Unprocessable) as refusal:
        check_recaptcha(judge.recaptcha, "answer", "recaptcha_key")
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
        {"judgement": []},
        {"judgement": "yes"},
        {"judgement": {"success": True, "score": "high"}},
        {"judgement": "x" * 100_000},
        {"judgement": "x" * 100, "pause": 0.01},
    ],
    ids=["error", "redirect", "list", "text", "score", "large", "slow"],
)
def test_invalid_response_counts_as_unavailable(
    judge: Judge, changed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TIMEOUT_SECONDS", 0.3)
    for name, value in changed.items():
        setattr(judge, name, value)
    with pytest.raises(Unavailable):
        check_recaptcha(judge.recaptcha, "answer", "recaptcha_key")


def test_version_2_gives_no_score(judge: Judge) -> None:
    judge.judgement = {"success": True}
    check_recaptcha(judge.recaptcha, "answer", "recaptcha_key")
