"""Merging: several individuals turn out to be one animal, and become one individual.

The target remains; it gets the names, the encounters, the social groups and the relationships of
the sources, which are deleted. Whoever may change one of the individuals may ask for a merge. It is
done at once unless there are encounters of other owners. Those are asked for their consent: they
are the stakeholders of a merge request, which is pending until one of them blocks it, all of them
allow it, or its deadline passes. It becomes void if the individuals, their encounters or the owners
of these change meanwhile (contract C-04).
"""

from typing import Any


def includeme(config: Any) -> None:
    """Add the addresses below `individuals`, the notifications, and the days of consent."""
    from houston.core.schema.nodes import Integer, ListOf
    from houston.modules.individuals.merging import notices, requests, resources, schemas
    from houston.modules.individuals.resources import IndividualCollection, IndividualResource
    from houston.modules.site_settings.registry import Key, Visibility
    from houston.modules.users.schemas import PersonalUserSchema

    days = Integer(0, 3650, description="A number of days.")
    config.add_site_setting(Key(requests.DELAY, days, 14, Visibility.PRIVATE))
    for name, kind in notices.KINDS.items():
        config.add_notification_kind(name, kind)
    policy = Integer(description="The days until the deadline of a new request.")
    config.contribute(
        schemas.MergeRequestSchema, "_deadlinePolicyDays", policy, requests.policies_of
    )
    pending = ListOf(schemas.PendingMergeSchema(), description="The requests to answer.")
    config.contribute(
        PersonalUserSchema,
        "individual_merge_requests",
        pending,
        requests.pending_requests,
        where=requests.HAS_PENDING,
    )
    config.add_child(IndividualCollection, "merge_conflict_check", resources.MergeConflicts)
    config.add_child(IndividualCollection, "merge_request", resources.MergeRequestCollection)
    config.add_child(IndividualResource, "merge", resources.MergeOfIndividual)
    config.scan(".jobs")
    config.scan(".views")
