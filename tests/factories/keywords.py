"""Keywords."""

from factory import Sequence

from houston.modules.keywords.models import Keyword
from tests.factories import RowFactory


class KeywordFactory(RowFactory):
    """An unused keyword."""

    class Meta:
        model = Keyword

    value = Sequence(lambda number: f"scar {number}")
