"""Every setting there is."""

from typing import NamedTuple

from houston.core.settings import kinds
from houston.core.settings.kinds import DEVELOPMENT_SECRET, Kind, address, one_of

ENVIRONMENTS = ("development", "testing", "production")


class Setting(NamedTuple):
    """A row of the table.

    Where `default` is None a value must be given, save that `development_default` stands in for it
    outside production. `in_production` takes the place of `kind` there.
    """

    name: str
    kind: Kind
    description: str
    default: str | None = None
    development_default: str | None = None
    in_production: Kind | None = None
    secret: bool = False

    @property
    def variable(self) -> str:
        """The name in the environment."""
        return self.name.upper().replace(".", "_")

    def kind_in(self, environment: str) -> Kind:
        """What is expected in an environment."""
        return (environment == "production" and self.in_production) or self.kind

    def default_in(self, environment: str) -> str | None:
        """What holds in an environment where nothing is given; None where something must be."""
        if environment == "production" or self.development_default is None:
            return self.default
        return self.development_default


ENVIRONMENT = Setting(
    "houston.environment",
    one_of(*ENVIRONMENTS),
    "Where this runs. Production refuses what is for development.",
    default="production",
)

TABLE: tuple[Setting, ...] = (
    ENVIRONMENT,
    Setting(
        "houston.modules",
        kinds.WORDS,
        "The modules to enable. Of the others there are neither addresses nor documentation.",
        default=(
            "users auth teams notifications site_settings uploads fileuploads keywords assets "
            "annotations asset_groups image_analysis jobs audit_logs"
        ),
    ),
    Setting(
        "houston.base_url",
        kinds.WEB_ADDRESS,
        "The address under which the world sees this server. Links in mails begin with it.",
        development_default="http://127.0.0.1:5000",
    ),
    Setting(
        "houston.hosts",
        kinds.HOSTS,
        "The host names that are answered for; in development `*` is any.",
        development_default="*",
        in_production=kinds.NAMED_HOSTS,
    ),
    Setting(
        "houston.database.url",
        kinds.DATABASE,
        "The database, as SQLAlchemy writes its address.",
        secret=True,
    ),
    Setting(
        "houston.database.pool_size",
        kinds.POSITIVE,
        "Connections that are kept open; at peaks there are up to as many again.",
        default="10",
    ),
    Setting(
        "houston.database.migrate",
        kinds.BOOLEAN,
        "Migrate the database to the newest revision at start.",
        default="false",
    ),
    Setting(
        "houston.example_data",
        kinds.BOOLEAN,
        "Make the users `root` and `user` and an OAuth2 client in a database without users.",
        default="false",
        in_production=kinds.OFF,
    ),
    Setting(
        "houston.session.secret",
        kinds.GIVEN_TEXT,
        "Signs session cookies, and knows deactivated accounts by e-mail: a new one ends both.",
        development_default=DEVELOPMENT_SECRET,
        in_production=kinds.OWN_SECRET,
        secret=True,
    ),
    Setting(
        "houston.session.lifetime",
        kinds.POSITIVE,
        "Seconds that a browser's session lasts without being used.",
        default="1209600",
    ),
    Setting(
        "houston.cookies.secure",
        kinds.BOOLEAN,
        "Send cookies over https alone.",
        default="true",
    ),
    Setting(
        "houston.oauth2.allow_credentials_in_url",
        kinds.BOOLEAN,
        "Take passwords and secrets from the query, where they end up in logs.",
        default="false",
        in_production=kinds.OFF,
    ),
    Setting(
        "houston.oauth2.access_token_lifetime",
        kinds.POSITIVE,
        "Seconds until an access token expires.",
        default="3600",
    ),
    Setting(
        "houston.oauth2.refresh_token_lifetime",
        kinds.POSITIVE,
        "Seconds until a refresh token expires.",
        default="2592000",
    ),
    Setting(
        "houston.users.sign_up",
        one_of("open", "closed", "invitation"),
        "Who may make an account: everybody, user managers alone, or whoever was invited.",
        default="open",
    ),
    Setting(
        "houston.users.password_min_length",
        kinds.POSITIVE,
        "Characters that a new password has at least.",
        default="8",
    ),
    Setting(
        "houston.recaptcha.secret",
        kinds.TEXT,
        "The secret of reCAPTCHA, which is asked at sign-up. Empty switches it off.",
        default="",
        secret=True,
    ),
    Setting(
        "houston.recaptcha.public_key",
        kinds.TEXT,
        "The key that pages show to reCAPTCHA.",
        default="",
    ),
    Setting(
        "houston.recaptcha.url",
        kinds.WEB_ADDRESS,
        "The service that verifies reCAPTCHA's answers.",
        default="https://www.google.com/recaptcha/api/siteverify",
    ),
    Setting(
        "houston.revision",
        kinds.TEXT,
        "The revision of the source that runs, as `git rev-parse HEAD` says; shown to everybody.",
        default="",
    ),
    Setting(
        "houston.sentry_dsn",
        kinds.TEXT,
        "Where the web client reports its failures to. Empty switches it off.",
        default="",
    ),
    Setting(
        "houston.jobs.url",
        address("thread:<path of a file>", "redis://host/number", "rediss://…", "immediate:"),
        "The queue of jobs: `thread` has workers within the server, `redis` has `houston worker`s.",
        development_default="thread:var/jobs.sqlite",
        in_production=address("thread:<path of a file>", "redis://host/number", "rediss://…"),
        secret=True,
    ),
    Setting(
        "houston.storage.url",
        address("file:<folder>", "s3://bucket/prefix"),
        "Where files are kept. `?endpoint_url=` and `?region_name=` name an S3 of one's own, and "
        "`AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` in the environment open it.",
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
        "houston.uploads.types",
        kinds.WORDS,
        "The types of files that are taken, by what is in them and not by their names.",
        default=(
            "image/jpeg image/png image/webp image/bmp image/gif image/tiff video/mp4 video/webm "
            "application/pdf text/csv text/plain"
        ),
    ),
    Setting(
        "houston.images.max_pixels",
        kinds.POSITIVE,
        "Pixels of the largest picture that is decoded, each of which takes eight bytes at worst.",
        default="64000000",
    ),
    Setting(
        "houston.mail.url",
        address("smtp://host:port", "smtps://host:port", "file:<directory>", "null:"),
        "How mail leaves; `smtp://user:password@host:587?starttls=1` signs in, `null:` drops it.",
        development_default="file:var/mail",
        in_production=address("smtp://host:port", "smtps://host:port", "null:"),
        secret=True,
    ),
    Setting(
        "houston.mail.sender",
        kinds.GIVEN_TEXT,
        "Who mail is from: an address, with or without a name.",
        development_default="Houston <do-not-reply@localhost>",
    ),
    Setting(
        "houston.mail.mandrill",
        address("smtp://host:port", "smtps://host:port"),
        "Where Mandrill takes mail, for sites that say they have an account with it.",
        default="smtp://smtp.mandrillapp.com:587?starttls=1",
    ),
    Setting(
        "houston.image_analysis.url",
        address("none:", "sage+http://host:port", "sage+https://user:password@host"),
        "Who finds animals in photographs and recognises them: nobody, or a Sage (Wildbook-IA).",
        default="none:",
        secret=True,
    ),
    Setting(
        "houston.image_analysis.configs",
        kinds.TEXT,
        "A folder with IA.*.json files of further detectors, identifiers and species.",
        default="",
    ),
    Setting(
        "houston.image_analysis.patience",
        kinds.POSITIVE,
        "Seconds after which the image analysis is no longer expected to answer a request.",
        default="21600",
    ),
    Setting(
        "houston.limits.storage",
        address("memory://", "redis://host/number", "rediss://…"),
        "Where allowances are counted; several processes share their counts in Redis.",
        default="memory://",
        secret=True,
    ),
    Setting(
        "houston.limits.sign_in",
        kinds.ALLOWANCE,
        "Failed sign-ins that an account, and an address, are allowed.",
        default="10/5minutes",
    ),
    Setting(
        "houston.limits",
        kinds.ALLOWANCES,
        "What each caller is allowed of an operation.",
        default="",
    ),
    Setting(
        "houston.audit.retention_days",
        kinds.WHOLE,
        "Days that the audit log goes back. 0 is for ever.",
        default="0",
    ),
    Setting(
        "houston.max_body",
        kinds.POSITIVE,
        "Bytes of the largest body that is read, other than those of uploaded files.",
        default="52428800",
    ),
    Setting(
        "houston.uploads.folder",
        kinds.GIVEN_TEXT,
        "The folder of files on their way, which all processes share.",
        development_default="var/uploads",
    ),
    Setting(
        "houston.uploads.max_size",
        kinds.POSITIVE,
        "Bytes of the largest file that is uploaded, whole or in pieces.",
        default="104857600",
    ),
    Setting(
        "houston.uploads.max_size_anonymous",
        kinds.POSITIVE,
        "The same for whoever is not signed in.",
        default="52428800",
    ),
    Setting(
        "houston.uploads.max_files",
        kinds.POSITIVE,
        "Files of one submission.",
        default="20000",
    ),
    Setting(
        "houston.uploads.max_files_anonymous",
        kinds.POSITIVE,
        "The same for whoever is not signed in.",
        default="100",
    ),
    Setting(
        "houston.uploads.lifetime",
        kinds.POSITIVE,
        "Seconds that a file waits for its next piece, or to be claimed.",
        default="86400",
    ),
    Setting(
        "houston.cors.origins",
        kinds.ORIGINS,
        "The origins whose pages may call this server.",
        default="",
    ),
    Setting(
        "houston.docs",
        kinds.BOOLEAN,
        "Serve the interactive documentation.",
        default="true",
    ),
    Setting(
        "houston.log.level",
        one_of("DEBUG", "INFO", "WARNING", "ERROR"),
        "The least severity that is logged.",
        default="INFO",
    ),
    Setting(
        "houston.log.format",
        one_of("console", "json"),
        "Lines for people, or for programs.",
        default="json",
        development_default="console",
    ),
    Setting(
        "houston.metrics",
        kinds.BOOLEAN,
        "Serve the counts at /metrics.",
        default="true",
    ),
)
