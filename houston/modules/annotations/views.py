"""The operations of annotations."""

from pyramid.response import Response

from houston.core.api.files import made_response
from houston.core.api.service import Service
from houston.core.errors import Conflict
from houston.core.events import Events
from houston.core.http.request import Request
from houston.core.security.grants import Permission
from houston.modules.annotations import schemas, services
from houston.modules.annotations.models import Annotation
from houston.modules.assets.models import Asset

annotations = Service("annotations", "/annotations")
search = Service("annotation_search", "/annotations/search")
annotation = Service("annotation", "/annotations/{annotation}")
annotated_picture = Service("asset_abox", "/assets/src/abox/{asset}")

JPEG = "image/jpeg"
ROW, DOCUMENT = schemas.AnnotationListSchema(), schemas.AnnotationSchema()


annotations.list("list_annotations", services.ANNOTATIONS, ROW, "List all annotations.")
search.search("search_annotations", services.ANNOTATIONS, ROW, "Search all annotations.")
annotation.read("get_annotation", DOCUMENT, "Read an annotation.")


@annotations.post(
    Permission.CREATE, body=schemas.NewAnnotationSchema(), returns=DOCUMENT, errors=(Conflict,)
)
def create_annotation(request: Request) -> Annotation:
    """Create an annotation in the picture of an asset.

    The owner of the asset may, and whoever curates its asset group sighting. After the commit, it
    shows an encounter that the caller may change.
    """
    values = request.validated["body"]
    values["contributor_guid"] = request.caller.account.guid
    asset = request.db.get_one(Asset, values.pop("asset_guid"))
    return services.create_annotation(request.services[Events], request.db, asset, **values)


@annotation.patch(Permission.WRITE, patch=schemas.AnnotationPatch(), returns=DOCUMENT)
def patch_annotation(request: Request) -> Annotation:
    """Change an annotation.

    Researchers may change only the keywords of annotations in pictures of the public.
    """
    return services.update_annotation(
        request.services[Events], request.db, request.context.row, request.validated["change"]
    )


@annotation.delete(Permission.DELETE)
def delete_annotation(request: Request) -> None:
    """Delete an annotation, and its keywords that are not used elsewhere."""
    services.delete_annotation(request.services[Events], request.db, request.context.row)


@annotated_picture.get(Permission.READ, file=True, produces=JPEG)
def get_asset_abox(request: Request) -> Response:
    """Get the picture of an asset with the boxes of its annotations, at most 1024 x 1024 pixels."""
    digest, draw = services.annotated_picture(request.services, request.db, request.context.row)
    return made_response(request, digest, JPEG, draw)
