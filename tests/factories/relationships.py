"""Relationships, and the types of relationships in the site settings."""

from typing import Any
from uuid import UUID

from factory import LazyAttribute, SubFactory

from houston.modules.relationships.models import Relationship
from tests.factories import RowFactory
from tests.factories.individuals import IndividualFactory

FAMILY, MOTHER, CALF = (f"{digit * 8}-1111-4111-8111-111111111111" for digit in "abc")
BAND, MATE = (f"{digit * 8}-1111-4111-8111-111111111111" for digit in "de")
TYPES: dict[str, Any] = {
    FAMILY: {
        "guid": FAMILY,
        "label": "Family",
        "roles": [{"guid": MOTHER, "label": "Mother"}, {"guid": CALF, "label": "Calf"}],
    },
    BAND: {"guid": BAND, "label": "Band", "roles": [{"guid": MATE, "label": "Mate"}]},
}


class RelationshipFactory(RowFactory):
    """A mother and her calf, which are new; `mother` and `calf` are other individuals."""

    class Meta:
        model = Relationship
        exclude = ("mother", "calf")

    mother: Any = SubFactory(IndividualFactory)
    calf: Any = SubFactory(IndividualFactory)
    type_guid = UUID(FAMILY)
    individual_1_guid = LazyAttribute(lambda each: each.mother.guid)
    individual_1_role_guid = UUID(MOTHER)
    individual_2_guid = LazyAttribute(lambda each: each.calf.guid)
    individual_2_role_guid = UUID(CALF)
