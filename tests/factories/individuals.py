"""Individuals, with their names."""

from typing import Any
from uuid import UUID

from factory import SubFactory

from houston.modules.individuals.models import Individual, Name
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
