"""The operations of social groups."""

from collections.abc import Collection, Iterable
from uuid import UUID

from houston.core.api.operation import JSON
from houston.core.api.queries import page_query
from houston.core.api.service import Service
from houston.core.errors import BadRequest
from houston.core.http.request import Request
from houston.core.security.grants import Permission
from houston.modules.social_groups import schemas, services
from houston.modules.social_groups.models import SocialGroup

social_groups = Service("social_groups", "/social-groups")
search = Service("social_group_search", "/social-groups/search")
social_group = Service("social_group", "/social-groups/{social_group}")

ROW, DOCUMENT = schemas.SocialGroupListSchema(), schemas.SocialGroupSchema()
# The web client reads the first page only.
PAGE = page_query(services.SOCIAL_GROUPS.sort, max_limit=1000)


social_groups.list(
    "list_social_groups", services.SOCIAL_GROUPS, ROW, "List all social groups.", query=PAGE
)
search.search("search_social_groups", services.SOCIAL_GROUPS, ROW, "Search all social groups.")
social_group.read("get_social_group", DOCUMENT, "Read a social group with its members.")
social_group.remove("delete_social_group", "Delete a social group.")


@social_groups.post(
    Permission.CREATE,
    body=schemas.NewSocialGroupSchema(),
    consumes=(JSON,),
    returns=DOCUMENT,
    errors=(BadRequest,),
)
def create_social_group(request: Request) -> SocialGroup:
    """Create a social group of individuals that the caller may read."""
    values = request.validated["body"]
    individuals = _readable(request, map(UUID, values["members"]))
    return services.create_social_group(request.services, request.db, individuals, **values)


@social_group.patch(
    Permission.WRITE,
    patch=schemas.SocialGroupPatch(),
    returns=DOCUMENT,
    errors=(BadRequest,),
)
def patch_social_group(request: Request) -> SocialGroup:
    """Change the name or the members of a social group.

    The caller may read the individuals that become members. A refusal names all faults.
    """
    change = request.validated["change"]
    individuals = _readable(request, services.named_individuals(change))
    return services.update_social_group(
        request.services, request.db, individuals, request.context.row, change
    )


def _readable(request: Request, guids: Iterable[UUID]) -> Collection[UUID]:
    """The guids of those of some individuals that exist, all of which the caller may read."""
    found: dict[UUID, object] = request.root["individuals"].permitted(guids, Permission.READ)
    return found.keys()
