"""The relations of accounts to the objects that they own, for grants."""

from typing import Any

from sqlalchemy import ColumnElement, exists

from houston.core.security.grants import Caller, LocalRole
from houston.modules.users.models import PUBLIC_EMAIL, User


def owner_role(description: str, model: Any, owner: Any = None) -> LocalRole:
    """Return the relation of owners to their objects.

    Args:
        description: The words for people, such as `the owner of the asset`.
        model: The class of the objects.
        owner: The column with the guid of the owner; `owner_guid` of the model if it is not given.
    """
    return LocalRole(description, model, (owner or model.owner_guid) == Caller.guid)


def is_public(owner: Any) -> ColumnElement[bool]:
    """Return the condition of the objects of the Public User, uploaded without an account."""
    return exists().where(User.guid == owner, User.email_folded == PUBLIC_EMAIL)


def is_researchers(owner: Any) -> ColumnElement[bool]:
    """Return the condition of objects that a researcher owns."""
    return exists().where(User.guid == owner, User.is_researcher)
