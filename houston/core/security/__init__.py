"""Security: the policy, permissions, and rate limits.

The one policy takes the identity from the registered sources, and decides by the grants.
"""

from typing import Any

from pyramid.authorization import ACLHelper
from pyramid.httpexceptions import HTTPForbidden
from pyramid.location import lineage
from pyramid.request import Request, RequestLocalCache
from pyramid.security import Denied

from houston.core.security.grants import (
    Identity,
    IdentitySource,
    Permission,
    principals_of,
    scope_for,
)
from houston.core.services import services_of

ACL = ACLHelper()


class IdentitySources(list[IdentitySource]):
    """The ways of an application to authenticate a caller, in the order in which they are tried."""


class ScopeDenied(Denied):
    """A refusal because the token is narrower than its user: carries the scope it lacks."""

    @property
    def scope(self) -> str:
        """The missing scope."""
        return str(self.s)


class SecurityPolicy:
    """Authenticates the caller once per request, and decides by ACL and scope."""

    def __init__(self, sources: IdentitySources) -> None:
        self._sources = sources
        self._identities = RequestLocalCache(self._identify)

    def identity(self, request: Request) -> Identity | None:
        """The caller, or None for an anonymous one.

        Within a public operation, the user of a token without its scope is anonymous.

        Raises:
            HTTPForbidden: Such a token asks a public operation for a change.
        """
        identity = self._caller(request)
        if identity is None or identity.scopes is None:
            return identity
        scope = _scope_of_public(request)
        if scope is None or scope in identity.scopes:
            return identity
        if request.only_reads:
            return None
        raise HTTPForbidden(result=ScopeDenied(scope))

    def authenticated_userid(self, request: Request) -> str | None:
        """The guid of the caller's account."""
        identity = self._caller(request)
        return None if identity is None else str(identity.account.guid)

    def permits(self, request: Request, context: Any, permission: Permission) -> Any:
        """Return whether the grants of the context and the scopes of the token allow this."""
        return permits(self._caller(request), context, permission)

    def _caller(self, request: Request) -> Identity | None:
        identity: Identity | None = self._identities.get_or_create(request)
        return identity

    def _identify(self, request: Request) -> Identity | None:
        for source in self._sources:
            identity = source.identify(request)
            if identity is not None:
                account, actor = identity.account, request.actor
                actor.email, actor.guid, actor.identity = account.email, account.guid, identity
                return identity
        return None


def permits(identity: Identity | None, context: Any, permission: Any) -> Any:
    """Return whether the grants of a resource, and the scopes of the token, allow something."""
    if identity is not None and identity.scopes is not None:
        scope = scope_for(context.noun, permission)
        if scope not in identity.scopes:
            return ScopeDenied(scope)
    return ACL.permits(context, principals_at(context, identity), permission)


def _scope_of_public(request: Request) -> str | None:
    """The scope that a token needs to act for its user in a public operation; None in others."""
    if not request.is_public or not request.context.noun:
        return None
    permission = Permission.READ if request.only_reads else Permission.WRITE
    return scope_for(request.context.noun, permission)


def principals_at(context: Any, identity: Identity | None) -> frozenset[str]:
    """The principals of a caller, with their local roles in the context and above it."""
    return principals_of(identity).union(*(place.roles for place in lineage(context)))


def includeme(config: Any) -> None:
    """Set the policy and the rate limits; modules add sources by `add_identity_source`."""
    services_of(config).add(sources := IdentitySources())
    config.set_security_policy(SecurityPolicy(sources))
    config.add_directive("add_identity_source", _add_identity_source)
    config.include("houston.core.security.rate_limits")


def _add_identity_source(config: Any, source: IdentitySource) -> None:
    services_of(config)[IdentitySources].append(source)
