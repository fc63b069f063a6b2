"""Exports that are made in the background."""

from datetime import timedelta
from typing import Any

from factory import LazyFunction

from houston.core.db.types import utc_now
from houston.modules.exports.models import Export
from houston.modules.exports.services.dataset import Noun
from tests.factories import RowFactory
from tests.factories.users import UserFactory


class ExportFactory(RowFactory):
    """An export of all encounters as a table, which is not made yet."""

    class Meta:
        model = Export

    owner_guid: Any = LazyFunction(lambda: UserFactory().guid)
    noun = Noun.ENCOUNTERS
    format = "csv"
    occasion = "1y"
    query: Any = {}
    expires = LazyFunction(lambda: utc_now() + timedelta(days=1))
