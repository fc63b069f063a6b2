"""What identification adds to the branches `sightings` and `annotations`, and its grants.

Results show animals of other owners, so nobody reads them without an account, nor as a visitor who
reads a sighting because the public reported it.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from pyramid.authorization import Everyone

from houston.core.security.grants import Grant, LocalRole, Permission
from houston.core.tree import Collection, Item, Part, Resource
from houston.domain.roles import Role
from houston.modules.annotations.models import Annotation
from houston.modules.annotations.resources import AnnotationResource
from houston.modules.identification.models import IdentificationJob, IdentificationScore
from houston.modules.sightings.resources import SightingResource


class SightingResults(Resource):
    """The results of a sighting."""

    closed = True


class ResultPictures(Collection):
    """The pictures of annotations for those who read the results of a sighting."""

    model = Annotation
    item = Part


class ResultAnnotations(SightingResults):
    """The annotations of the results of a sighting."""

    children = {"src": ResultPictures}


class IdentificationAnswer(Item):
    """The answer of the image analysis to one request."""

    grants = (Grant(Role.INTERNAL, (Permission.WRITE,)),)


class IdentificationAnswers(Collection):
    """The answers to the requests of a sighting."""

    model = IdentificationJob
    item = IdentificationAnswer
    within = IdentificationJob.sighting_guid


class ComparedAnnotation(Item):
    """One annotation to compare with others."""


class ComparedAnnotations(Collection):
    """The annotations to compare with others."""

    model = Annotation
    item = ComparedAnnotation


class MatchingSets(ComparedAnnotations):
    """The matching sets of annotations, and their queries."""

    children = {"query": ComparedAnnotations}


class DebuggedAnnotation(Item):
    """One annotation with its requests to the image analysis."""

    grants = (Grant(Role.STAFF, (Permission.READ,)), Grant(Role.INTERNAL, (Permission.READ,)))


class AnnotationRequests(Collection):
    """The requests of annotations to the image analysis."""

    model = Annotation
    item = DebuggedAnnotation


class Heatmap(Item):
    """The heatmap of one score, for those who read the results of its sighting."""


class Heatmaps(Collection):
    """The heatmaps of scores."""

    model = IdentificationScore
    item = Heatmap


class HeatmapAddresses(Resource):
    """The addresses of heatmaps."""

    children = {"src": Heatmaps}


def add_grants(config: Any) -> None:
    """Add the grants of sightings and annotations, once all modules have added theirs."""
    of_sightings = SightingResource.grants
    path = IdentificationJob.sighting, IdentificationScore.job
    for resource in (SightingResults, ResultAnnotations):
        config.add_grants(resource, *_without_visitors(of_sightings))
    config.add_grants(Heatmap, *_without_visitors(of_sightings, *path))
    config.add_grants(ComparedAnnotation, *_without_visitors(AnnotationResource.grants))


def _without_visitors(grants: tuple[Grant, ...], *relationships: Any) -> Iterator[Grant]:
    """Yield the grants but those of visitors, for objects that refer to those of the grants.

    Args:
        relationships: The attributes that lead from the object of the grants to the others.
    """
    for role, permissions in grants:
        if getattr(role, "holder", None) == Everyone:
            continue
        if isinstance(role, LocalRole):
            role = _through(role, relationships)
        yield Grant(role, permissions)


@cache
def _through(role: LocalRole, relationships: tuple[Any, ...]) -> LocalRole:
    """Return a role for objects that refer to those of it; the same for each application."""
    for relationship in relationships:
        role = role.through(relationship)
    return role
