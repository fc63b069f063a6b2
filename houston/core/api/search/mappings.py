"""The fields of searches, as the mappings of Elasticsearch describe fields."""

from collections.abc import Mapping
from typing import Any

from houston.core.api.search.fields import field_of
from houston.core.api.search.names import Dynamic, RelatedRows

ORDER = {"type": "keyword", "index": False}
"""The mapping of a name by which rows are ordered, and that no query can have."""


def mappings_of(fields: Mapping[str, Any], *arguments: Any) -> dict[str, Any]:
    """The mappings of declared search fields by name.

    Related rows are `nested`, with the mappings of their `properties`. An object whose fields are
    made on demand is `dynamic`.

    Args:
        fields: The declared fields.
        arguments: The first arguments of `Dynamic.make`.
    """

    def mapping(declared: Any) -> dict[str, Any]:
        if isinstance(declared, RelatedRows):
            return {"type": "nested", "properties": mappings_of(declared.fields, *arguments)}
        if isinstance(declared, Dynamic):
            made = declared.make(*arguments, "")
            return {"type": "object", "dynamic": True} if made is None else mapping(made)
        return {"type": field_of(declared).datatype}

    return {name: mapping(declared) for name, declared in fields.items()}
