"""Users: the accounts of people, and of programs.

An account is active or deactivated; it is never deleted, since its objects stay. Everybody sees
the public profile. Users read and change their own account, administrators and user managers those
of others; researchers list them. Administrators change roles. A change of e-mail, username,
password or roles needs the password of the caller.
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
    """Add the branch `users` to the tree, and register operations and event subscribers."""
    from houston.core.mail import Mailer
    from houston.modules.users import events
    from houston.modules.users.resources import UserCollection
    from houston.modules.users.services import accounts, codes, sign_up

    config.include("houston.core.security.passwords")
    config.add_mail_templates("houston.modules.users", "mail")
    for event in (events.UserCreated, events.EmailChanged):
        config.add_event_subscriber(
            event,
            lambda parts, db, event: codes.send_verification(parts[Mailer], db, event.user),
        )
    config.add_event_subscriber(events.PasswordChanged, codes.delete_resets)
    config.add_event_subscriber(events.UserDeactivated, codes.delete_codes)
    config.add_public_count("num_users", accounts.count_users)
    config.add_site_flag(
        "site.adminUserInitialized", sign_up.INITIALIZED, "Whether the site has an administrator."
    )
    config.add_branch("users", UserCollection)
    config.scan(".views")
