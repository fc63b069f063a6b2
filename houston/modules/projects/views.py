"""The operations of projects."""

from houston.core.api.service import Service
from houston.core.http.request import Request
from houston.core.security.grants import Permission
from houston.modules.projects import schemas, services
from houston.modules.projects.models import Project
from houston.modules.users.groups import create_group

projects = Service("projects", "/projects")
search = Service("project_search", "/projects/search")
project = Service("project", "/projects/{project}")

ROW, DOCUMENT = schemas.ProjectListSchema(), schemas.ProjectSchema()

projects.list(
    "list_projects",
    services.PROJECTS,
    ROW,
    "List the projects of the caller; administrators see all.",
)
search.search(
    "search_projects",
    services.PROJECTS,
    ROW,
    "Search the projects of the caller; administrators search all.",
)
project.read("get_project", DOCUMENT, "Read a project with its members.")
project.remove("delete_project", "Delete a project; its encounters stay.")


@projects.post(Permission.CREATE, body=schemas.NewProjectSchema(), returns=DOCUMENT)
def create_project(request: Request) -> Project:
    """Create a project, which the caller owns."""
    owner = request.caller.account.guid
    return create_group(request.db, Project, owner, **request.validated["body"])


@project.patch(Permission.WRITE, patch=schemas.ProjectPatch(), returns=DOCUMENT)
def patch_project(request: Request) -> Project:
    """Change a project.

    Members add encounters that they may read, and remove encounters; the removal of one that the
    project does not have changes nothing. `add` and `remove` of `/members` with the guid of an
    account add and remove one. The owner, who is a member, names the next one.
    """
    change = request.validated["change"]
    added = services.added_encounters(change)
    found = request.root["encounters"].permitted(added, Permission.READ) if added else {}
    return services.update_project(request.db, request.context.row, change, found.keys())
