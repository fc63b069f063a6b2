"""Every operation with every role, against the expected matrix."""

import pytest
from pyramid.router import Router
from sqlalchemy import Connection

from houston.core.api.openapi.description import Described
from houston.core.db.session import Session
from tests.permissions.expected import MODULES, ROLES
from tests.permissions.walk import Walk


def test_matrix_has_every_operation_and_no_other(described: dict[str, Described]) -> None:
    assert set(described) == {name for each in MODULES.values() for name in each.statuses}


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("role", ROLES)
def test_role_has_the_expected_statuses(
    app: Router,
    db: Session,
    connection: Connection,
    described: dict[str, Described],
    module: str,
    role: str,
) -> None:
    expected = MODULES[module].of_role(role)
    found = Walk(app, db, connection, role).statuses(module, described)
    assert dict(zip(expected, found, strict=True)) == expected
