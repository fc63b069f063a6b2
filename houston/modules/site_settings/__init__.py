"""Site settings: what administrators set for the whole site, in one declared table of keys.

A key has a default until it is set. Everybody reads the public ones, administrators the private
ones, and nobody the secret ones. Administrators, developers of the site and machine accounts change
them; what is in use, such as a species or a region, stays. Each change is audited.
"""

from typing import Any

REQUIRES = ("fileuploads", "image_analysis")


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
