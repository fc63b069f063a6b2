"""The schemas of accounts."""

import re
from typing import Any

from colander import Invalid, SchemaNode, drop, null

from houston.core.api.patch import OPERATIONS_BODY, Actions, PatchSchema
from houston.core.schema import load
from houston.core.schema.nodes import (
    Boolean,
    Choice,
    Email,
    Guid,
    Instant,
    Integer,
    Line,
    Link,
    ListOf,
    Number,
    Password,
    Schema,
    String,
)
from houston.core.security.grants import Permission
from houston.modules.fileuploads.models import FileReference, FileReferenceSchema
from houston.modules.users.models import MANAGING, MAX_FOLDED, ROLES, folded

USERNAME = r"[^\s/:]+"


def _picture(account: Any) -> FileReference | None:
    guid = account.profile_fileupload_guid
    return None if guid is None else FileReference(guid)


class Username(String):
    """A username; its folded form has neither blanks nor separators either."""

    def __init__(self, **options: Any) -> None:
        checks = [_check_username]
        super().__init__(1, 120, pattern=USERNAME, validators=checks, **options)


def _check_username(node: SchemaNode, name: str) -> None:
    key = folded(name)
    if not (name.isprintable() and re.fullmatch(USERNAME, key) and len(key) <= MAX_FOLDED):
        raise Invalid(node, "Not a valid string.")


class Handle(Line):
    """A name at another service; an empty text is none."""

    nullable = True

    def deserialize(self, cstruct: Any = null) -> Any:
        """The name, or None."""
        name = super().deserialize(cstruct)
        return None if name == "" else name


class Profile(Schema):
    """The profile of a user."""

    affiliation = Line(0, 120, nullable=True)
    location = Line(0, 120, nullable=True)
    forum_id = Line(0, 120, nullable=True)
    website = Link(120, nullable=True)


class PersonalSettings(Schema):
    """The settings of an account that only its user sees."""

    default_identification_catalogue = Guid(nullable=True)
    shares_data = Boolean()
    receive_newsletter_emails = Boolean()
    receive_notification_emails = Boolean()
    show_email_in_profile = Boolean()
    use_usa_date_format = Boolean()
    accepted_user_agreement = Boolean()
    twitter_username = Handle(0, 120, strip=True)


class Flag(Boolean):
    """A role of an account that user managers give."""

    permission = Permission.ASSIGN


class ManagingFlag(Boolean):
    """A role of an account that administrators give."""

    permission = Permission.ADMINISTER


class NamesAndRoles(Schema):
    """The names of an account, and its roles, which others change."""

    full_name = Line(0, 120, description="The name to show.")
    first_name = Line(0, 120)
    middle_name = Line(0, 120)
    last_name = Line(0, 120)
    is_active = Flag(description="Whether the account can be used.")
    is_admin = ManagingFlag()
    is_contributor = Flag()
    is_exporter = Flag()
    is_researcher = Flag()
    is_user_manager = ManagingFlag()
    in_alpha = Flag()
    in_beta = Flag()


class PublicUserSchema(Schema):
    """The part of an account that everybody sees."""

    guid = Guid()
    full_name = String(0, 120, description="The name to show.")
    profile_fileupload = FileReferenceSchema(nullable=True, compute=_picture)


class MembershipSchema(Schema):
    """The membership of a user in a group."""

    user = PublicUserSchema()
    created = Instant(description="When they joined.")


class UserListSchema(Schema):
    """An account in a list; the order of the fields is that of the documentation."""

    id = Integer(1, description="The number of the account.")
    username = String(1, 120, description="The name to sign in with.")
    email = Email()
    first_name = String(0, 120)
    middle_name = String(0, 120)
    last_name = String(0, 120)
    is_active = Boolean(description="Whether the account can be used.")
    is_regular_user = Boolean(description="Whether a person uses it.")
    is_admin = Boolean()
    created = Instant()
    updated = Instant()
    guid = Guid()
    full_name = String(0, 120, description="The name to show.")
    is_contributor = Boolean()
    is_exporter = Boolean()
    is_internal = Boolean(description="Whether a program uses it.")
    is_staff = Boolean()
    is_researcher = Boolean()
    is_user_manager = Boolean()
    in_alpha = Boolean()
    in_beta = Boolean()
    is_email_confirmed = Boolean()
    profile_fileupload = FileReferenceSchema(nullable=True, compute=_picture)


