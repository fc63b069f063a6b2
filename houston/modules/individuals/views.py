"""The operations of individuals."""

from houston.core.api.listing import Page, page_query
from houston.core.api.service import Service
from houston.core.http.request import Request
from houston.core.security.grants import Permission
from houston.modules.individuals.schemas import responses as schemas
from houston.modules.individuals.services import listing

individuals = Service("individuals", "/individuals")
individual = Service("individual", "/individuals/{individual}")

INDIVIDUAL = schemas.IndividualSchema()


@individuals.get(
    Permission.LIST, query=page_query(listing.INDIVIDUALS.sort), returns=INDIVIDUAL, paged=True
)
def list_individuals(request: Request) -> Page:
    """List all individuals with their names and encounters."""
    query = request.validated["querystring"]
    return listing.page_of_individuals(request.db, request.identity, query)


individual.read("get_individual", INDIVIDUAL, "Read an individual with its names and encounters.")
