"""The files and the page of a web client, at the addresses that are not Houston's."""

import gzip
import os
import re
from pathlib import Path
from typing import Any

import brotli
import pytest
from webtest import TestApp

from tests.functional.client.conftest import Serve

REVALIDATE = "no-cache"
IMMUTABLE = "public, max-age=31536000, immutable"
ADDRESSES = (
    "/api",
    "/api/",
    "/api/v1/unicorns",
    "/api/main.js",
    "//api/v1/unicorns",
    "/auth/oauth2",
    "/auth/oauth2/unicorns",
    "/auth//oauth2/unicorns",
    "/.well-known/unicorns",
    "/metrics/unicorns",
    "/logout/unicorns",
)


def ask(client: TestApp, path: str, status: int = 200, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(path, headers=named, status=status)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/index.html",
        "/sightings",
        "/sightings/",
        "/users/5b6f/edit?tab=1#top",
        "/auth/code/0123ABCD",
        "/auth/code/0123.ABCD",
        "/auth",
        "/apis",
        "/static/js",
        "/logged-out",
        "/%F0%9F%A6%93",
        "/a\\b",
    ],
)
def test_pages(client: TestApp, path: str) -> None:
    response = ask(client, path)
    assert "<title>Wildbook</title>" in response.text
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Cache-Control"] == REVALIDATE
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    ("path", "media_type", "cache"),
    [
        ("/main.js", "text/javascript; charset=utf-8", REVALIDATE),
        ("/main.js.map", "application/json", REVALIDATE),
        ("/static/js/9.0123abcd.chunk.js", "text/javascript; charset=utf-8", IMMUTABLE),
        ("/d41d8cd98f00b204e9800998ecf8427e.woff", "font/woff", IMMUTABLE),
        ("/film.webm", "video/webm", REVALIDATE),
        ("/photo%20of%20a%20z%C3%A8bre.jpeg", "image/jpeg", REVALIDATE),
    ],
)
def test_files(client: TestApp, folder: Path, path: str, media_type: str, cache: str) -> None:
    response = ask(client, path)
    assert response.headers["Content-Type"] == media_type
    assert response.headers["Cache-Control"] == cache
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.content_length == len(response.body)
    if "%" not in path:
        assert response.body == (folder / path[1:]).read_bytes()


@pytest.mark.parametrize("name", ["report.20240131.js", "main.1234567.js", "deadbee.js", "a.b.js"])
def test_names_without_a_hash(client: TestApp, folder: Path, name: str) -> None:
    (folder / name).write_text("run()")
    assert ask(client, f"/{name}").headers["Cache-Control"] == REVALIDATE


@pytest.mark.parametrize(
    "path",
    [
        "/missing.js",
        "/static/js/missing.js",
        "/missing/main.js",
        "/main.js/more.js",
        "/api.html",
        "/.env",
        "/.git/config",
        "/static/../.env",
        "/../outside.js",
        "/%2e%2e/outside.js",
        "/static/..%2f..%2foutside.js",
        "/static/js/..",
        "/..\\outside.js",
        "//outside.js",
        "//main.js",
        "/static//js/9.0123abcd.chunk.js",
        f"/{'a' * 300}.js",
    ],
)
def test_nothing_is_there(client: TestApp, path: str) -> None:
    response = ask(client, path, 404)
    assert response.json["message"] == "There is nothing at this address."
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("path", ["/%00", "/main.js%00", "/%ff.js", "/%c0%ae%c0%ae/outside.js"])
def test_paths_that_are_not_text(client: TestApp, path: str) -> None:
    assert ask(client, path, 400).json["status"] == 400


@pytest.mark.parametrize("path", ADDRESSES)
def test_unknown_addresses_of_houston(client: TestApp, folder: Path, path: str) -> None:
    (folder / "api").mkdir()
    (folder / "api" / "main.js").write_text("never()")
    assert ask(client, path, 404).json["status"] == 404


def test_houston_answers_at_its_addresses(client: TestApp) -> None:
    assert ask(client, "/heartbeat").json == {"status": "alive"}
    assert "houston_request_duration_seconds" in ask(client, "/metrics").text
    assert ask(client, "/api/v1/users/me", 401).headers["X-Frame-Options"] == "DENY"
    assert "swagger-ui" in ask(client, "/api/v1/").text
    assert ask(client, "/.well-known/oauth-authorization-server").json["issuer"]


