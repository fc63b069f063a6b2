"""The answers to questions about permissions are what the operations do."""

import pytest
from pyramid.router import Router
from sqlalchemy import Connection

from houston.core.api.openapi.description import Described
from houston.core.db.session import Session
from tests.functional.permissions.test_may import ask
from tests.permissions.expected import MODULES
from tests.permissions.walk import Walk

REFUSED = ("401", "403")
FURTHER = {"open_set_up", "delete_relationship", "patch_relationship"}
"""The operations that refuse callers for more than the grants of their address."""


@pytest.mark.parametrize("module", sorted(MODULES.keys() - {"permissions"}))
@pytest.mark.parametrize("role", ["anonymous", "owner", "researcher", "admin"])
def test_answers_are_true(
    app: Router,
    db: Session,
    connection: Connection,
    described: dict[str, Described],
    module: str,
    role: str,
) -> None:
    walk = Walk(app, db, connection, role)
    keys, statuses = walk.keys(module), MODULES[module].of_role(role)
    operations = [described[name] for name in statuses]
    questions = [f"{each.operation.method} {keys.fill(each)}" for each in operations]
    answers = ask(walk.caller(operations[0]), *questions).json
    found = {
        each.operation.name: (answer["exists"], answer["allowed"])
        for each, answer in zip(operations, answers, strict=True)
    }
    assert found == {
        name: _expected(name, status, found[name]) for name, status in statuses.items()
    }


def _expected(name: str, status: str, found: tuple[bool, bool]) -> tuple[bool, bool]:
    """The answer that fits the status of an operation."""
    # There is nothing to read, or the caller may not know of it.
    if status == "404" or (name in FURTHER and status in REFUSED):
        return found
    return True, status not in REFUSED
