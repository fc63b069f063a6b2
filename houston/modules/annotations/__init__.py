"""Annotations: where in a picture an animal is, and from where it is seen.

An annotation belongs to the owner of its asset, who sees, changes and deletes it; so do staff and
machine accounts. What the public has reported everybody sees, and researchers and administrators
tag it. Researchers list all annotations, and draw them in the pictures that they may change. When
a picture is turned or deleted, its annotations are gone.
"""

from typing import Any

REQUIRES = ("assets", "keywords")


def includeme(config: Any) -> None:
    """Hang the branch `annotations` on the tree and register its operations."""
    from houston.modules.annotations.resources import AnnotationCollection
    from houston.modules.annotations.services import forget_annotations_of
    from houston.modules.assets.events import AssetRotated, AssetsDeleted

    for event in (AssetRotated, AssetsDeleted):
        config.add_event_subscriber(event, forget_annotations_of)
    config.add_branch("annotations", AnnotationCollection)
    config.scan(".views")
