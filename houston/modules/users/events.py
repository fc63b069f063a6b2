"""Events of accounts; subscribers act in the same transaction."""

from dataclasses import dataclass
from uuid import UUID

from houston.modules.users.models import User


@dataclass(frozen=True)
class UserCreated:
    """An account is created or reactivated."""

    user: User


@dataclass(frozen=True)
class UserDeactivated:
    """An account is deactivated: its credentials become invalid."""

    user: User


@dataclass(frozen=True)
class PasswordChanged:
    """An account has a new password: credentials become invalid, except the one of `keep`."""

    user: User
    keep: UUID | None = None


@dataclass(frozen=True)
class EmailChanged:
    """An account has a new e-mail, confirmed or not."""

    user: User


@dataclass(frozen=True)
class EmailRequested:
    """A user wants another e-mail, which replaces the present one when it is confirmed."""

    user: User
    email: str
