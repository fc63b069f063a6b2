"""The schemas of identification: its configurations, its requests and its results."""

from typing import Any

from colander import null

from houston.core.schema.nodes import (
    Boolean,
    Choice,
    Guid,
    Instant,
    Integer,
    Json,
    ListOf,
    MapOf,
    Number,
    Schema,
    String,
    Text,
)
from houston.domain.times import Specificity
from houston.domain.viewpoints import VIEWPOINTS
from houston.modules.annotations.schemas import BoundsSchema, IaClass
from houston.modules.asset_groups.schemas.incoming import IdConfig, Opaque
from houston.modules.assets.schemas import DimensionsSchema
from houston.modules.identification.services.requests import MAX_REASON
from houston.modules.identification.services.results import ResultStatus

MAX_QUERY = 100_000
"""The bytes of the query of a matching set."""
MAX_SHOWN = 250_000
"""The candidates of all results of a sighting."""


class IdConfigs(ListOf):
    """Configurations of identification; null, or an empty body, is no configuration."""

    def __init__(self) -> None:
        super().__init__(
            IdConfig(), max_items=1, nullable=True, missing=(), accepts_also={"const": {}}
        )

    def deserialize(self, cstruct: Any = null) -> Any:
        """The configurations."""
        return super().deserialize([] if cstruct in (None, {}) else cstruct)


class WantedComparison(Opaque):
    """The query of a matching set, or a list with a configuration of identification.

    Null, or an empty body, is the configuration of the sighting.
    """

    missing: Any = {}

    def __init__(self) -> None:
        super().__init__(MAX_QUERY)

    def deserialize(self, cstruct: Any = null) -> Any:
        """The members of a configuration that replace the stored ones."""
        if isinstance(cstruct, dict) and cstruct:
            return {"matching_set": super().deserialize(cstruct)}
        configs = IdConfigs().deserialize(cstruct)
        return next(iter(configs), {})


class JobCountSchema(Schema):
    """The number of requests to the image analysis."""

    from_mapping = True
    job_count = Integer(0)


class IdentificationJobSchema(Schema):
    """A request to compare an annotation with others."""

    job_id = Guid()
    algorithm = String()
    annotation = Guid()
    matching_set = Text(
        max=MAX_QUERY, nullable=True, description="The query as JSON; null for the default."
    )
    active = Boolean(description="Whether there is no answer yet.")
    start = Instant()
    end = Instant(nullable=True)
    success = Boolean(nullable=True)
    failure_reason = Text(max=MAX_REASON, nullable=True)


class DetailedIdentificationJobSchema(IdentificationJobSchema):
    """A request with its result."""

    type = String(description="The class of the object.")
    object_guid = Guid(description="The sighting.")
    result = Json(nullable=True, description="The scores by annotation and by individual.")
    request = Json(description="The names at the image analysis.")
    response = Text(max=MAX_REASON, nullable=True, description="The failure, if there was one.")


class CandidateSchema(Schema):
    """The score of a candidate."""

    guid = Guid(description="The annotation; of an individual, its best one.")
    score = Number(description="The similarity; higher is more similar.")
    id_finish_time = String(nullable=True, description="The time of the result, in UTC.")
    heatmap_src = String(
        nullable=True, description="The address of a picture of both, with similar parts marked."
    )


class AlgorithmResultSchema(Schema):
    """The scores by one algorithm, the best first."""

    scores_by_annotation = ListOf(CandidateSchema())
    scores_by_individual = ListOf(CandidateSchema())


class QueryAnnotationSchema(Schema):
    """An annotation of the sighting with its scores by algorithm."""

    guid = Guid()
    status = Choice(ResultStatus)
    individual_guid = Guid(nullable=True)
    failure_reason = Text(nullable=True, description="Why there are no scores.")
    algorithms = MapOf(AlgorithmResultSchema(), description="Empty unless it is complete.")


class MatchedAnnotationSchema(Schema):
    """What is shown of an annotation in results."""

    guid = Guid()
    ia_class = IaClass()
    viewpoint = Choice(VIEWPOINTS)
    bounds = BoundsSchema()
    asset_src = String(description="The address of the picture, for those who may read the asset.")
    asset_filename = String()
    asset_dimensions = DimensionsSchema(nullable=True)
    image_url = String(max=2048, description="The address of the picture for this sighting.")
    encounter_guid = Guid()
    encounter_location = Guid(nullable=True, description="The region.")
    individual_guid = Guid(nullable=True)
    individual_first_name = Text(nullable=True)
    sighting_guid = Guid()
    sighting_time = String(nullable=True)
    sighting_time_specificity = Choice(Specificity, nullable=True)


class MatchedNameSchema(Schema):
    """A name of an individual in results; its `value` is loaded by the schemes of the site."""

    guid = Guid()
    context = Text()


class MatchedIndividualSchema(Schema):
    """What is shown of an individual in results."""

    names = ListOf(MatchedNameSchema())
    last_seen = Instant(nullable=True)
    image = String(max=2048, nullable=True, description="The address of its featured picture.")


class ResultsSchema(Schema):
    """The results of a sighting; individuals and annotations are by guid."""

    query_annotations = ListOf(QueryAnnotationSchema(), max_items=10_000)
    annotation_data = MapOf(MatchedAnnotationSchema(), max_items=MAX_SHOWN)
    individual_data = MapOf(MatchedIndividualSchema(), max_items=MAX_SHOWN)
