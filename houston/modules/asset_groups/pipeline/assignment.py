"""Which annotations belong to which encounter of a reported sighting."""

from typing import Any

from sqlalchemy import Select, delete, insert, literal, select

from houston.core.db.types import Guid
from houston.modules.annotations.models import Annotation
from houston.modules.asset_groups.models import (
    asset_group_sighting_annotation as assignment,
)
from houston.modules.asset_groups.models import (
    asset_group_sighting_asset as belonging,
)
from houston.modules.asset_groups.pipeline.case import Case


def assign_to_sole_encounter(case: Case) -> None:
    """Assign all annotations on the assets of a sighting to its encounter, if there is just one."""
    if len(case.sighting.encounters) != 1:
        return
    case.db.flush()
    (encounter,) = case.sighting.encounters
    annotations = annotations_of(case)
    case.db.execute(delete(assignment).where(assignment.c.annotation_guid.in_(annotations)))
    rows = annotations.add_columns(literal(encounter.guid, Guid()))
    case.db.execute(insert(assignment).from_select(["annotation_guid", "encounter_guid"], rows))
    case.db.expire(encounter, ["annotations"])


def annotations_of(case: Case) -> Select[Any]:
    """The guids of all annotations on the assets of a sighting."""
    return (
        select(Annotation.guid)
        .join(belonging, belonging.c.asset_guid == Annotation.asset_guid)
        .where(belonging.c.asset_group_sighting_guid == case.sighting.guid)
    )
