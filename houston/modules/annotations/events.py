"""The events of annotations, to which other modules subscribe; a subscriber may refuse them."""

from dataclasses import dataclass

from houston.modules.annotations.models import Annotation


@dataclass(frozen=True)
class AnnotationCreated:
    """An annotation was created; one without a contributor comes from the image analysis."""

    annotation: Annotation


@dataclass(frozen=True)
class AnnotationDeleted:
    """An annotation is about to be deleted."""

    annotation: Annotation
