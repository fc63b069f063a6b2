"""The schemas of relationships."""

from datetime import timezone
from typing import Any

from colander import Invalid, SchemaNode, null

from houston.core.api.patch import PatchSchema
from houston.core.schema.nodes import Guid, Instant, ListOf, Schema, String
from houston.domain.times import read_iso


class Moment(String):
    """A date or a time in ISO 8601, which is in UTC unless it has an offset; or nothing."""

    nullable = True
    missing = None

    def __init__(self, **options: Any) -> None:
        super().__init__(1, 50, **options)

    def deserialize(self, cstruct: Any = null) -> Any:
        """The datetime in UTC, or None.

        Raises:
            colander.Invalid: It is another text.
        """
        text = super().deserialize(cstruct)
        if text is None:
            return None
        moment = read_iso(text)
        if moment is None:
            raise Invalid(self, "Not a valid date or time in ISO 8601.")
        if moment.tzinfo is None:
            return moment.replace(tzinfo=timezone.utc)
        return moment.astimezone(timezone.utc)


class PeriodSchema(Schema):
    """The time during which a relationship lasts, as far as it is known."""

    start_date = Moment(description="The beginning: a date or a time in ISO 8601.")
    end_date = Moment(description="The end: a date or a time in ISO 8601.")

    def validator(self, node: SchemaNode, values: dict[str, Any]) -> None:
        """Raise colander.Invalid for an end before the beginning."""
        start, end = values["start_date"], values["end_date"]
        if start and end and end < start:
            raise _fault(node, "end_date", "Must not be before start_date.")


class NewRelationshipSchema(PeriodSchema):
    """A new relationship of two individuals."""

    individual_1_guid = Guid()
    individual_1_role_guid = Guid(description="The role of the first individual.")
    individual_2_guid = Guid()
    individual_2_role_guid = Guid(description="The role of the second individual.")
    type_guid = Guid(
        nullable=True, missing=None, description="The type; by default the one with both roles."
    )

    def validator(self, node: SchemaNode, values: dict[str, Any]) -> None:
        """Raise colander.Invalid for a relationship of an individual with itself."""
        super().validator(node, values)
        if values["individual_1_guid"] == values["individual_2_guid"]:
            raise _fault(node, "individual_2_guid", "Must be another individual.")


class RelationshipPatch(PeriodSchema, PatchSchema):
    """The fields of a relationship that PATCH may change."""


class RelationshipListSchema(Schema):
    """A relationship in a list."""

    guid = Guid()
    created = Instant()
    updated = Instant()
    type_guid = Guid()
    start_date = Instant(nullable=True)
    end_date = Instant(nullable=True)


class RelationshipMemberSchema(Schema):
    """An individual in a relationship; the label of its role is loaded from the site."""

    individual_guid = Guid()
    individual_role_guid = Guid(source="role_guid")


class RelationshipSchema(RelationshipListSchema):
    """A relationship with its members; the label of its type is loaded from the site."""

    individual_members = ListOf(RelationshipMemberSchema(), source="members")


class NamedMemberSchema(RelationshipMemberSchema):
    """An individual in a relationship, with its first name."""


class IndividualRelationshipSchema(Schema):
    """A relationship of an individual, with the names of both."""

    guid = Guid()
    type_guid = Guid()
    individual_members = ListOf(NamedMemberSchema(), source="members")


def _fault(node: SchemaNode, field: str, text: str) -> Invalid:
    """The error of an object with a fault of one of its fields."""
    error = Invalid(node)
    error.add(Invalid(node[field], text))
    return error
