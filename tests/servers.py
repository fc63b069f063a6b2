"""The addresses of the servers for tests, which environment variables can replace."""

import os

POSTGRESQL = os.environ.get(
    "HOUSTON_TEST_DATABASE_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
"""A server on which the tests can create databases."""

REDIS = os.environ.get("HOUSTON_TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
