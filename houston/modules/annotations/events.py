"""What happens to annotations, for whoever wants to hear of it or to object."""

from dataclasses import dataclass

from houston.modules.annotations.models import Annotation


@dataclass(frozen=True)
class AnnotationCreated:
    """Somebody has drawn an annotation; one without a contributor is the image analysis' own."""

    annotation: Annotation


@dataclass(frozen=True)
class AnnotationDeleted:
    """An annotation is about to be deleted."""

    annotation: Annotation
