"""The services of social groups: the list, changes, and what follows from other changes."""

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, exists, func, select
from sqlalchemy.orm import selectinload

from houston.core.api.listing import Listing
from houston.core.api.patch import Change
from houston.core.api.search.fields import GuidField
from houston.core.api.search.json_values import json_list
from houston.core.api.search.names import RelatedRows
from houston.core.db.models import lock
from houston.core.db.session import Session
from houston.core.errors import BadRequest, Conflict
from houston.core.services import Services
from houston.core.values import quoted, spellings
from houston.modules.individuals.events import IndividualsDeleted, IndividualsMerged
from houston.modules.individuals.models import Individual
from houston.modules.site_settings.events import SettingsChanged
from houston.modules.site_settings.services import value
from houston.modules.social_groups.models import SocialGroup, SocialGroupMember

SETTING = "social_group_roles"
GROUP, MEMBER = SocialGroup.__table__.c, SocialGroupMember.__table__.c
NUMBER_OF_MEMBERS = (
    select(func.count())
    .where(MEMBER.social_group_guid == GROUP.guid)
    .correlate(SocialGroup)
    .scalar_subquery()
)
SOCIAL_GROUPS = Listing(
    select(*GROUP, NUMBER_OF_MEMBERS.label("num_members")),
    sort=("guid", "name", "created", "updated"),
    words=("name",),
)


