"""The nodes of schemas: `name = String(1, 50, nullable=True)`."""

from collections.abc import Callable, Iterable, Mapping
from copy import copy
from enum import Enum
from typing import Any, ClassVar, NamedTuple

import colander
from colander import All, Function, Invalid, Length, Range, Regex, drop, null
from translationstring import TranslationString

from houston.core.addresses import is_address, normalized
from houston.core.schema import types
from houston.core.schema.urls import WEB_URL, is_link, is_web_url
from houston.core.values import MAX_INTEGER, MIN_INTEGER, comparable

EMAIL = Function(is_address, "Not a valid email address.")
TOO_SHORT, TOO_LONG = "Shorter than minimum length ${min}.", "Longer than maximum length ${max}."
ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*\Z"
NOT_A_CHOICE = "Must be one of: ${choices}."
MAX_NAMED = 20
"""The choices that a message names."""

COLANDERS = frozenset({"name", "title", "description", "missing", "preparer"})
"""The options of Colander's nodes that are in use."""

Validator = Callable[[colander.SchemaNode, Any], None]


class Reference(NamedTuple):
    """The objects that a field names, and the permission there that is needed to name them.

    Attributes:
        branch: The collection of the objects in the resource tree, such as `encounters`.
        permission: The permission on each of them.
        find: `find(db, value)` returns their guids, if the value is not the guid of one.
    """

    branch: str
    permission: str
    find: Callable[[Any, Any], Iterable[Any]] | None = None


class Field(colander.SchemaNode):
    """A node with the options of Houston. Null is not the absence of a value.

    Attributes:
        nullable: Whether null is accepted.
        read_only: Whether it is only rendered.
        write_only: Whether it is only accepted.
        volatile: Whether its value changes without a change of the object, such as the time; it is
            not a part of the entity tag.
        virtual: Whether PATCH can only test it: it is not a part of the document.
        association: Whether PATCH may add and remove single members of the list by value.
        source: The name of the attribute that is rendered, if it is not that of the field.
        compute: The function of the object whose result is rendered.
        loads: The relations of the object, dotted, that `compute` reads.
        preloads: The functions `load(db, objects)` that load further data of related objects, by
            their dotted relation; by an empty one for the rendered objects themselves.
        permission: The permission at the address that is needed to give the field, or the function
            that returns it for a value.
        refers: The objects that the value names, on which the caller needs a permission.
        as_is: Whether the value is JSON already, which is rendered as it is.
        format: The format in the API document (JSON Schema).
        accepts_also: The JSON schema of other values that `deserialize` converts to valid ones.
        example: An example for the API document.
    """

    missing_msg = "Missing data for required field."
    nullable = False
    read_only = False
    write_only = False
    volatile = False
    virtual = False
    association = False
    source: str | None = None
    compute: Callable[[Any], Any] | None = None
    loads: tuple[str, ...] = ()
    preloads: Mapping[str, Callable[..., object]] = {}
    permission: str | Callable[[Any], str] | None = None
    refers: Reference | None = None
    as_is = False
    format: str | None = None
    accepts_also: dict[str, Any] | None = None
    example: Any = None

    def __init__(
        self,
        *children: colander.SchemaNode,
        checks: Iterable[Validator] = (),
        validators: Iterable[Validator] = (),
        validator: Validator | None = None,
        **options: Any,
    ) -> None:
        # Colander accepts any keyword, misspelled ones as well.
        if unknown := options.keys() - COLANDERS - vars(Field).keys():
            raise TypeError(f"a field has no option {', '.join(unknown)}")
        every = [*checks, *validators, *([validator] if validator else [])]
        if every:
            options["validator"] = All(*every) if len(every) > 1 else every[0]
        super().__init__(*children, **options)

    def deserialize(self, cstruct: Any = null) -> Any:
        """The Python value of a JSON value; types and preparers never get null.

        Raises:
            colander.Invalid: With all faults.
        """
        if cstruct is null:
            if self.required and not self.read_only:
                raise Invalid(self, self.missing_msg)
            return drop if self.read_only else self.missing
        if self.read_only:
            raise Invalid(self, "This field is read-only.")
        if cstruct is not None:
            return super().deserialize(cstruct)
        if not self.nullable:
            raise Invalid(self, "Field may not be null.")
        return None

    def clone(self) -> "Field":
        """A copy with copies of the children; Colander's would make the node again."""
        cloned = copy(self)
        cloned.children = [child.clone() for child in self.children]
        return cloned


