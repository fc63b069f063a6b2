"""The addresses of keywords."""

from typing import Any

from houston.core.api.paging import page_query
from houston.core.api.service import Service
from houston.core.errors import BadRequest, Conflict
from houston.core.http.request import Request
from houston.core.security.permissions import Permission
from houston.modules.keywords import schemas, services
from houston.modules.keywords.models import Keyword

WHOLE_VOCABULARY = 1000
"""How many keywords a list has at most: clients offer all of them for choice, without paging."""

keywords = Service("keywords", "/keywords")
keyword = Service("keyword", "/keywords/{keyword}")
merge = Service("keyword_merge", "/keywords/{keyword}/{target}/merge")


keywords.list(
    "list_keywords",
    services.KEYWORDS,
    schemas.KeywordSchema(),
    "List the keywords, with how often each is used.",
    query=page_query(sort=services.KEYWORDS.sort, max_limit=WHOLE_VOCABULARY),
)


@keywords.post(
    Permission.CREATE,
    body=schemas.NewKeywordSchema(),
    returns=schemas.KeywordSchema(),
    errors=(Conflict,),
)
def create_keyword(request: Request) -> Any:
    """Make a keyword."""
    return services.create_keyword(request.db, **request.validated["body"])


@keyword.get(Permission.READ, returns=schemas.KeywordSchema())
def get_keyword(request: Request) -> Any:
    """Read a keyword."""
    return services.describe_keyword(request.db, request.context.row)


@keyword.patch(Permission.WRITE, patch=schemas.KeywordPatch(), returns=schemas.KeywordSchema())
def patch_keyword(request: Request) -> Any:
    """Correct a keyword, wherever it is used."""
    return services.update_keyword(request.db, request.context.row, request.validated["change"])


@keyword.delete(Permission.DELETE)
def delete_keyword(request: Request) -> None:
    """Delete a keyword, and take it away from whatever has it."""
    services.delete_keyword(request.db, request.context.row)


@merge.post(Permission.DELETE, returns=schemas.KeywordReferenceSchema(), errors=(BadRequest,))
def merge_keywords(request: Request) -> Keyword:
    """Merge a keyword into another one, and answer with that.

    Whatever has the first gets the second instead, and the first is deleted. Whoever may delete
    keywords may merge them.
    """
    target = request.context.__parent__
    return services.merge_keywords(request.db, target.__parent__.row, target.row)
