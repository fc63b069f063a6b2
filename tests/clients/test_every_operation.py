"""Generated clients of both documents call every operation, with what the functional tests get."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import pytest
from pyramid.router import Router

from houston.core.api.openapi import openapi, swagger
from houston.core.json import dumps
from houston.scripts.swagger import NO_JAVA, generate
from tests.clients.recorder import FOLDER, FUNCTIONAL, PLUGIN
from tests.clients.replay import calls_of, replaying
from tests.commands import run
from tests.live import ROOT

DOCUMENTS = {"swagger": swagger, "openapi": openapi}
PACKAGES = ("axios@1", "superagent@5", "typescript@5", "@types/node@20")
COMPILED = ("--module", "commonjs", "--target", "es2022", "--esModuleInterop", "--skipLibCheck")


@pytest.fixture(scope="module", autouse=True)
def programs() -> None:
    """Skip without the programs that generate and run the clients."""
    for program, reason in (("java", NO_JAVA), ("npm", "no `npm` on the PATH")):
        if shutil.which(program) is None:
            pytest.skip(reason)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Return the folder of the exchanges of the functional tests.

    They are recorded by the tests within the process, if these ran before; else once for all
    workers.
    """
    if FOLDER in os.environ:
        return Path(os.environ[FOLDER])
    if worker_id == "master":
        return record(tmp_path_factory.mktemp("recorded"))
    folder = tmp_path_factory.getbasetemp().parent / "recorded"
    with folder.with_suffix(".lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not folder.exists():
            folder.mkdir()
            record(folder)
    return folder


def record(folder: Path) -> Path:
    """Run the functional tests, and return the folder with their exchanges."""
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", PLUGIN, FUNCTIONAL],
        cwd=ROOT,
        env={**os.environ, FOLDER: str(folder)},
        capture_output=True,
        check=False,  # they fail by themselves
    )
    return folder


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the compiler of TypeScript, and what clients import."""
    folder = tmp_path_factory.mktemp("node")
    run("npm", "install", "--silent", "--no-audit", "--no-fund", *PACKAGES, folder=folder)
    return folder


class Generated:
    """The clients of one document, and the calls of its operations."""

    def __init__(self, document: dict[str, Any], recorded: Path, folder: Path) -> None:
        self.document, self.folder = document, folder
        self.calls = calls_of(document, recorded)
        self.file = folder / "calls.json"
        self.file.write_text(json.dumps(self.calls))

    def client(self, language: str, parent: Path) -> Path:
        """Generate a client in a new folder of a parent folder."""
        target = parent / f"{language}-{self.folder.name}"
        generate(dumps(self.document), language, "1.2.3", target)
        return target

    def check(self, *command: str, **environment: str) -> None:
        """Check that a program calls every operation with the recorded outcomes."""
        with replaying(self.calls) as address:
            outcomes = json.loads(run(*command, str(self.file), address, **environment))
        sent = [pair for pair in zip(self.calls, outcomes, strict=True) if pair[1] is not None]
        assert {call["operation"] for call, _ in sent} == operations(self.document)
        assert [
            f"{call['operation']}: {outcome} instead of {call['status']}"
            for call, outcome in sent
            if outcome != (200 if 300 <= call["status"] < 400 else call["status"])
        ] == []


def operations(document: dict[str, Any]) -> set[str]:
    return {
        operation["operationId"]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method != "parameters"
    }


@pytest.fixture(scope="module", params=DOCUMENTS)
def generated(
    request: pytest.FixtureRequest,
    app: Router,
    recorded: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Generated]:
    document = json.loads(dumps(DOCUMENTS[request.param](app.registry)))
    return Generated(document, recorded, tmp_path_factory.mktemp(request.param))


def test_python(generated: Generated) -> None:
    client = generated.client("python", generated.folder)
    generated.check(sys.executable, str(ROOT / "tests/clients/call.py"), PYTHONPATH=str(client))


def test_javascript(generated: Generated, node: Path) -> None:
    source = generated.client("javascript", node)
    compiled = node / f"{source.name}-compiled"
    compile_(node, str(source / "src/index.js"), "--allowJs", "--outDir", str(compiled))
    generated.check("node", str(ROOT / "tests/clients/call.js"), str(compiled))


def test_typescript(generated: Generated, node: Path) -> None:
    source = generated.client("typescript", node)
    compiled = node / f"{source.name}-compiled"
    answers = source / "answers.ts"
    answers.write_text("\n".join(typed_answers(generated.calls)))
    compile_(node, str(source / "index.ts"), str(answers), "--strict", "--outDir", str(compiled))
    generated.check("node", str(ROOT / "tests/clients/call.js"), str(compiled))


def compile_(node: Path, *arguments: str) -> None:
    """Compile a client to CommonJS; its types are checked."""
    compiler = str(node / "node_modules/.bin/tsc")
    run(compiler, *COMPILED, "--moduleResolution", "node", *arguments, folder=node)


def typed_answers(calls: list[dict[str, Any]]) -> Iterator[str]:
    """The lines of a program that has the answers as values of the types of the client."""
    yield 'import * as client from "./index";'
    yield "type Call = (...given: any[]) => Promise<{ data: unknown }>;"
    yield 'type Answer<Method extends Call> = Awaited<ReturnType<Method>>["data"];'
    for number, call in enumerate(calls):
        if call["status"] < 300 and call["json"] is not None:
            method = f'client.{camel(call["tag"])}Api["{camel(call["operation"], first=1)}"]'
            yield f"const a{number}: Answer<{method}> = {json.dumps(call['json'])};"


def camel(name: str, first: int = 0) -> str:
    """Return a name in camel case, with the words from `first` on capitalised."""
    words = re.split("[-_]", name)
    return "".join([*words[:first], *(word.capitalize() for word in words[first:])])
