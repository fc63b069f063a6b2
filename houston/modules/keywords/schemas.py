"""The schemas of keywords, and the forms in which a patch names one."""

from typing import Any
from uuid import UUID

from colander import Invalid, null

from houston.core.api.patch import Actions, PatchSchema
from houston.core.schema.nodes import Choice, Guid, Instant, Integer, Json, Schema, String
from houston.core.values import GUID_FORM
from houston.modules.keywords.models import KeywordSource

NOT_A_KEYWORD = "Not a keyword: give its guid, its text, or an object with value and source."


class KeywordValue(String):
    """The text of a keyword."""

    def __init__(self, **options: Any) -> None:
        super().__init__(1, 255, strip=True, **options)


class KeywordReferenceSchema(Schema):
    """A keyword of an annotation or an asset."""

    guid = Guid()
    value = KeywordValue(description="The text of the keyword.")
    source = Choice(KeywordSource, description="Who found it.")


class KeywordSchema(KeywordReferenceSchema):
    """A keyword with the number of annotations and assets that have it."""

    created = Instant()
    updated = Instant()
    usage_count = Integer(
        0, name="usageCount", source="usage_count", description="How often it is used."
    )


class NewKeywordSchema(Schema):
    """A new keyword."""

    value = KeywordValue()
    source = Choice(KeywordSource, missing=KeywordSource.USER)


class KeywordPatch(PatchSchema):
    """The fields of a keyword that can be changed."""

    value = KeywordValue()


NEW_KEYWORD, VALUE = NewKeywordSchema(), KeywordValue()


class KeywordReference(Json):
    """A keyword in a patch: its guid, its text, or an object `{value, source}`.

    `"[0]"` is the first of those that the same patch has named by `test`.
    """

    def deserialize(self, cstruct: Any = null) -> Any:
        """The guid, the text, or the fields of the keyword."""
        if isinstance(cstruct, dict):
            return NEW_KEYWORD.deserialize(cstruct)
        if not isinstance(cstruct, str):
            raise Invalid(self, NOT_A_KEYWORD)
        text = VALUE.deserialize(cstruct)
        return UUID(text) if GUID_FORM.match(text) else text


def tagging_actions() -> Actions:
    """The path of a patch at which an object is given keywords and loses them."""
    return Actions(
        test=KeywordReference(),
        add=KeywordReference(),
        remove=KeywordReference(),
        description=(
            "a value is the guid of a keyword, its text, or `{value, source}`, which is made if "
            'need be. What `test` has named is `"[0]"`, `"[1]"`… in the operations after it.'
        ),
    )
