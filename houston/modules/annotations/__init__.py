"""Annotations: boxes around animals in the pictures of assets, with a class and a viewpoint.

An annotation belongs to the owner of its asset, who reads, changes and deletes it; so do staff and
machine accounts. Everybody reads the annotations of assets of the public; administrators change
them, and researchers their keywords alone. Researchers list all annotations, and create them in the
pictures of assets that they may change. When a picture is rotated or deleted, its annotations are
deleted.
"""

from typing import Any

REQUIRES = ("assets", "keywords")


def includeme(config: Any) -> None:
    """Add the branch `annotations` and its operations, and contribute to assets."""
    from sqlalchemy import select

    from houston.core.api.contributions import rows_that_refer
    from houston.core.integrity import Check
    from houston.core.schema.nodes import ListOf
    from houston.modules.annotations.models import Annotation, annotation_keyword
    from houston.modules.annotations.resources import AnnotationCollection
    from houston.modules.annotations.schemas import AnnotationSchema
    from houston.modules.annotations.services import delete_annotations_of
    from houston.modules.assets.events import AssetRotated, AssetsDeleted
    from houston.modules.assets.resources import AssetFormat, AssetPictures
    from houston.modules.assets.schemas import AssetInGroupSchema

    schema = AnnotationSchema()
    order = Annotation.created, Annotation.guid
    annotations = rows_that_refer(Annotation.asset_guid, schema, *order)
    config.contribute(AssetInGroupSchema, "annotations", ListOf(schema), annotations)
    config.add_keyword_links(annotation_keyword)
    for event in (AssetRotated, AssetsDeleted):
        config.add_event_subscriber(event, delete_annotations_of)
    unknown = select(Annotation.guid).where(Annotation.content_guid.is_(None))
    text = "Annotations that the image analysis does not know."
    config.add_integrity_checks(Check("annotations.no_content_guid", unknown, text, is_fault=False))
    config.add_branch("annotations", AnnotationCollection)
    config.add_child(AssetPictures, "abox", AssetFormat)
    config.scan(".views")
