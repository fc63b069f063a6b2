"""Users: the accounts of people, and of machines that act for themselves.

An account is active or deactivated; it is never deleted, because what somebody has reported stays
his. Everybody sees the public profile. A user sees and changes his own account; administrators and
user managers see and change all of them; researchers may list them. Roles are changed by
administrators. What is sensitive (e-mail, password, roles) is changed by showing one's password.
"""

from typing import Any

REQUIRES = ("site_settings",)


def includeme(config: Any) -> None:
    """Hang the branch `users` on the tree and register its operations."""
    from houston.modules.users import events, services
    from houston.modules.users.account import COLUMNS_KEY, add_account_column
    from houston.modules.users.models import ACCOUNT
    from houston.modules.users.resources import UserCollection

    config.registry[COLUMNS_KEY] = list(ACCOUNT)
    config.add_directive("add_account_column", add_account_column)
    config.include("houston.core.security.passwords")
    config.add_mail_templates("houston.modules.users", "mail")
    for event in (events.UserCreated, events.EmailChanged):
        config.add_event_handler(
            event, lambda db, event: services.send_verification(db, event.user)
        )
    config.add_event_handler(events.PasswordChanged, services.forget_resets)
    config.add_event_handler(events.UserDeactivated, services.forget_codes)
    config.add_public_count("num_users", services.count_users)
    config.add_site_flag("site.adminUserInitialized", services.INITIALIZED)
    config.add_branch("users", UserCollection)
    config.scan(".views")
