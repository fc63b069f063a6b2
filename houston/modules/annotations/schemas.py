"""What comes in, what goes out, and what PATCH may touch."""

from typing import Any

from colander import Invalid, SchemaNode

from houston.core.api.patch import PatchSchema
from houston.core.schema.nodes import Choice, Guid, Instant, ListOf, Number, Schema, String
from houston.domain.viewpoints import VIEWPOINTS
from houston.modules.keywords.schemas import KeywordReferenceSchema, tagging_actions

LONGEST = 1_000_000
"""Pixels from an edge of the picture, and far more than any picture has."""


def _has_area(node: SchemaNode, rect: list[float]) -> None:
    if min(rect[2:]) <= 0:
        raise Invalid(node, "Width and height must be greater than 0.")


class IaClass(String):
    """The class of an annotation, as image analysis names it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(1, 255, strip=True, **options)


class BoundsSchema(Schema):
    """A box in the picture as it is shown."""

    from_mapping = True
    rect = ListOf(
        Number(-LONGEST, LONGEST),
        min_items=4,
        max_items=4,
        validator=_has_area,
        description="Left, top, width and height in pixels.",
    )
    theta = Number(
        -1000,
        1000,
        missing=0.0,
        description="By how many radians the box is turned about its centre.",
    )


class AnnotationListSchema(Schema):
    """An annotation in a list."""

    guid = Guid()
    asset_guid = Guid(description="The asset whose picture it is in.")
    ia_class = IaClass(description="What the image analysis calls it.")
    viewpoint = Choice(VIEWPOINTS, description="From where the animal is seen.")


class AnnotationSchema(AnnotationListSchema):
    """An annotation with its box and its keywords."""

    created = Instant()
    updated = Instant()
    bounds = BoundsSchema()
    keywords = ListOf(KeywordReferenceSchema())
    asset_src = String(description="The address of the picture.")


class NewAnnotationSchema(Schema):
    """A new annotation."""

    asset_guid = Guid()
    ia_class = IaClass()
    viewpoint = Choice(VIEWPOINTS)
    bounds = BoundsSchema()


class AnnotationPatch(PatchSchema):
    """What may be changed of an annotation."""

    ia_class = IaClass()
    viewpoint = Choice(VIEWPOINTS)
    bounds = BoundsSchema()
    keywords = tagging_actions()
