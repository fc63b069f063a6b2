"""Whatever callers do, and in whatever order, they leave no faults in the catalogue."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from houston.core.db.session import Session
from houston.core.integrity import IntegrityChecks
from houston.core.services import Services
from tests.clients_of_roles import Client
from tests.factories.relationships import TYPES
from tests.factories.site_settings import SiteSettingFactory
from tests.functional.integrity.world import VERBS, World

NUMBERS = st.integers(0, 11)
LATER = st.lists(
    st.tuples(st.sampled_from(sorted(VERBS)), NUMBERS, NUMBERS), min_size=8, max_size=16
)
BEGINNING = (
    ("commit", 0, 0),
    ("commit", 1, 0),
    ("create_individual", 0, 0),
    ("create_individual", 2, 0),
)
EACH_VERB = [
    ("create_individual", 1, 0),
    ("add_encounter", 0, 0),
    ("assign_encounter", 0, 4),
    ("leave_encounter", 4, 0),
    ("relate_individuals", 0, 1),
    ("merge_individuals", 0, 1),
    ("show_annotation", 0, 1),
    ("detach_annotation", 1, 0),
    ("move_annotation", 1, 1),
    ("create_annotation", 0, 0),
    ("delete_annotation", 0, 0),
    ("add_asset", 0, 2),
    ("rotate_asset", 0, 0),
    ("remove_encounter", 4, 0),
    ("delete_encounter", 3, 0),
    ("delete_individual", 1, 0),
    ("delete_sighting", 0, 0),
    ("delete_draft", 0, 0),
    ("delete_group", 0, 0),
]
"""All verbs in an order in which none is refused: a verb that always is would prove nothing."""


@pytest.fixture
def done(site: None) -> Counter[str]:
    """Return a counter of verbs that have succeeded, at a site with relationships."""
    SiteSettingFactory(key="relationship_type_roles", value=TYPES)
    return Counter()


def faults(services: Services, db: Session) -> dict[str, Any]:
    """Return the faults by the name of their check; the files are not looked at."""
    return {
        name: found
        for name, check in services[IntegrityChecks].items()
        if check.is_fault and name != "assets.file_not_on_disk"
        if (found := check.run(services, db))
    }


def test_verbs_leave_no_faults(
    services: Services, connection: Connection, db: Session, researcher: Client, done: Counter[str]
) -> None:
    # A failure is not made smaller, which would take minutes.
    @settings(
        max_examples=15,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(LATER)
    @example(EACH_VERB)
    def hold(later: list[tuple[str, int, int]]) -> None:
        db.commit()
        with connection.begin_nested() as savepoint:
            try:
                world = World(researcher, db, done)
                for verb in (*BEGINNING, *later):
                    world.do(*verb)
                    assert faults(services, db) == {}, verb
                if later == EACH_VERB:
                    assert done.keys() == VERBS.keys()
                    assert min(done.values()) >= 1, done
            finally:
                db.rollback()
                savepoint.rollback()

    hold()
