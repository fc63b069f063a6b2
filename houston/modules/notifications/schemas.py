"""The schemas of notifications, and the preferences in the documents of accounts."""

from typing import Any

from pyramid.config import Configurator

from houston.core.api.patch import PatchSchema
from houston.core.db.session import Session
from houston.core.schema.nodes import (
    Boolean,
    Choice,
    Guid,
    Instant,
    Json,
    MapOf,
    Schema,
    String,
)
from houston.core.services import Services, services_of
from houston.modules.notifications.kinds import NotificationKinds, Preferences, merged
from houston.modules.users.models import User
from houston.modules.users.schemas import UserPatch, UserSchema


class NotificationSchema(Schema):
    """A notification."""

    guid = Guid()
    is_read = Boolean()
    is_resolved = Boolean(description="Whether it needs no further action.")
    sender_name = String(1, 120, description="The present name; N/A without a sender.")
    sender_guid = Guid(nullable=True)
    created = Instant()
    message_values = MapOf(Json(), description="The values for the sentence of its kind.")


class NotificationPatch(PatchSchema):
    """The fields of a notification that PATCH may change."""

    is_read = Boolean()


def contribute(config: Configurator) -> None:
    """Add the fields whose schemas depend on the kinds of notifications."""
    kinds = services_of(config)[NotificationKinds]
    name = "notification_preferences"

    def effective(account: Any) -> Preferences:
        return kinds.effective(account.notification_preferences)

    def change(_services: Services, _db: Session, user: User, given: Preferences) -> None:
        user.notification_preferences = merged(user.notification_preferences, given)

    config.contribute(NotificationSchema, "message_type", Choice(kinds))
    about = "By kind, whether the client shows it (`restAPI`) and whether it is mailed."
    config.contribute(UserSchema, name, kinds.preferences(description=about, compute=effective))
    about = "Some kinds, each with some channels; the others stay as they are."
    config.contribute_to_patch(UserPatch, name, kinds.preferences(description=about), change)
