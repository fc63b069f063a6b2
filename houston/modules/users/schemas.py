"""What comes in, what goes out, and what PATCH may touch."""

from typing import Any

from colander import Invalid, SchemaNode, drop

from houston.core.api.patch import Actions, PatchSchema
from houston.core.schema.nodes import (
    Boolean,
    Choice,
    Email,
    Guid,
    Instant,
    Integer,
    ListOf,
    Number,
    Password,
    Schema,
    String,
)
from houston.modules.fileuploads.models import FileReference
from houston.modules.fileuploads.schemas import FileReferenceSchema
from houston.modules.users.models import ROLES


def picture_of(account: Any) -> FileReference | None:
    """The picture that somebody shows himself by."""
    guid = account.profile_fileupload_guid
    return None if guid is None else FileReference(guid)


class PublicUserSchema(Schema):
    """What everybody may see of an account."""

    guid = Guid()
    full_name = String(0, 120, description="The name to show.")
    profile_fileupload = FileReferenceSchema(nullable=True, compute=picture_of)


class UserListSchema(Schema):
    """An account in a list."""

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
    is_internal = Boolean(description="Whether a machine uses it.")
    is_staff = Boolean()
    is_researcher = Boolean()
    is_user_manager = Boolean()
    in_alpha = Boolean()
    in_beta = Boolean()
    is_email_confirmed = Boolean()
    profile_fileupload = FileReferenceSchema(nullable=True, compute=picture_of)


class UserSchema(UserListSchema):
    """An account in full."""

    affiliation = String(0, 120, nullable=True)
    location = String(0, 120, nullable=True)
    forum_id = String(0, 120, nullable=True)
    website = String(0, 120, nullable=True)


class VisibleUserSchema(UserSchema):
    """An account in full, or as much of it as everybody may see."""

    always = frozenset(field.name for field in PublicUserSchema().children)


class PersonalUserSchema(UserSchema):
    """One's own account."""

    default_identification_catalogue = Guid(nullable=True)
    shares_data = Boolean()
    receive_newsletter_emails = Boolean()
    receive_notification_emails = Boolean()
    show_email_in_profile = Boolean()
    use_usa_date_format = Boolean()
    accepted_user_agreement = Boolean()
    twitter_username = String(0, 120, nullable=True)


class NewUserSchema(Schema):
    """A new account. The username is the e-mail unless another is given."""

    email = Email()
    password = Password(1)
    username = String(1, 120, pattern=r"[^\s/:]+", missing=drop)
    full_name = String(0, 120, missing=drop)
    first_name = String(0, 120, missing=drop)
    middle_name = String(0, 120, missing=drop)
    last_name = String(0, 120, missing=drop)
    roles = ListOf(
        Choice(ROLES),
        unique=True,
        missing=(),
        description="For administrators and user managers; `is_admin` for administrators alone.",
    )
    invitation = String(
        0,
        200,
        missing=drop,
        description="The code of the mail that invited, where signing up is by invitation.",
    )
    recaptcha_key = String(
        0,
        4096,
        missing="",
        description="The answer of reCAPTCHA where it is in use; elsewhere only robots send it.",
    )


class CropSchema(Schema):
    """A rectangle within a picture, in its pixels."""

    x = Number(-100_000, 100_000)
    y = Number(-100_000, 100_000)
    width = Number(-100_000, 100_000)
    height = Number(-100_000, 100_000)


class PictureSchema(Schema):
    """A picture: the only file of a transaction of uploads, or the one of this path; or `guid`,
    the one that the account has, to be cropped.
    """

    transactionId = Guid(missing=drop)  # noqa: N815
    path = String(1, 255, missing=drop)
    guid = Guid(missing=drop)
    crop = CropSchema(missing=drop)

    def validator(self, node: SchemaNode, values: dict[str, Any]) -> None:
        """It comes from one place."""
        if ("transactionId" in values) == ("guid" in values):
            raise Invalid(node, '"transactionId" or "guid" is mandatory')


class UserPatch(PatchSchema):
    """What may be changed of an account.

    Username, e-mail, password and roles need a `test` of `/current_password`, the password of the
    caller, among the operations. Roles are changed by administrators.
    """

    current_password = Password(virtual=True, missing=drop)
    password = Password(1, write_only=True, missing=drop)
    email = Email()
    username = String(1, 120, pattern=r"[^\s/:]+")
    full_name = String(0, 120)
    first_name = String(0, 120)
    middle_name = String(0, 120)
    last_name = String(0, 120)
    website = String(0, 120, nullable=True)
    location = String(0, 120, nullable=True)
    affiliation = String(0, 120, nullable=True)
    forum_id = String(0, 120, nullable=True)
    twitter_username = String(0, 120, nullable=True)
    default_identification_catalogue = Guid(nullable=True)
    accepted_user_agreement = Boolean()
    use_usa_date_format = Boolean()
    show_email_in_profile = Boolean()
    receive_notification_emails = Boolean()
    receive_newsletter_emails = Boolean()
    shares_data = Boolean()
    is_active = Boolean()
    is_exporter = Boolean()
    is_admin = Boolean()
    is_user_manager = Boolean()
    is_researcher = Boolean()
    is_contributor = Boolean()
    in_alpha = Boolean()
    in_beta = Boolean()
    profile_fileupload_guid = Actions(
        add=PictureSchema(),
        replace=PictureSchema(),
        remove=None,
        description=(
            "a value is `{transactionId, path}` of a finished upload, or the present `{guid}`, "
            "each with or without `crop: {x, y, width, height}` in pixels of the upright picture."
        ),
    )


class FirstAdministratorSchema(Schema):
    """The first administrator of a site."""

    email = Email()
    password = Password(1)


class InitializedSchema(Schema):
    """Whether the site has an administrator."""

    initialized = Boolean(compute=bool)


class EmailSchema(Schema):
    """An e-mail address."""

    email = Email()
