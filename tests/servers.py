"""The servers that tests talk to, where the environment names no others."""

import os

POSTGRESQL = os.environ.get(
    "HOUSTON_TEST_DATABASE_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
"""One on which databases may be created."""

REDIS = os.environ.get("HOUSTON_TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
