"""Who may call what: for each operation, a refusal's status or `ok`, by role.

`owner` is the user whose account, client or token is asked for; `narrow` is an administrator whose
token has every scope but the one that the operation needs.
"""

ROLES = ("anonymous", "user", "owner", "member", "leader", "admin", "narrow")

EXPECTED = {
    # Credentials: clients and tokens belong to their owners.
    "get_client": "401 403 ok 403 403 ok 403",
    "patch_client": "401 403 ok 403 403 ok 403",
    "delete_client": "401 403 ok 403 403 ok 403",
    "list_clients": "401 ok ok ok ok ok 403",
    "create_client": "401 ok ok ok ok ok 403",
    "create_personal_token": "401 ok ok ok ok ok 403",
    "list_tokens": "401 ok ok ok ok ok 403",
    "get_token": "401 403 ok 403 403 ok 403",
    "delete_token": "401 403 ok 403 403 ok 403",
    "create_session": "ok ok ok ok ok ok ok",
    "delete_session": "401 ok ok ok ok ok 403",
    "log_out": "ok ok ok ok ok ok ok",
    "get_recaptcha": "ok ok ok ok ok ok ok",
    "get_code": "ok ok ok ok ok ok ok",
    "use_code": "ok ok ok ok ok ok ok",
    "follow_code": "ok ok ok ok ok ok ok",
    "follow_code_with_password": "ok ok ok ok ok ok ok",
    # OAuth2: the protocol knows by itself who is who.
    "show_authorization": "ok ok ok ok ok ok ok",
    "decide_authorization": "ok ok ok ok ok ok ok",
    "create_token": "ok ok ok ok ok ok ok",
    "create_token_by_address": "ok ok ok ok ok ok ok",
    "create_token_below_api": "ok ok ok ok ok ok ok",
    "revoke_token": "ok ok ok ok ok ok ok",
    "revoke_token_below_api": "ok ok ok ok ok ok ok",
    "introspect_token": "ok ok ok ok ok ok ok",
    "get_authorization_server": "ok ok ok ok ok ok ok",
    # Accounts: `owner` is the user himself.
    "list_users": "401 403 403 403 403 ok 403",
    "create_user": "ok ok ok ok ok ok ok",
    "get_user": "ok ok ok ok ok ok ok",
    "patch_user": "401 403 ok 403 403 ok 403",
    "delete_user": "401 403 ok 403 403 ok 403",
    "get_me": "401 ok ok ok ok ok 403",
    "create_invitation": "401 403 403 403 403 ok 403",
    "verify_account_email": "401 ok ok ok ok ok 403",
    "reset_password_email": "ok ok ok ok ok ok ok",
    "get_first_administrator": "ok ok ok ok ok ok ok",
    "create_first_administrator": "ok ok ok ok ok ok ok",
    # Teams: the one member whom the walk touches is `member`.
    "list_teams": "401 ok ok ok ok ok 403",
    "create_team": "401 ok ok ok ok ok 403",
    "get_team": "401 403 403 ok ok ok 403",
    "patch_team": "401 403 403 403 ok ok 403",
    "delete_team": "401 403 403 403 ok ok 403",
    "list_team_members": "401 403 403 ok ok ok 403",
    "add_team_member": "401 403 403 403 ok ok 403",
    "get_team_member": "401 403 403 ok ok ok 403",
    "patch_team_member": "401 403 403 403 ok ok 403",
    "remove_team_member": "401 403 403 ok ok ok 403",
}
