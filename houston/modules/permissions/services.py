"""Answers to questions about permissions, from the grants along the path that a question names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pyramid.interfaces import IRoutesMapper
from pyramid.location import lineage
from pyramid.security import PermitsResult

from houston.core.api.openapi.description import ANYONE, VARIABLE
from houston.core.api.service import API, Service, services
from houston.core.db.session import Session
from houston.core.errors import NotFound
from houston.core.http.request import Request
from houston.core.security import ScopeDenied, permits, principals_at
from houston.core.security.grants import Identity, Permission, roles_with
from houston.core.tree import Resource, Root, grants_along
from houston.modules.users.groups import active_users
from houston.modules.users.services.accounts import identity_of

PERMISSIONS = {permission.value: permission for permission in Permission}

Addresses = Sequence[tuple[Callable[[str], dict[str, str] | None], Service]]
"""The functions that read the variables of a path, or refuse it, each with its service."""


@dataclass(frozen=True)
class Question:
    """A question: the method of an operation and its address, or a permission and a resource.

    Attributes:
        text: The question as it was asked, such as `PATCH /teams/1` or `write /teams/1`.
        verb: The method, or the name of the permission.
        path: The address, with or without that of the API.
    """

    text: str
    verb: str
    path: str


@dataclass(frozen=True)
class Answer:
    """The answer to a question.

    Attributes:
        ask: The question.
        allowed: Whether the caller may.
        exists: Whether there is such an operation and such an object.
        by: The description of the role whose grant allows it.
        needed: The descriptions of the roles to which it is granted.
        scope: The scope that the token lacks.
    """

    ask: str
    allowed: bool = False
    exists: bool = True
    by: str | None = None
    needed: Sequence[str] = ()
    scope: str | None = None


class AskedRequest(Request):
    """A request that is never executed: the resources at its address are those of its identity."""

    def __init__(self, request: Request, identity: Identity | None) -> None:
        super().__init__(request.environ)
        self.registry, self.db = request.registry, request.db
        self.matchdict: dict[str, str] = {}
        self._identity = identity

    @property
    def identity(self) -> Identity | None:  # type: ignore[override]  # Pyramid's asks the policy
        """The caller of whom the question is."""
        return self._identity

    def has_permission(self, permission: str, context: Any = None) -> PermitsResult:
        """Return whether the identity has a permission on a resource."""
        return permits(self._identity, context, permission)


def answers(
    request: Request, questions: Sequence[Question], identity: Identity | None
) -> list[Answer]:
    """The answers to questions about an identity; None is a caller who is not signed in."""
    asked = AskedRequest(request, identity)
    addresses = _addresses(request.registry)
    return [_answer(asked, addresses, question) for question in questions]


def identity_of_user(db: Session, guid: UUID) -> Identity:
    """The identity of an account when it is signed in.

    Raises:
        Unprocessable: There is no such active account.
    """
    (user,) = active_users(db, [guid], "as")
    return identity_of(user)


def _answer(request: AskedRequest, addresses: Addresses, question: Question) -> Answer:
    if question.verb in PERMISSIONS:
        permission, path = PERMISSIONS[question.verb], question.path.removeprefix(API)
    else:
        operation = _operation(request, addresses, question)
        if operation is None:
            return Answer(question.text, exists=False)
        permission, path = operation
    context = _resource(request, path)
    if context is None:
        return Answer(question.text, exists=False)
    if permission is Permission.PUBLIC:
        return Answer(question.text, allowed=True, by=ANYONE, needed=[ANYONE])
    return _decision(request, question, context, permission)


def _decision(
    request: AskedRequest, question: Question, context: Resource, permission: Permission
) -> Answer:
    result = request.has_permission(permission, context)
    grants = list(grants_along(lineage(context)))
    own = principals_at(context, request.identity)
    granting = (
        grant.role.description
        for grant in grants
        if permission in grant.permissions and grant.role.value in own
    )
    return Answer(
        question.text,
        allowed=bool(result),
        by=next(granting, None) if result else None,
        needed=[role.description for role in roles_with(grants, permission)],
        scope=result.scope if isinstance(result, ScopeDenied) else None,
    )


def _addresses(registry: Any) -> Addresses:
    """The routes of services, in the order in which Pyramid tries them."""
    by_path = {service.path: service for service in services(registry)}
    routes = registry.getUtility(IRoutesMapper).get_routes()
    return [(route.match, by_path[route.pattern]) for route in routes if route.pattern in by_path]


def _operation(
    request: Request, addresses: Addresses, question: Question
) -> tuple[Permission, str] | None:
    """The permission and the path in the tree of an operation, if there is one."""
    for path in (question.path, API + question.path):
        for match, service in addresses:
            if (values := match(path)) is None:
                continue
            operation = service.operations.get(question.verb)
            request.matchdict = values
            filled = VARIABLE.sub(r"{\1}", service.tree_path).format(**values)
            return None if operation is None else (operation.permission, filled)
    return None


def _resource(request: Request, path: str) -> Any:
    """The resource at a path of the tree; None if there is none."""
    place: Any = Root(request)
    try:
        for name in path.strip("/").split("/"):
            place = place[name]
    except (KeyError, NotFound):
        return None
    return place
