"""The operations of keywords."""

from houston.core.api.queries import page_query
from houston.core.api.service import Service
from houston.core.errors import BadRequest, Conflict
from houston.core.http.request import Request
from houston.core.security.grants import Permission
from houston.modules.keywords import schemas, services
from houston.modules.keywords.links import KeywordLinks
from houston.modules.keywords.models import Keyword

MAX_LIMIT = 1000
"""The largest page: clients offer all keywords for choice, without paging."""

keywords = Service("keywords", "/keywords")
keyword = Service("keyword", "/keywords/{keyword}")
merge = Service("keyword_merge", "/keywords/{keyword}/{target}/merge")


keywords.list(
    "list_keywords",
    services.KEYWORDS,
    schemas.KeywordSchema(),
    "List the keywords, each with its number of uses.",
    query=page_query(sort=services.KEYWORDS.sort, max_limit=MAX_LIMIT),
)
keyword.read("get_keyword", schemas.KeywordSchema(), "Read a keyword.")


@keywords.post(
    Permission.CREATE,
    body=schemas.NewKeywordSchema(),
    returns=schemas.KeywordSchema(),
    errors=(Conflict,),
)
def create_keyword(request: Request) -> Keyword:
    """Create a keyword."""
    return services.create_keyword(request.db, **request.validated["body"])


@keyword.patch(Permission.WRITE, patch=schemas.KeywordPatch(), returns=schemas.KeywordSchema())
def patch_keyword(request: Request) -> Keyword:
    """Change a keyword on all objects that have it."""
    return services.update_keyword(request.db, request.context.row, request.validated["change"])


keyword.remove("delete_keyword", "Delete a keyword, and remove it from all objects that have it.")


@merge.post(Permission.DELETE, returns=schemas.KeywordReferenceSchema(), errors=(BadRequest,))
def merge_keywords(request: Request) -> Keyword:
    """Merge a keyword into another one, and return the latter.

    All objects with the first keyword get the second instead, and the first is deleted.
    """
    target = request.context.__parent__
    return services.merge_keywords(
        request.services[KeywordLinks], request.db, target.__parent__.row, target.row
    )
