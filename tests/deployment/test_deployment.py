"""`deploy/try-out`: nginx, two processes and a worker, which are restarted under load."""

import os
import shutil
import subprocess
import sys

import pytest
import redis
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from tests.live import ROOT
from tests.servers import POSTGRESQL, REDIS

PROGRAMS = ("nginx", "openssl", "curl")


@pytest.fixture(scope="module")
def programs() -> None:
    """Skip unless the programs that the script starts are installed."""
    path = f"{os.environ['PATH']}:/usr/sbin"
    missing = [name for name in PROGRAMS if shutil.which(name, path=path) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


@pytest.fixture(scope="module")
def postgresql() -> str:
    """Return the server on which the script creates its database."""
    engine = create_engine(POSTGRESQL, connect_args={"connect_timeout": 3})
    try:
        engine.connect().close()
    except OperationalError as error:
        pytest.skip(f"no PostgreSQL server at {POSTGRESQL}: {error}")
    finally:
        engine.dispose()
    return POSTGRESQL


@pytest.fixture(scope="module")
def redis_server() -> str:
    """Return the server on which the script uses an empty database."""
    url = REDIS.rpartition("/")[0]
    with redis.Redis.from_url(url) as client:
        try:
            client.ping()
        except redis.ConnectionError as error:
            pytest.skip(f"no Redis server at {url}: {error}")
    return url


@pytest.mark.usefixtures("programs")
def test_restart_under_load_fails_no_request(postgresql: str, redis_server: str) -> None:
    command = [sys.executable, str(ROOT / "deploy" / "try-out"), postgresql, redis_server]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
    assert ", 0 failures" in done.stdout
