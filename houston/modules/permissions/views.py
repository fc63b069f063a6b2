"""The question whether a caller may do something."""

from typing import Any

from colander import Invalid, null

from houston.core.api.service import Service
from houston.core.http.request import Request
from houston.core.schema.nodes import Boolean, Guid, Line, ListOf, Schema, String
from houston.core.security.grants import Permission
from houston.core.tree import FieldForbidden
from houston.modules.permissions.services import (
    PERMISSIONS,
    Answer,
    Question,
    answers,
    identity_of_user,
)

METHODS = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE")
MAX_QUESTIONS = 50

may = Service("may", "/may")


class QuestionText(Line):
    """A question, such as `PATCH /sightings/<guid>` or `export /sightings/<guid>`."""

    def __init__(self) -> None:
        super().__init__(3, 500, strip=True)

    def deserialize(self, cstruct: Any = null) -> Any:
        """The question.

        Raises:
            colander.Invalid: It is not a verb and a path.
        """
        text = super().deserialize(cstruct)
        verb, _, path = text.partition(" ")
        if verb not in (*METHODS, *PERMISSIONS) or not path.startswith("/"):
            raise Invalid(self, "Not a method or a permission, a blank and a path.")
        return Question(text, verb, path.rstrip("/"))


class QuestionsSchema(Schema):
    """Some questions, which may be about another user."""

    ask = ListOf(
        QuestionText(),
        min_items=1,
        max_items=MAX_QUESTIONS,
        description=(
            f"Each is one of {', '.join([*METHODS, *PERMISSIONS])}, a blank, and an address of the "
            "API. The parameter is repeated for several questions."
        ),
    )
    other = Guid(
        name="as", missing=None, description="For managers: the user of whom the questions are."
    )


class AnswerSchema(Schema):
    """The answer to one question."""

    ask = String(max=500, description="The question.")
    allowed = Boolean()
    exists = Boolean(description="Whether there is such an operation and such an object.")
    by = String(nullable=True, description="The role whose grant allows it.")
    needed = ListOf(String(), description="The roles to which it is granted.")
    scope = String(nullable=True, description="The scope that the token lacks.")


@may.get(Permission.READ, query=QuestionsSchema(), returns=AnswerSchema(), many=True)
def ask_for_permission(request: Request) -> list[Answer]:
    """Ask whether the caller may do something, by which grant, and what would be needed.

    A question is the method and the address of an operation, or a permission and the address of an
    object. The answers are those of this moment, in the order of the questions. What the input of
    an operation needs besides, such as the fields of a patch, is not a part of them.
    """
    values = request.validated["querystring"]
    identity = request.identity
    if values["as"] is not None:
        allowed = request.has_permission(Permission.ADMINISTER)
        if not allowed:
            raise FieldForbidden("as", allowed)
        identity = identity_of_user(request.db, values["as"])
    return answers(request, values["ask"], identity)
