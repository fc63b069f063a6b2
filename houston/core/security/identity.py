"""Identities of callers, independent of a session."""

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from pyramid.request import Request


@dataclass(slots=True)
class Identity:
    """An authenticated caller.

    Attributes:
        account: The row of the columns of the account.
        roles: The principals of the caller, without local roles.
        scopes: The scopes of the token; None for a credential with all of them.
        carrier: The kind of the credential: `bearer` or `cookie`.
        credential: The guid of the row of the token or browser session.
    """

    account: Any
    roles: frozenset[str]
    scopes: frozenset[str] | None
    carrier: str
    credential: UUID


class IdentitySource(Protocol):
    """A way to authenticate a caller; the first source with a result decides."""

    def identify(self, request: Request) -> Identity | None:
        """The caller, or None if the request has no credential of this source.

        Raises:
            Unauthenticated: The credential is not valid.
        """
