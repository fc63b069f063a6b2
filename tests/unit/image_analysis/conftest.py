from collections.abc import Iterator

import pytest

from houston.modules.image_analysis.catalogue import Catalogue, load_catalogue
from houston.modules.image_analysis.sage import Connection, Sage
from tests.stand_ins.sage import StandInSage


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(None)


@pytest.fixture
def sage() -> Iterator[StandInSage]:
    """Yield a Sage that sends no callbacks."""
    with StandInSage() as sage:
        sage.lose_callbacks = True
        yield sage


@pytest.fixture
def analyst(sage: StandInSage, catalogue: Catalogue) -> Iterator[Sage]:
    """Return the analyst of that Sage, which repeats requests without a pause."""
    analyst = Sage(Connection(sage.url, pauses=(0, 0)), catalogue)
    yield analyst
    analyst.close()
