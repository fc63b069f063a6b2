"""The job that merges individuals at the deadline of a request.

It is a row from the request on, so that no restart loses it. The merge and the end of the job are
one transaction: a worker that dies leaves all to its successor.
"""

from uuid import UUID

from houston.core.jobs import JobContext, job
from houston.modules.individuals.merging import requests


@job(requests.MERGE, on_failure=requests.give_up)
def merge_at_deadline(context: JobContext, request: str) -> None:
    """Merge the individuals of a request, unless it has been answered."""
    requests.merge_at_deadline(context.services, context.db, UUID(request))
