"""Entity tags of all addresses that have one: they are stable, and changes accept them."""

import pytest
from pyramid.router import Router
from sqlalchemy import Connection

from houston.core.api.openapi.description import Described, describe
from houston.core.db.session import Session
from tests.permissions.expected import MODULES, ROLES
from tests.permissions.walk import Walk

MODULE_OF = {name: module for module, each in MODULES.items() for name in each.statuses}
READ_ONCE = "get_code"
"""The operation whose address has a code, for which the walk has no row."""
KNOWN = [
    name for name in MODULE_OF if name.startswith(("get_", "debug_", "try_")) and name != READ_ONCE
]


def roles_of(name: str) -> set[str]:
    """Return the roles for which an operation succeeds."""
    statuses = MODULES[MODULE_OF[name]].statuses[name].split()
    return {role for role, status in zip(ROLES, statuses, strict=True) if status == "200"}


@pytest.fixture
def described(app: Router) -> dict[str, Described]:
    return {each.operation.name: each for each in describe(app.registry)}


def test_no_address_is_left_out(described: dict[str, Described]) -> None:
    read = {name for name, each in described.items() if each.operation.represents}
    assert read <= {*KNOWN, READ_ONCE}


@pytest.mark.parametrize("name", KNOWN)
def test_tag_is_stable_and_a_change_accepts_it(
    app: Router, db: Session, connection: Connection, described: dict[str, Described], name: str
) -> None:
    reading = described[name]
    changing = next(
        (
            each
            for each in described.values()
            if each.path == reading.path and each.operation.patch is not None and each.conditional
        ),
        None,
    )
    roles = roles_of(name) & (roles_of(changing.operation.name) if changing else set(ROLES))
    if not reading.tagged:
        return
    walk = Walk(app, db, connection, min(roles, key=ROLES.index))
    client, path = walk.caller(reading), walk.keys(MODULE_OF[name]).fill(reading)
    db.commit()
    tag = client.get(path).headers["ETag"]
    assert client.get(path).headers["ETag"] == tag
    assert client.get(path, headers={"If-None-Match": tag}).status_int == 304
    if changing is None:
        return
    changed = client.patch_json(path, [], headers={"If-Match": tag, "If-None-Match": tag})
    assert changed.status_int == 200, changed.json
    assert client.patch_json(path, [], headers={"If-Match": '"other"'}).status_int == 412
    if changing.tagged:
        assert changed.headers["ETag"] == client.get(path).headers["ETag"]
