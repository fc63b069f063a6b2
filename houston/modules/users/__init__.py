"""Users: the accounts of people, and of programs.

An account is active or deactivated; it is never deleted, since its objects stay. Its e-mail and its
username are the names to sign in with. Everybody sees the public profile, researchers the rest but
for settings. Users read and change their own account. Others manage an account only if they may
give all roles that it has: user managers those of researchers, contributors and the like,
administrators also those of managers and administrators, developers also their own. Machine
accounts have no password. A change of e-mail, username, password or roles needs the password of the
caller; the confirmed e-mail of the caller stays until the new one is confirmed.
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
    from houston.modules.users import events
    from houston.modules.users.resources import UserCollection
    from houston.modules.users.services import accounts, codes, sign_up

    config.include("houston.core.security.passwords")
    config.add_mail_templates("houston.modules.users", "mail")
    config.add_event_subscriber(
        events.UserCreated, lambda parts, db, event: codes.send_verification(parts, db, event.user)
    )
    config.add_event_subscriber(events.EmailChanged, codes.follow_email)
    config.add_event_subscriber(events.EmailRequested, codes.confirm_request)
    config.add_event_subscriber(events.PasswordChanged, codes.delete_resets)
    config.add_event_subscriber(events.UserDeactivated, codes.delete_codes)
    config.add_public_count("num_users", accounts.count_users)
    config.add_site_flag(
        "site.adminUserInitialized", sign_up.INITIALIZED, "Whether the site has an administrator."
    )
    config.add_branch("users", UserCollection)
    config.scan(".jobs")
    config.scan(".views")
