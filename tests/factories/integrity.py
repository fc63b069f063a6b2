"""Reports on the integrity of the catalogue."""

from factory import LazyFunction

from houston.modules.integrity.models import IntegrityReport
from tests.factories import RowFactory


class IntegrityReportFactory(RowFactory):
    """A report without findings."""

    class Meta:
        model = IntegrityReport

    result = LazyFunction(dict)
    faults = 0
