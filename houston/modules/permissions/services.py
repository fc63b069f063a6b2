"""Answers to questions about permissions, from the grants along the path that a question names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pyramid.interfaces import IRoutesMapper
from pyramid.location import lineage
from pyramid.security import PermitsResult
from sqlalchemy import select

from houston.core.api.openapi.description import ANYONE, VARIABLE
from houston.core.api.service import API, services
from houston.core.db.session import Session
from houston.core.errors import NotFound, Unprocessable
from houston.core.http.request import Request
from houston.core.security import ScopeDenied, permits
from houston.core.security.grants import Identity, Permission, principals_of, roles_with
from houston.core.tree import Resource, Root, grants_along
from houston.modules.users.models import User
from houston.modules.users.services.accounts import identity_of

PERMISSIONS = {permission.value: permission for permission in Permission}


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
    return [_answer(asked, question) for question in questions]


def identity_of_user(db: Session, guid: UUID) -> Identity:
    """The identity of an account when it is signed in.

    Raises:
        Unprocessable: There is no such active account.
    """
    user = db.scalar(select(User).where(User.guid == guid, User.is_active))
    if user is None:
        raise Unprocessable.about("as", f"There is no active user {guid}.")
    return identity_of(user)


def _answer(request: AskedRequest, question: Question) -> Answer:
    if question.verb in PERMISSIONS:
        permission, path = PERMISSIONS[question.verb], question.path.removeprefix(API)
    else:
        operation = _operation(request, question)
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
    own = principals_of(request.identity).union(*(each.roles for each in lineage(context)))
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


def _operation(request: Request, question: Question) -> tuple[Permission, str] | None:
    """The permission and the path in the tree of an operation, if there is one."""
    by_path = {service.path: service for service in services(request.registry)}
    routes = request.registry.getUtility(IRoutesMapper).get_routes()
    for path in (question.path, API + question.path):
        for route in routes:
            values = route.match(path) if route.pattern in by_path else None
            if values is None:
                continue
            service = by_path[route.pattern]
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
