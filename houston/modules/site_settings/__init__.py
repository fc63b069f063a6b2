"""Site settings: what administrators set for the whole site, in one declared table of keys.

A key has a default until it is set. Everybody reads the public ones, administrators the private
ones, and nobody the secret ones. Administrators, developers of the site and machine accounts change
them; what is in use, such as a species or a region, stays. Each change is audited.
"""

from typing import Any

from houston.core.settings import Setting, kinds

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
    ),
    Setting(
        "houston.mail.mandrill",
        kinds.address("smtp://host:port", "smtps://host:port"),
        "The mail server of Mandrill, for sites that have an account there.",
        default="smtp://smtp.mandrillapp.com:587?starttls=1",
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
    """Hang the branch `site-settings` on the tree, and let modules register what it must know."""
    from houston.core.mail.transports import smtp_transport
    from houston.core.services import services_of
    from houston.core.settings import Settings
    from houston.modules.image_analysis.interface import ImageAnalysis
    from houston.modules.site_settings.keys import TABLE
    from houston.modules.site_settings.registered import Registered, include_directives
    from houston.modules.site_settings.resources import SiteSettings
    from houston.modules.site_settings.services import describe_keys, letterhead

    services = services_of(config)
    settings, catalogue = services[Settings], services[ImageAnalysis].catalogue
    defaults = {key.name: key.default_in(settings) for key in TABLE}
    descriptions = describe_keys(defaults, catalogue.known_species())
    recaptcha = settings["houston.recaptcha.url"]
    mandrill = smtp_transport(settings["houston.mail.mandrill"])
    include_directives(config, Registered(defaults, descriptions, recaptcha, mandrill))
    config.add_mail_templates(__name__, "mail")
    config.set_mail_branding(letterhead)
    config.add_branch("site-settings", SiteSettings)
    config.scan(".views")
