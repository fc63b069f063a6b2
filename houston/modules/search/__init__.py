"""The administration of searches: which there are, and their fields.

A search reads the tables, so that nothing is ever out of step with them (docs/decisions/0016). The
addresses of an engine's administration remain, and say so. An index has the name of its search:
`sightings` for `/sightings/search`. Everybody who is signed in reads the mappings and the status;
administrators may ask to synchronize, which has nothing to do.
"""

from typing import Any


def includeme(config: Any) -> None:
    """Add the branch `search` and its operations."""
    from houston.modules.search.views import IndexCollection

    config.add_branch("search", IndexCollection)
    config.scan(".views")
