"""Individuals, with their names."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from factory import LazyAttribute, LazyFunction, SubFactory

from houston.core.db.types import utc_now
from houston.modules.individuals.models import (
    Individual,
    MergeRequest,
    MergeStakeholder,
    Name,
    Vote,
)
from tests.factories import RowFactory
from tests.factories.users import UserFactory
from tests.functional.asset_groups.reports import TAXONOMY


class IndividualFactory(RowFactory):
    """An individual without names, with the given `encounters`."""

    class Meta:
        model = Individual

    taxonomy_guid = UUID(TAXONOMY)


class NameFactory(RowFactory):
    """The first name of a new individual."""

    class Meta:
        model = Name

    individual: Any = SubFactory(IndividualFactory)
    creator: Any = SubFactory(UserFactory)
    context = "FirstName"
    value = "Zoe"


class MergeRequestFactory(RowFactory):
    """A request to merge individuals that are gone, which the `others` have not answered."""

    class Meta:
        model = MergeRequest
        exclude = ("requester", "others")

    requester: Any = SubFactory(UserFactory)
    others: Any = ()
    requester_guid = LazyAttribute(lambda row: row.requester.guid)
    stakeholders = LazyAttribute(
        lambda row: [
            MergeStakeholder(user_guid=row.requester.guid, vote=Vote.ALLOW, voted=utc_now()),
            *(MergeStakeholder(user_guid=other.guid) for other in row.others),
        ]
    )
    target_guid = LazyFunction(uuid4)
    source_guids = LazyFunction(lambda: [str(uuid4())])
    parameters: Any = LazyFunction(lambda: {"override": {}})
    checksum = "0" * 64
    deadline = LazyFunction(lambda: utc_now() + timedelta(days=14))
