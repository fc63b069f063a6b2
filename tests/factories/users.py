"""Accounts."""

from typing import Any

from factory import LazyAttribute, Sequence

from houston.modules.users.models import User
from tests.factories import RowFactory, password_hash

PASSWORD = "correct horse battery"


class UserFactory(RowFactory):
    """A confirmed, active account with `PASSWORD`."""

    class Meta:
        model = User

    username = Sequence(lambda number: f"observer{number}")
    email = LazyAttribute(lambda user: f"{user.username}@example.org")
    full_name = LazyAttribute(lambda user: user.username.title())
    is_email_confirmed = True

    @classmethod
    def _create(cls, model: type[User], *args: Any, **values: Any) -> User:
        values["password"] = password_hash(values.pop("password", PASSWORD))
        user: User = super()._create(model, *args, **values)
        return user
