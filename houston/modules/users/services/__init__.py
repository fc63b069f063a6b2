"""The verbs of accounts. None of them sees a request."""

from houston.modules.users.services.accounts import (
    USERS,
    add_role,
    count_users,
    create_machine_account,
    create_user,
    deactivate_user,
    remove_role,
    set_password,
    update_user,
)
from houston.modules.users.services.authentication import authenticate
from houston.modules.users.services.codes import (
    find_code,
    forget_codes,
    forget_resets,
    invite,
    send_password_reset,
    send_verification,
    use_code,
)
from houston.modules.users.services.examples import create_example_users
from houston.modules.users.services.sign_up import (
    INITIALIZED,
    create_first_administrator,
    is_initialized,
    sign_up,
)
from houston.modules.users.services.visitors import public_user, submitter

__all__ = [
    "INITIALIZED",
    "USERS",
    "add_role",
    "authenticate",
    "count_users",
    "create_example_users",
    "create_first_administrator",
    "create_machine_account",
    "create_user",
    "deactivate_user",
    "find_code",
    "forget_codes",
    "forget_resets",
    "invite",
    "is_initialized",
    "public_user",
    "remove_role",
    "send_password_reset",
    "send_verification",
    "set_password",
    "sign_up",
    "submitter",
    "update_user",
    "use_code",
]
