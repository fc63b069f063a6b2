"""A local role is one SQL condition, for single rows and for lists."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from pyramid.authorization import Everyone
from sqlalchemy import select

from houston.core.api.listing import Listing
from houston.core.db.session import Database
from houston.core.security.grants import (
    Caller,
    Grant,
    LocalRole,
    Permission,
    held,
    parameters_of,
    permitted,
    principals_of,
    roles_with,
)
from houston.domain.roles import Role
from tests.unit.core.api.ark import ADA, EVE, Animal, Herd, database, identity

OWNER = LocalRole("the owner", Herd, Herd.owner_guid == Caller.guid)
VISITOR = LocalRole("anyone, where it is public", Herd, Herd.is_public, Everyone)
CURATOR = VISITOR.held_by(Role.RESEARCHER, "researchers, where it is public")
GRANTS = (
    Grant(OWNER, (Permission.READ, Permission.WRITE)),
    Grant(VISITOR, (Permission.READ,)),
    Grant(CURATOR, (Permission.WRITE,)),
    Grant(Role.ADMIN, (Permission.READ, Permission.WRITE, Permission.DELETE)),
)
HERDS = Listing(
    select(*Herd.__table__.c),
    sort=("name",),
    grants=GRANTS,
    rights={"has_edit": Permission.WRITE},
)
QUERY = {"limit": 10, "offset": 0, "sort": "name", "reverse": False}

CALLERS = {
    "anonymous": None,
    "ada": identity(ADA),
    "eve": identity(EVE),
    "researcher": identity(UUID(int=3), Role.RESEARCHER),
    "admin": identity(UUID(int=4), Role.ADMIN),
}
READABLE = {
    "anonymous": {"west"},
    "ada": {"north", "west"},
    "eve": {"south", "west"},
    "researcher": {"west"},
    "admin": {"north", "south", "west"},
}
WRITABLE = {
    "anonymous": set(),
    "ada": {"north"},
    "eve": {"south", "west"},
    "researcher": {"west"},
    "admin": {"north", "south", "west"},
}


@pytest.fixture
def ark() -> Iterator[Database]:
    created = database()
    yield created
    created.engine.dispose()


def found(ark: Database, model: Any, condition: Any, caller: str) -> set[str]:
    with ark.reading() as db:
        rows = db.scalars(select(model.name).where(condition), parameters_of(CALLERS[caller]))
        return set(rows)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize(
    ("permission", "expected"), [(Permission.READ, READABLE), (Permission.WRITE, WRITABLE)]
)
def test_rows_of_a_permission(
    ark: Database, caller: str, permission: Permission, expected: dict[str, set[str]]
) -> None:
    condition = permitted(GRANTS, permission, principals_of(CALLERS[caller]))
    assert found(ark, Herd, condition, caller) == expected[caller]


@pytest.mark.parametrize("caller", CALLERS)
def test_list_has_readable_rows_and_marks_changeable_ones(ark: Database, caller: str) -> None:
    with ark.reading() as db:
        page = HERDS.page(db, CALLERS[caller], QUERY)
    assert page.total == len(READABLE[caller])
    assert {row.name for row in page.rows} == READABLE[caller]
    editable = {row.name for row in page.rows if row.has_edit}
    assert editable == WRITABLE[caller] & READABLE[caller]


@pytest.mark.parametrize("caller", CALLERS)
def test_role_applies_to_related_objects(ark: Database, caller: str) -> None:
    grants = [
        Grant(role.through(Animal.herd) if isinstance(role, LocalRole) else role, permissions)
        for role, permissions in GRANTS
    ]
    condition = permitted(grants, Permission.WRITE, principals_of(CALLERS[caller]))
    names = {name[:-1] for name in found(ark, Animal, condition, caller)}
    assert names == WRITABLE[caller]


def test_objects_of_several_roles_are_looked_up_once() -> None:
    roles = [role.through(Animal.herd) for role in (OWNER, VISITOR, CURATOR)]
    grants = [Grant(role, (Permission.READ,)) for role in roles]
    condition = permitted(grants, Permission.READ, principals_of(CALLERS["ada"]))
    assert str(condition).count("EXISTS") == 1


def test_role_requires_its_principal() -> None:
    truths = {OWNER: True, VISITOR: True, CURATOR: True}
    assert held(truths, None) == {VISITOR.value}
    assert held(truths, CALLERS["ada"]) == {VISITOR.value, OWNER.value}
    assert held(dict.fromkeys(truths, None), CALLERS["researcher"]) == set()


def test_widest_role_replaces_the_others() -> None:
    grants = [*GRANTS, Grant(Role.SIGNED_IN, (Permission.READ,))]
    assert roles_with(grants, Permission.READ) == [Role.SIGNED_IN]
    assert roles_with(grants, Permission.WRITE) == [OWNER, CURATOR, Role.ADMIN]
