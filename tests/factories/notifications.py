"""Notifications."""

from factory import LazyFunction

from houston.modules.notifications.models import Notification
from tests.factories import RowFactory


class NotificationFactory(RowFactory):
    """An unread request; it needs a `recipient_guid`."""

    class Meta:
        model = Notification

    message_type = "collaboration_request"
    message_values = LazyFunction(dict)
