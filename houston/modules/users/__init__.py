"""Users: the accounts of people, and of machines that act for themselves.

An account is active or deactivated; it is never deleted, because what somebody has reported stays
his. Everybody sees the public profile. A user sees and changes his own account; administrators and
user managers see and change all of them; researchers may list them. Roles are changed by
administrators. What is sensitive (e-mail, password, roles) is changed by showing one's password.
"""

from typing import Any

from houston.core.settings import Setting, kinds

REQUIRES = ("site_settings",)

SETTINGS = (
    Setting(
        "houston.users.sign_up",
        kinds.one_of("open", "closed", "invitation"),
        "The people who may create an account: all, user managers only, or those invited.",
        default="open",
    ),
)


def includeme(config: Any) -> None:
    """Hang the branch `users` on the tree and register its operations."""
    from houston.core.mail import Mailer
    from houston.modules.users import events, services
    from houston.modules.users.resources import UserCollection

    config.include("houston.core.security.passwords")
    config.add_mail_templates("houston.modules.users", "mail")
    for event in (events.UserCreated, events.EmailChanged):
        config.add_event_subscriber(
            event,
            lambda parts, db, event: services.send_verification(parts[Mailer], db, event.user),
        )
    config.add_event_subscriber(events.PasswordChanged, services.forget_resets)
    config.add_event_subscriber(events.UserDeactivated, services.forget_codes)
    config.add_public_count("num_users", services.count_users)
    config.add_site_flag("site.adminUserInitialized", services.INITIALIZED)
    config.add_branch("users", UserCollection)
    config.scan(".views")
