"""The addresses of annotations."""

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

ROW = schemas.AnnotationListSchema()


annotations.list("list_annotations", services.ANNOTATIONS, ROW, "List all annotations.")
search.search("search_annotations", services.ANNOTATIONS, ROW, "Search all annotations.")


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


annotation.read("get_annotation", schemas.AnnotationSchema(), "Read an annotation.")


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