@pytest.mark.parametrize("path", ["/", "/sightings", "/main.js"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(client: TestApp, path: str, method: str) -> None:
    response = client.request(path, method=method, status=405)
    assert response.json["status"] == 405
    assert response.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/", "/main.js", "/film.webm"])
@pytest.mark.parametrize("coding", ["", "gzip", "br"])
def test_head(client: TestApp, path: str, coding: str) -> None:
    headers = {"Accept-Encoding": coding}
    whole, head = client.get(path, headers=headers), client.head(path, headers=headers)
    assert head.body == b""
    for each in (whole, head):
        del each.headers["X-Request-Id"]
    assert dict(head.headers) == dict(whole.headers)


def test_links_out_of_the_folder_are_not_followed(client: TestApp, folder: Path) -> None:
    (folder / "inside.js").symlink_to("main.js")
    (folder / "outside.js").symlink_to("../outside.js")
    (folder / "parent").symlink_to("..")
    (folder / "loop.js").symlink_to("loop.js")
    assert ask(client, "/inside.js").body == (folder / "main.js").read_bytes()
    for path in ("/outside.js", "/parent/outside.js", "/loop.js"):
        ask(client, path, 404)


def test_special_and_unreadable_files(client: TestApp, folder: Path) -> None:
    os.mkfifo(folder / "pipe.js")
    ask(client, "/pipe.js", 404)
    (folder / "gone.js").symlink_to("nowhere.js")
    ask(client, "/gone.js", 404)


def test_a_new_build_is_served_at_once(client: TestApp, folder: Path) -> None:
    tags = {path: ask(client, path).headers["ETag"] for path in ("/", "/main.js", "/film.webm")}
    zipped = ask(client, "/main.js", Accept_Encoding="gzip").body
    (folder / "index.html").write_text("<!doctype html><title>New")
    (folder / "main.js").write_text("renewed()" * 100)
    (folder / "film.webm").write_bytes(b"new")
    (folder / "added.js").write_text("added()")
    assert "New" in ask(client, "/").text
    assert ask(client, "/main.js", Accept_Encoding="gzip").body != zipped
    assert ask(client, "/film.webm").body == b"new"
    assert ask(client, "/added.js").text == "added()"
    for path, tag in tags.items():
        assert ask(client, path, If_None_Match=tag).headers["ETag"] != tag
    (folder / "main.js").unlink()
    ask(client, "/main.js", 404)
    (folder / "index.html").unlink()
    assert ask(client, "/", 303).headers["Location"].endswith("/api/v1/")
    ask(client, "/sightings", 404)


def test_a_link_to_the_current_build(client: TestApp, folder: Path, current: Path) -> None:
    new = folder.with_name("new")
    new.mkdir()
    (new / "main.js").write_text("renewed()")
    assert ask(client, "/main.js").body == (folder / "main.js").read_bytes()
    current.unlink()
    current.symlink_to(new)
    assert ask(client, "/main.js").text == "renewed()"


@pytest.mark.parametrize("path", ["", "/nowhere/at/all"])
def test_without_a_client(serve: Serve, path: str) -> None:
    client = serve(**{"client.path": path})
    assert ask(client, "/", 303).headers["Location"].endswith("/api/v1/")
    ask(client, "/sightings", 404)
    assert client.post("/", status=404).json["status"] == 404


def test_an_empty_folder(serve: Serve, folder: Path) -> None:
    empty = folder.with_name("empty")
    empty.mkdir()
    assert ask(serve(**{"client.path": str(empty)}), "/", 303)


def test_logs_and_metrics_have_no_paths(client: TestApp, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "houston.access"):
        ask(client, "/auth/code/C0DEC0DE")
    assert "C0DEC0DE" not in caplog.text
    metrics = ask(client, "/metrics").text
    assert re.search('route="page of the web client",status="200"', metrics)
    assert "C0DE" not in metrics


def test_conditional_requests(client: TestApp) -> None:
    for path in ("/", "/main.js", "/film.webm"):
        tags = set()
        for coding in ("", "gzip", "br"):
            tag = ask(client, path, Accept_Encoding=coding).headers["ETag"]
            known = ask(client, path, 304, Accept_Encoding=coding, If_None_Match=f'"x", {tag}')
            assert known.headers["ETag"] == tag
            assert known.headers["Cache-Control"]
            assert known.body == b""
            ask(client, path, 304, Accept_Encoding=coding, If_None_Match=f"W/{tag}")
            ask(client, path, 304, Accept_Encoding=coding, If_None_Match="*")
            ask(client, path, 200, Accept_Encoding=coding, If_None_Match='"x"')
            tags.add(tag)
        # Each form is another representation.
        assert len(tags) == (1 if path == "/film.webm" else 3)


@pytest.mark.parametrize("path", ["/main.js", "/film.webm", "/"])
@pytest.mark.parametrize("coding", ["", "gzip"])
def test_ranges(client: TestApp, path: str, coding: str) -> None:
    whole = ask(client, path, Accept_Encoding=coding)
    size, tag = len(whole.body), whole.headers["ETag"]
    assert whole.headers["Accept-Ranges"] == "bytes"

    def part(text: str, status: int = 206, **headers: str) -> Any:
        return ask(client, path, status, Accept_Encoding=coding, Range=text, **headers)

    some = part("bytes=10-19")
    assert some.body == whole.body[10:20]
    assert some.headers["Content-Range"] == f"bytes 10-19/{size}"
    assert some.headers.get("Content-Encoding") == whole.headers.get("Content-Encoding")
    assert part("bytes=-5").body == whole.body[-5:]
    assert part("bytes=10-", If_Range=tag).body == whole.body[10:]
    assert part("bytes=10-19", 200, If_Range='"other"').body == whole.body
    for ignored in ("bytes=0-1,5-6", "bytes=x", "lines=1-2", "bytes=5-2"):
        assert part(ignored, 200).body == whole.body
    assert part(f"bytes={size}-", 416).json["status"] == 416


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        (None, None),
        ("", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0, gzip;q=0", None),
        ("*", "br"),
        ("*;q=0", None),
        ("gzip;q=0.5, identity", None),
        ("GZIP", "gzip"),
        ("deflate", None),
        ("gzip;q=nonsense", None),
        ("\xff", None),
    ],
)
def test_compression(client: TestApp, folder: Path, accept: str | None, coding: str | None) -> None:
    headers = {} if accept is None else {"Accept-Encoding": accept}
    response = client.get("/main.js", headers=headers)
    assert response.headers.get("Content-Encoding") == coding
    assert response.headers["Vary"] == "Accept-Encoding"
    plain = {"gzip": gzip.decompress, "br": brotli.decompress, None: bytes}[coding](response.body)
    assert plain == (folder / "main.js").read_bytes()
    assert response.content_length == len(response.body)


def test_what_becomes_no_smaller_is_sent_plain(client: TestApp) -> None:
    for path in ("/film.webm", "/main.js.map"):
        assert "Content-Encoding" not in ask(client, path, Accept_Encoding="br, gzip").headers


def test_precompressed_files(client: TestApp, folder: Path) -> None:
    precompressed = gzip.compress((folder / "main.js").read_bytes(), 1)
    (folder / "main.js.gz").write_bytes(precompressed)
    assert ask(client, "/main.js", Accept_Encoding="gzip").body == precompressed
    # It is a form of another file, and not one of its own.
    ask(client, "/main.js.gz", 404)
    (folder / "archive.gz").write_bytes(precompressed)
    assert ask(client, "/archive.gz").body == precompressed


def test_precompressed_file_of_an_earlier_build(client: TestApp, folder: Path) -> None:
    (folder / "main.js.gz").write_bytes(gzip.compress(b"old()"))
    before = (folder / "main.js").stat().st_mtime - 10
    os.utime(folder / "main.js.gz", (before, before))
    zipped = ask(client, "/main.js", Accept_Encoding="gzip").body
    assert gzip.decompress(zipped) == (folder / "main.js").read_bytes()
