"""Lists of notifications, and the functions that make and change them."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from houston.core.api.listing import Listing
from houston.core.api.patch import Change
from houston.core.db.session import Session
from houston.core.mail import Mailer
from houston.core.security.grants import Caller
from houston.core.services import Services
from houston.modules.notifications.kinds import Kind, NotificationKinds
from houston.modules.notifications.models import NO_SENDER, Notification
from houston.modules.users.models import User

log = logging.getLogger(__name__)

PAGE = "/notifications"
"""The page of the web client with the notifications of the user."""

NOTIFICATION = Notification.__table__.c
SENDER_NAME = Notification.sender_name
UNREAD = NOTIFICATION.is_read.is_(False)
NOTIFICATIONS = Listing(
    select(*NOTIFICATION, SENDER_NAME.label("sender_name")),
    sort=("created", "message_type", "is_read"),
    fields={
        **{name: NOTIFICATION[name] for name in ("guid", "sender_guid", "is_resolved")},
        "sender_name": SENDER_NAME,
    },
)
OWN = NOTIFICATIONS.where(NOTIFICATION.recipient_guid == Caller.guid)


def notify(
    services: Services,
    db: Session,
    recipient: User,
    message_type: str,
    values: Mapping[str, Any] | None = None,
    *,
    sender: User | None = None,
) -> Notification:
    """Notify a user, by mail as well if they prefer that.

    The values fill the sentence of the kind; a mail for which some are missing is not sent.

    Raises:
        LookupError: There is no such kind.
    """
    kinds = services[NotificationKinds]
    kind = kinds[message_type]
    notification = Notification(
        message_type=message_type,
        message_values=dict(values or {}),
        recipient_guid=recipient.guid,
        sender_guid=sender and sender.guid,
    )
    db.add(notification)
    db.flush()
    reachable = recipient.is_active and recipient.receive_notification_emails
    if reachable and kinds.is_mailed(recipient.notification_preferences, message_type):
        name = {"sender_name": sender.full_name if sender else NO_SENDER}
        _mail(services[Mailer], db, recipient, kind, name | notification.message_values)
    return notification


def resolve(
    db: Session, recipients: Iterable[UUID], message_types: Iterable[str], values: Mapping[str, Any]
) -> None:
    """Resolve the requests of some kinds to some accounts that have some values."""
    unresolved = select(Notification).where(
        Notification.recipient_guid.in_(list(recipients)),
        Notification.message_type.in_(list(message_types)),
        Notification.is_resolved.is_(False),
    )
    for notification in db.scalars(unresolved):
        if values.items() <= notification.message_values.items():
            notification.is_resolved = True
    db.flush()


def update_notification(
    kinds: NotificationKinds, db: Session, notification: Notification, change: Change
) -> Notification:
    """Mark a notification as read or unread; one that is no request is resolved by being read."""
    change.apply_to(notification)
    if notification.is_read and not kinds[notification.message_type].is_request:
        notification.is_resolved = True
    db.flush()
    return notification


def _mail(
    mailer: Mailer, db: Session, recipient: User, kind: Kind, values: Mapping[str, Any]
) -> None:
    """Mail the sentence of a kind, unless values for it are missing."""
    try:
        sentence = kind.sentence.format_map(values)
    except LookupError as missing:
        log.error("a notification lacks the value %s", missing)
        return
    mailer.send(
        db,
        to=recipient.email,
        template="notifications/mail/notification",
        values={"sentence": sentence, "page": kind.page or PAGE},
        owner=recipient.guid,
    )
