"""The operations of organizations."""

from houston.core.api.service import Service
from houston.core.http.request import Request
from houston.core.security.grants import Permission
from houston.modules.organizations import schemas, services
from houston.modules.organizations.models import Organization

organizations = Service("organizations", "/organizations")
search = Service("organization_search", "/organizations/search")
organization = Service("organization", "/organizations/{organization}")

ROW, DOCUMENT = schemas.OrganizationListSchema(), schemas.OrganizationSchema()

organizations.list(
    "list_organizations",
    services.ORGANIZATIONS,
    ROW,
    "List the organizations of the caller; administrators see all.",
)
search.search(
    "search_organizations",
    services.ORGANIZATIONS,
    ROW,
    "Search the organizations of the caller; administrators search all.",
)
organization.read("get_organization", DOCUMENT, "Read an organization with its members.")
organization.remove("delete_organization", "Delete an organization.")


@organizations.post(Permission.CREATE, body=schemas.NewOrganizationSchema(), returns=DOCUMENT)
def create_organization(request: Request) -> Organization:
    """Create an organization, which the caller owns and moderates."""
    return services.create_organization(request.db, request.caller, **request.validated["body"])


@organization.patch(Permission.WRITE, patch=schemas.OrganizationPatch(), returns=DOCUMENT)
def patch_organization(request: Request) -> Organization:
    """Change an organization.

    `add` and `remove` of `/members` or `/moderators` with the guid of an account add and remove
    one. The owner, who is a member, names moderators and the next owner.
    """
    change = request.validated["change"]
    return services.update_organization(request.db, request.context.row, change)
