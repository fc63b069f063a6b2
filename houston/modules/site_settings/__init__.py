"""Site settings: values that administrators set for the whole site, by keys.

A key is declared by the module that owns it and has a default until it is set. Everybody reads the
public ones, administrators the private ones, and nobody the secret ones. Administrators, developers
of the site and machine accounts change them; ids in use, such as those of species and regions,
stay. Each change is audited.
"""

from typing import Any

from houston.core.settings import Setting, kinds, safe

REQUIRES = ("fileuploads", "image_analysis")

SETTINGS = (
    Setting(
        "houston.recaptcha.secret",
        kinds.TEXT,
        "The secret of reCAPTCHA, which is required at sign-up. Empty disables it.",
        default="",
        secret=True,
    ),
    Setting("houston.recaptcha.public_key", kinds.TEXT, "The public key of reCAPTCHA.", default=""),
    Setting(
        "houston.recaptcha.url",
        kinds.WEB_ADDRESS,
        "The service that verifies the answers of reCAPTCHA.",
        default="https://www.google.com/recaptcha/api/siteverify",
        in_production=safe.WEB_ADDRESS,
    ),
    Setting(
        "houston.mail.mandrill",
        kinds.address("smtp://host:port", "smtps://host:port"),
        "The mail server of Mandrill, for sites that have an account there.",
        default="smtp://smtp.mandrillapp.com:587?starttls=1",
        in_production=safe.ENCRYPTED_SMTP,
    ),
    Setting(
        "houston.sentry_dsn",
        kinds.TEXT,
        "The address to which the web client reports failures. Empty disables it.",
        default="",
    ),
    Setting(
        "houston.revision",
        kinds.TEXT,
        "The revision of the source, as `git rev-parse HEAD` prints it; public.",
        default="",
    ),
)


def includeme(config: Any) -> None:
    """Add the branch `site-settings`, the directives for other modules, and the keys."""
    from houston.core.mail.transports import smtp_transport
    from houston.core.services import services_of
    from houston.core.settings import Settings
    from houston.modules.site_settings.keys import KEYS
    from houston.modules.site_settings.registry import SettingsRegistry
    from houston.modules.site_settings.resources import SiteSettings
    from houston.modules.site_settings.services import mail_branding

    services = services_of(config)
    settings = services[Settings]
    mandrill = smtp_transport(settings["houston.mail.mandrill"])
    services.add(SettingsRegistry(services, settings["houston.recaptcha.url"], mandrill))
    config.include(".directives")
    for key in KEYS:
        config.add_site_setting(key)
    config.add_mail_templates(__name__, "mail")
    config.set_mail_branding(mail_branding)
    config.add_branch("site-settings", SiteSettings)
    config.scan(".views")
