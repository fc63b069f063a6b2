"""The addresses of annotations."""

from houston.core.api.paging import Page, page_query
from houston.core.api.search import searching
from houston.core.api.service import Service
from houston.core.errors import Conflict
from houston.core.events import Events
from houston.core.http.request import Request
from houston.core.security.permissions import Permission
from houston.modules.annotations import schemas, services
from houston.modules.annotations.models import Annotation

annotations = Service("annotations", "/annotations")
search = Service("annotation_search", "/annotations/search")
annotation = Service("annotation", "/annotations/{annotation}")


@annotations.get(
    Permission.LIST,
    query=page_query(sort=services.ANNOTATIONS.sort),
    returns=schemas.AnnotationListSchema(),
    paged=True,
)
def list_annotations(request: Request) -> Page:
    """List all annotations."""
    return services.ANNOTATIONS.page(request.db, request.validated["querystring"])


@annotations.post(
    Permission.CREATE,
    body=schemas.NewAnnotationSchema(),
    returns=schemas.AnnotationSchema(),
    errors=(Conflict,),
)
def create_annotation(request: Request) -> Annotation:
    """Draw an annotation in the picture of an asset that one may change."""
    values = request.validated["body"]
    guid = values.pop("asset_guid")
    asset = request.root["assets"].permitted([guid], Permission.WRITE).get(guid)
    return services.create_annotation(
        request.services[Events],
        request.db,
        asset,
        **values,
        contributor_guid=request.caller.account.guid,
    )


@searching(
    search,
    Permission.LIST,
    sort=services.ANNOTATIONS.sort,
    returns=schemas.AnnotationListSchema(),
)
def search_annotations(request: Request) -> Page:
    """Search all annotations."""
    validated = request.validated
    return services.ANNOTATIONS.page(request.db, validated["querystring"], validated["body"])


@annotation.get(Permission.READ, returns=schemas.AnnotationSchema())
def get_annotation(request: Request) -> Annotation:
    """Read an annotation."""
    row: Annotation = request.context.row
    return row


@annotation.patch(
    Permission.WRITE, patch=schemas.AnnotationPatch(), returns=schemas.AnnotationSchema()
)
def patch_annotation(request: Request) -> Annotation:
    """Change an annotation.

    Researchers may change the keywords alone of what the public has reported.
    """
    return services.update_annotation(request.db, request.context.row, request.validated["change"])


@annotation.delete(Permission.DELETE)
def delete_annotation(request: Request) -> None:
    """Delete an annotation, and the keywords that nothing else has."""
    services.delete_annotation(request.services[Events], request.db, request.context.row)
