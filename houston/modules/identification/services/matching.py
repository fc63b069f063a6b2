"""Matching sets: the annotations that an annotation is compared with, by a query of a search.

A query has the clauses of all searches, and the fields below. Some texts in it stand for what is
known of the annotation itself: they are macros. Without a query, an annotation is compared with
those of neighbouring viewpoints that are in its asset group, or that are in an encounter with an
animal of the same species. The annotation itself, and those of its own encounter, are never in the
set.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, func, select

from houston.core.api.search import condition_of
from houston.core.api.search.fields import Condition, Related
from houston.core.db.session import Session
from houston.core.errors import BadRequest
from houston.domain.viewpoints import neighbours
from houston.modules.annotations.models import Annotation
from houston.modules.assets.models import Asset
from houston.modules.keywords.models import Keyword
from houston.modules.sightings.models import Encounter, Sighting, SightingTaxonomy

MAX_ANNOTATIONS = 100_000
"""The annotations of a matching set; of a larger one, the newest."""

Query = Mapping[str, Any]

SPECIES_OF_SIGHTING = (
    select(SightingTaxonomy.taxonomy_guid)
    .where(SightingTaxonomy.sighting_guid == Encounter.sighting_guid)
    .order_by(SightingTaxonomy.position)
    .limit(1)
    .correlate(Encounter)
    .scalar_subquery()
)
TAXONOMY: Any = func.coalesce(Encounter.taxonomy_guid, SPECIES_OF_SIGHTING)
FIELDS: dict[str, Any] = {
    "guid": Annotation.guid,
    "asset_guid": Annotation.asset_guid,
    "content_guid": Annotation.content_guid,
    "ia_class": Annotation.ia_class,
    "viewpoint": Annotation.viewpoint,
    "keywords": Related(Keyword.value, Annotation.keywords.any),
    "created": Annotation.created,
    "updated": Annotation.updated,
    "owner_guid": Asset.owner_guid,
    "git_store_guid": Asset.asset_group_guid,
    "encounter_guid": Annotation.encounter_guid,
    "sighting_guid": Encounter.sighting_guid,
    "individual_guid": Encounter.individual_guid,
    "taxonomy_guid": TAXONOMY,
    "locationId": func.coalesce(Encounter.location_guid, Sighting.location_guid),
    "time": func.coalesce(Encounter.time, Sighting.time),
}
"""The fields of an annotation; an encounter has those of its sighting unless it has its own."""


class Subject(NamedTuple):
    """An annotation to compare, with what its matching set depends on."""

    guid: UUID
    viewpoint: str
    git_store_guid: UUID
    encounter_guid: UUID | None
    sighting_guid: UUID | None
    taxonomy_guid: UUID | None


def joined(*columns: Any) -> Select[Any]:
    """Return the select of columns of annotations, their assets, encounters and sightings."""
    return (
        select(*columns)
        .select_from(Annotation)
        .join(Annotation.asset)
        .outerjoin(Encounter, Encounter.guid == Annotation.encounter_guid)
        .outerjoin(Encounter.sighting)
    )


OF_SUBJECT = joined(*(FIELDS[name].label(name) for name in Subject._fields))


def subject_of(db: Session, annotation: UUID) -> Subject:
    """Return an annotation as the subject of a comparison."""
    return Subject(*db.execute(OF_SUBJECT.where(Annotation.guid == annotation)).one())


def resolve(subject: Subject, query: Query | None) -> dict[str, Any]:
    """Return a query without its macros; the default one for no query, or an empty one.

    Raises:
        BadRequest: There are macros of an encounter, and the annotation has none.
    """
    if not query:
        return default_query(subject)
    if subject.encounter_guid is None:
        raise BadRequest("cannot resolve query on Annotation with no Encounter")
    resolved: dict[str, Any] = _replaced(query, _macros(subject))
    return resolved


def default_query(subject: Subject) -> dict[str, Any]:
    """Return the query of the annotations that an annotation is compared with by default."""
    of_species = [{"exists": {"field": "encounter_guid"}}]
    if subject.taxonomy_guid is not None:
        of_species.insert(0, {"match": {"taxonomy_guid": str(subject.taxonomy_guid)}})
    in_store = {"term": {"git_store_guid": str(subject.git_store_guid)}}
    query: dict[str, Any] = {
        "should": [in_store, {"bool": {"filter": of_species}}],
        "minimum_should_match": 1,
    }
    if viewpoints := _viewpoints(subject):
        query["must"] = {"bool": viewpoints}
    return {"bool": query}


def check(query: Query) -> None:
    """Check that a query, which may have macros, can be executed.

    Raises:
        BadRequest: It has unknown clauses, or is too large.
    """
    anything = Subject(UUID(int=0), "left", *[UUID(int=0)] * 4)
    condition_of(resolve(anything, query), FIELDS)


def matching_set(db: Session, subject: Subject, query: Query | None) -> Sequence[UUID]:
    """Return the guids of the annotations that an annotation is compared with, the newest first.

    Raises:
        BadRequest: The query is not valid, or the annotation has no encounter.
    """
    found = joined(Annotation.guid).where(condition_in(subject, query))
    return db.scalars(newest(found)).all()


def is_empty(db: Session, subject: Subject, query: Query | None) -> bool:
    """Return whether there is no annotation to compare with.

    Raises:
        BadRequest: As for `matching_set`.
    """
    found = joined(Annotation.guid).where(condition_in(subject, query)).limit(1)
    return db.scalar(found) is None


def newest(statement: Select[Any]) -> Select[Any]:
    """Return the select of the newest annotations of a matching set."""
    return statement.order_by(Annotation.created.desc(), Annotation.guid).limit(MAX_ANNOTATIONS)


def condition_in(subject: Subject, query: Query | None) -> Condition:
    """Return the condition of the matching set of an annotation.

    Raises:
        BadRequest: As for `matching_set`.
    """
    if subject.encounter_guid is None:
        raise BadRequest(f"Annotation {subject.guid} has no Encounter so cannot be matched against")
    return and_(
        condition_of(resolve(subject, query), FIELDS),
        Annotation.guid != subject.guid,
        Annotation.encounter_guid.is_distinct_from(subject.encounter_guid),
    )


def _viewpoints(subject: Subject) -> dict[str, Any]:
    """Return the members of the clause of neighbouring viewpoints; none without a direction."""
    near = neighbours(subject.viewpoint)
    if not near:
        return {}
    terms = [{"term": {"viewpoint": viewpoint}} for viewpoint in sorted({subject.viewpoint, *near})]
    return {"minimum_should_match": 1, "should": terms}


def _macros(subject: Subject) -> dict[str, Any]:
    names = ("git_store_guid", "sighting_guid", "encounter_guid")
    return {
        "_MACRO_annotation_neighboring_viewpoints_clause": _viewpoints(subject),
        **{f"_MACRO_annotation_{name}": str(getattr(subject, name)) for name in names},
    }


def _replaced(value: Any, macros: Mapping[str, Any]) -> Any:
    """Return a value with the macros replaced that are values of members."""
    if isinstance(value, Mapping):
        return {
            name: macros[each]
            if isinstance(each, str) and each in macros
            else _replaced(each, macros)
            for name, each in value.items()
        }
    return [_replaced(each, macros) for each in value] if isinstance(value, list) else value
