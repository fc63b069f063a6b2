"""Projects: encounters that a group of users works on, and a search of them.

Researchers create projects. Members read a project, add encounters that they may read, and remove
encounters; the owner also changes the title, the members and the owner, and deletes the project.
Administrators have the permissions of owners. A project gives no access to its encounters: their
search finds them by `projects.guid`, and that of sightings as well, for those who may read the
project.
"""

from typing import Any

REQUIRES = ("sightings",)


def includeme(config: Any) -> None:
    """Add the branch `projects`, and find encounters and sightings by projects."""
    from houston.modules.projects import services
    from houston.modules.projects.resources import ProjectCollection
    from houston.modules.sightings.services.searching import ENCOUNTERS, SIGHTINGS

    config.contribute_to_search(ENCOUNTERS, services.FIELDS_OF_ENCOUNTERS)
    config.contribute_to_search(SIGHTINGS, services.FIELDS_OF_SIGHTINGS)
    config.add_branch("projects", ProjectCollection)
    config.scan(".views")
