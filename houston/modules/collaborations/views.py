"""The addresses of collaborations."""

from houston.core.api.operation import JSON, malformed
from houston.core.api.service import Service
from houston.core.errors import BadRequest, Conflict
from houston.core.http.request import Request
from houston.core.security.grants import Permission
from houston.modules.collaborations import schemas, services
from houston.modules.collaborations.models import Collaboration, Level
from houston.modules.users.services.accounts import user_of

collaborations = Service("collaborations", "/collaborations")
collaboration = Service("collaboration", "/collaborations/{collaboration}")
search = Service("collaboration_search", "/collaborations/search")
export_request = Service("export_request", "/collaborations/export_request/{collaboration}")
edit_request = Service("edit_request", "/collaborations/edit_request/{collaboration}")

DOCUMENT = schemas.CollaborationSchema()


collaborations.list(
    "list_collaborations", services.COLLABORATIONS, DOCUMENT, "List all collaborations."
)
search.search(
    "search_collaborations", services.COLLABORATIONS, DOCUMENT, "Search all collaborations."
)
collaboration.read("get_collaboration", DOCUMENT, "Read a collaboration.")


@collaborations.post(
    Permission.CREATE,
    body=schemas.NewCollaborationSchema(),
    consumes=(JSON,),
    returns=DOCUMENT,
    errors=(BadRequest,),
    refusal=malformed,
)
def create_collaboration(request: Request) -> Collaboration:
    """Ask a user for a collaboration; a user manager may make one of two others.

    If the two have one already, it is returned. A member who asks again approves what the other one
    asks for, and the other one is asked again if they have refused.
    """
    body = request.validated["body"]
    return services.request_collaboration(
        request.services,
        request.db,
        user_of(request.db, request.caller),
        body["user_guid"],
        body["second_user_guid"],
    )


@collaboration.patch(
    Permission.WRITE,
    patch=schemas.CollaborationPatch(),
    returns=DOCUMENT,
    errors=(BadRequest, Conflict),
)
def patch_collaboration(request: Request) -> Collaboration:
    """Answer what the other member asks for, or revoke it.

    A level needs those before it: view, export, edit. Who revokes one revokes those that need it.
    User managers answer for one member or for both; what they approve includes the levels before.
    """
    change = request.validated["change"]
    return services.update_collaboration(
        request.services,
        request.db,
        user_of(request.db, request.caller),
        request.context.row,
        change,
    )


@collaboration.delete(Permission.DELETE)
def delete_collaboration(request: Request) -> None:
    """Delete a collaboration, and with it all access that it gives."""
    services.delete_collaboration(request.db, request.context.row)


@export_request.post(Permission.WRITE, returns=DOCUMENT, errors=(BadRequest,))
def request_export(request: Request) -> Collaboration:
    """Ask the other member to let the caller export; both must let each other view before."""
    return _request(request, Level.EXPORT)


@edit_request.post(Permission.WRITE, returns=DOCUMENT, errors=(BadRequest,))
def request_edit(request: Request) -> Collaboration:
    """Ask the other member to let the caller edit; both must let each other export before."""
    return _request(request, Level.EDIT)


def _request(request: Request, level: Level) -> Collaboration:
    return services.request_level(
        request.services,
        request.db,
        user_of(request.db, request.caller),
        request.context.row,
        level,
    )
