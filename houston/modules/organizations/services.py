"""The list of organizations, and the functions that create and change them."""

from typing import Any

from sqlalchemy import select

from houston.core.api.listing import Listing
from houston.core.api.patch import Change
from houston.core.db.session import Session
from houston.core.security.grants import Identity
from houston.modules.organizations.models import Organization
from houston.modules.organizations.resources import OrganizationResource
from houston.modules.users.groups import add_members, create_group, update_group

ORGANIZATIONS = Listing(
    select(*Organization.__table__.c),
    sort=("guid", "title", "created", "updated"),
    words=("guid", "title", "website"),
    fields={name: Organization.__table__.c[name] for name in ("owner_guid", "website", "logo_url")},
    grants=OrganizationResource.grants,
)


def create_organization(db: Session, caller: Identity, **values: Any) -> Organization:
    """Create an organization that the caller owns and moderates."""
    organization = create_group(db, Organization, caller.account.guid, **values)
    organization.members[0].is_moderator = True
    db.flush()
    return organization


def update_organization(db: Session, organization: Organization, change: Change) -> Organization:
    """Change an organization as a patch asks; new moderators become members.

    Raises:
        NotFound, Unprocessable, Conflict: As of `update_group`.
    """
    update_group(db, organization, change, but=("moderators",))
    if "moderators" in change.values:
        guids = change.values["moderators"]
        add_members(db, organization, guids, "moderators")
        for member in organization.members:
            member.is_moderator = member.user_guid in guids
        db.flush()
    return organization
