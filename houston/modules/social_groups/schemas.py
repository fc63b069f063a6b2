"""The schemas of social groups."""

from collections.abc import Iterator
from typing import Any

from colander import Invalid, null

from houston.core.api.patch import Actions, PatchSchema
from houston.core.errors import BadRequest
from houston.core.schema.nodes import Guid, Instant, Integer, Line, ListOf, MapOf, Schema, String
from houston.core.values import GUID_FORM, quoted
from houston.modules.social_groups.models import MAX_NAME, SocialGroup, SocialGroupMember

MAX_MEMBERS = 1000


class GivenMemberSchema(Schema):
    """A member of a social group; one without roles, or with null, has none."""

    role_guids = ListOf(String(1, 36), max_items=100, nullable=True, missing=())


class GivenMembers(MapOf):
    """The members of a social group by the guids of their individuals.

    Clients know the sentences about their faults (contract C-07).
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(GivenMemberSchema(), names=Guid(), max_items=MAX_MEMBERS, **options)

    def deserialize(self, cstruct: Any = null) -> Any:
        """The members with their roles.

        Raises:
            BadRequest: Some are no guids with objects, or have other fields; all are named.
            colander.Invalid: It is not an object, or something else is wrong.
        """
        if cstruct is not null and not isinstance(cstruct, dict):
            raise Invalid(self, "Social Group must be passed a dictionary")
        if cstruct and len(cstruct) <= MAX_MEMBERS:
            faults = [text for member in cstruct.items() for text in _faults_of(*member)]
            if faults:
                raise BadRequest.about("members", *faults)
        return super().deserialize(cstruct)


class MemberGuids(ListOf):
    """The guids of some members, or a single one."""

    def deserialize(self, cstruct: Any = null) -> Any:
        """The guids."""
        return super().deserialize([cstruct] if isinstance(cstruct, str) else cstruct)


class NewSocialGroupSchema(Schema):
    """A new social group."""

    name = Line(1, MAX_NAME, strip=True)
    members = GivenMembers()


class SocialGroupPatch(PatchSchema):
    """The paths of a social group that PATCH may change."""

    name = Line(1, MAX_NAME, strip=True)
    members = Actions(
        add=GivenMembers(),
        replace=GivenMembers(),
        remove=MemberGuids(Guid(), max_items=MAX_MEMBERS),
        description="Members by the guids of their individuals, each with `role_guids`; `add` "
        "keeps the others. `remove` takes one guid or a list of guids.",
    )


class SocialGroupListSchema(Schema):
    """A social group in a list."""

    guid = Guid()
    name = Line(1, MAX_NAME)
    created = Instant()
    updated = Instant()
    num_members = Integer(0)


def _roles(member: SocialGroupMember) -> list[str] | None:
    return member.role_guids or None


def _members(group: SocialGroup) -> dict[str, SocialGroupMember]:
    return dict(sorted((str(member.individual_guid), member) for member in group.members))


class SocialGroupMemberSchema(Schema):
    """A member of a social group."""

    role_guids = ListOf(
        Guid(), nullable=True, compute=_roles, description="The roles; null if it has none."
    )


class SocialGroupSchema(Schema):
    """A social group with its members."""

    guid = Guid()
    name = Line(1, MAX_NAME)
    created = Instant()
    updated = Instant()
    members = MapOf(
        SocialGroupMemberSchema(),
        names=Guid(),
        compute=_members,
        loads=("members",),
        description="The members by the guids of their individuals.",
    )


def _faults_of(guid: str, member: Any) -> Iterator[str]:
    """The faults in the form of a member."""
    about = f"Social Group member {quoted(guid)}"
    if not GUID_FORM.match(guid):
        yield f"{about} needs to be a valid uuid"
    if not isinstance(member, dict):
        yield f"{about} needs to be a dictionary"
    elif further := sorted(member.keys() - {"role_guids"}):
        names = ", ".join(f"'{quoted(name)}'" for name in further)
        yield f"{about} fields not supported {{{names}}}"