class String(Field):
    """Text of bounded length in characters; `pattern` matches the whole text."""

    schema_type = types.String
    longest = 255

    def __init__(
        self,
        min: int = 0,
        max: int | None = None,
        *,
        pattern: str | None = None,
        strip: bool = False,
        **options: Any,
    ) -> None:
        self.length = Length(min or None, max or self.longest, TOO_SHORT, TOO_LONG)
        checks: list[Validator] = [self.length]
        if pattern is not None:
            checks.append(Regex(rf"^(?:{pattern})\Z", "Not a valid string."))
        self.strip = strip
        super().__init__(checks=checks, **options)

    def deserialize(self, cstruct: Any = null) -> Any:
        """The text; one that is too long is neither prepared nor searched."""
        if isinstance(cstruct, str):
            cstruct = cstruct.strip() if self.strip else cstruct
            if len(cstruct) > self.length.max:
                self.length(self, cstruct)
        return super().deserialize(cstruct)


class Text(String):
    """Long text."""

    longest = 10_000


class Line(String):
    """Text of one line, such as a name, without characters that end it or reorder others."""

    def __init__(self, min: int = 0, max: int = 255, **options: Any) -> None:
        form = Regex(ONE_LINE, "Must be one line of text, without hidden characters.")
        super().__init__(min, max, validators=[form], **options)


class Link(Text):
    """The address of a page: of the web, of a mailbox, or relative to the site."""

    def __init__(self, max: int = 10_000, **options: Any) -> None:
        form = Function(is_link, "Must be an http or https address.")
        super().__init__(0, max, strip=True, validators=[form], **options)


class Password(String):
    """A secret text."""

    format = "password"
    longest = 1024


class Email(String):
    """An email address, in its normal form; surrounding blanks are removed."""

    format = "email"

    def __init__(self, **options: Any) -> None:
        super().__init__(0, 120, strip=True, validators=[EMAIL], **options)

    def deserialize(self, cstruct: Any = null) -> Any:
        """The address.

        Raises:
            colander.Invalid: It is not one.
        """
        address = super().deserialize(cstruct)
        return normalized(address) if isinstance(address, str) else address


class Url(String):
    """An http or https address."""

    format = "uri"

    def __init__(self, max: int = 2048, **options: Any) -> None:
        super().__init__(0, max, validators=[WebUrl()], **options)


class Choice(Field):
    """One of some texts, or a value of an enumeration, which becomes its member."""

    schema_type = types.String

    def __init__(self, choices: Iterable[str] | type[Enum], **options: Any) -> None:
        members = {str(getattr(choice, "value", choice)): choice for choice in choices}
        super().__init__(
            preparer=lambda text: members.get(text, text),
            validators=[OneOf(members.values())],
            **options,
        )


class Boolean(Field):
    """True or false."""

    schema_type = types.Boolean


class Integer(Field):
    """An integer between inclusive bounds, by default those of 64 bits."""

    schema_type = types.Integer

    def __init__(self, min: int = MIN_INTEGER, max: int = MAX_INTEGER, **options: Any) -> None:
        super().__init__(checks=[bounds(min, max)], **options)


class Number(Field):
    """A finite number between inclusive bounds."""

    schema_type = types.Number

    def __init__(self, min: float | None = None, max: float | None = None, **options: Any) -> None:
        checks = [] if min is None and max is None else [bounds(min, max)]
        super().__init__(checks=checks, **options)


class Instant(Field):
    """A time with an offset (RFC 3339), which is converted to UTC."""

    schema_type = types.Instant
    format = "date-time"


class Guid(Field):
    """A UUID in its hyphenated form."""

    schema_type = types.Guid
    format = "uuid"


class Json(Field):
    """Any JSON value that can be stored."""

    schema_type = types.Json


