"""The nodes that schemas are declared with."""

from collections.abc import Callable
from typing import Any

import colander
from colander import Invalid, drop, null, required

from houston.core.schema.types import FORBIDDEN, Items, Map, Type

REQUIRED = "Missing data for required field."
NOT_NULL = "Field may not be null."
UNKNOWN = "Unknown field."


class _Strict:
    """What all nodes have in common: null is a value of its own, and absence another matter."""

    nullable: bool
    missing: Any
    missing_msg = REQUIRED

    def deserialize(self, cstruct: Any = null) -> Any:
        """The Python value; an absent one is `missing`, and null only good where so declared."""
        if cstruct is None:
            if self.nullable:
                return None
            raise Invalid(self, NOT_NULL)
        return super().deserialize(cstruct)  # type: ignore[misc]  # that of the node it is mixed into


class Field(_Strict, colander.SchemaNode):
    """One field: its type, whether it must be there, whether null is good, and its words.

    `read_only` fields are rendered and never accepted. `source` names another attribute to render
    from, `compute` a function of the object. For PATCH, `virtual` fields can only be tested and
    `write_only` ones never be read.
    """

    def __init__(
        self,
        type: Type,
        *children: Any,
        name: str = "",
        missing: Any = required,
        nullable: bool = False,
        read_only: bool = False,
        write_only: bool = False,
        virtual: bool = False,
        association: bool = False,
        source: str | None = None,
        compute: Callable[[Any], Any] | None = None,
        description: str = "",
        example: Any = None,
        validator: Any = None,
    ) -> None:
        super().__init__(
            type,
            *children,
            name=name,
            missing=missing,
            nullable=nullable,
            read_only=read_only,
            write_only=write_only,
            virtual=virtual,
            association=association,
            source=source,
            compute=compute,
            description=description,
            example=example,
            validator=validator,
        )


class Mapping(colander.Mapping):
    """An object whose every key is declared; all that is wrong in it is told at once."""

    def deserialize(self, node: Any, cstruct: Any) -> Any:
        """The values by field; raises colander.Invalid for other keys and other types."""
        if cstruct is null:
            return null
        if not isinstance(cstruct, dict):
            raise Invalid(node, "Not a valid mapping.")
        values: dict[str, Any] = {}
        wrong = Invalid(node)
        given = dict(cstruct)
        for position, child in enumerate(node.children):
            value = given.pop(child.name, null)
            try:
                if child.read_only and value is not null:
                    raise Invalid(child, "This field is read-only.")
                value = drop if child.read_only else child.deserialize(value)
            except Invalid as error:
                wrong.add(error, position)
            else:
                if value is not drop:
                    values[child.name] = value
        for name in given:
            shown = FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", str(name))[:100]
            wrong.add(Invalid(colander.SchemaNode(Type(), name=shown), UNKNOWN))
        if wrong.children:
            raise wrong
        return values


class Schema(_Strict, colander.Schema):
    """An object with declared fields; make an instance once and use it for ever.

    `validator(node, values)` may check fields against each other. With `from_mapping` what it
    renders is a dictionary, such as a JSON column holds, and everything in it.
    """

    schema_type = Mapping
    from_mapping = False
    nullable = False
    read_only = False
    write_only = False
    virtual = False
    association = False
    source: str | None = None
    compute: Callable[[Any], Any] | None = None
    description = ""
    example: Any = None

    @classmethod
    def model_name(cls) -> str:
        """The name of the model in the API document: the class without `Schema`."""
        return cls.__name__.removesuffix("Schema")


def Nested(schema: type[Schema], **options: Any) -> Schema:  # noqa: N802 - reads like a class of fields
    """A field that is an object of another schema."""
    return schema(**options)


def ListOf(  # noqa: N802 - reads like a class of fields
    member: Type | Any,
    *,
    max_items: int = 1000,
    min_items: int = 0,
    unique: bool = False,
    **options: Any,
) -> Field:
    """A field that is a list of a type or of a schema's objects."""
    child = Field(member) if isinstance(member, Type) else member
    return Field(Items(min_items, max_items, unique), child, **options)


def MapOf(member: Type | Any, *, max_items: int = 1000, **options: Any) -> Field:  # noqa: N802 - reads like a class of fields
    """A field that is an object with names of any kind and values of one."""
    child = Field(member) if isinstance(member, Type) else member
    return Field(Map(max_items), child, **options)
