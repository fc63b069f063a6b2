"""The list of projects, the functions that change them, and the fields by which they are found."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, insert, select

from houston.core.api.listing import Listing
from houston.core.api.patch import Change
from houston.core.api.search.names import RelatedRows
from houston.core.audit import Action, audit
from houston.core.db.session import Session
from houston.core.errors import Unprocessable
from houston.modules.projects.models import Project, project_encounter
from houston.modules.projects.resources import ProjectResource
from houston.modules.sightings.models import Encounter, Sighting
from houston.modules.users.groups import update_group

PROJECT, LINK = Project.__table__.c, project_encounter.c
PROJECTS = Listing(
    select(*PROJECT, Project.num_encounters.label("num_encounters")),
    sort=("guid", "title", "created", "updated"),
    words=("guid", "title"),
    fields={"owner_guid": PROJECT.owner_guid},
    grants=ProjectResource.grants,
)


def _of_encounter(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    own = LINK.encounter_guid == Encounter.guid, LINK.project_guid == PROJECT.guid
    return exists().where(*own, condition).correlate(Encounter.__table__)


def _of_sighting(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return Sighting.encounters.any(_of_encounter(condition))


COLUMNS = {"guid": PROJECT.guid, "title": PROJECT.title}
FIELDS_OF_ENCOUNTERS = {"projects": RelatedRows(_of_encounter, COLUMNS, ProjectResource.grants)}
FIELDS_OF_SIGHTINGS = {"projects": RelatedRows(_of_sighting, COLUMNS, ProjectResource.grants)}
"""The fields by which encounters and sightings are found: the projects that the caller may read."""


def added_encounters(change: Change) -> set[UUID]:
    """The guids of the encounters that a patch adds."""
    return {guid for action in change.actions if action.op == "add" for guid in action.value}


def update_project(
    db: Session, project: Project, change: Change, encounters: Collection[UUID]
) -> Project:
    """Change a project as a patch asks.

    Args:
        db: The session.
        project: The project.
        change: The patch.
        encounters: The guids of those of the added encounters that exist.

    Raises:
        NotFound, Conflict: As of `update_group`.
        Unprocessable: As of `update_group`, or an added encounter is unknown.
    """
    if missing := added_encounters(change).difference(encounters):
        sentences = [f"There is no encounter {guid}." for guid in sorted(missing)]
        raise Unprocessable(messages={"encounters": sentences})
    update_group(db, project, change)
    for action in change.actions:
        CHANGES[action.op](db, project, action.value)
    db.expire(project, ["num_encounters"])
    return project


def _add(db: Session, project: Project, guids: Sequence[UUID]) -> None:
    own = select(LINK.encounter_guid).where(LINK.project_guid == project.guid)
    added = set(guids).difference(db.scalars(own.where(LINK.encounter_guid.in_(guids))))
    if added:
        links = [{"project_guid": project.guid, "encounter_guid": guid} for guid in sorted(added)]
        db.execute(insert(project_encounter), links)
        _audit(db, project, "added", added)


def _remove(db: Session, project: Project, guids: Sequence[UUID]) -> None:
    own = LINK.project_guid == project.guid, LINK.encounter_guid.in_(guids)
    gone = delete(project_encounter).where(*own).returning(LINK.encounter_guid)
    if removed := db.scalars(gone).all():
        _audit(db, project, "removed", removed)


CHANGES = {"add": _add, "remove": _remove}


def _audit(db: Session, project: Project, deed: str, guids: Collection[UUID]) -> None:
    message = f"{deed} the encounters {', '.join(map(str, sorted(guids)))}"
    audit(db, Action.UPDATE, "Project", project.guid, message=message)