def _of_individual(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    own = MEMBER.individual_guid == Individual.guid, MEMBER.social_group_guid == GROUP.guid
    return exists().where(*own, condition).correlate(Individual.__table__)


FIELDS_OF_INDIVIDUALS = {
    "social_groups": RelatedRows(
        _of_individual,
        {
            "guid": GROUP.guid,
            "name": GROUP.name,
            "role_guids": json_list(MEMBER.role_guids, GuidField),
        },
    )
}
"""The fields by which individuals are found; the roles are their own."""

Members = Mapping[UUID, list[str]]
"""The guids of the roles of each member, by the guid of its individual."""


def create_social_group(
    services: Services,
    db: Session,
    individuals: Container[UUID],
    name: str,
    members: Mapping[str, Any],
) -> SocialGroup:
    """Create a social group.

    Args:
        services: The parts of the application.
        db: The session.
        individuals: The guids of those of the members that exist.
        name: The name.
        members: The members as they are given.

    Raises:
        BadRequest: Some members are wrong, all of which are named; or another group has the name.
    """
    wanted = _members_of(members)
    _check(services, db, individuals, wanted)
    if _is_taken(db, name):
        raise BadRequest.about("name", _taken(name))
    group = SocialGroup(name=name)
    _set_members(group, wanted)
    db.add(group)
    db.flush()
    return group


def update_social_group(
    services: Services,
    db: Session,
    individuals: Container[UUID],
    group: SocialGroup,
    change: Change,
) -> SocialGroup:
    """Change a social group, all or nothing.

    Raises:
        NotFound: It was deleted meanwhile.
        BadRequest: Some members are wrong, all of which are named.
        Conflict: Another group has the name, or an individual to remove is not a member.
    """
    lock(db, group)
    name = change.values.get("name")
    if name is not None and _is_taken(db, name, group):
        raise Conflict.about("name", _taken(name))
    change.apply_to(group)
    if change.actions:
        wanted: Members = {each.individual_guid: each.role_guids for each in group.members}
        for action in change.actions:
            wanted = ACTIONS[action.op](wanted, action.value)
        if any(action.op != "remove" for action in change.actions):
            _check(services, db, individuals, wanted, group)
        _set_members(group, wanted)
    db.flush()
    return group


def named_individuals(change: Change) -> set[UUID]:
    """The guids of the individuals that a patch adds."""
    given = [action.value for action in change.actions if action.op != "remove"]
    return {guid for members in given for guid in _members_of(members)}


def remove_undefined_roles(services: Services, db: Session, event: SettingsChanged) -> None:
    """Take from all members the roles that the site does not have any more.

    If a role becomes one for a single member, those who have it keep it.
    """
    if SETTING not in event.after:
        return
    roles = _roles(services, db)
    with_roles = select(SocialGroupMember).where(cast(MEMBER.role_guids, String) != "[]")
    for member in db.scalars(with_roles):
        kept = [guid for guid in member.role_guids if guid in roles]
        if kept != member.role_guids:
            member.role_guids = kept
    db.flush()


def delete_memberships(_services: Services, db: Session, event: IndividualsDeleted) -> None:
    """Delete the memberships of deleted individuals: the audit log misses what cascades."""
    found = select(SocialGroupMember).where(MEMBER.individual_guid.in_(event.guids))
    for member in db.scalars(found):
        db.delete(member)
    db.flush()


def merge_memberships(_services: Services, db: Session, event: IndividualsMerged) -> None:
    """Give the target of a merge the memberships of the others, with their roles."""
    target = event.target.guid
    merged = [target, *(source.guid for source in event.sources)]
    found = select(SocialGroupMember).where(MEMBER.individual_guid.in_(merged))
    by_group: dict[UUID, list[SocialGroupMember]] = defaultdict(list)
    for member in sorted(db.scalars(found), key=lambda each: merged.index(each.individual_guid)):
        by_group[member.social_group_guid].append(member)
    for group, members in by_group.items():
        roles = dict.fromkeys(guid for member in members for guid in member.role_guids)
        own = members[0]
        if own.individual_guid != target:
            own = SocialGroupMember(social_group_guid=group, individual_guid=target)
            db.add(own)
        own.role_guids = list(roles)
        for member in members:
            if member is not own:
                db.delete(member)
    db.flush()


def groups_of(
    _services: Services, db: Session, individuals: Sequence[Individual]
) -> list[list[SocialGroup]]:
    """The social groups of each individual with their members, by name."""
    guids = [each.guid for each in individuals]
    found: dict[UUID, list[SocialGroup]] = defaultdict(list)
    groups = select(MEMBER.individual_guid, SocialGroup).join(
        SocialGroup, GROUP.guid == MEMBER.social_group_guid
    )
    of_individuals = groups.where(MEMBER.individual_guid.in_(guids))
    whole = of_individuals.options(selectinload(SocialGroup.members))
    for individual, group in db.execute(whole.order_by(GROUP.name, GROUP.guid)):
        found[individual].append(group)
    return [found[guid] for guid in guids]


def _members_of(given: Mapping[str, Any]) -> dict[UUID, list[str]]:
    """The members of a request, each with its roles once."""
    return {
        UUID(guid): list(dict.fromkeys(role.lower() for role in member["role_guids"] or ()))
        for guid, member in given.items()
    }


def _removed(members: Members, guids: Sequence[UUID]) -> Members:
    """The members without some of them.

    Raises:
        Conflict: Some are not members.
    """
    for guid in guids:
        if guid not in members:
            raise Conflict.about("members", f"{guid} is not a member of the social group.")
    return {guid: roles for guid, roles in members.items() if guid not in guids}


ACTIONS: Mapping[str, Callable[[Members, Any], Members]] = {
    "add": lambda members, given: {**members, **_members_of(given)},
    "replace": lambda _members, given: _members_of(given),
    "remove": _removed,
}
"""The members after an operation of a patch."""


def _set_members(group: SocialGroup, wanted: Members) -> None:
    members = {member.individual_guid: member for member in group.members}
    for guid in wanted.keys() - members.keys():
        members[guid] = SocialGroupMember(individual_guid=guid)
    group.members[:] = [members[guid] for guid in wanted]
    for member in group.members:
        member.role_guids = wanted[member.individual_guid]


def _check(
    services: Services,
    db: Session,
    individuals: Container[UUID],
    wanted: Members,
    group: SocialGroup | None = None,
) -> None:
    """Check all members of a social group, of which some may be members already.

    Raises:
        BadRequest: Some are wrong; all faults are named.
    """
    present = {member.individual_guid for member in group.members} if group else set()
    unknown = [guid for guid in wanted if guid not in present and guid not in individuals]
    faults = [f"Social Group member {guid} does not match an individual" for guid in unknown]
    faults += _faults_of_roles(_roles(services, db), wanted)
    if faults:
        raise BadRequest.about("members", *faults)


def _faults_of_roles(roles: Mapping[str, Mapping[str, Any]], members: Members) -> Iterator[str]:
    held = Counter(guid for of_member in members.values() for guid in of_member)
    for guid, number in held.items():
        if guid not in roles:
            yield f"Social Group role {quoted(guid)} not supported"
        elif number > 1 and not roles[guid]["multipleInGroup"]:
            yield f"Can only have one {roles[guid]['label']} in a group"


def _roles(services: Services, db: Session) -> Mapping[str, Mapping[str, Any]]:
    """The roles of the site by their guids."""
    return {role["guid"]: role for role in value(services, db, SETTING)}


def _is_taken(db: Session, name: str, own: SocialGroup | None = None) -> bool:
    """Return whether a group other than `own` has a name, in any form of Unicode."""
    found = db.scalars(select(SocialGroup).where(GROUP.name.in_(spellings(name))))
    return any(group is not own for group in found)


def _taken(name: str) -> str:
    return f"Social group with name {name} already exists"
