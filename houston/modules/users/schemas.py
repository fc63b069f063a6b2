"""What comes in, what goes out, and what PATCH may touch."""

from typing import Any

from colander import Invalid, SchemaNode, drop

from houston.core.api.patch import Command, PatchSchema
from houston.core.schema import (
    Boolean,
    Choice,
    DateTime,
    Email,
    Field,
    Guid,
    Integer,
    Json,
    ListOf,
    MapOf,
    Nested,
    Number,
    Password,
    Schema,
    String,
)
from houston.modules.fileuploads.models import FileReference
from houston.modules.fileuploads.schemas import FileReferenceSchema
from houston.modules.users.account import added
from houston.modules.users.models import ROLES
from houston.modules.users.notification_kinds import check_preferences, effective


def picture_of(account: Any) -> FileReference | None:
    """The picture that somebody shows himself by."""
    guid = account.profile_fileupload_guid
    return None if guid is None else FileReference(guid)


def empty_list(_account: Any) -> list[Any]:
    """What an account has none of as long as the module that gives it is not there."""
    return []


PIXELS = Number(-100_000, 100_000)


class PublicUserSchema(Schema):
    """What everybody may see of an account."""

    guid = Field(Guid())
    full_name = Field(String(0, 120), description="The name to show.")
    profile_fileupload = Nested(FileReferenceSchema, nullable=True, compute=picture_of)


class UserListSchema(Schema):
    """An account in a list."""

    id = Field(Integer(1), description="The number of the account.")
    username = Field(String(1, 120), description="The name to sign in with.")
    email = Field(Email())
    first_name = Field(String(0, 120))
    middle_name = Field(String(0, 120))
    last_name = Field(String(0, 120))
    is_active = Field(Boolean(), description="Whether the account can be used.")
    is_regular_user = Field(Boolean(), description="Whether a person uses it.")
    is_admin = Field(Boolean())
    created = Field(DateTime())
    updated = Field(DateTime())
    guid = Field(Guid())
    full_name = Field(String(0, 120), description="The name to show.")
    is_contributor = Field(Boolean())
    is_exporter = Field(Boolean())
    is_internal = Field(Boolean(), description="Whether a machine uses it.")
    is_staff = Field(Boolean())
    is_researcher = Field(Boolean())
    is_user_manager = Field(Boolean())
    in_alpha = Field(Boolean())
    in_beta = Field(Boolean())
    is_email_confirmed = Field(Boolean())
    profile_fileupload = Nested(FileReferenceSchema, nullable=True, compute=picture_of)


class UserSchema(UserListSchema):
    """An account in full."""

    affiliation = Field(String(0, 120), nullable=True)
    location = Field(String(0, 120), nullable=True)
    forum_id = Field(String(0, 120), nullable=True)
    website = Field(String(0, 120), nullable=True)
    notification_preferences = MapOf(
        MapOf(Boolean()),
        compute=lambda account: effective(account.notification_preferences),
        description="By kind, whether the client shows it (`restAPI`) and mail tells of it.",
    )
    collaborations = ListOf(Json(), compute=empty_list)
    individual_merge_requests = ListOf(Json(), compute=empty_list)


class VisibleUserSchema(UserSchema):
    """An account in full, or as much of it as everybody may see."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        public = {field.name for field in PublicUserSchema().children}
        for field in self.children:
            if field.name not in public:
                field.missing = drop


class PersonalUserSchema(UserSchema):
    """One's own account."""

    unprocessed_asset_groups = ListOf(Json(), compute=added("unprocessed_asset_groups"))
    unprocessed_sightings = ListOf(Json(), compute=empty_list)
    default_identification_catalogue = Field(Guid(), nullable=True)
    shares_data = Field(Boolean())
    receive_newsletter_emails = Field(Boolean())
    receive_notification_emails = Field(Boolean())
    show_email_in_profile = Field(Boolean())
    use_usa_date_format = Field(Boolean())
    accepted_user_agreement = Field(Boolean())
    twitter_username = Field(String(0, 120), nullable=True)


