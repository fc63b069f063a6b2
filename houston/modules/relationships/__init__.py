"""Relationships: two individuals, such as a mother and her calf, each in a role.

Types with their roles are site settings, which stay while relationships use them. Researchers read
all relationships; they create, change and delete those of individuals that they may change. A
relationship goes with either of its individuals.
"""

from typing import Any

REQUIRES = ("individuals", "site_settings")


def includeme(config: Any) -> None:
    """Add the branch `relationships`, and show relationships in individuals."""
    from houston.core.schema.nodes import ListOf, Text
    from houston.modules.individuals.events import IndividualsDeleted, IndividualsMerged
    from houston.modules.individuals.schemas.responses import IndividualSchema
    from houston.modules.individuals.services.searching import INDIVIDUALS
    from houston.modules.relationships import schemas, services
    from houston.modules.relationships.resources import RelationshipCollection

    label = Text(nullable=True, description="The label; null if the site has none.")
    for schema in (schemas.RelationshipSchema, schemas.IndividualRelationshipSchema):
        config.contribute(schema, "type_label", label.clone(), services.type_labels)
    member, named = schemas.RelationshipMemberSchema, schemas.NamedMemberSchema
    config.contribute(member, "individual_role_label", label, services.role_labels)
    name = Text(nullable=True, description="The first name of the individual.")
    config.contribute(named, "individual_first_name", name, services.first_names)
    related = ListOf(schemas.IndividualRelationshipSchema())
    config.contribute(IndividualSchema, "relationships", related, services.relationships_of)
    config.contribute_to_search(INDIVIDUALS, services.FIELDS_OF_INDIVIDUALS)
    config.add_setting_usage("relationship_roles", services.usage_of_roles)
    config.add_event_subscriber(IndividualsDeleted, services.delete_relationships)
    config.add_event_subscriber(IndividualsMerged, services.merge_relationships)
    config.add_branch("relationships", RelationshipCollection)
    config.scan(".views")
