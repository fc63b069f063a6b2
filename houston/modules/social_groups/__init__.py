"""Social groups: individuals that live together, each with roles in the group.

Roles are site settings. Some are for one member of a group only, such as that of the matriarch. A
role that is removed from the settings is taken from all members. Researchers read, create, change
and delete all social groups; the groups remain when individuals are deleted.
"""

from typing import Any

REQUIRES = ("individuals", "site_settings")


def includeme(config: Any) -> None:
    """Add the branch `social-groups`, and show social groups in individuals."""
    from houston.core.schema.nodes import ListOf
    from houston.modules.individuals.events import IndividualsDeleted, IndividualsMerged
    from houston.modules.individuals.schemas.responses import IndividualSchema
    from houston.modules.individuals.schemas.rows import IndividualRowSchema
    from houston.modules.individuals.services.searching import INDIVIDUALS
    from houston.modules.site_settings.events import SettingsChanged
    from houston.modules.social_groups import services
    from houston.modules.social_groups.resources import SocialGroupCollection
    from houston.modules.social_groups.schemas import SocialGroupSchema

    groups = ListOf(SocialGroupSchema())
    config.contribute(IndividualSchema, "social_groups", groups, services.groups_of)
    config.contribute(IndividualRowSchema, "social_groups", groups.clone(), services.groups_of)
    config.contribute_to_search(INDIVIDUALS, services.FIELDS_OF_INDIVIDUALS)
    config.add_event_subscriber(SettingsChanged, services.remove_undefined_roles)
    config.add_event_subscriber(IndividualsDeleted, services.delete_memberships)
    config.add_event_subscriber(IndividualsMerged, services.merge_memberships)
    config.add_branch("social-groups", SocialGroupCollection)
    config.scan(".views")
