"""Requests of identification, and their scores."""

from typing import Any
from uuid import uuid4

from factory import LazyAttribute, LazyFunction, SelfAttribute, SubFactory

from houston.core.db.types import utc_now
from houston.modules.identification.models import (
    IdentificationJob,
    IdentificationScore,
    ScoreKind,
)
from tests.factories import RowFactory
from tests.factories.annotations import AnnotationFactory
from tests.factories.sightings import EncounterFactory


class SightedAnnotationFactory(AnnotationFactory):
    """An annotation of a new encounter, in a picture of the owner."""

    class Meta:
        exclude = ("encounter",)

    encounter: Any = SubFactory(EncounterFactory)
    encounter_guid = LazyAttribute(lambda annotation: annotation.encounter.guid)
    asset__asset_group__owner = SelfAttribute("...encounter.owner")


class IdentificationJobFactory(RowFactory):
    """A request with an answer, which has a heatmap of each match."""

    class Meta:
        model = IdentificationJob

    annotation: Any = SubFactory(SightedAnnotationFactory)
    algorithm = "hotspotter_nosv"
    query_content_guid = LazyFunction(uuid4)
    active, success = False, True
    accepted = ended = LazyFunction(utc_now)
    extern_reference = "match"


class IdentificationScoreFactory(RowFactory):
    """The score of a new candidate."""

    class Meta:
        model = IdentificationScore

    job: Any = SubFactory(IdentificationJobFactory)
    annotation: Any = SubFactory(SightedAnnotationFactory)
    kind = ScoreKind.INDIVIDUAL
    content_guid = LazyFunction(uuid4)
    score = 1.5
    rank = 0
