"""Who is calling: made once per request, detached from the database."""

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from pyramid.request import Request


@dataclass(slots=True)
class Identity:
    """A caller who has been recognised.

    `account` is the row of the user's columns; `scopes` is None where a credential carries all
    of them; `credential` is the guid of the token or session row that was shown.
    """

    account: Any
    roles: frozenset[str]
    scopes: frozenset[str] | None
    carrier: str
    credential: UUID


class IdentitySource(Protocol):
    """One way to recognise a caller. The first source that knows him decides."""

    def identify(self, request: Request) -> Identity | None:
        """The caller, or None when this source's credential is not in the request.

        Raises `Unauthenticated` for a credential that is there and is not good.
        """
