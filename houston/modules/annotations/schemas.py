"""The schemas of annotations."""

from functools import partial

from colander import Invalid, SchemaNode, drop

from houston.core.api.patch import PatchSchema
from houston.core.schema.nodes import (
    Choice,
    Guid,
    Instant,
    ListOf,
    Number,
    Reference,
    Schema,
    String,
)
from houston.core.security.grants import Permission
from houston.domain.viewpoints import VIEWPOINTS
from houston.modules.keywords.schemas import KeywordReferenceSchema, tagging_actions

SIDES = 4
MAX_PIXELS = 1_000_000
"""The bound of coordinates, beyond the size of any picture."""

IaClass = partial(String, 1, 255, strip=True)


def _has_area(node: SchemaNode, rect: list[float]) -> None:
    if len(rect) == SIDES and min(rect[2:]) <= 0:
        raise Invalid(node, "Width and height must be greater than 0.")


class BoundsSchema(Schema):
    """A box in a picture as it is displayed."""

    from_mapping = True
    rect = ListOf(
        Number(-MAX_PIXELS, MAX_PIXELS),
        min_items=SIDES,
        max_items=SIDES,
        validator=_has_area,
        description="Left, top, width and height in pixels.",
    )
    theta = Number(
        -1000,
        1000,
        missing=0.0,
        description="The rotation of the box about its centre, in radians.",
    )


class AnnotationListSchema(Schema):
    """An annotation in a list."""

    guid = Guid()
    asset_guid = Guid(description="The asset with its picture.")
    encounter_guid = Guid(nullable=True, description="The encounter of a committed sighting.")
    ia_class = IaClass(description="Its class by the image analysis.")
    viewpoint = Choice(VIEWPOINTS, description="The direction from which the animal is seen.")


class AnnotationSchema(AnnotationListSchema):
    """An annotation with its box and its keywords."""

    created = Instant()
    updated = Instant()
    bounds = BoundsSchema()
    keywords = ListOf(KeywordReferenceSchema())
    asset_src = String(description="The address of the picture.")


class NewAnnotationSchema(Schema):
    """A new annotation. Where its asset is of a committed sighting, it shows an encounter."""

    asset_guid = Guid(refers=Reference("assets", Permission.CREATE))
    encounter_guid = Guid(
        missing=drop,
        refers=Reference("encounters", Permission.WRITE),
        description="An encounter of the committed sighting of the asset.",
    )
    ia_class = IaClass()
    viewpoint = Choice(VIEWPOINTS)
    bounds = BoundsSchema()


class AnnotationPatch(PatchSchema):
    """The paths of an annotation that can be patched."""

    ia_class = IaClass(permission=Permission.ADMINISTER)
    viewpoint = Choice(VIEWPOINTS, permission=Permission.ADMINISTER)
    bounds = BoundsSchema(permission=Permission.ADMINISTER)
    keywords = tagging_actions()
