"""The branch `individuals` of the tree, and who may do what there."""

from houston.core.security.grants import Grant, Permission
from houston.core.tree import Collection, Item, Resource
from houston.domain.roles import Role
from houston.modules.annotations.models import Annotation
from houston.modules.assets.models import Asset
from houston.modules.individuals.models import Individual
from houston.modules.sightings.models import (
    ENCOUNTER_OWNER,
    PUBLIC_ENCOUNTER_RESEARCHER,
    PUBLIC_ENCOUNTER_VISITOR,
    Encounter,
    collaborators_through,
)

READ = (Permission.READ,)
EDIT = (*READ, Permission.WRITE)
FULL = (*EDIT, Permission.DELETE, Permission.EXPORT)
LIST = (Permission.LIST,)
CREATE = (*LIST, Permission.CREATE)
CLEAR = (*LIST, Permission.DELETE)

OWNER = ENCOUNTER_OWNER.through(Individual.encounters, "the owners of its encounters")
VIEWER, EXPORTER, EDITOR = collaborators_through(Individual.encounters)
PUBLIC_VISITOR = PUBLIC_ENCOUNTER_VISITOR.through(
    Individual.encounters, "anyone, where the public reported one of its encounters"
)
PUBLIC_RESEARCHER = PUBLIC_ENCOUNTER_RESEARCHER.through(
    Individual.encounters, "researchers, where the public reported one of its encounters"
)

SHOWS = (
    (Annotation.asset_guid == Asset.guid)
    & (Encounter.guid == Annotation.encounter_guid)
    & (Individual.guid == Encounter.individual_guid)
)
PICTURE_GRANTS = (
    Grant(
        OWNER.joined_to(Asset, SHOWS, "the owners of the encounters of an individual in it"), READ
    ),
    Grant(
        VIEWER.joined_to(
            Asset,
            SHOWS,
            "view collaborators of the owners of the encounters of an individual in it",
        ),
        READ,
    ),
    Grant(
        PUBLIC_VISITOR.joined_to(
            Asset, SHOWS, "anyone, where the public reported an encounter of an individual in it"
        ),
        READ,
    ),
)
"""Whoever reads an individual sees its pictures."""


class IndividualResource(Item):
    """One individual, which belongs to the owners of its encounters."""

    children = {"cooccurrence": Resource, "featured_image": Resource}
    grants = (
        Grant(OWNER, FULL),
        Grant(VIEWER, READ),
        Grant(EXPORTER, (Permission.EXPORT,)),
        Grant(EDITOR, EDIT),
        Grant(PUBLIC_VISITOR, READ),
        Grant(PUBLIC_RESEARCHER, EDIT),
        Grant(Role.RESEARCHER, READ),
        Grant(Role.ADMIN, FULL),
        Grant(Role.STAFF, FULL),
        Grant(Role.INTERNAL, FULL),
    )


class DebuggedIndividual(Item):
    """One individual, for developers of the site."""

    grants = (Grant(Role.STAFF, READ), Grant(Role.INTERNAL, READ))


class IndividualDebugging(Collection):
    """The individuals, for developers of the site."""

    model = Individual
    item = DebuggedIndividual


class NameValidation(Resource):
    """The check of the names in a table that somebody is going to upload."""

    grants = (Grant(Role.SIGNED_IN, LIST),)


class IndividualCollection(Collection):
    """All individuals. To delete is to remove those without encounters."""

    noun = "individuals"
    model = Individual
    item = IndividualResource
    children = {
        "debug": IndividualDebugging,
        "remove_all_empty": Resource,
        "search": Resource,
        "validate": NameValidation,
    }
    grants = (
        Grant(Role.RESEARCHER, CREATE),
        Grant(Role.ADMIN, CLEAR),
        Grant(Role.STAFF, (*CREATE, Permission.DELETE)),
        Grant(Role.INTERNAL, (*CREATE, Permission.DELETE)),
    )
