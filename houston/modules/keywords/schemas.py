"""The schemas of keywords, and the forms in which a patch names one."""

from functools import partial
from typing import Any
from uuid import UUID

from colander import Invalid, null

from houston.core.api.patch import Actions, PatchSchema
from houston.core.schema.nodes import Choice, Guid, Instant, Json, Line, Schema
from houston.core.values import GUID_FORM, composed
from houston.modules.keywords.models import KeywordSource

KeywordValue = partial(Line, 1, 255, strip=True, preparer=composed)
NOT_A_KEYWORD = "Not a keyword: give its guid, its text, or an object with value and source."


class KeywordReferenceSchema(Schema):
    """A keyword of an annotation or an asset."""

    guid = Guid()
    value = KeywordValue(description="The text of the keyword.")
    source = Choice(KeywordSource, description="Its origin: a person or the image analysis.")


class KeywordSchema(KeywordReferenceSchema):
    """A keyword with the number of its uses."""

    created = Instant()
    updated = Instant()


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

    `"[0]"` is the first keyword that a `test` of the same patch names.
    """

    def deserialize(self, cstruct: Any = null) -> Any:
        """Return the guid, the text, or the fields of the keyword.

        Raises:
            colander.Invalid: The value has none of these forms.
        """
        if isinstance(cstruct, dict):
            return NEW_KEYWORD.deserialize(cstruct)
        if not isinstance(cstruct, str):
            raise Invalid(self, NOT_A_KEYWORD)
        text = VALUE.deserialize(cstruct)
        return UUID(text) if GUID_FORM.match(text) else text


def tagging_actions() -> Actions:
    """Return the path of a patch that adds keywords to an object and removes them."""
    return Actions(
        test=KeywordReference(),
        add=KeywordReference(),
        remove=KeywordReference(),
        description=(
            "a value is the guid of a keyword, its text, or `{value, source}`, which is created "
            'if it does not exist. Keywords of `test` are `"[0]"`, `"[1]"`… in later operations.'
        ),
    )
