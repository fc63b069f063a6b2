"""An application imports only the libraries that its settings require."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from houston.core.db.migrations import upgrade
from houston.core.imports import hidden
from tests.live import ROOT

PROGRAM = """
import sys
from pyramid.paster import get_app
from pyramid.request import Request
from houston.core.jobs import Jobs
from houston.core.services import services_of
application = get_app("testing.ini")
assert Request.blank("/readiness").get_response(application).status_int == 200
services_of(application)[Jobs].queue.start()
print(*(name for name, module in sys.modules.items() if module))
"""
NEEDLESS = {
    "PIL",
    "aiobotocore",
    "alembic",
    "boto3",
    "botocore",
    "brotli",
    "httpx",
    "jinja2",
    "psycopg",
    "puremagic",
    "redis",
    "s3fs",
    "sqlalchemy.dialects.postgresql",
    "zxcvbn",
}


def test_sqlite_and_a_folder_import_no_other_clients(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/houston.sqlite"
    upgrade(url)
    environment = {
        **os.environ,
        "HOUSTON_DATABASE_MIGRATE": "false",
        "HOUSTON_DATABASE_URL": url,
        "HOUSTON_JOBS_URL": f"thread:{tmp_path}/jobs.sqlite",
        "HOUSTON_STORAGE_URL": f"file:{tmp_path}/files",
        "HOUSTON_UPLOADS_FOLDER": f"{tmp_path}/uploads",
    }
    imported = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, check=True, capture_output=True
    ).stdout
    assert NEEDLESS & set(imported.decode().split()) == set()


def test_imported_libraries_are_not_hidden() -> None:
    with hidden("json", "absent_package"):
        import json

        with pytest.raises(ModuleNotFoundError):
            __import__("absent_package")
    assert sys.modules["json"] is json
    assert "absent_package" not in sys.modules
