"""The operations of relationships."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from houston.core.api.service import Service
from houston.core.errors import Conflict
from houston.core.http.request import Request
from houston.core.security.grants import Permission
from houston.modules.relationships import schemas, services
from houston.modules.relationships.models import Relationship

relationships = Service("relationships", "/relationships")
search = Service("relationship_search", "/relationships/search")
relationship = Service("relationship", "/relationships/{relationship}")

ROW, DOCUMENT = schemas.RelationshipListSchema(), schemas.RelationshipSchema()


relationships.list("list_relationships", services.RELATIONSHIPS, ROW, "List all relationships.")
search.search("search_relationships", services.RELATIONSHIPS, ROW, "Search all relationships.")
relationship.read("get_relationship", DOCUMENT, "Read a relationship with its members.")


@relationships.post(
    Permission.CREATE, body=schemas.NewRelationshipSchema(), returns=DOCUMENT, errors=(Conflict,)
)
def create_relationship(request: Request) -> Relationship:
    """Create a relationship of two individuals, both of which the caller may change."""
    values = request.validated["body"]
    individuals = _changeable(request, values)
    return services.create_relationship(request.services, request.db, individuals, values)


@relationship.patch(Permission.WRITE, patch=schemas.RelationshipPatch(), returns=DOCUMENT)
def patch_relationship(request: Request) -> Relationship:
    """Change the time of a relationship of two individuals, both of which the caller may change."""
    row, change = request.context.row, request.validated["change"]
    _changeable(request, vars(row))
    return services.update_relationship(request.db, row, change)


@relationship.delete(Permission.DELETE)
def delete_relationship(request: Request) -> None:
    """Delete a relationship of two individuals, both of which the caller may change."""
    row = request.context.row
    _changeable(request, vars(row))
    request.db.delete(row)
    request.db.flush()


def _changeable(request: Request, values: Mapping[str, Any]) -> Mapping[UUID, Any]:
    """The individuals of a relationship that exist, all of which the caller may change."""
    guids = [values[name] for name in services.INDIVIDUALS]
    found: Mapping[UUID, Any] = request.root["individuals"].permitted(guids, Permission.WRITE)
    return found
