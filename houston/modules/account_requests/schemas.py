"""The schemas of account requests."""

from houston.core.schema.nodes import Email, Guid, Instant, Line, Schema, String, Text


class NewAccountRequestSchema(Schema):
    """A new account request."""

    name = Line(0, 255)
    email = Email()
    message = Text(nullable=True, missing=None)
    token = String(
        0, 4096, nullable=True, missing=None, description="The answer of reCAPTCHA, if in use."
    )


class AccountRequestSchema(Schema):
    """An account request."""

    guid = Guid()
    created = Instant()
    name = Line(0, 255)
    email = Email()
    message = Text(nullable=True)