class NewUserSchema(Schema):
    """A new account. The username is the e-mail unless another is given."""

    email = Field(Email())
    password = Field(Password(1))
    username = Field(String(1, 120, pattern=r"[^\s/:]+"), missing=drop)
    full_name = Field(String(0, 120), missing=drop)
    first_name = Field(String(0, 120), missing=drop)
    middle_name = Field(String(0, 120), missing=drop)
    last_name = Field(String(0, 120), missing=drop)
    roles = ListOf(
        Choice(ROLES),
        unique=True,
        missing=(),
        description="For administrators and user managers; `is_admin` for administrators alone.",
    )
    invitation = Field(
        String(0, 200),
        missing=drop,
        description="The code of the mail that invited, where signing up is by invitation.",
    )
    recaptcha_key = Field(
        String(0, 4096),
        missing="",
        description="The answer of reCAPTCHA where it is in use; elsewhere only robots send it.",
    )


class CropSchema(Schema):
    """A rectangle within a picture, in its pixels."""

    x = Field(PIXELS)
    y = Field(PIXELS)
    width = Field(PIXELS)
    height = Field(PIXELS)


class PictureSchema(Schema):
    """A picture: the only file of a transaction of uploads, or the one of this path; or `guid`,
    the one that the account has, to be cropped.
    """

    transactionId = Field(Guid(), missing=drop)  # noqa: N815
    path = Field(String(1, 255), missing=drop)
    guid = Field(Guid(), missing=drop)
    crop = Nested(CropSchema, missing=drop)

    def validator(self, node: SchemaNode, values: dict[str, Any]) -> None:
        """It comes from one place."""
        if ("transactionId" in values) == ("guid" in values):
            raise Invalid(node, '"transactionId" or "guid" is mandatory')


class UserPatch(PatchSchema):
    """What may be changed of an account.

    Username, e-mail, password and roles need a `test` of `/current_password`, the password of the
    caller, among the operations. Roles are changed by administrators.
    """

    current_password = Field(Password(), virtual=True, missing=drop)
    password = Field(Password(1), write_only=True, missing=drop)
    email = Field(Email())
    username = Field(String(1, 120, pattern=r"[^\s/:]+"))
    full_name = Field(String(0, 120))
    first_name = Field(String(0, 120))
    middle_name = Field(String(0, 120))
    last_name = Field(String(0, 120))
    website = Field(String(0, 120), nullable=True)
    location = Field(String(0, 120), nullable=True)
    affiliation = Field(String(0, 120), nullable=True)
    forum_id = Field(String(0, 120), nullable=True)
    twitter_username = Field(String(0, 120), nullable=True)
    default_identification_catalogue = Field(Guid(), nullable=True)
    accepted_user_agreement = Field(Boolean())
    use_usa_date_format = Field(Boolean())
    show_email_in_profile = Field(Boolean())
    receive_notification_emails = Field(Boolean())
    receive_newsletter_emails = Field(Boolean())
    shares_data = Field(Boolean())
    is_active = Field(Boolean())
    is_exporter = Field(Boolean())
    is_admin = Field(Boolean())
    is_user_manager = Field(Boolean())
    is_researcher = Field(Boolean())
    is_contributor = Field(Boolean())
    in_alpha = Field(Boolean())
    in_beta = Field(Boolean())
    notification_preferences = Field(
        Json(),
        validator=check_preferences,
        description="Some kinds, and of each some ways; the others stay as they are.",
    )
    profile_fileupload_guid = Command(
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

    email = Field(Email())
    password = Field(Password(1))


class InitializedSchema(Schema):
    """Whether the site has an administrator."""

    initialized = Field(Boolean(), compute=bool)


class EmailSchema(Schema):
    """An e-mail address."""

    email = Field(Email())
