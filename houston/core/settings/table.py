"""The settings of the core."""

from typing import NamedTuple

from houston.core.schema.nodes import Field
from houston.core.settings import kinds, safe
from houston.core.settings.kinds import DEVELOPMENT_SECRET, address, one_of


class Setting(NamedTuple):
    """The declaration of a setting.

    Attributes:
        name: The full name.
        node: The node of its values, whose description says what is expected.
        description: The meaning, for the documentation.
        default: The text that is read where none is given; None where one must be given.
        development_default: The same outside production, where it differs.
        in_production: The node in production, where it differs.
        secret: Whether the value is never shown.
    """

    name: str
    node: Field
    description: str
    default: str | None = None
    development_default: str | None = None
    in_production: Field | None = None
    secret: bool = False

    @property
    def variable(self) -> str:
        """The name in the environment."""
        return self.name.upper().replace(".", "_")

    def in_environment(self, environment: str) -> tuple[Field, str | None]:
        """The node of the values and the default in an environment."""
        if environment == "production":
            return self.in_production or self.node, self.default
        own = self.development_default
        return self.node, self.default if own is None else own


ENVIRONMENT = Setting(
    "houston.environment",
    one_of("development", "testing", "production"),
    "The environment. Production refuses values that are for development only.",
    default="production",
)

