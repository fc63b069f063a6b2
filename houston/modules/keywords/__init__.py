"""Keywords: the words that annotations and assets are tagged with.

Each word exists once, with regard to case. Everybody sees them; whoever is signed in adds some,
mostly by tagging. Staff and machine accounts correct them; administrators, too, delete one or merge
it into another. A word that is taken from the last object that has it is gone.
"""

from typing import Any


def includeme(config: Any) -> None:
    """Hang the branch `keywords` on the tree and register its operations."""
    from houston.modules.keywords.resources import KeywordCollection

    config.add_branch("keywords", KeywordCollection)
    config.scan(".views")
