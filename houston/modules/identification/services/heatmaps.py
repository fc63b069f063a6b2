"""Heatmaps: pictures of an annotation and a candidate, with their similar parts marked.

The image analysis makes them. One is fetched when somebody first asks for it, and then stored.
"""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import update

from houston.core.db.session import Database
from houston.core.errors import NotFound, Unavailable
from houston.core.services import Services
from houston.core.storage import Storage
from houston.modules.identification.models import IdentificationScore
from houston.modules.image_analysis.interface import ImageAnalysis, Refused, Unreachable

MAX_BYTES = 10 * 2**20
JPEG_BEGIN = b"\xff\xd8\xff"


class Match(NamedTuple):
    """The match of a score, as the image analysis knows it."""

    score: UUID
    reference: str
    query: UUID
    candidate: UUID


def match_of(score: IdentificationScore) -> Match:
    """Return the match of a score.

    Raises:
        NotFound: The image analysis has no heatmaps of the request.
    """
    reference, query = score.job.extern_reference, score.job.query_content_guid
    if reference is None or query is None:
        raise NotFound("There is no heatmap of this match.")
    return Match(score.guid, reference, query, score.content_guid)


def fetch(services: Services, match: Match) -> str:
    """Fetch the heatmap of a match, store it, and return its key.

    The transaction is its own: requests that read are never committed, and this one takes long.

    Raises:
        NotFound: There is none, or it is no JPEG.
        Unavailable: The image analysis does not answer.
    """
    try:
        content = services[ImageAnalysis].analyst.heatmap(*match[1:])
    except Unreachable as error:
        raise Unavailable(str(error)) from error
    except Refused as error:
        raise NotFound(f"There is no heatmap of this match: {error}") from error
    if not content.startswith(JPEG_BEGIN) or len(content) > MAX_BYTES:
        raise NotFound("The heatmap of this match is no JPEG, or too large.")
    with services[Database].transaction() as db:
        key = services[Storage].put(db, content).key
        own = IdentificationScore.guid == match.score
        db.execute(update(IdentificationScore).where(own).values(heatmap_key=key))
    return key