CORE: tuple[Setting, ...] = (
    ENVIRONMENT,
    Setting(
        "houston.base_url",
        kinds.WEB_ADDRESS,
        "The public address of this server. Links in mails begin with it.",
        development_default="http://127.0.0.1:5000",
        in_production=safe.WEB_ADDRESS,
    ),
    Setting(
        "houston.hosts",
        kinds.HOSTS,
        "The host names that requests may be for; in development, `*` allows any.",
        development_default="*",
        in_production=kinds.NAMED_HOSTS,
    ),
    Setting(
        "houston.database.url", kinds.DATABASE, "The database, as a URL of SQLAlchemy.", secret=True
    ),
    Setting(
        "houston.database.pool_size",
        kinds.between(1, 1000),
        "Database connections that are kept open; under load there are up to twice as many.",
        default="10",
    ),
    Setting(
        "houston.database.migrate",
        kinds.BOOLEAN,
        "Migrate the database to the newest revision at start.",
        default="false",
    ),
    Setting(
        "houston.session.secret",
        kinds.GIVEN_TEXT,
        "The key that signs session cookies and hashes the addresses of deactivated accounts: a "
        "new one ends all sessions, and such an address can be used for a new account.",
        development_default=DEVELOPMENT_SECRET,
        in_production=safe.SECRET,
        secret=True,
    ),
    Setting(
        "houston.cookies.secure",
        kinds.BOOLEAN,
        "Send cookies over HTTPS only.",
        default="true",
        in_production=safe.ON,
    ),
    Setting(
        "houston.cors.origins",
        kinds.ORIGINS,
        "The origins whose pages may call this server.",
        default="",
        in_production=safe.ORIGINS,
    ),
    Setting(
        "houston.max_body",
        kinds.between(1, 2**30),
        "The size limit of request bodies other than uploaded files, in bytes.",
        default="52428800",
    ),
    Setting(
        "houston.uploads.types",
        kinds.UPLOAD_TYPES,
        "The media types of files that are accepted, which are detected by content.",
        default=(
            "image/jpeg image/png image/webp image/heic image/heif image/avif image/bmp image/gif "
            "image/tiff video/mp4 video/webm application/pdf text/csv text/plain"
        ),
    ),
    Setting(
        "houston.images.max_pixels",
        kinds.between(1, 10**9),
        "The number of pixels of the largest image that is decoded; two may be decoded at once, "
        "and each pixel takes up to 8 bytes.",
        default="64000000",
    ),
    Setting(
        "houston.images.max_seconds",
        kinds.POSITIVE,
        "The processor time that the decoding of one image may take, in seconds.",
        default="20",
    ),
    Setting(
        "houston.users.password_min_length",
        kinds.between(1, 64),
        "The minimum length of a new password, in characters.",
        default="8",
        in_production=kinds.between(8, 64),
    ),
    Setting(
        "houston.jobs.url",
        address("thread:<path of a file>", "redis://host/number", "rediss://…", "immediate:"),
        "The queue of jobs: `thread` has workers in the server, `redis` has `houston worker`s.",
        development_default="thread:var/jobs.sqlite",
        in_production=address("thread:<path of a file>", "redis://host/number", "rediss://…"),
        secret=True,
    ),
    Setting(
        "houston.storage.url",
        address("file:<folder>", "s3://bucket/prefix"),
        "The storage of files. `?endpoint_url=` and `?region_name=` name another S3 service; its "
        "credentials are `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` in the environment.",
        development_default="file:var/storage",
    ),
    Setting(
        "houston.storage.accel",
        kinds.LOCATION,
        "The internal location of the web server that sends the files by itself, such as "
        "`/stored/`. Empty: this server sends them.",
        default="",
    ),
    Setting(
        "houston.mail.url",
        address("smtp://host:port", "smtps://host:port", "file:<directory>", "null:"),
        "The transport of mail; `smtp://user:password@host:587?starttls=1` signs in, `null:` drops "
        "all mail.",
        development_default="file:var/mail",
        in_production=safe.encrypted_address("smtp://host:port", "smtps://host:port", "null:"),
        secret=True,
    ),
    Setting(
        "houston.mail.sender",
        kinds.GIVEN_TEXT,
        "The sender of mail: an address, with or without a name.",
        development_default="Houston <do-not-reply@localhost>",
    ),
    Setting(
        "houston.limits.storage",
        address("memory://", "redis://host/number", "rediss://…"),
        "The storage of the counts of rate limits; several processes share them in Redis.",
        default="memory://",
        secret=True,
    ),
    Setting(
        "houston.limits.sign_in",
        kinds.RATE_LIMIT,
        "The failed sign-ins to an account from a network before each further one has to wait: 10 "
        "seconds at first, then twice as long each time, up to 15 minutes.",
        default="10/day",
        in_production=safe.SIGN_IN_LIMIT,
    ),
    Setting(
        "houston.limits.mail_recipient",
        kinds.RATE_LIMIT,
        "The rate limit of mails of one kind to one address.",
        default="10/hour",
    ),
    Setting(
        "houston.limits.mail_sender",
        kinds.RATE_LIMIT,
        "The rate limit of mails that one user, or one network address, causes.",
        default="100/hour",
    ),
    Setting(
        "houston.limits",
        kinds.RATE_LIMITS,
        "The rate limits of operations, for each caller.",
        default="",
    ),
    Setting(
        "houston.limits.default",
        kinds.RATE_LIMIT_OR_NONE,
        "The rate limit of each other operation, for each caller.",
        default="",
    ),
    Setting("houston.docs", kinds.BOOLEAN, "Serve the interactive documentation.", default="true"),
    Setting(
        "houston.log.level",
        one_of("DEBUG", "INFO", "WARNING", "ERROR"),
        "The lowest severity that is logged.",
        default="INFO",
    ),
    Setting(
        "houston.log.format",
        one_of("console", "json"),
        "The format of log lines: for people, or for programs.",
        default="json",
        development_default="console",
    ),
    Setting("houston.metrics", kinds.BOOLEAN, "Serve metrics at /metrics.", default="true"),
    Setting(
        "houston.server.connections",
        kinds.between(10, 100_000),
        "The number of connections of a process. If all are taken, the one that waits longest for "
        "its client makes room. Each takes up to three file descriptors.",
        default="500",
    ),
    Setting(
        "houston.server.request_seconds",
        kinds.between(1, 3600),
        "The time in which a request must arrive, in seconds. Uploads, and receivers of answers, "
        "have a second more for each kilobyte.",
        default="60",
    ),
)