class ListOf(Field):
    """A list of the values of a node."""

    schema_type = types.Sequence

    def __init__(
        self,
        member: colander.SchemaNode,
        *,
        min_items: int = 0,
        max_items: int = 1000,
        unique: bool = False,
        **options: Any,
    ) -> None:
        text = f"Must have {min_items} to {max_items} items."
        self.length = Length(min_items or None, max_items, text, text)
        checks = [self.length, Unique()] if unique else [self.length]
        super().__init__(member, checks=checks, **options)

    def deserialize(self, cstruct: Any = null) -> Any:
        """The members; those of a list that is too long are not read."""
        if isinstance(cstruct, list) and len(cstruct) > self.length.max:
            self.length(self, cstruct)
        return super().deserialize(cstruct)


class MapOf(Field):
    """An object with any names; one node validates the names, another one the members."""

    schema_type = types.Map

    def __init__(
        self,
        member: colander.SchemaNode,
        *,
        names: colander.SchemaNode | None = None,
        max_items: int = 1000,
        **options: Any,
    ) -> None:
        text = f"Must have at most {max_items} members."
        super().__init__(checks=[Length(max=max_items, max_err=text)], **options)
        # The constructor would keep one child only, as both have no name.
        self.children = [names or String(), member]


class Schema(Field, colander.MappingSchema):
    """An object with declared fields.

    A method `validator(node, values)` may check fields against each other.

    Attributes:
        from_mapping: Whether the rendered objects are dictionaries, such as those of a JSON column.
        loader: The function `load(db, objects)` that loads what is rendered of the objects of a
            response, if that does not follow from the sources of the fields.
        always: The names of the fields that all callers see, if some callers see only a part.
    """

    schema_type = types.Mapping
    from_mapping = False
    loader: ClassVar[Callable[..., object] | None] = None
    always: ClassVar[frozenset[str] | None] = None

    @classmethod
    def model_name(cls) -> str:
        """The name of the model in the API document: that of the class without `Schema`."""
        return cls.__name__.removesuffix("Schema")


class OpenSchema(Schema):
    """An object with declared fields, which keeps further members as they are."""

    schema_type = types.OpenMapping


class WebUrl(Regex):
    """The form of an http or https address; Colander's `url` accepts `javascript:` as well."""

    def __init__(self) -> None:
        super().__init__(WEB_URL, "Not a valid URL.")

    def __call__(self, node: colander.SchemaNode, value: str) -> None:
        """Raise colander.Invalid for another text."""
        if not is_web_url(value):
            raise Invalid(node, self.msg)


class OneOf(colander.OneOf):
    """One of some values; Colander's error repeats the value, however long it is."""

    def __init__(self, choices: Iterable[Any]) -> None:
        super().__init__(list(choices))
        names = [str(getattr(choice, "value", choice)) for choice in self.choices]
        named = [*names[:MAX_NAMED], *(["…"] if len(names) > MAX_NAMED else [])]
        self.message = TranslationString(NOT_A_CHOICE, mapping={"choices": ", ".join(named)})

    def __call__(self, node: colander.SchemaNode, value: Any) -> None:
        """Raise colander.Invalid for another value."""
        if value not in self.choices:
            raise Invalid(node, self.message)


class Unique:
    """A list without equal members."""

    def __call__(self, node: colander.SchemaNode, value: list[Any]) -> None:
        """Raise colander.Invalid for a list with equal members."""
        if len(set(map(comparable, value))) < len(value):
            raise Invalid(node, "Must not have the same item twice.")


def is_volatile(node: colander.SchemaNode) -> bool:
    """Return whether two renderings of the same object may differ."""
    return node.volatile or any(map(is_volatile, node.children))


def bounds(min: float | None, max: float | None) -> Validator:
    """The validator of a number between bounds; its messages omit bounds of 64 bits."""
    between = f"Must be between {min} and {max}."
    below = f"Must be at least {min}." if max in (None, MAX_INTEGER) else between
    above = f"Must be at most {max}." if min in (None, MIN_INTEGER) else between
    validator: Validator = Range(min, max, below, above)
    return validator
