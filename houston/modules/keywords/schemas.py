"""What comes in, what goes out, and how a keyword is named in a patch."""

from typing import Any

from colander import Invalid, SchemaNode

from houston.core.api.patch import Command, PatchSchema
from houston.core.schema import Choice, DateTime, Field, Guid, Integer, Schema, String, Type
from houston.core.schema.types.values import GUID_FORM
from houston.modules.keywords.models import KeywordSource

VALUE = String(1, 255, strip=True)


class KeywordReferenceSchema(Schema):
    """A keyword as it hangs on an annotation or an asset."""

    guid = Field(Guid())
    value = Field(VALUE, description="The word itself.")
    source = Field(Choice(KeywordSource), description="Who found it.")


class KeywordSchema(KeywordReferenceSchema):
    """A keyword with the number of annotations and assets that have it."""

    created = Field(DateTime())
    updated = Field(DateTime())
    usage_count = Field(
        Integer(0), name="usageCount", source="usage_count", description="How often it is used."
    )


class NewKeywordSchema(Schema):
    """A new keyword."""

    value = Field(VALUE)
    source = Field(Choice(KeywordSource), missing=KeywordSource.USER)


class KeywordPatch(PatchSchema):
    """What may be changed of a keyword."""

    value = Field(VALUE)


class KeywordReference(Type):
    """A keyword in a patch: its guid, its word, or an object `{value, source}`.

    `"[0]"` is the first of those that the same patch has named by `test`.
    """

    reason = "Not a keyword: give its guid, its text, or an object with value and source."
    _new = NewKeywordSchema()

    def read(self, node: SchemaNode, value: Any) -> Any:
        """The guid, the text, or the fields of the keyword."""
        if isinstance(value, dict):
            return self._new.deserialize(value)
        if not isinstance(value, str):
            raise Invalid(node, self.reason)
        text = VALUE.read(node, value)
        return Guid().read(node, text) if GUID_FORM.match(text) else text

    def json_schema(self) -> dict[str, Any]:
        """A text or an object, which the Swagger document cannot say."""
        return {}


def tagging_command() -> Command:
    """The path of a patch at which keywords are put on an object and taken away from it."""
    return Command(
        test=Field(KeywordReference()),
        add=Field(KeywordReference()),
        remove=Field(KeywordReference()),
        description=(
            "a value is the guid of a keyword, its text, or `{value, source}`, which is made if "
            'need be. What `test` has named is `"[0]"`, `"[1]"`… in the operations after it.'
        ),
    )
