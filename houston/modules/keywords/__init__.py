"""Keywords: the words that describe annotations and assets.

Each word exists once; case matters. Everybody may list keywords, and any signed-in user may create
one, mostly by tagging an object. Staff and machine accounts rename keywords; they and
administrators delete them and merge one into another. A keyword is deleted when its last link to an
object is removed. Modules whose objects have keywords declare the association table:
`config.add_keyword_links(asset_tag)`.
"""

from typing import Any


def includeme(config: Any) -> None:
    """Add the branch `keywords` and its operations, and let modules declare links to keywords."""
    from houston.core.schema.nodes import Integer
    from houston.core.services import services_of
    from houston.modules.keywords import links
    from houston.modules.keywords.resources import KeywordCollection
    from houston.modules.keywords.schemas import KeywordSchema

    services_of(config).add(links.KeywordLinks())
    config.add_directive("add_keyword_links", links.add_keyword_links)
    config.add_event_subscriber(links.KeywordsUnlinked, links.delete_unused_keywords)
    usage_count = Integer(0, description="The number of annotations and assets that have it.")
    config.contribute(KeywordSchema, "usageCount", usage_count, links.usage_counts)
    config.add_branch("keywords", KeywordCollection)
    config.scan(".views")
