"""The answers of Swagger 2.0, in schemas from which generated clients read every value.

Swagger 2.0 has no schema of any value: generators take one without a type for that of an object.
But they keep members of any value of an open object. So a member of any value is not declared, and
its object is open. OpenAPI 3.1 declares it.
"""

from collections.abc import Iterator
from typing import Any

from houston.core.api.openapi.converters import ANY_VALUE, MODEL, Json

DEFINITIONS = "#/definitions/"
ANYTHING: Json = {"$ref": DEFINITIONS + ANY_VALUE[MODEL]}


def with_open_answers(document: Json) -> Json:
    """The document, in whose answers each object with members of any value is open."""
    definitions: Json = document["definitions"]
    answered = _answered(document)
    opened = {
        name: _opened(schema) if name in answered else schema
        for name, schema in definitions.items()
    }
    return document | {"definitions": opened}


def _answered(document: Json) -> set[str]:
    """The names of the definitions that responses refer to, by themselves or by others."""
    responses = [
        [document["responses"], operation["responses"]]
        for item in document["paths"].values()
        for method, operation in item.items()
        if method != "parameters"
    ]
    found: set[str] = set()
    left = set(_names(responses))
    while left:
        found |= left
        left = {each for name in left for each in _names(document["definitions"][name])} - found
    return found


def _names(value: Any) -> Iterator[str]:
    """The names of the definitions that a part of the document refers to."""
    members = value.values() if isinstance(value, dict) else value
    for member in members if isinstance(value, dict | list) else ():
        if isinstance(member, str) and member.startswith(DEFINITIONS):
            yield member.removeprefix(DEFINITIONS)
        yield from _names(member)


def _opened(value: Any) -> Any:
    """A part of a schema, in which members of any value are not declared."""
    if not isinstance(value, dict):
        return value
    opened = {key: _opened(member) for key, member in value.items()}
    properties = opened.get("properties", {})
    free = [name for name, schema in properties.items() if _is_any(schema)]
    if not free:
        return opened
    words = f"Any value: {', '.join(f'`{name}`' for name in free)}."
    opened["properties"] = {name: properties[name] for name in properties if name not in free}
    opened["required"] = [name for name in opened.get("required", ()) if name not in free]
    opened["additionalProperties"] = True
    opened["description"] = f"{opened.get('description', '')} {words}".strip()
    return opened if opened["required"] else {k: v for k, v in opened.items() if k != "required"}


def _is_any(schema: Any) -> bool:
    return ANYTHING in (schema, *schema.get("allOf", ()))
