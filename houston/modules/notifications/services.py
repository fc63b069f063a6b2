"""The verbs of notifications. None of them sees a request."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, select

from houston.core.api.listing import Listing
from houston.core.api.patch import Change
from houston.core.db.session import Session
from houston.core.mail import Mailer
from houston.core.security.grants import Caller
from houston.modules.notifications.models import NO_SENDER, Notification
from houston.modules.users.models import User
from houston.modules.users.notification_kinds import KINDS, Preferences, mailed, shown

log = logging.getLogger(__name__)

NOTIFICATION = Notification.__table__.c
SENDER = User.__table__.alias("sender")
SENDER_NAME = func.coalesce(func.nullif(SENDER.c.full_name, ""), NO_SENDER).label("sender_name")
FROM_SENDER = Notification.__table__.outerjoin(SENDER, NOTIFICATION.sender_guid == SENDER.c.guid)
UNREAD = NOTIFICATION.is_read.is_(False)
NOTIFICATIONS = Listing(
    select(*NOTIFICATION, SENDER_NAME).select_from(FROM_SENDER),
    sort=("created", "message_type", "is_read"),
    fields={
        **{name: NOTIFICATION[name] for name in ("guid", "sender_guid", "is_resolved")},
        "sender_name": SENDER_NAME.element,
    },
)
OWN = NOTIFICATIONS.where(NOTIFICATION.recipient_guid == Caller.guid)


def notify(
    mailer: Mailer,
    db: Session,
    recipient: User,
    message_type: str,
    values: Mapping[str, Any] | None = None,
    *,
    sender: User | None = None,
) -> Notification:
    """Tell somebody of something, and mail it if that is how he wants it.

    Raises LookupError for a kind that is not declared. A mail that cannot be written is logged, and
    what it was to tell of happens all the same.
    """
    KINDS[message_type]
    notification = Notification(
        message_type=message_type,
        message_values=dict(values or {}),
        recipient_guid=recipient.guid,
        sender_guid=sender and sender.guid,
    )
    db.add(notification)
    db.flush()
    if _wants_mail(recipient, message_type):
        _mail(mailer, db, recipient, notification, sender)
    return notification


def resolve(db: Session, message_types: Iterable[str], values: Mapping[str, Any]) -> None:
    """Say that requests of these types with these values have been answered."""
    open_requests = select(Notification).where(
        Notification.message_type.in_(list(message_types)), Notification.is_resolved.is_(False)
    )
    for notification in db.scalars(open_requests):
        if values.items() <= notification.message_values.items():
            notification.is_resolved = True
    db.flush()


def update_notification(db: Session, notification: Notification, change: Change) -> Notification:
    """Mark it as read or unread; reading what asks for no answer resolves it for ever."""
    change.apply_to(notification)
    if notification.is_read and KINDS[notification.message_type].resolved:
        notification.is_resolved = True
    db.flush()
    return notification


def delete_notification(db: Session, notification: Notification) -> None:
    """Remove it; what it told of stays as it is."""
    db.delete(notification)
    db.flush()


def wanted_by(account: Any) -> ColumnElement[bool]:
    """The condition of the notifications of the kinds that a user wants to be shown."""
    own: Preferences = account.notification_preferences
    hidden = [kind for kind in KINDS if not shown(own, kind)]
    return NOTIFICATION.message_type.not_in(hidden)


def _wants_mail(recipient: User, message_type: str) -> bool:
    reachable = recipient.is_active and recipient.receive_notification_emails
    return reachable and mailed(recipient.notification_preferences, message_type)


def _mail(
    mailer: Mailer,
    db: Session,
    recipient: User,
    notification: Notification,
    sender: User | None,
) -> None:
    values = {"sender_name": sender.full_name if sender else NO_SENDER}
    values |= notification.message_values
    try:
        sentence = KINDS[notification.message_type].sentence.format_map(values)
    except LookupError:
        log.error("a notification of %s lacks values", notification.message_type)
        return
    mailer.send(
        db,
        to=recipient.email,
        template="notifications/mail/notification",
        values={"sentence": sentence},
        owner=recipient.guid,
    )
