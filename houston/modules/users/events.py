"""What happens to accounts, for whoever must act on it in the same transaction."""

from dataclasses import dataclass
from uuid import UUID

from houston.modules.users.models import User


@dataclass(frozen=True)
class UserCreated:
    """An account was made."""

    user: User


@dataclass(frozen=True)
class UserDeactivated:
    """An account was deactivated: its credentials must not open anything any more."""

    user: User


@dataclass(frozen=True)
class PasswordChanged:
    """An account has another password: what was opened with the old one must be closed.

    `keep` is the credential with which the user himself made the change.
    """

    user: User
    keep: UUID | None = None


@dataclass(frozen=True)
class EmailChanged:
    """An account has another e-mail, which nobody has confirmed yet."""

    user: User
