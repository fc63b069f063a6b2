"""Individuals, with their names."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from factory import LazyAttribute, LazyFunction, SubFactory

from houston.core.db.types import utc_now
from houston.modules.individuals.merging.requests import checksum_of
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
    """A request to merge `individuals` into the first, which the `others` have not answered."""

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
    parameters: Any = LazyFunction(lambda: {"override": {}})
    deadline = LazyFunction(lambda: utc_now() + timedelta(days=14))

    @classmethod
    def _create(cls, model: type[MergeRequest], *args: Any, **values: Any) -> Any:
        target, *sources = (each.guid for each in values.pop("individuals"))
        checksum = checksum_of(cls._meta.sqlalchemy_session_factory(), [target, *sources])
        values |= {"target_guid": target, "source_guids": list(map(str, sources))}
        return super()._create(model, *args, **values, checksum=checksum)