class UserProfileSchema(Profile, UserListSchema):
    """An account without its settings, as researchers see it."""


class UserSchema(UserProfileSchema):
    """An account in full."""


class VisibleUserSchema(UserSchema):
    """An account in full, without its settings, or the part that everybody sees."""

    always = frozenset(field.name for field in PublicUserSchema().children)


class PersonalUserSchema(PersonalSettings, UserSchema):
    """The account of the caller."""


class EmailSchema(Schema):
    """An e-mail address."""

    email = Email()


class SetUpSchema(Schema):
    """The address that the server prints at its start."""

    token = String(0, 200, missing="", description="The token that the server prints.")


class FirstAdministratorSchema(SetUpSchema, EmailSchema):
    """The first administrator of a site; in production with a token, or its cookie."""

    password = Password(1)


class NewUserSchema(EmailSchema):
    """A new account; the username is the e-mail unless another is given."""

    password = Password(1)
    username = Username(missing=drop)
    full_name = Line(0, 120, missing=drop)
    first_name = Line(0, 120, missing=drop)
    middle_name = Line(0, 120, missing=drop)
    last_name = Line(0, 120, missing=drop)
    roles = ListOf(
        Choice(ROLES),
        unique=True,
        missing=[],
        permission=lambda roles: (
            Permission.CREATE if MANAGING.isdisjoint(roles) else Permission.ADMINISTER
        ),
        description="For user managers; those of managers and administrators for administrators.",
    )
    invitation = String(0, 200, missing=drop, description="The code of the mailed invitation.")
    recaptcha_key = String(0, 4096, missing="", description="The answer of reCAPTCHA, if in use.")


class CropSchema(Schema):
    """A rectangle within a picture, in its pixels."""

    x = Number(-100_000, 100_000)
    y = Number(-100_000, 100_000)
    width = Number(-100_000, 100_000)
    height = Number(-100_000, 100_000)


class PictureSchema(Schema):
    """A picture: the only file of a transaction of uploads, or the one of this path; or `guid`,
    the present picture of the account, to be cropped.
    """

    transactionId = Guid(missing=drop)
    path = String(1, 255, missing=drop)
    guid = Guid(missing=drop)
    crop = CropSchema(missing=drop)

    def validator(self, node: SchemaNode, values: dict[str, Any]) -> None:
        """Check that the picture has one source."""
        if ("transactionId" in values) == ("guid" in values):
            raise Invalid(node, '"transactionId" or "guid" is mandatory')


class UserPatch(PersonalSettings, Profile, NamesAndRoles, PatchSchema):
    """The fields of an account that PATCH may change.

    Username, e-mail, password and roles need a `test` of `/current_password`, the password of the
    caller, before them. User managers change roles, administrators those of managers, too.
    """

    current_password = Password(virtual=True, missing=drop)
    password = Password(1, write_only=True, missing=drop)
    email = Email()
    username = Username()
    profile_fileupload_guid = Actions(
        add=PictureSchema(),
        replace=PictureSchema(),
        remove=None,
        description=(
            "a value is `{transactionId, path}` of a finished upload, or the present `{guid}`, "
            "each with or without `crop: {x, y, width, height}` in pixels of the upright picture."
        ),
    )


class DeletionSchema(Schema):
    """The deletion of an account."""

    current_password = Password(missing=drop)


DELETION = DeletionSchema()


def password_of_deletion(sent: Any) -> str | None:
    """The password of the caller in the body of a deletion, if there is one.

    Args:
        sent: A list of JSON Patch operations, with a `test` of `/current_password`, or an object.

    Raises:
        Unprocessable: The body is neither.
    """
    if isinstance(sent, list):
        operations: Any = load(OPERATIONS_BODY, sent)
        test = {"op": "test", "path": "/current_password"}
        tests = [each["value"] for each in operations if test.items() <= each.items()]
        sent = {"current_password": tests[0]} if tests else {}
    password: str | None = load(DELETION, sent).get("current_password")
    return password


class InitializedSchema(Schema):
    """The state of a site."""

    initialized = Boolean(compute=bool, description="Whether it has an administrator.")
