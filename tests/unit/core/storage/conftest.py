"""A storage in a folder and one in S3, with real transactions."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pyramid.config import Configurator
from pyramid.registry import Registry
from sqlalchemy.orm import Session

from houston.core.db.engine import make_engine
from houston.core.db.migrations import upgrade
from houston.core.db.session import Database
from houston.core.services import services_of
from houston.core.settings import Settings
from houston.core.storage import Storage
from tests.conftest import empty_database

MakeRegistry = Callable[[str], Registry]


@pytest.fixture(scope="session")
def migrated_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    with empty_database(request.config, tmp_path_factory, "storage") as url:
        upgrade(url)
        yield url


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Yield the address of an S3 server."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_url(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the address of a storage in a new bucket."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    bucket = f"houston-{uuid4().hex}"
    client: Any = boto3.client("s3", endpoint_url=s3_server, region_name="us-east-1")
    client.create_bucket(Bucket=bucket)
    client.close()
    return f"s3://{bucket}/files?endpoint_url={s3_server}&region_name=us-east-1"


@pytest.fixture
def make_registry(migrated_url: str) -> Iterator[MakeRegistry]:
    """Return a function that configures an application with a storage."""
    engine = make_engine(migrated_url)

    def make(url: str) -> Registry:
        config = Configurator()
        services = services_of(config)
        services.add(Settings({"houston.jobs.url": "immediate:", "houston.storage.url": url}))
        services.add(Database(engine))
        config.include("houston.core.storage")
        config.commit()
        return config.registry

    yield make
    engine.dispose()


@pytest.fixture(params=["folder", "s3"])
def registry(
    request: pytest.FixtureRequest, make_registry: MakeRegistry, tmp_path: Path
) -> Registry:
    """Return the registry of an application with each kind of storage."""
    if request.param == "folder":
        return make_registry(f"file:{tmp_path}/files")
    return make_registry(request.getfixturevalue("s3_url"))


@pytest.fixture
def storage(registry: Registry) -> Storage:
    found: Storage = services_of(registry)[Storage]
    return found


@pytest.fixture
def db(registry: Registry) -> Iterator[Session]:
    with services_of(registry)[Database].writing() as session:
        yield session
