"""Projects."""

from typing import Any

from factory import Sequence
from sqlalchemy import insert

from houston.modules.projects.models import Project, ProjectMember, project_encounter
from tests.factories import RowFactory


class ProjectFactory(RowFactory):
    """A project of the `owner`, with further `members`, and with `encounters`."""

    class Meta:
        model = Project

    title = Sequence(lambda number: f"Project {number}")

    @classmethod
    def _create(cls, model: type[Project], *args: Any, **values: Any) -> Project:
        owner, encounters = values.pop("owner"), values.pop("encounters", [])
        users = [owner, *values.pop("members", [])]
        values["members"] = [ProjectMember(user_guid=user.guid) for user in users]
        project: Project = super()._create(model, *args, owner_guid=owner.guid, **values)
        for encounter in encounters:
            link = {"project_guid": project.guid, "encounter_guid": encounter.guid}
            cls._meta.sqlalchemy_session.execute(insert(project_encounter).values(link))
        return project
