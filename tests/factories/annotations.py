"""Annotations."""

from typing import Any

from factory import LazyFunction, SubFactory

from houston.modules.annotations.models import Annotation
from tests.factories import RowFactory
from tests.factories.assets import AssetFactory


class AnnotationFactory(RowFactory):
    """An annotation of a photograph."""

    class Meta:
        model = Annotation

    asset: Any = SubFactory(AssetFactory)
    ia_class = "zebra"
    viewpoint = "left"
    bounds = LazyFunction(lambda: {"rect": [10.0, 10.0, 20.0, 20.0], "theta": 0.0})
