"""The services of relationships: lists, changes, labels from the site settings, and merges."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select, tuple_, union_all

from houston.core.api.listing import Listing
from houston.core.api.patch import Change
from houston.core.api.search.fields import Related
from houston.core.api.search.names import RelatedRows
from houston.core.db.session import Session
from houston.core.errors import Conflict, Unprocessable
from houston.core.services import Services
from houston.modules.individuals.events import IndividualsDeleted, IndividualsMerged
from houston.modules.individuals.models import FIRST_NAME, Individual, Name
from houston.modules.relationships.models import Member, Relationship
from houston.modules.site_settings.services import value

SETTING = "relationship_type_roles"
INDIVIDUALS = ("individual_1_guid", "individual_2_guid")
COLUMNS = Relationship.__table__.c
MEMBERS = union_all(
    *(
        select(
            COLUMNS.guid.label("relationship_guid"),
            COLUMNS.type_guid,
            COLUMNS[f"individual_{number}_guid"].label("individual_guid"),
            COLUMNS[f"individual_{number}_role_guid"].label("individual_role_guid"),
        )
        for number in (1, 2)
    )
).subquery("relationship_member")
"""The members of all relationships, a row each."""


def _of_individual(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(MEMBERS.c.individual_guid == Individual.guid, condition)


FIELDS_OF_INDIVIDUALS = {
    "relationships": RelatedRows(
        _of_individual,
        {
            "guid": MEMBERS.c.relationship_guid,
            "type_guid": MEMBERS.c.type_guid,
            "role_guid": MEMBERS.c.individual_role_guid,
        },
    )
}
"""The fields by which individuals are found; the role is their own."""


def _any_member(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(MEMBERS.c.relationship_guid == COLUMNS.guid, condition)


RELATIONSHIPS = Listing(
    select(*COLUMNS),
    sort=("guid", "created", "updated", "start_date", "end_date", "type_guid"),
    words=("guid",),
    fields={
        f"individual_members.{name}": Related(MEMBERS.c[name], _any_member)
        for name in ("individual_guid", "individual_role_guid")
    },
)


class RelationshipType(NamedTuple):
    """A type of relationships: its label, and those of its roles by their guids."""

    label: str
    roles: Mapping[UUID, str]


def relationship_types(services: Services, db: Session) -> dict[UUID, RelationshipType]:
    """The types of relationships of the site by their guids."""
    return {
        UUID(type["guid"]): RelationshipType(
            type["label"], {UUID(role["guid"]): role["label"] for role in type["roles"]}
        )
        for type in value(services, db, SETTING).values()
    }


def create_relationship(
    services: Services, db: Session, individuals: Container[UUID], values: Mapping[str, Any]
) -> Relationship:
    """Create a relationship with these attributes.

    Args:
        services: The parts of the application.
        db: The session.
        individuals: The guids of those of the individuals that exist.
        values: The attributes by name; without a type, it is the one with both roles.

    Raises:
        Unprocessable: An individual is unknown.
        Conflict: A role is not one of the type, or the individuals are related so already.
    """
    unknown = [name for name in INDIVIDUALS if values[name] not in individuals]
    if unknown:
        raise Unprocessable(
            messages={name: [f"There is no individual {values[name]}."] for name in unknown}
        )
    relationship = Relationship(**{**values, "type_guid": _type_of(services, db, values)})
    _check_alone(db, relationship)
    db.add(relationship)
    db.flush()
    return relationship


def update_relationship(db: Session, relationship: Relationship, change: Change) -> Relationship:
    """Change the time of a relationship.

    Raises:
        Conflict: The individuals are related so already at that time.
    """
    change.apply_to(relationship)
    _check_alone(db, relationship)
    db.flush()
    return relationship


def delete_relationships(_services: Services, db: Session, event: IndividualsDeleted) -> None:
    """Delete the relationships of deleted individuals: the audit log misses what cascades."""
    for relationship in db.scalars(select(Relationship).where(_of_any(event.guids))):
        db.delete(relationship)
    db.flush()


def merge_relationships(_services: Services, db: Session, event: IndividualsMerged) -> None:
    """Move the relationships of merged individuals to their target.

    One that would relate it to itself, or repeat another one, is deleted.
    """
    moved = {source.guid: event.target.guid for source in event.sources}
    found = select(Relationship).where(_of_any(moved)).order_by(COLUMNS.created, COLUMNS.guid)
    for relationship in db.scalars(found).all():
        one, other = (
            member._replace(individual_guid=moved.get(member.individual_guid, member[0]))
            for member in relationship.members
        )
        if one.individual_guid == other.individual_guid or _repeats(db, relationship, one, other):
            db.delete(relationship)
        else:
            relationship.individual_1_guid = one.individual_guid
            relationship.individual_2_guid = other.individual_guid
        db.flush()


def relationships_of(
    _services: Services, db: Session, individuals: Sequence[Individual]
) -> list[list[Relationship]]:
    """The relationships of each individual, the oldest first."""
    found: dict[UUID, list[Relationship]] = {each.guid: [] for each in individuals}
    of_individuals = select(Relationship).where(_of_any(found))
    for relationship in db.scalars(of_individuals.order_by(COLUMNS.created, COLUMNS.guid)):
        for member in relationship.members:
            if member.individual_guid in found:
                found[member.individual_guid].append(relationship)
    return [found[each.guid] for each in individuals]


def type_labels(services: Services, db: Session, relationships: Sequence[Any]) -> list[str | None]:
    """The label of the type of each relationship; None for a type that the site does not have."""
    types = relationship_types(services, db)
    found = [types.get(each.type_guid) for each in relationships]
    return [type and type.label for type in found]


def role_labels(services: Services, db: Session, members: Sequence[Member]) -> list[str | None]:
    """The label of the role of each member; None for a role that its type does not have."""
    types = relationship_types(services, db)
    found = [(types.get(member.type_guid), member.role_guid) for member in members]
    return [type and type.roles.get(role) for type, role in found]


def first_names(_services: Services, db: Session, members: Sequence[Member]) -> list[str | None]:
    """The first name of each member, if it has one."""
    guids = {member.individual_guid for member in members}
    named = select(Name.individual_guid, Name.value).where(Name.context == FIRST_NAME)
    names = dict(db.execute(named.where(Name.individual_guid.in_(guids))).all())
    return [names.get(member.individual_guid) for member in members]


def usage_of_roles(db: Session, ids: set[str]) -> Mapping[str, int]:
    """The number of relationships with each role, of which the id is `<type>/<role>`."""
    role = (MEMBERS.c.type_guid, MEMBERS.c.individual_role_guid)
    number = func.count(MEMBERS.c.relationship_guid.distinct())
    rows = db.execute(select(*role, number).group_by(*role)).all()
    return {id: count for type, role, count in rows if (id := f"{type}/{role}") in ids}


def _type_of(services: Services, db: Session, values: Mapping[str, Any]) -> UUID:
    """The type of a new relationship: the given one, or one with both roles.

    Raises:
        Conflict: It does not have both roles, or there is no such type.
    """
    types = relationship_types(services, db)
    given: UUID | None = values["type_guid"]
    roles = [values[f"individual_{number}_role_guid"] for number in (1, 2)]
    if given is None:
        for guid, type in types.items():
            if type.roles.keys() >= set(roles):
                return guid
        raise Conflict(f'No type in site setting "{SETTING}" has both roles')
    for role in roles:
        if given not in types or role not in types[given].roles:
            raise Conflict(
                f'Role guid "{role}" not found in site setting "{SETTING}" '
                f'for relationship type guid "{given}"'
            )
    return given


def _check_alone(db: Session, relationship: Relationship) -> None:
    """Check that no other relationship is the same, of those that may be created meanwhile, too.

    Raises:
        Conflict: There is one.
    """
    one, other = relationship.members
    guids = (one.individual_guid, other.individual_guid)
    individuals = select(Individual.guid).where(Individual.guid.in_(guids))
    db.execute(individuals.order_by(Individual.guid).with_for_update())
    if _repeats(db, relationship, one, other):
        raise Conflict("The individuals have this relationship already, at the same time.")


def _repeats(db: Session, relationship: Relationship, one: Member, other: Member) -> bool:
    """Return whether another relationship has these members at a time when this one lasts."""
    pairs = [(*one[:2], *other[:2]), (*other[:2], *one[:2])]
    members = tuple_(
        COLUMNS.individual_1_guid,
        COLUMNS.individual_1_role_guid,
        COLUMNS.individual_2_guid,
        COLUMNS.individual_2_role_guid,
    )
    start, end = relationship.start_date, relationship.end_date
    conditions = [COLUMNS.type_guid == relationship.type_guid, members.in_(pairs)]
    if relationship.guid is not None:
        conditions.append(COLUMNS.guid != relationship.guid)
    if start is not None:
        conditions.append(or_(COLUMNS.end_date.is_(None), COLUMNS.end_date > start))
    if end is not None:
        conditions.append(or_(COLUMNS.start_date.is_(None), COLUMNS.start_date < end))
    return bool(db.scalar(select(exists().where(*conditions))))


def _of_any(individuals: Iterable[UUID]) -> ColumnElement[bool]:
    """The condition of the relationships of some individuals."""
    guids = list(individuals)
    return or_(*(COLUMNS[name].in_(guids) for name in INDIVIDUALS))
