"""Notifications."""

from factory import LazyFunction

from houston.modules.notifications.models import Notification
from tests.factories import RowFactory


class NotificationFactory(RowFactory):
    """A request that nobody has read; give it a `recipient_guid`."""

    class Meta:
        model = Notification

    message_type = "collaboration_request"
    message_values = LazyFunction(dict)
